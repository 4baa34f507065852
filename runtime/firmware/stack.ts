/** How deep the kernel's stack gets at worst, from the call graph that the compiler writes. */
import type { ArmFunction, ArmProgram, PointerCall } from "./arm.js";

/** Of functions without a call graph: those in assembly; `libgcc` for all whose names begin with `__`; what calls by pointer in a source may reach beside C, by `pointers of SOURCE`. */
export interface KnownStacks {
  readonly [name: string]: number;
}

/** Bytes of the kernel's stack below each root, frames of exceptions apart. */
export interface StackDepths {
  /** The kernel in thread mode, down to the entry of a container. */
  readonly thread: number;
  readonly hostCall: number;
  readonly tick: number;
  readonly fault: number;
  readonly interrupt: number;
  /** What the stack must hold: a host call, tick or fault on the thread, an interrupt on that. The container's frame is on its own stack. */
  readonly worst: number;
}

export interface StackRoots {
  readonly thread: string;
  readonly hostCall: readonly string[];
  readonly tick: readonly string[];
  readonly fault: readonly string[];
  readonly interrupts: readonly string[];
}

/** An exception stores eight words, and one more where the stack is not a multiple of 8. */
const frameBytes = 36;

/**
 * A call by pointer may go to each function of its source that nobody calls by name and that is no root; from a source without such functions to
 * those of all sources that call nothing by pointer. Throws an Error that names the cycle if a function can reach itself, or the function whose stack nobody knows.
 */
export function stackDepths(
  { functions }: Pick<ArmProgram, "functions">,
  known: KnownStacks,
  roots: StackRoots,
): StackDepths {
  const depth = depthBy(functions, known, roots);
  const deepest = (names: readonly string[]): number => Math.max(0, ...names.map(depth));
  const thread = depth(roots.thread);
  const [hostCall, tick, fault, interrupt] = [
    deepest(roots.hostCall),
    deepest(roots.tick),
    deepest(roots.fault),
    deepest(roots.interrupts),
  ];
  const worst = thread + Math.max(hostCall, tick, fault) + frameBytes + interrupt;
  return { thread, hostCall, tick, fault, interrupt, worst };
}

function depthBy(
  functions: readonly ArmFunction[],
  known: KnownStacks,
  roots: StackRoots,
): (name: string) => number {
  const find = (name: string, source?: string): ArmFunction | undefined =>
    functions.find((each) => each.name === name && each.source === source) ??
    functions.find((each) => each.name === name);
  const calleesOf = ({ calls, source }: ArmFunction): (ArmFunction | string | PointerCall)[] =>
    calls.map((name) => (typeof name === "string" ? (find(name, source) ?? name) : name));
  const rootNames = [
    roots.thread,
    ...roots.hostCall,
    ...roots.tick,
    ...roots.fault,
    ...roots.interrupts,
  ];
  const notByPointer = new Set([
    ...functions.flatMap(calleesOf),
    ...rootNames.map((name) => find(name)),
  ]);
  const byPointer = functions.filter((each) => !notByPointer.has(each));
  const withPointers = new Set(
    functions.flatMap(({ calls }) => calls.map((call) => typeof call !== "string" && call.source)),
  );
  const targets = ({ source }: PointerCall): ArmFunction[] => {
    const own = byPointer.filter((each) => each.source === source);
    return own.length > 0 ? own : byPointer.filter((each) => !withPointers.has(each.source));
  };
  const depths = new Map<ArmFunction, number>();
  const path: ArmFunction[] = [];
  const knownDepth = (name: string): number => {
    const found = known[name] ?? (name.startsWith("__") ? known["libgcc"] : undefined);
    if (found === undefined) throw new Error(`nobody knows how much stack ${name} takes`);
    return found;
  };
  const depth = (node: ArmFunction): number => {
    const found = depths.get(node);
    if (found !== undefined) return found;
    if (path.includes(node))
      throw new Error(`a cycle of calls: ${[...path, node].map(({ name }) => name).join(" > ")}`);
    path.push(node);
    const below = calleesOf(node).map((callee) => {
      if (typeof callee === "string") return knownDepth(callee);
      if ("name" in callee) return depth(callee);
      const beyond = known[`pointers of ${callee.source}`];
      return beyond ?? Math.max(0, ...targets(callee).map(depth));
    });
    path.pop();
    const sum = node.stackBytes + Math.max(0, ...below);
    depths.set(node, sum);
    return sum;
  };
  return (name) => {
    const node = find(name);
    return node === undefined ? knownDepth(name) : depth(node);
  };
}
