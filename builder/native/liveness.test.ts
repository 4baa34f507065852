import assert from "node:assert/strict";
import { test } from "node:test";
import type { Block, IrFunction, Operation, Terminator } from "./ir.js";
import { livenessOf, type Liveness } from "./liveness.js";
import { lower } from "./lower.js";
import { splitCriticalEdges } from "./split.js";

type Line = readonly [result: number, operation: Operation];
type End = Terminator extends infer T ? (T extends unknown ? Omit<T, "wasmOffset"> : never) : never;

const block = (params: number[], lines: Line[], end: End, loopDepth = 0): Block => ({
  params,
  instructions: lines.map(([result, operation]) => ({
    operation,
    results: [result],
    wasmOffset: 0,
  })),
  terminator: { ...end, wasmOffset: 0 } as Terminator,
  loopDepth,
  start: 0,
});

const functionOf = (blocks: Block[], valueCount: number): IrFunction => ({
  index: 0,
  name: "f",
  type: { params: [], results: [] },
  blocks,
  valueCount,
});

const liveness = (fn: IrFunction): Liveness =>
  livenessOf(lower(fn, { helperIndex: () => 0, hostCall: () => 0 }));

/** Branches on v0 < v1; v1 is needed on one side only, v2 after both. */
const diamond = functionOf(
  [
    block([0, 1, 2], [], {
      kind: "branch",
      test: { condition: "lt_s", a: 0, b: 1 },
      // oxlint-disable-next-line unicorn/no-thenable -- a field of the intermediate representation
      then: { target: 1, args: [] },
      otherwise: { target: 2, args: [] },
    }),
    block([], [[3, { op: "add", a: 1, b: 1 }]], {
      kind: "jump",
      edge: { target: 3, args: [3] },
    }),
    block([], [], { kind: "jump", edge: { target: 3, args: [0] } }),
    block([4], [[5, { op: "add", a: 4, b: 2 }]], { kind: "return", values: [5] }),
  ],
  6,
);

test("a value lives where a use can follow, and has a hole where none can", () => {
  const { positions, lifetimes, liveIn } = liveness(diamond);
  assert.deepEqual([...positions.start], [0, 4, 10, 14]);
  assert.deepEqual(
    liveIn.map((values) => [...values]),
    [[], [1, 2], [0, 2], [2]],
  );
  const ranges = lifetimes.slice(0, 6).map((lifetime) => lifetime.ranges);
  assert.deepEqual(ranges, [
    [0, 4, 10, 14],
    [0, 7],
    [0, 17],
    [7, 10],
    [14, 17],
    [17, 18],
  ]);
});

/** v3 = phi(v0, v4) in a loop that also reads v1, while v2 only lives through it. */
const loop = functionOf(
  [
    block([0, 1, 2], [], { kind: "jump", edge: { target: 1, args: [0] } }),
    block(
      [3],
      [[4, { op: "sub", a: 3, b: 1 }]],
      {
        kind: "branch",
        test: { condition: "gt_s", a: 4, b: 1 },
        // oxlint-disable-next-line unicorn/no-thenable -- a field of the intermediate representation
        then: { target: 1, args: [4] },
        otherwise: { target: 2, args: [] },
      },
      1,
    ),
    block([], [[5, { op: "add", a: 4, b: 2 }]], { kind: "return", values: [5] }),
  ],
  6,
);

test("edges from a branch to a join get a block of their own", () => {
  const { blocks } = splitCriticalEdges(loop);
  assert.equal(blocks.length, 4);
  const [, header, latch] = blocks;
  assert.deepEqual(
    header!.terminator.kind === "branch" && [header!.terminator.then, header!.terminator.otherwise],
    [
      { target: 2, args: [] },
      { target: 3, args: [] },
    ],
  );
  assert.deepEqual(latch!.terminator, {
    kind: "jump",
    edge: { target: 1, args: [4] },
    wasmOffset: 0,
  });
  assert.equal(latch!.loopDepth, 1);
  assert.equal(splitCriticalEdges(diamond).blocks.length, diamond.blocks.length);
});

test("what a loop reads is needed at its end", () => {
  const { positions, lifetimes, loops } = liveness(splitCriticalEdges(loop));
  const end = positions.end[2]!;
  assert.deepEqual(
    loops.map((found) => found?.header ?? null),
    [null, 1, 1, null],
  );
  assert.deepEqual(lifetimes[1]!.ranges, [0, end]);
  assert.ok(lifetimes[1]!.uses.includes(2 * (end - 1)));
  // v2 is not read in the loop, v3 ends where v4 begins.
  assert.equal(lifetimes[2]!.uses.length, 1);
  assert.equal(lifetimes[3]!.ranges[1], lifetimes[4]!.ranges[0]);
});
