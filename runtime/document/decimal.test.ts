import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimalsOf, formatScaled, neighbours, scaleDecimal } from "./decimal.js";

const cases: readonly (readonly [text: string, decimals: number, raw: bigint | undefined])[] = [
  ["21.5", 3, 21500n],
  ["21.4567", 2, undefined],
  ["21.4500", 2, 2145n],
  ["-0", 2, 0n],
  ["-0.0", 0, 0n],
  ["0e5", 0, 0n],
  ["2.15e1", 1, 215n],
  ["2150e-2", 1, 215n],
  ["215E-1", 0, undefined],
  ["1e9", 0, 1_000_000_000n],
  ["-1.005", 3, -1005n],
  ["0.1", 1, 1n],
  ["1e999999999999", 0, undefined],
  ["1e-999999999999", 9, undefined],
];

test("numbers as JSON writes them, times a power of ten", () => {
  for (const [text, decimals, raw] of cases) assert.equal(scaleDecimal(text, decimals), raw, text);
});

test("a scaled number that is printed is read back", () => {
  const raws = fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n });
  fc.assert(
    fc.property(raws, fc.nat(9), (raw, decimals) => {
      const text = formatScaled(raw, decimals);
      assert.equal(scaleDecimal(text, decimals), raw);
      assert.ok(decimalsOf(text)! <= decimals);
      if (raw % 10n !== 0n) assert.equal(decimalsOf(text), decimals);
    }),
  );
});

test("an inexact number lies between its neighbours", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (digits, dropped) => {
      const text = `${digits}e-${dropped + 2}`;
      const near = neighbours(text, 2);
      if (scaleDecimal(text, 2) !== undefined) return assert.equal(near, undefined);
      const [lower, upper] = near!.map((one) => scaleDecimal(one, dropped + 2)!);
      assert.ok(lower! < BigInt(digits) && BigInt(digits) < upper!);
      assert.equal(upper! - lower!, 10n ** BigInt(dropped));
    }),
  );
});
