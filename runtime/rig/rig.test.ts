import assert from "node:assert/strict";
import { test } from "node:test";
import { hasError } from "../document/diagnostic.js";
import type { Need } from "../manifest/manifest.js";
import { goldenCase } from "../../test/helpers/diagnostics.js";
import { expectGolden, expectGoldenJson } from "../../test/helpers/golden.js";
import { connect, readRig } from "./rig.js";
import { rigSchema } from "./rig.schema.js";

const needs: readonly Need[] = [
  { name: "climate", kind: "i2c", address: 0x76 },
  { name: "display", kind: "i2c", address: 0x3c },
  { name: "heater", kind: "gpio-out" },
  { name: "button", kind: "gpio-in" },
  { name: "fan", kind: "pwm" },
  { name: "knob", kind: "adc" },
  { name: "flash", kind: "spi", mode: 3, hertz: 1_000_000 },
  { name: "radio", kind: "uart", baud: 9600 },
  { name: "readings", kind: "publish", topic: "climate", fields: [] },
  { name: "orders", kind: "subscribe", topic: "orders" },
];

const whole = `{
  "$schema": "rig.schema.json",
  "board": "pico",
  "gridMs": 20,
  "wiring": {
    "climate": "i2c0",
    "display": { "bus": "i2c0", "sda": "GP4", "address": "0x3D" },
    "heater": "LED",
    "button": { "pin": "GP14", "active": "low", "pull": "up" },
    "fan": "GP16",
    "knob": { "pin": "GP27" },
    "flash": { "bus": "spi1", "cs": "GP22" },
    "radio": { "port": "uart1", "tx": "GP20", "rx": "GP21" },
    "orders": "house/orders"
  },
  "simulation": {
    "seed": 7,
    "speed": 1,
    "start": "2026-01-01T00:00:00Z",
    "deviceId": "e6605838833d2B2A",
    "signals": {
      "temperature": { "sine": { "mean": 21, "amplitude": 3, "period": "24h", "phase": "90m" },
        "plus": { "noise": { "mean": 0, "deviation": 0.1 } } },
      "humidity": { "steps": [{ "at": "0s", "value": 40 }, { "at": "1.5h", "value": 45.5 }] },
      "pressure": { "csv": "room.csv", "column": "p", "unit": "Pa" },
      "knob": { "constant": 0.5 }
    },
    "parts": {
      "sensor": { "chip": "bme280", "bus": "i2c0", "address": "0x76", "temperature": "temperature", "humidity": "humidity", "pressure": "pressure" },
      "second": { "chip": "tmp102", "bus": "i2c0", "address": "0x4A", "temperature": "temperature" },
      "panel": { "chip": "led", "pin": "GP2", "active": "low" },
      "heater": { "chip": "relay", "pin": "LED" },
      "button": { "chip": "button", "pin": "GP14", "bounceMs": 0.5 },
      "dial": { "chip": "potentiometer", "pin": "GP27", "position": "knob" }
    },
    "messages": [{ "at": "10s", "topic": "house/orders", "payload": "21.5" }, { "at": "1s", "topic": "house/orders", "payload": "20" }],
    "presses": [{ "at": "65s", "part": "button", "for": "200ms" }]
  }
}`;

