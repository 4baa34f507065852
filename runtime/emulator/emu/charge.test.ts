import assert from "node:assert/strict";
import { test } from "node:test";
import { chargePerDayMah, currentMa } from "./charge.js";

test("a day of sleep, a day of work, and anything between", () => {
  const day = (sleepSeconds: number, flashSeconds = 0) =>
    chargePerDayMah({ seconds: 10, sleepSeconds, flashSeconds });
  assert.equal(day(10), currentMa.sleeping * 24);
  assert.equal(day(0), currentMa.active * 24);
  assert.equal(day(5), ((currentMa.active + currentMa.sleeping) / 2) * 24);
  assert.equal(day(10, 1) - day(10), (currentMa.flashWriting / 10) * 24);
});
