import { functionType, importedFunctions, type FunctionBody, type Module } from "../wasm/module.js";
import { operandBytes, slotBytes } from "../wasm/operands.js";

/** Who calls whom, by function index. A call through the table counts as a call of each entry of its type. */
export interface CallGraph {
  readonly calls: ReadonlyMap<number, ReadonlySet<number>>;
  /** Functions in the table: what the runtime may call. */
  readonly handlers: readonly number[];
}

export function callGraph(module: Module): CallGraph {
  const imported = importedFunctions(module).length;
  const handlers = module.elements.flatMap(({ functions }) => functions);
  const calls = new Map<number, Set<number>>();
  module.code.forEach((body, k) => {
    const callees = new Set<number>();
    for (const { opcode, immediates } of body.code) {
      if (opcode.immediate === "function") callees.add(immediates[0] ?? 0);
      if (opcode.immediate === "indirect")
        for (const entry of handlersOfType(module, handlers, immediates[0] ?? 0))
          callees.add(entry);
    }
    calls.set(imported + k, callees);
  });
  return { calls, handlers };
}

function handlersOfType(
  module: Module,
  handlers: readonly number[],
  typeIndex: number,
): readonly number[] {
  const wanted = JSON.stringify(module.types[typeIndex]);
  return handlers.filter((index) => JSON.stringify(functionType(module, index)) === wanted);
}

/** All functions that a call of one of `roots` can end in, the roots included. */
export function reachable({ calls }: CallGraph, roots: readonly number[]): ReadonlySet<number> {
  const seen = new Set(roots);
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const callee of calls.get(next) ?? []) {
      if (seen.has(callee)) continue;
      seen.add(callee);
      open.push(callee);
    }
  }
  return seen;
}

/** Saved by every native function: the return address and the registers it must keep. */
const frameBytes = 20;

/**
 * An upper bound of the stack that an entry of the table or an exported function needs, in bytes, if every local and every operand had a slot of its own;
 * null where functions call themselves. The native compiler will state less.
 */
export function stackBytes(module: Module): number | null {
  const graph = callGraph(module);
  const imported = importedFunctions(module).length;
  const depths = new Map<number, number | null>();
  const visit = (root: number): void => {
    const path: { index: number; callees: number[] }[] = [];
    const enter = (index: number): void => {
      depths.set(index, Number.NaN);
      path.push({ index, callees: [...(graph.calls.get(index) ?? [])] });
    };
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const callee = top.callees.pop();
      if (callee === undefined) {
        depths.set(top.index, depthOf(module, graph, depths, top.index, imported));
        path.pop();
      } else if (!depths.has(callee)) {
        enter(callee);
      } else if (Number.isNaN(depths.get(callee) ?? 0)) {
        // Still on the path: the function reaches itself.
        depths.set(callee, null);
      }
    }
  };
  const exported = module.exports.flatMap(({ kind, index }) =>
    kind === "function" ? [index] : [],
  );
  const roots = [...graph.handlers, ...exported];
  for (const root of roots) if (!depths.has(root)) visit(root);
  const found = roots.map((root) => depths.get(root) ?? null);
  return found.some((depth) => depth === null)
    ? null
    : Math.max(0, ...found.map((depth) => depth ?? 0));
}

function depthOf(
  module: Module,
  { calls }: CallGraph,
  depths: ReadonlyMap<number, number | null>,
  index: number,
  imported: number,
): number | null {
  if (depths.get(index) === null) return null;
  const below = [...(calls.get(index) ?? [])].map((callee) => depths.get(callee) ?? null);
  if (below.some((depth) => depth === null)) return null;
  const body = module.code[index - imported];
  const own = body ? frameBytes + slotsBytes(module, index, body) : 0;
  return own + Math.max(0, ...below.map((depth) => depth ?? 0));
}

function slotsBytes(module: Module, index: number, body: FunctionBody): number {
  const params = functionType(module, index).params.reduce((sum, type) => sum + slotBytes[type], 0);
  const locals = body.locals.reduce((sum, { count, type }) => sum + count * slotBytes[type], 0);
  return params + locals + operandBytes(module, index, body);
}