test("a whole rig.json", () => {
  const { rig, diagnostics } = readRig(whole, "rig.json");
  assert.deepEqual(diagnostics, []);
  assert.equal(rig?.gridUs, 20_000);
  const { signals, parts, messages, ...rest } = rig.simulation;
  assert.deepEqual(
    messages.map(({ atUs, topic, payload }) => [atUs, topic, payload]),
    [
      [1_000_000, "house/orders", "20"],
      [10_000_000, "house/orders", "21.5"],
    ],
  );
  assert.deepEqual(rest, {
    seed: 7,
    speed: 1,
    startMs: 1_767_225_600_000,
    deviceId: Uint8Array.from([0xe6, 0x60, 0x58, 0x38, 0x83, 0x3d, 0x2b, 0x2a]),
    presses: [{ atUs: 65_000_000, part: "button", forUs: 200_000 }],
  });
  assert.deepEqual(Object.fromEntries(signals), {
    temperature: {
      kind: "sine",
      mean: 21,
      amplitude: 3,
      periodUs: 86_400_000_000,
      phaseUs: 5_400_000_000,
      plus: { kind: "noise", mean: 0, deviation: 0.1, everyUs: 1_000_000 },
    },
    humidity: {
      kind: "steps",
      steps: [
        { atUs: 0, value: 40 },
        { atUs: 5_400_000_000, value: 45.5 },
      ],
    },
    pressure: {
      kind: "csv",
      file: "room.csv",
      column: "p",
      unit: "Pa",
      interpolate: "hold",
      place: { offset: whole.indexOf('"room.csv"'), line: 25, column: 28, length: 10 },
    },
    knob: { kind: "constant", value: 0.5 },
  });
  const senses = { temperature: "temperature", humidity: "humidity", pressure: "pressure" };
  assert.deepEqual(Object.fromEntries(parts), {
    sensor: { chip: "bme280", bus: 0, address: 0x76, ...senses },
    second: { chip: "tmp102", bus: 0, address: 0x4a, temperature: "temperature" },
    panel: { chip: "led", pin: 2, activeLow: true },
    heater: { chip: "relay", pin: 25, activeLow: false },
    button: { chip: "button", pin: 14, connects: "ground", bounceUs: 500 },
    dial: { chip: "potentiometer", pin: 27, channel: 1, position: "knob" },
  });
});

test("needs are connected in their order", () => {
  const { rig } = readRig(whole, "rig.json");
  const { connections, diagnostics } = connect(rig!, needs);
  assert.deepEqual(
    diagnostics.map((d) => d.code),
    ["nothing-attached"],
  );
  assert.deepEqual(connections, [
    { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz: 100_000, address: 0x76 },
    { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz: 100_000, address: 0x3d },
    { kind: "gpio", pin: 25, activeLow: false, pull: "none" },
    { kind: "gpio", pin: 14, activeLow: true, pull: "up" },
    { kind: "pwm", pin: 16 },
    { kind: "adc", pin: 27, channel: 1 },
    { kind: "spi", bus: 1, sck: 10, mosi: 11, miso: 12, cs: 22, hertz: 1_000_000, mode: 3 },
    { kind: "uart", port: 1, tx: 20, rx: 21, baud: 9600 },
    { kind: "topic", topic: "climate" },
    { kind: "topic", topic: "house/orders" },
  ]);
});

test("the least rig.json", () => {
  const { rig } = readRig('{ "board": "pico", "wiring": {} }', "rig.json");
  assert.equal(rig?.gridUs, 10_000);
  const { signals, parts, ...rest } = rig.simulation;
  assert.equal(signals.size + parts.size, 0);
  assert.deepEqual(rest, {
    seed: 1,
    speed: 60,
    deviceId: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 1]),
    messages: [],
    presses: [],
  });
  assert.deepEqual(connect(rig, []), { connections: [], diagnostics: [] });
});

const rigOf = (fields: string): string =>
  `{\n  "board": "pico",\n  "wiring": {}${fields === "" ? "" : `,\n  ${fields}`}\n}`;
const simulation = (fields: string): string => rigOf(`"simulation": {\n    ${fields}\n  }`);
const signal = (text: string): string => simulation(`"signals": { "room": ${text} }`);
const part = (text: string): string =>
  simulation(`"signals": { "room": { "constant": 21 } },\n    "parts": { ${text} }`);
const buttonAnd = (text: string): string =>
  simulation(
    `"parts": { "button": { "chip": "button", "pin": "GP14" }, "lamp": { "chip": "led", "pin": "LED" } },\n    ${text}`,
  );

