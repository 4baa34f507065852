import assert from "node:assert/strict";
import { test } from "node:test";
import { analyzeCalls, stackDepths } from "./callgraph.js";

const none = (n: number): boolean[] => Array.from({ length: n }, () => false);

test("depths add up along the deepest way down", () => {
  // 0 calls 1 and 2, 1 calls 3, 2 calls nobody.
  const callees = [[1, 2], [3], [], []];
  const needs = analyzeCalls(callees, [false, false, true, false]);
  assert.deepEqual(needs.recursive, none(4));
  assert.deepEqual(needs.reachesHelper, [true, false, true, false]);
  const { whole, untilCheck } = stackDepths(needs, callees, [8, 16, 100, 4]);
  assert.deepEqual(whole, [108, 20, 100, 4]);
  assert.deepEqual(untilCheck, [108, 20, 100, 4]);
});

test("recursion has no depth, and asks for stack up to the next check only", () => {
  // 0 calls 1; 1 and 2 call each other, 2 calls 3; 4 calls itself.
  const callees = [[1], [2], [1, 3], [], [4]];
  const needs = analyzeCalls(callees, none(5));
  assert.deepEqual(needs.recursive, [false, true, true, false, true]);
  const { whole, untilCheck } = stackDepths(needs, callees, [8, 16, 24, 40, 12]);
  assert.deepEqual(whole, [null, null, null, 40, null]);
  assert.deepEqual(untilCheck, [8, 16, 64, 40, 12]);
});

test("a chain of many calls needs no stack of ours", () => {
  const n = 100000;
  const callees = Array.from({ length: n }, (_, k) => (k + 1 < n ? [k + 1] : []));
  const needs = analyzeCalls(callees, none(n));
  const { whole } = stackDepths(
    needs,
    callees,
    Array.from({ length: n }, () => 4),
  );
  assert.equal(whole[0], 4 * n);
});
