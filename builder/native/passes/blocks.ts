import type { Block, BlockId, Edge, IrFunction, Terminator, Value } from "../ir.js";
import { comparisons, inverse } from "../semantics.js";
import { dropUnreachable, predecessors, withLoopDepths } from "./flow.js";
import {
  definitions,
  edges,
  mapEdges,
  renameBlock,
  Replacements,
  terminatorOperands,
  useCounts,
} from "./operations.js";

/**
 * Straightens the flow: edges lead past blocks that only lead on, and past branches that they decide; blocks that follow each other alone become one; a branch
 * to a trap becomes a test that traps.
 */
export function straighten(fn: IrFunction): IrFunction {
  const threaded = thread(fn);
  const traps = dropUnreachable(
    threaded,
    threaded.blocks.map((block) => withTrap(block, threaded)),
  );
  return withLoopDepths(merge(traps));
}

/** A block whose values are used by its terminator only, and that computes nothing but constants. */
interface Passage {
  readonly params: readonly Value[];
  readonly terminator: Terminator & { kind: "jump" | "branch" };
}

function thread(fn: IrFunction): IrFunction {
  const passages = findPassages(fn);
  if (passages.size === 0) return fn;
  const found = definitions(fn);
  const constantOf = (value: Value): number | undefined => {
    const operation = found[value]?.operation;
    return operation?.op === "const" ? operation.value : undefined;
  };
  const follow = (edge: Edge): Edge => {
    for (;;) {
      const passage = passages.get(edge.target);
      const next = passage && stepThrough(edge, passage, constantOf);
      if (!next) return edge;
      edge = next;
    }
  };
  const blocks = [...fn.blocks];
  // Passages lead forward. From the last to the first, each leads to where the way through the later ones ends.
  for (let id = blocks.length - 1; id >= 0; id--) {
    const terminator = mapEdges(blocks[id]!.terminator, follow);
    const passage = passages.get(id);
    if (passage && (terminator.kind === "jump" || terminator.kind === "branch"))
      passages.set(id, { ...passage, terminator });
    blocks[id] = { ...blocks[id]!, terminator: withoutChoice(terminator) };
  }
  return dropUnreachable(fn, blocks);
}

/**
 * Headers of loops are none: an edge past one would enter its loop elsewhere. Neither are blocks with an edge back, for the order's sake: what they lead
 * to may come to dominate what stands before it.
 */
function findPassages(fn: IrFunction): Map<BlockId, Passage> {
  const counts = useCounts(fn);
  const before = predecessors(fn);
  const found = new Map<BlockId, Passage>();
  fn.blocks.forEach(({ params, instructions, terminator }, id) => {
    if (id === 0 || (terminator.kind !== "jump" && terminator.kind !== "branch")) return;
    if (before[id]!.some((from) => from >= id)) return;
    if (edges(terminator).some(({ target }) => target === id)) return;
    if (!instructions.every(({ operation }) => operation.op === "const")) return;
    const args = edges(terminator).flatMap((edge) => edge.args);
    const own = instructions.flatMap(({ results }) => results);
    if (own.some((value) => args.includes(value))) return;
    const read = [...terminatorOperands(terminator), ...args];
    const isOwn = (value: Value): boolean =>
      counts[value] === read.filter((each) => each === value).length;
    if ([...params, ...own].every(isOwn)) found.set(id, { params, terminator });
  });
  return found;
}

function stepThrough(
  edge: Edge,
  { params, terminator }: Passage,
  constantOf: (value: Value) => number | undefined,
): Edge | null {
  const rename = (value: Value): Value => {
    const position = params.indexOf(value);
    return position < 0 ? value : edge.args[position]!;
  };
  const next =
    terminator.kind === "jump" ? terminator.edge : decided(terminator, rename, constantOf);
  return next && { target: next.target, args: next.args.map(rename) };
}

function decided(
  { test, then, otherwise }: Terminator & { kind: "branch" },
  rename: (value: Value) => Value,
  constantOf: (value: Value) => number | undefined,
): Edge | null {
  const a = constantOf(rename(test.a));
  const b = constantOf(rename(test.b));
  if (a === undefined || b === undefined) return null;
  return comparisons[test.condition](a, b) ? then : otherwise;
}

/** A jump where all edges are the same. */
function withoutChoice(terminator: Terminator): Terminator {
  const [first, ...rest] = edges(terminator);
  if (!first || rest.length === 0) return terminator;
  const same = rest.every(
    ({ target, args }) => target === first.target && args.every((arg, k) => arg === first.args[k]),
  );
  return same ? { kind: "jump", edge: first, wasmOffset: terminator.wasmOffset } : terminator;
}

/** With a test that traps in place of a branch to a block that does nothing else. */
function withTrap(block: Block, { blocks }: IrFunction): Block {
  const { terminator } = block;
  if (terminator.kind !== "branch") return block;
  for (const inverted of [false, true]) {
    const [edge, other] = inverted
      ? [terminator.otherwise, terminator.then]
      : [terminator.then, terminator.otherwise];
    const end = blocks[edge.target]!;
    const bare = end.instructions.every(({ operation }) => operation.op === "const");
    if (end.terminator.kind !== "trap" || !bare) continue;
    const { trap, wasmOffset } = end.terminator;
    const { condition, a, b } = terminator.test;
    const test = { condition: inverted ? inverse[condition] : condition, a, b };
    const operation = { op: "trapIf", test, trap } as const;
    return {
      ...block,
      instructions: [...block.instructions, { operation, results: [], wasmOffset }],
      terminator: { kind: "jump", edge: other, wasmOffset: terminator.wasmOffset },
    };
  }
  return block;
}

/** Appends to each block those that it alone leads to and that it leads to alone. */
function merge(fn: IrFunction): IrFunction {
  const before = predecessors(fn);
  const replaced = new Replacements();
  const absorbed = new Set<BlockId>();
  const blocks = fn.blocks.map((block, id) => {
    if (absorbed.has(id)) return block;
    const instructions = [...block.instructions];
    let { terminator } = block;
    while (terminator.kind === "jump" && before[terminator.edge.target]!.length === 1) {
      const { target, args } = terminator.edge;
      const next = fn.blocks[target]!;
      next.params.forEach((param, k) => replaced.set(param, args[k]!));
      instructions.push(...next.instructions);
      ({ terminator } = next);
      absorbed.add(target);
    }
    return { ...block, instructions, terminator };
  });
  if (absorbed.size === 0) return fn;
  const renamed = blocks.map((block) => renameBlock(block, replaced.resolve));
  return dropUnreachable(fn, renamed);
}