const badRigs: readonly (readonly [title: string, text: string])[] = [
  ["empty file", ""],
  ["trailing comma", '{ "board": "pico", "wiring": {}, }'],
  ["no board", '{ "wiring": {} }'],
  ["near board", '{ "board": "pica", "wiring": {} }'],
  ["no wiring", '{ "board": "pico" }'],
  ["near field at the top", '{ "board": "pico", "wirring": {} }'],
  ["grid of zero", rigOf('"gridMs": 0')],
  ["a need wired twice", '{ "board": "pico", "wiring": {\n  "led": "GP15",\n  "led": "GP16"\n} }'],
  ["wire of a list", '{ "board": "pico", "wiring": { "led": ["GP15"] } }'],
  [
    "wire that does not say what it is",
    '{ "board": "pico", "wiring": { "led": { "active": "low" } } }',
  ],
  [
    "near field of a wire",
    '{ "board": "pico", "wiring": { "led": { "pin": "GP15", "activ": "low" } } }',
  ],
  [
    "wire to a bus that does not exist",
    '{ "board": "pico", "wiring": { "climate": { "bus": "i2c2" } } }',
  ],
  ["unknown pull", '{ "board": "pico", "wiring": { "button": { "pin": "GP15", "pull": "upp" } } }'],
  [
    "i2c too fast",
    '{ "board": "pico", "wiring": { "climate": { "bus": "i2c0", "hertz": 4000000 } } }',
  ],
  ["near field of the simulation", simulation('"signal": {}')],
  ["negative seed", simulation('"seed": -1')],
  ["speed as a text", simulation('"speed": "max"')],
  ["start without a time", simulation('"start": "2026-01-01"')],
  ["start on no day of the calendar", simulation('"start": "2026-02-30T00:00:00Z"')],
  ["device id too short", simulation('"deviceId": "e660"')],
  ["signal as a number", signal("21")],
  ["near kind of signal", signal('{ "constnat": 21 }')],
  ["unknown kind of signal", signal('{ "triangle": 21 }')],
  ["signal of two kinds", signal('{ "constant": 21, "csv": "room.csv" }')],
  ["constant as a text", signal('{ "constant": "21" }')],
  ["negative deviation", signal('{ "noise": { "mean": 21, "deviation": -1 } }')],
  ["near field of a sine", signal('{ "sine": { "mean": 21, "amplitud": 3, "period": "24h" } }')],
  ["period without a unit", signal('{ "sine": { "mean": 21, "amplitude": 3, "period": "24" } }')],
  ["period of zero", signal('{ "sine": { "mean": 21, "amplitude": 3, "period": "0s" } }')],
  ["no steps", signal('{ "steps": [] }')],
  [
    "steps out of order",
    signal('{ "steps": [{ "at": "1h", "value": 1 }, { "at": "30m", "value": 2 }] }'),
  ],
  ["step before its time", signal('{ "steps": [{ "at": "-1s", "value": 1 }] }')],
  ["step beyond time", signal('{ "steps": [{ "at": "999999d", "value": 1 }] }')],
  ["unknown unit", signal('{ "csv": "room.csv", "unit": "Kelvin" }')],
  ["unknown interpolation", signal('{ "csv": "room.csv", "interpolate": "linar" }')],
  ["fault in an added signal", signal('{ "constant": 21, "plus": { "noise": { "mean": 0 } } }')],
  [
    "signal with a blank in its name",
    simulation('"signals": { "living room": { "constant": 21 } }'),
  ],
  ["part without a chip", part('"sensor": { "bus": "i2c0" }')],
  ["near chip", part('"sensor": { "chip": "bme208", "bus": "i2c0", "address": "0x76" }')],
  ["unknown chip", part('"sensor": { "chip": "dht22", "pin": "GP15" }')],
  [
    "address that the chip cannot have",
    part('"sensor": { "chip": "tmp102", "bus": "i2c0", "address": "0x76", "temperature": "room" }'),
  ],
  [
    "part without its signal",
    part('"sensor": { "chip": "tmp102", "bus": "i2c0", "address": "0x48" }'),
  ],
  [
    "near signal of a part",
    part('"sensor": { "chip": "tmp102", "bus": "i2c0", "address": "0x48", "temperature": "rom" }'),
  ],
  [
    "unknown signal of a part",
    part(
      '"sensor": { "chip": "tmp102", "bus": "i2c0", "address": "0x48", "temperature": "kitchen" }',
    ),
  ],
  [
    "two parts at one address",
    part(
      '"a": { "chip": "tmp102", "bus": "i2c0", "address": "0x4a", "temperature": "room" },\n      "b": { "chip": "tmp102", "bus": "i2c0", "address": "0x4A", "temperature": "room" }',
    ),
  ],
  [
    "two parts on one pin",
    part('"a": { "chip": "led", "pin": "GP25" },\n      "b": { "chip": "relay", "pin": "LED" }'),
  ],
  ["part on a pin that does not exist", part('"lamp": { "chip": "led", "pin": "GP30" }')],
  ["part on a pin in other letters", part('"lamp": { "chip": "led", "pin": "gpio15" }')],
  ["part on a pin of the board", part('"lamp": { "chip": "led", "pin": "GP24" }')],
  [
    "potentiometer on a digital pin",
    part('"dial": { "chip": "potentiometer", "pin": "GP15", "position": "room" }'),
  ],
  [
    "press of something that is no button",
    buttonAnd('"presses": [{ "at": "1s", "part": "lamp", "for": "1s" }]'),
  ],
  [
    "press of something unknown",
    buttonAnd('"presses": [{ "at": "1s", "part": "buton", "for": "1s" }]'),
  ],
  ["press without a duration", buttonAnd('"presses": [{ "at": "1s", "part": "button" }]')],
  ["press of no length", buttonAnd('"presses": [{ "at": "1s", "part": "button", "for": "0ms" }]')],
  [
    "presses that overlap",
    buttonAnd(
      '"presses": [{ "at": "1s", "part": "button", "for": "3s" }, { "at": "2s", "part": "button", "for": "1s" }]',
    ),
  ],
  [
    "message with a number",
    simulation('"messages": [{ "at": "1s", "topic": "x", "payload": 21.5 }]'),
  ],
  [
    "message of too many bytes",
    simulation(`"messages": [{ "at": "1s", "topic": "x", "payload": "${"é".repeat(121)}" }]`),
  ],
  [
    "message to all topics",
    simulation('"messages": [{ "at": "1s", "topic": "#", "payload": "21.5" }]'),
  ],
];

