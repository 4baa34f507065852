/** How deep the kernel's stack gets at worst, from the call graph that the compiler writes. */
import type { ArmFunction, ArmProgram } from "./arm.js";

/** Of functions without a call graph: those in assembly; `libgcc` for all whose names begin with `__`; `boot ROM`, which calls by pointer may reach too. */
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
 * Calls by pointer may go to each function that nobody calls by name and that is no root. Throws an Error that names the cycle if a function
 * can reach itself, or the function whose stack nobody knows.
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
  const calleesOf = ({ calls, source }: ArmFunction): (ArmFunction | string | undefined)[] =>
    calls.map((name) => (name === undefined ? undefined : (find(name, source) ?? name)));
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
      return callee === undefined
        ? Math.max(known["boot ROM"] ?? 0, ...byPointer.map(depth))
        : depth(callee);
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
