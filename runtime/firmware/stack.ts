/** How deep the kernel's stack gets at worst, from the call graph that the compiler writes. */
import type { ArmFunction, ArmProgram } from "./arm.js";

/** Of functions without a call graph: those in assembly, and the boot ROM's, which calls by pointer stand for too. */
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
  /** All of them on top of each other, with the frames between: what the stack must hold. */
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
  const worst = thread + hostCall + tick + fault + interrupt + 4 * frameBytes;
  return { thread, hostCall, tick, fault, interrupt, worst };
}

function depthBy(
  functions: readonly ArmFunction[],
  known: KnownStacks,
  roots: StackRoots,
): (name: string) => number {
  const byName = new Map(functions.map((each) => [each.name, each]));
  const called = new Set(functions.flatMap(({ calls }) => calls));
  const notByPointer = new Set([
    ...called,
    roots.thread,
    ...roots.hostCall,
    ...roots.tick,
    ...roots.fault,
    ...roots.interrupts,
  ]);
  const byPointer = [...byName.keys()].filter((name) => !notByPointer.has(name));
  const depths = new Map<string, number>();
  const path: string[] = [];
  const depth = (name: string): number => {
    const found = depths.get(name) ?? known[name];
    if (found !== undefined) return found;
    const node = byName.get(name);
    if (node === undefined) throw new Error(`nobody knows how much stack ${name} takes`);
    if (path.includes(name)) throw new Error(`a cycle of calls: ${[...path, name].join(" > ")}`);
    path.push(name);
    const below = node.calls.flatMap((callee) => (callee === undefined ? byPointer : [callee]));
    const romBytes = node.calls.includes(undefined) ? (known["boot ROM"] ?? 0) : 0;
    const sum = node.stackBytes + Math.max(romBytes, 0, ...below.map(depth));
    path.pop();
    depths.set(name, sum);
    return sum;
  };
  return depth;
}