test("messages about bad rigs", () => {
  const cases = badRigs.map(([title, text]) => {
    const { rig, diagnostics } = readRig(text, "rig.json");
    assert.ok(hasError(diagnostics), `${title}: accepted`);
    assert.equal(rig, undefined, title);
    return goldenCase(title, text, diagnostics);
  });
  expectGolden("runtime/rig/rig.golden.txt", cases.join(""));
});

const led: Need = { name: "led", kind: "gpio-out" };
const button: Need = { name: "button", kind: "gpio-in" };
const fan: Need = { name: "fan", kind: "pwm" };
const pump: Need = { name: "pump", kind: "pwm" };
const knob: Need = { name: "knob", kind: "adc" };
const climate: Need = { name: "climate", kind: "i2c", address: 0x76 };
const outdoors: Need = { name: "outdoors", kind: "i2c", address: 0x77 };
const flash: Need = { name: "flash", kind: "spi", mode: 0, hertz: 1_000_000 };
const card: Need = { name: "card", kind: "spi", mode: 0, hertz: 1_000_000 };
const radio: Need = { name: "radio", kind: "uart", baud: 9600 };
const meter: Need = { name: "meter", kind: "uart", baud: 9600 };
const readings: Need = { name: "readings", kind: "publish", topic: "climate", fields: [] };

