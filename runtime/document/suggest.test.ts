import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "./suggest.js";

test("edit distances", () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["gpoi", "gpio", 1],
    ["ca", "abc", 3],
    ["needs", "need", 1],
  ];
  for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

test("edit distance is symmetric, and bounded by the longer word", () => {
  const words = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length));
      assert.ok(distance >= Math.abs(a.length - b.length));
    }),
  );
});

test("suggests what is near and clear", () => {
  assert.equal(nearest("temprature", ["humidity", "temperature"]), "temperature");
  assert.equal(nearest("ADC", ["i2c", "adc"]), "adc");
  assert.equal(nearest("light", ["gpio", "pwm"]), undefined);
  assert.equal(nearest("on", ["in", "out"]), undefined);
  assert.equal(nearest("mode4", ["mode0", "mode1"]), undefined);
  assert.equal(nearest("x".repeat(100_000), ["x"]), undefined);
  assert.equal(nearest("abc", []), undefined);
});
