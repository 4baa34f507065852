import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnvironment } from "../environment/environment.js";
import { Potentiometer } from "./potentiometer.js";

test("positions map to 12 bits, and stop at both ends", () => {
  const codes = [-1, 0, 0.25, 0.5, 1, 2].map((value) => {
    const environment = createEnvironment(new Map([["p", { kind: "constant", value }]]), {
      seed: 1,
      gridUs: 10_000,
      files: () => "",
    });
    return new Potentiometer(
      "knob",
      { chip: "potentiometer", pin: 26, channel: 0, position: "p" },
      environment,
    ).convert(0);
  });
  assert.deepEqual(codes, [0, 0, 1024, 2048, 4095, 4095]);
});
