import assert from "node:assert/strict";
import { test } from "node:test";
import { wordSegments } from "./data.js";

const segment = (address: number, ...bytes: number[]) => ({
  address,
  bytes: Uint8Array.from(bytes),
});

test("segments are whole words without zeros around them", () => {
  assert.deepEqual(wordSegments([segment(0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0)], 64), [
    segment(4, 0, 9, 0, 0),
  ]);
  assert.deepEqual(wordSegments([segment(60, 0, 0, 0, 0)], 64), []);
  assert.deepEqual(wordSegments([], 0), []);
});

test("a gap is kept where another segment would take more", () => {
  const gap = (words: number) => [segment(0, 1, 0, 0, 0), segment(4 + 4 * words, 2, 0, 0, 0)];
  assert.equal(wordSegments(gap(0), 64).length, 1);
  assert.equal(wordSegments(gap(2), 64).length, 1);
  assert.deepEqual(wordSegments(gap(3), 64), gap(3));
});

test("of segments that overlap the later one counts, zeros too", () => {
  const first = segment(0, 1, 2, 3, 4, 5, 6, 7, 8);
  assert.deepEqual(wordSegments([first, segment(3, 0, 0)], 64), [
    segment(0, 1, 2, 3, 0, 0, 6, 7, 8),
  ]);
  assert.deepEqual(wordSegments([segment(3, 9), first], 64), [first]);
});
