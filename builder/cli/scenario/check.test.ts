import assert from "node:assert/strict";
import { test } from "node:test";
import { goldenCase } from "../../../test/helpers/diagnostics.js";
import { rigOf } from "../../../test/helpers/examples.js";
import { expectGolden } from "../../../test/helpers/golden.js";
import type { Manifest, Need, Setting } from "../../../runtime/manifest/manifest.js";
import { connect } from "../../../runtime/rig/rig.js";
import { checkScenario } from "./check.js";
import { Names } from "./names.js";
import { parseScenarios } from "./parse.js";

const wires: Readonly<Record<string, unknown>> = {
  heater: "GP15",
  fan: "GP16",
  button: { pin: "GP14", active: "low", pull: "up" },
  climate: "i2c0",
};
const simulation = {
  signals: { temperature: { constant: 20 }, humidity: { constant: 50 } },
  parts: {
    button: { chip: "button", pin: "GP14" },
    heater: { chip: "relay", pin: "GP15" },
  },
};

/** A rig that wires these needs, and no others. */
function rigFor(needs: readonly Need[]) {
  const wiring = Object.fromEntries(
    needs.flatMap(({ name }) => (name in wires ? [[name, wires[name]]] : [])),
  );
  return rigOf(JSON.stringify({ board: "pico", wiring, simulation }));
}

const setPoint: Setting = {
  name: "setPoint",
  type: "decimal",
  decimals: 2,
  default: 2100,
  min: 500,
  max: 3000,
};
const eco: Setting = { name: "eco", type: "bool", decimals: 0, default: 0, min: 0, max: 1 };

function version(name: string, needs: readonly Need[], settings: readonly Setting[] = []) {
  const { connections } = connect(rigFor(needs), needs);
  const limits = { memoryBytes: 256, stackBytes: 64, eventMs: 10 };
  const manifest: Manifest = {
    format: 1,
    name: "any",
    contract: "0.9.0",
    wasm: { bytes: 8, sha256: "" },
    imports: [],
    needs,
    settings,
    limits,
  };
  return { name, manifest, connections: connections! };
}

const readings: Need = {
  name: "readings",
  kind: "publish",
  topic: "climate",
  fields: [
    { name: "temperature", decimals: 3 },
    { name: "heating", decimals: 0 },
  ],
};
const heater: Need = { name: "heater", kind: "gpio-out" };
const thermostat = {
  name: "thermostat",
  versions: [
    version(
      "first",
      [heater, { name: "button", kind: "gpio-in" }, { name: "fan", kind: "pwm" }, readings],
      [setPoint, eco],
    ),
    version("v2", [heater, { name: "orders", kind: "subscribe", topic: "house/orders" }]),
  ],
};
const display = {
  name: "display",
  versions: [
    version(
      "first",
      [
        { name: "heater", kind: "gpio-out" },
        { name: "climate", kind: "i2c", address: 0x3c },
        { name: "alarm", kind: "publish", topic: "alarm", fields: [] },
      ],
      [eco],
    ),
  ],
};
const rig = rigFor([]);
const one = new Names({ apps: [thermostat], rig });
const two = new Names({ apps: [thermostat, display], rig });

function check(text: string, names: Names) {
  const { scenarios, diagnostics } = parseScenarios(text, "a.scenario", "a");
  assert.deepEqual(diagnostics, [], text);
  return scenarios!.scenarios.flatMap((scenario) => checkScenario(scenario, names, "a.scenario"));
}

test("names that there are, of all versions", () => {
  const text = `press button
set temperature to 3
ramp humidity to 3 over 1s
publish house/orders 1
setting setPoint to 29.95
setting eco to off
swap to v2
swap thermostat to first
expect heater on
expect button off
expect fan = 50
expect message climate temperature > 3 and heating = 1 within 1s
expect log = "a" of thermostat within 1s
expect trap health-missed within 1s
expect swap kept within 1s`;
  assert.deepEqual(check(text, one), []);
  assert.deepEqual(
    check(
      "expect display.heater on\nsetting display.eco to true\nswap to v2\nexpect message alarm level > 3 within 1s",
      two,
    ),
    [],
  );
});

const mistakes: readonly (readonly [title: string, text: string, names: Names])[] = [
  ["a button with a slip", "press buton", one],
  ["a button that is another part", "press heater", one],
  ["a signal with a slip", "set temprature to 3", one],
  ["a signal that nothing is like", "ramp pressure to 3 over 1s", one],
  ["a topic that nobody hears", "publish house/order 1", one],
  ["a payload that is too long", `publish house/orders "${"é".repeat(121)}"`, one],
  ["a setting with a slip", "setting setpoint to 3", one],
  ["a setting that is too high", "setting setPoint to 30.5", one],
  ["a setting with too many decimals", "setting setPoint to 20.125", one],
  ["a setting that is a word", "setting setPoint to warm", one],
  ["a bool that is a number", "setting eco to 2", one],
  ["a setting of two apps", "setting eco to 1", two],
  ["a version that is not declared", "swap to v3", one],
  ["an app that there is not", "swap thermostt to v2", one],
  ["a version of which app", "swap to first", two],
  ["a need with a slip", "expect heatr on", one],
  ["a need of two apps", "expect heater on", two],
  ["a need of another app", "expect display.fan > 3", two],
  ["a need that has no level", "expect fan on", one],
  ["a need that has no level either", "expect climate on", two],
  ["a need that has no duty", "expect heater > 50", one],
  ["a topic with a slip", "expect message climat within 1s", one],
  ["a need in place of its topic", "expect message readings within 1s", one],
  ["a field with a slip", "expect message climate temprature > 3 within 1s", one],
  ["a field that there is not", "expect message climate pressure > 3 within 1s", one],
  ["a field in JSON", 'expect message climate matching {"heat": 1} within 1s', one],
  ["a trap with a slip", "expect trap time-buget within 1s", one],
  ["an app of the log", "expect log = a of fan within 1s", one],
  ["a time before another", "at 10s press button\nat 5s press button", one],
  [
    "a time inside another",
    "at 10s press button\nexpect heater on for 5s\nat 12s press button",
    one,
  ],
  ["an end before its start", "at 10s expect heater on until 5s", one],
];

test("mistakes: what there is not, and what it is called", () => {
  const cases = mistakes.map(([title, text, names]) => {
    const diagnostics = check(text, names);
    assert.equal(diagnostics.length, 1, title);
    return goldenCase(title, text, diagnostics);
  });
  expectGolden("builder/cli/scenario/names.golden.txt", cases.join(""));
});

test("what may take less than its time may be followed by an earlier one", () => {
  assert.deepEqual(check("at 10s expect heater on within 10s\nat 12s press button", one), []);
  assert.deepEqual(check("expect heater off until 10s\nafter 1s\nat 11s press button", one), []);
});