const badWirings: readonly (readonly [title: string, wiring: string, needs: readonly Need[]])[] = [
  ["need wired to nothing", "{}", [led, button, fan, knob, climate, flash, radio]],
  ["near name of a need", '{ "leds": "GP15" }', [led]],
  ["unknown need", '{ "led": "GP15", "heater": "GP16" }', [led]],
  ["wiring of an app without needs", '{ "led": "GP15" }', []],
  ["pin that does not exist", '{ "led": "GP31" }', [led]],
  ["pin by its number", '{ "led": "15" }', [led]],
  ["pin in other letters", '{ "led": { "pin": "GPIO15" } }', [led]],
  ["light in other letters", '{ "led": "led" }', [led]],
  ["pin of the board", '{ "led": "GP23" }', [led]],
  ["bus for a digital pin", '{ "led": "i2c0" }', [led]],
  ["bus fields for a digital pin", '{ "led": { "bus": "i2c0" } }', [led]],
  ["pull of an output", '{ "led": { "pin": "GP15", "pull": "up" } }', [led]],
  ["analog input on a digital pin", '{ "knob": "GP15" }', [knob]],
  ["analog input on the supply", '{ "knob": "GP29" }', [knob]],
  ["active level of an analog input", '{ "knob": { "pin": "GP26", "active": "low" } }', [knob]],
  ["two needs on one pin", '{ "led": "GP15", "button": "GP15" }', [led, button]],
  ["two needs on one pin under two names", '{ "led": "LED", "button": "GP25" }', [led, button]],
  ["pin of a bus", '{ "climate": "i2c0", "led": "GP4" }', [climate, led]],
  ["two PWM needs on one output", '{ "fan": "GP0", "pump": "GP16" }', [fan, pump]],
  ["two PWM needs with one frequency", '{ "fan": "GP0", "pump": "GP1" }', [fan, pump]],
  ["pin for a bus", '{ "climate": "GP4" }', [climate]],
  ["bus that does not exist", '{ "climate": "i2c3" }', [climate]],
  ["bus of another kind", '{ "climate": "spi0" }', [climate]],
  ["port fields for a bus", '{ "climate": { "port": "uart0" } }', [climate]],
  [
    "data line on a pin that cannot",
    '{ "climate": { "bus": "i2c0", "sda": "GP5", "scl": "GP4" } }',
    [climate],
  ],
  [
    "lines of the other bus",
    '{ "climate": { "bus": "i2c1", "sda": "GP4", "scl": "GP5" } }',
    [climate],
  ],
  [
    "one bus on two pairs of pins",
    '{ "climate": "i2c0", "outdoors": { "bus": "i2c0", "sda": "GP8", "scl": "GP9" } }',
    [climate, outdoors],
  ],
  [
    "one bus with two clocks",
    '{ "climate": "i2c0", "outdoors": { "bus": "i2c0", "hertz": 400000 } }',
    [climate, outdoors],
  ],
  [
    "one address twice",
    '{ "climate": "i2c0", "outdoors": { "bus": "i2c0", "address": "0x76" } }',
    [climate, outdoors],
  ],
  ["spi line on a pin that cannot", '{ "flash": { "bus": "spi0", "sck": "GP10" } }', [flash]],
  ["two devices with one select line", '{ "flash": "spi0", "card": "spi0" }', [flash, card]],
  [
    "one spi bus on two sets of pins",
    '{ "flash": "spi0", "card": { "bus": "spi0", "sck": "GP2", "cs": "GP22" } }',
    [flash, card],
  ],
  ["serial lines swapped", '{ "radio": { "port": "uart0", "tx": "GP1", "rx": "GP0" } }', [radio]],
  [
    "two needs on one port",
    '{ "radio": "uart0", "meter": { "port": "uart0", "tx": "GP12", "rx": "GP13" } }',
    [radio, meter],
  ],
  ["one pin for two lines", '{ "flash": { "bus": "spi0", "cs": "GP18" } }', [flash]],
  ["topic with a wildcard", '{ "readings": "home/#" }', [readings]],
  ["pin for a topic", '{ "readings": { "pin": "GP15" } }', [readings]],
];

