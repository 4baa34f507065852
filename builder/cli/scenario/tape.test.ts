import assert from "node:assert/strict";
import { test } from "node:test";
import { Tape } from "./tape.js";

/** A tape with an entry each millisecond, on two channels in turn. */
function recorded(count: number, most: number): Tape {
  const tape = new Tape(most);
  for (let index = 0; index < count; index++)
    tape.add({ timeUs: index * 1000, channel: `pin.${index % 2}`, value: index });
  return tape;
}

test("a tape keeps what is asked for, and the numbers of its entries", () => {
  const tape = recorded(5000, 100);
  assert.equal(tape.end, 5000);
  assert.ok(tape.entries.length >= 100 && tape.entries.length <= 1100);
  assert.equal(tape.entries.at(-1)!.value, 4999);
  assert.equal(tape.last("pin.0")!.value, 4998);
  assert.equal(tape.last("pin.2"), undefined);
  assert.equal(tape.numberAt(4_990_500), 4991);
  assert.equal(tape.numberAt(9e9), 5000);
  assert.equal(recorded(5000, Infinity).entries.length, 5000);
});

test("a look back ends at a number and at a time", () => {
  const tape = recorded(50, 100);
  const values = (number: number, timeUs: number): unknown[] =>
    tape.since(number, timeUs).map(({ value }) => value);
  assert.deepEqual(values(48, 0), [48, 49]);
  assert.deepEqual(values(0, 47_500), [48, 49]);
  assert.deepEqual(values(50, 0), []);
  assert.deepEqual(
    tape.before(3_500, 2).map(({ value }) => value),
    [2, 3],
  );
  assert.deepEqual(tape.before(-1, 20), []);
});

test("what was let go is not found under a number of something else", () => {
  const tape = recorded(5000, 100);
  const kept = tape.entries[0]!.value;
  assert.equal(tape.since(0, 0)[0]!.value, kept);
});
