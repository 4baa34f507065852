import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sequence, type Step } from "./moves.js";
import {
  incomingPlace,
  isLow,
  isRegister,
  outgoingPlace,
  slotPlace,
  type Move,
  type Place,
} from "./places.js";

const low = [0, 1, 2, 3, 4, 5, 6, 7];
const sources: readonly Place[] = [
  ...low,
  11,
  14,
  ...[0, 1, 2, 3].map(slotPlace),
  incomingPlace(0),
  incomingPlace(1),
];
const targets: readonly Place[] = [
  ...low,
  11,
  14,
  ...[0, 1, 2, 3].map(slotPlace),
  outgoingPlace(0),
  outgoingPlace(1),
];

const source = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...sources) },
  {
    weight: 1,
    arbitrary: fc.nat(99).map((word) => ({ kind: "word" as const, word })),
  },
);

const parallel = fc
  .shuffledSubarray([...targets])
  .chain((chosen) =>
    fc
      .tuple(...chosen.map((to) => source.map((from): Move => ({ from, to }))))
      .map((moves) => moves.filter(({ from, to }) => from !== to)),
  );

/** Does the steps; what the machine cannot do directly fails. */
function run(steps: readonly Step[], places: Map<Place, string>): void {
  const stack: string[] = [];
  for (const step of steps) {
    if (step.op === "move") {
      const { from, to, shift } = step;
      assert.equal(shift, 4 * stack.length);
      const constant = typeof from !== "number";
      const direct =
        isLow(to) || (!constant && (isLow(from) || (isRegister(from) && isRegister(to))));
      assert.ok(direct, `${JSON.stringify(from)} to ${to}`);
      places.set(to, constant ? JSON.stringify(from) : places.get(from)!);
    } else if (step.op === "push") stack.push(places.get(step.register)!);
    else places.set(step.register, stack.pop()!);
  }
  assert.equal(stack.length, 0);
}

test("all is read before any is written, and nothing else changes", () => {
  fc.assert(
    fc.property(parallel, fc.nat(255), (moves, mask) => {
      // Free registers hold nothing: they are neither read here nor looked at afterwards.
      const free = moves.reduce(
        (left, { from }) => (typeof from === "number" && isLow(from) ? left & ~(1 << from) : left),
        mask,
      );
      const before = new Map([...sources, ...targets].map((place) => [place, `at ${place}`]));
      const after = new Map(before);
      run(sequence(moves, free), after);
      for (const [place, was] of before) {
        const move = moves.find(({ to }) => to === place);
        if (!move && isLow(place) && (free >> place) & 1) continue;
        const { from } = move ?? { from: place };
        const expected = typeof from === "number" ? before.get(from) : JSON.stringify(from);
        assert.equal(after.get(place), move ? expected : was, `place ${place}`);
      }
    }),
    { numRuns: 2000, seed: 3 },
  );
});

test("a swap takes three moves, a chain one each", () => {
  const count = (...moves: [from: Place, to: Place][]): number =>
    sequence(moves.map(([from, to]) => ({ from, to }))).length;
  assert.equal(count([0, 1], [1, 0]), 3);
  assert.equal(count([0, 1], [1, 2], [2, 3]), 3);
  assert.equal(count([0, 1], [1, 2], [2, 0], [3, 4]), 5);
  assert.equal(count(), 0);
});

test("memory to memory goes through a register that is to be written anyway", () => {
  const steps = sequence([
    { from: slotPlace(0), to: outgoingPlace(0) },
    { from: slotPlace(1), to: 3 },
  ]);
  assert.deepEqual(steps, [
    { op: "move", from: slotPlace(0), to: 3, shift: 0 },
    { op: "move", from: 3, to: outgoingPlace(0), shift: 0 },
    { op: "move", from: slotPlace(1), to: 3, shift: 0 },
  ]);
});