test("messages about bad wiring", () => {
  const cases = badWirings.map(([title, wiring, list]) => {
    const text = `{ "board": "pico",\n  "wiring": ${wiring} }`;
    const { rig, diagnostics } = readRig(text, "rig.json");
    assert.deepEqual(diagnostics, [], title);
    const result = connect(rig!, list);
    assert.ok(result.diagnostics.length > 0, `${title}: accepted`);
    assert.equal(result.connections === undefined, hasError(result.diagnostics), title);
    return goldenCase(
      title,
      `${text}\nneeds: ${list.map((need) => `${need.name} (${need.kind})`).join(", ")}`,
      result.diagnostics,
    );
  });
  expectGolden("runtime/rig/wiring.golden.txt", cases.join(""));
});

const surroundings: readonly (readonly [
  title: string,
  wiring: string,
  parts: string,
  needs: readonly Need[],
])[] = [
  [
    "sensor at another address",
    '{ "climate": "i2c0" }',
    '{ "a": { "chip": "tmp102", "bus": "i2c0", "address": "0x48", "temperature": "room" } }',
    [climate],
  ],
  [
    "no sensor at all",
    '{ "climate": "i2c0" }',
    '{ "lamp": { "chip": "led", "pin": "LED" } }',
    [climate],
  ],
  [
    "button on a floating pin",
    '{ "button": "GP14" }',
    '{ "push": { "chip": "button", "pin": "GP14" } }',
    [button],
  ],
  [
    "button that makes its input inactive",
    '{ "button": { "pin": "GP14", "pull": "up" } }',
    '{ "push": { "chip": "button", "pin": "GP14" } }',
    [button],
  ],
  [
    "button to the supply, wired for ground",
    '{ "button": { "pin": "GP14", "active": "low", "pull": "up" } }',
    '{ "push": { "chip": "button", "pin": "GP14", "connects": "supply" } }',
    [button],
  ],
];

test("warnings about silent surroundings", () => {
  const cases = surroundings.map(([title, wiring, parts, list]) => {
    const text = `{ "board": "pico", "wiring": ${wiring},\n  "simulation": { "signals": { "room": { "constant": 21 } },\n    "parts": ${parts} } }`;
    const { rig, diagnostics } = readRig(text, "rig.json");
    assert.deepEqual(diagnostics, [], title);
    const result = connect(rig!, list);
    assert.ok(result.connections !== undefined && result.diagnostics.length > 0, title);
    return goldenCase(title, text, result.diagnostics);
  });
  expectGolden("runtime/rig/surroundings.golden.txt", cases.join(""));
});

test("warnings about messages that nobody hears", () => {
  const text = `{ "board": "pico", "wiring": { "orders": "house/orders" }, "simulation": { "messages": [
  { "at": "1s", "topic": "house/orders", "payload": "1" },
  { "at": "1s", "topic": "house/order", "payload": "1" },
  { "at": "1s", "topic": "garden", "payload": "1" }
] } }`;
  const orders: Need = { name: "orders", kind: "subscribe", topic: "orders" };
  const { rig } = readRig(text, "rig.json");
  const { diagnostics } = connect(rig!, [orders]);
  assert.deepEqual(
    diagnostics.map(({ severity, code, line, column, hint }) => [
      severity,
      code,
      line,
      column,
      hint,
    ]),
    [
      ["warning", "unheard-message", 3, 26, 'Write "house/orders".'],
      [
        "warning",
        "unheard-message",
        4,
        26,
        'Remove it, or rename the topic; the app subscribes to "house/orders".',
      ],
    ],
  );
});

test("rig.schema.json is printed from the schema that reads", () => {
  expectGoldenJson("runtime/rig/rig.schema.json", rigSchema);
});
