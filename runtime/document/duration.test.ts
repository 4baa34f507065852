import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDurationUs } from "./duration.js";

test("a number and a unit", () => {
  const cases: Readonly<Record<string, number | undefined>> = {
    "250ms": 250_000,
    "10s": 10_000_000,
    "5m": 300_000_000,
    "24h": 86_400_000_000,
    "328d": 28_339_200_000_000,
    "1.5h": 5_400_000_000,
    "0.0000000000125d": undefined,
    "0s": 0,
    "7us": 7,
    "0.5us": undefined,
    "0.001ms": 1,
    "1000000d": undefined,
    "10": undefined,
    s: undefined,
    "-1s": undefined,
    "1 s": undefined,
    "1h30m": undefined,
    "1e3s": undefined,
    "10sec": undefined,
    "": undefined,
  };
  for (const [text, us] of Object.entries(cases)) {
    assert.equal(parseDurationUs(text), us, text);
  }
});

test("what is printed is read back", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (us) => assert.equal(parseDurationUs(formatDuration(us)), us)),
  );
  const units = fc.constantFrom(1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000);
  fc.assert(
    fc.property(units, fc.nat(1000), (unit, count) => {
      assert.equal(parseDurationUs(formatDuration(unit * count)), unit * count);
    }),
  );
  assert.equal(formatDuration(5_400_000_000), "90m");
});
