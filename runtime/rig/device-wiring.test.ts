import assert from "node:assert/strict";
import { test } from "node:test";
import { goldenCase } from "../../test/helpers/diagnostics.js";
import { expectGolden } from "../../test/helpers/golden.js";
import type { Need } from "../manifest/manifest.js";
import { connect, DeviceWiring, readRig } from "./rig.js";

const led: Need = { name: "led", kind: "gpio-out" };
const climate: Need = { name: "climate", kind: "i2c", address: 0x76 };
const display: Need = { name: "display", kind: "i2c", address: 0x3c };
const radio: Need = { name: "radio", kind: "uart", baud: 9600 };
const fan: Need = { name: "fan", kind: "pwm" };

type App = readonly [wiring: string, needs: readonly Need[]];

/** Wires two apps, first and second, to one device. */
function wireBoth([one, needs]: App, [two, otherNeeds]: App) {
  const wiring = new DeviceWiring();
  const text = (entry: string): string => `{ "board": "pico",\n  "wiring": ${entry} }`;
  const { rig: firstRig } = readRig(text(one), "first/rig.json");
  const { rig: secondRig } = readRig(text(two), "second/rig.json");
  const first = connect(firstRig!, needs, { app: "first", wiring });
  assert.deepEqual(first.diagnostics, []);
  return { text: text(two), ...connect(secondRig!, otherNeeds, { app: "second", wiring }) };
}

test("needs of two apps may have the same name, and share a bus", () => {
  const { connections, diagnostics } = wireBoth(
    ['{ "led": "GP15", "climate": "i2c0" }', [led, climate]],
    ['{ "led": "GP14", "display": "i2c0" }', [led, display]],
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(connections?.[0], { kind: "gpio", pin: 14, activeLow: false, pull: "none" });
});

const conflicts: readonly (readonly [title: string, first: App, second: App])[] = [
  ["one pin, needs of the same name", ['{ "led": "GP15" }', [led]], ['{ "led": "GP15" }', [led]]],
  ["a pin of a bus", ['{ "climate": "i2c0" }', [climate]], ['{ "led": "GP4" }', [led]]],
  [
    "one bus on other pins",
    ['{ "climate": "i2c0" }', [climate]],
    ['{ "display": { "bus": "i2c0", "sda": "GP8", "scl": "GP9" } }', [display]],
  ],
  ["one sensor", ['{ "climate": "i2c0" }', [climate]], ['{ "climate": "i2c0" }', [climate]]],
  [
    "one serial port",
    ['{ "radio": "uart0" }', [radio]],
    ['{ "radio": { "port": "uart0", "tx": "GP12", "rx": "GP13" } }', [radio]],
  ],
  ["one PWM output", ['{ "fan": "GP0" }', [fan]], ['{ "fan": "GP16" }', [fan]]],
  ["one PWM frequency", ['{ "fan": "GP0" }', [fan]], ['{ "fan": "GP1" }', [fan]]],
];

test("messages about apps that want the same", () => {
  const cases = conflicts.map(([title, first, second]) => {
    const { text, diagnostics } = wireBoth(first, second);
    assert.ok(diagnostics.length > 0, title);
    return goldenCase(title, `first: ${first[0]}\n${text}`, diagnostics);
  });
  expectGolden("runtime/rig/device-wiring.golden.txt", cases.join(""));
});

const shared = (app: string, ...others: [string, readonly Need[]][]) => ({
  app,
  wiring: new DeviceWiring(),
  others: new Map(others),
});

test("a rig that several apps share may wire what only another one needs", () => {
  const { rig } = readRig(
    '{ "board": "pico", "wiring": { "led": "GP2", "fan": "GP3" } }',
    "rig.json",
  );
  const first = shared("first", ["second", [fan]]);
  const second = { ...shared("second", ["first", [led]]), wiring: first.wiring };
  assert.deepEqual(connect(rig!, [led], first).diagnostics, []);
  assert.deepEqual(connect(rig!, [fan], second).diagnostics, []);
  const [alone] = connect(rig!, [led]).diagnostics;
  assert.equal(alone?.code, "unknown-need");
});

test("a shared rig wires needs of one name app by app", () => {
  const text = '{ "board": "pico",\n  "wiring": { "led": "GP2", "second.led": "GP3" } }';
  const { rig } = readRig(text, "rig.json");
  const first = shared("first", ["second", [led]]);
  const second = { ...shared("second", ["first", [led]]), wiring: first.wiring };
  const pins = [connect(rig!, [led], first), connect(rig!, [led], second)].map(
    ({ connections, diagnostics }) => {
      assert.deepEqual(diagnostics, []);
      return connections!.map((connection) => "pin" in connection && connection.pin);
    },
  );
  assert.deepEqual(pins, [[2], [3]]);
});

test("one wire for two needs of one name is refused", () => {
  const { rig } = readRig('{ "board": "pico",\n  "wiring": { "led": "GP2" } }', "rig.json");
  const { diagnostics } = connect(rig!, [led], shared("first", ["second", [led]]));
  assert.deepEqual(
    diagnostics.map(({ line, column, message, hint }) => ({ line, column, message, hint })),
    [
      {
        line: 2,
        column: 15,
        message: 'first and second have a need "led" each, and this is one wire',
        hint: 'Write "first.led" and "second.led".',
      },
    ],
  );
});

test("the wiring of an app that is not there is unknown", () => {
  const { rig } = readRig(
    '{ "board": "pico", "wiring": { "led": "GP2", "third.led": "GP3" } }',
    "rig.json",
  );
  const { diagnostics } = connect(rig!, [led], shared("first"));
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["unknown-need"],
  );
});
