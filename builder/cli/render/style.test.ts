import assert from "node:assert/strict";
import { test } from "node:test";
import { wantsColour } from "./style.js";
import { clock, span, timestamp } from "./time.js";
import { cut, fit, fitRight, textWidth } from "./width.js";

test("colours follow the terminal, then NO_COLOR, then FORCE_COLOR", () => {
  assert.equal(wantsColour(true, {}), true);
  assert.equal(wantsColour(false, {}), false);
  assert.equal(wantsColour(true, { NO_COLOR: "1" }), false);
  assert.equal(wantsColour(true, { NO_COLOR: "" }), true);
  assert.equal(wantsColour(true, { TERM: "dumb" }), false);
  assert.equal(wantsColour(false, { FORCE_COLOR: "1" }), true);
  assert.equal(wantsColour(false, { FORCE_COLOR: "1", NO_COLOR: "1" }), true);
  assert.equal(wantsColour(true, { FORCE_COLOR: "0" }), false);
});

test("text is cut and filled by the columns it takes", () => {
  assert.equal(textWidth("21.5 °C"), 7);
  assert.equal(textWidth("温度"), 4);
  assert.equal(textWidth("e\u0301"), 1);
  assert.equal(cut("thermostat", 6), "therm…");
  assert.equal(cut("温度計", 4), "温…");
  assert.equal(cut("thermostat", 0), "");
  assert.equal(fit("ab", 4), "ab  ");
  assert.equal(fit("温度計", 4), "温… ");
  assert.equal(fitRight("7", 3), "  7");
});

test("virtual time is written for people", () => {
  assert.equal(timestamp(0), "00:00:00.000");
  assert.equal(timestamp(3_661_001_999), "01:01:01.001");
  assert.equal(timestamp(86_400_000_000 * 327 + 1_000_000), "327d 00:00:01.000");
  assert.equal(clock(86_399_999_999), "23:59:59");
  assert.equal(span(7_500_000_000), "2 h 5 min");
  assert.equal(span(45_600_000), "45 s");
  assert.equal(span(250_000), "250 ms");
  assert.equal(span(86_400_000_000), "1 d");
});
