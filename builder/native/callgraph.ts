/** What the stack needs of the module's functions, by position. */
export interface StackNeeds {
  /** Whether the function can come to run inside itself; such functions check for the end of the stack. */
  readonly recursive: readonly boolean[];
  /** Whether a helper is called in it or below it. */
  readonly reachesHelper: readonly boolean[];
  /** Groups of functions that call each other, callees before callers. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * Strongly connected groups of the call graph (Tarjan, without recursion), callees first. `callees[f]` are positions.
 */
export function analyzeCalls(
  callees: readonly (readonly number[])[],
  callsHelper: readonly boolean[],
): StackNeeds {
  const groups = groupsOf(callees);
  const recursive = callees.map((list, f) => list.includes(f));
  const reachesHelper = callsHelper.slice();
  for (const group of groups) {
    if (group.length > 1) for (const f of group) recursive[f] = true;
    const reaches = group.some(
      (f) => reachesHelper[f] || callees[f]!.some((c) => reachesHelper[c]),
    );
    for (const f of group) reachesHelper[f] = reaches;
  }
  return { recursive, reachesHelper, groups };
}

function groupsOf(callees: readonly (readonly number[])[]): number[][] {
  const n = callees.length;
  const order = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const onStack = new Uint8Array(n);
  const stack: number[] = [];
  const groups: number[][] = [];
  let count = 0;
  const enter = (f: number): void => {
    order[f] = low[f] = count++;
    stack.push(f);
    onStack[f] = 1;
  };
  for (let root = 0; root < n; root++) {
    if (order[root] !== -1) continue;
    const path = [{ f: root, next: 0 }];
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { f } = top;
      const callee = callees[f]![top.next++];
      if (callee === undefined) {
        path.pop();
        const caller = path.at(-1);
        if (caller) low[caller.f] = Math.min(low[caller.f]!, low[f]!);
        if (low[f] === order[f]) groups.push(takeGroup(stack, onStack, f));
      } else if (order[callee] === -1) {
        enter(callee);
        path.push({ f: callee, next: 0 });
      } else if (onStack[callee]) low[f] = Math.min(low[f]!, order[callee]!);
    }
  }
  return groups;
}

function takeGroup(stack: number[], onStack: Uint8Array, first: number): number[] {
  const group = stack.splice(stack.lastIndexOf(first));
  for (const f of group) onStack[f] = 0;
  return group;
}

/** Depths of stack, in bytes, by position. */
export interface StackDepths {
  /** What a function and all below it take; null where there is recursion. */
  readonly whole: readonly (number | null)[];
  /** What they take up to the next check, which is made before a function takes anything. */
  readonly untilCheck: readonly number[];
}

/** Adds frames up over the groups of `analyzeCalls`. */
export function stackDepths(
  { groups, recursive }: StackNeeds,
  callees: readonly (readonly number[])[],
  ownBytes: readonly number[],
): StackDepths {
  const whole: (number | null)[] = ownBytes.map(() => null);
  const untilCheck = ownBytes.slice();
  for (const group of groups) {
    for (const f of group) {
      let deepest = 0;
      let below: number | null = 0;
      for (const callee of callees[f]!) {
        if (!recursive[callee]) deepest = Math.max(deepest, untilCheck[callee]!);
        const depth: number | null = whole[callee]!;
        below = below === null || depth === null ? null : Math.max(below, depth);
      }
      untilCheck[f] = ownBytes[f]! + deepest;
      whole[f] = recursive[f] || below === null ? null : ownBytes[f]! + below;
    }
  }
  return { whole, untilCheck };
}
