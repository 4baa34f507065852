import assert from "node:assert/strict";
import { test } from "node:test";
import { hasError } from "../../runtime/document/diagnostic.js";
import { expectGolden, expectGoldenJson } from "../../test/helpers/golden.js";
import { goldenCase } from "../../test/helpers/diagnostics.js";
import { readProject } from "./project.js";
import { projectSchema } from "./thimble.schema.js";

const thermostat = `{
  "$schema": "./node_modules/thimble/builder/project/thimble.schema.json",
  "name": "thermostat",
  "needs": {
    "climate": { "i2c": "0x76" },
    "heater": { "gpio": "out" },
    "button": { "gpio": "in" },
    "fan": { "pwm": "out" },
    "knob": { "adc": "in" },
    "display": { "spi": "mode3" },
    "radio": { "uart": 9600 },
    "readings": { "publish": "climate", "fields": { "temperature": 2, "humidity": 1 } },
    "last": { "publish": "last", "retain": true },
    "next": { "publish": "next", "retain": false },
    "orders": { "subscribe": "home/orders" }
  },
  "settings": {
    "setPoint": { "type": "decimal", "decimals": 3, "default": 21.5, "min": 5, "max": 3e1, "unit": "°C" },
    "offset": { "type": "decimal", "decimals": 2, "default": -0, "min": -1.25, "max": 1.250 },
    "eco": { "type": "bool", "default": true },
    "samples": { "type": "integer", "default": 5, "min": 0, "max": 9.0 }
  },
  "limits": { "memoryBytes": 1024, "eventMs": 30 },
  "health": { "events": 3, "confirm": true },
  "restart": { "delayMs": 250, "attempts": 0 }
}`;

test("a whole thimble.json", () => {
  assert.deepEqual(readProject(thermostat, "thimble.json"), {
    diagnostics: [],
    project: {
      name: "thermostat",
      main: "app.ts",
      needs: [
        { name: "climate", kind: "i2c", address: 0x76 },
        { name: "heater", kind: "gpio-out" },
        { name: "button", kind: "gpio-in" },
        { name: "fan", kind: "pwm" },
        { name: "knob", kind: "adc" },
        { name: "display", kind: "spi", mode: 3, hertz: 1_000_000 },
        { name: "radio", kind: "uart", baud: 9600 },
        {
          name: "readings",
          kind: "publish",
          topic: "climate",
          fields: [
            { name: "temperature", decimals: 2 },
            { name: "humidity", decimals: 1 },
          ],
        },
        { name: "last", kind: "publish", topic: "last", fields: [], retain: true },
        { name: "next", kind: "publish", topic: "next", fields: [] },
        { name: "orders", kind: "subscribe", topic: "home/orders" },
      ],
      settings: [
        {
          name: "setPoint",
          type: "decimal",
          decimals: 3,
          default: 21500,
          min: 5000,
          max: 30000,
          unit: "°C",
        },
        { name: "offset", type: "decimal", decimals: 2, default: 0, min: -125, max: 125 },
        { name: "eco", type: "bool", decimals: 0, default: 1, min: 0, max: 1 },
        { name: "samples", type: "integer", decimals: 0, default: 5, min: 0, max: 9 },
      ],
      limits: { memoryBytes: 1024, eventMs: 30 },
      health: { seconds: 10, events: 3, confirm: true },
      restart: { delayMs: 250, attempts: 0 },
    },
  });
});

test("the least thimble.json", () => {
  assert.deepEqual(readProject('{ "name": "blink" }', "thimble.json").project, {
    name: "blink",
    main: "app.ts",
    needs: [],
    settings: [],
    limits: { eventMs: 20 },
    health: { seconds: 10, events: 0, confirm: false },
    restart: { delayMs: 1000, attempts: 5 },
  });
});

const need = (text: string): string => `{\n  "name": "a",\n  "needs": {\n    ${text}\n  }\n}`;
const setting = (text: string): string => `{\n  "name": "a",\n  "settings": {\n    ${text}\n  }\n}`;
const decimal = (decimals: number, initial: string, min: string, max: string): string =>
  setting(
    `"x": { "type": "decimal", "decimals": ${decimals}, "default": ${initial}, "min": ${min}, "max": ${max} }`,
  );

const badInputs: readonly (readonly [title: string, text: string])[] = [
  ["empty file", ""],
  ["blanks only", " \n "],
  ["another kind of document", "[]"],
  ["a text instead of an object", '"thermostat"'],
  ["comment", '{\n  // the app\n  "name": "a"\n}'],
  ["trailing comma", '{\n  "name": "a",\n}'],
  ["missing comma", '{\n  "name": "a"\n  "main": "app.ts"\n}'],
  ["single quotes", "{ 'name': 'a' }"],
  ["name without quotes", '{ name: "a" }'],
  ["value without quotes", '{ "name": blink }'],
  ["unclosed text", '{\n  "name": "a,\n  "main": "app.ts"\n}'],
  ["unclosed object", '{\n  "name": "a",\n  "needs": {\n    "led": { "gpio": "out" }\n'],
  ["something after the end", '{ "name": "a" }\n}'],
  ["hexadecimal number", need('"climate": { "i2c": 0x76 }')],
  ["field given twice", need('"led": { "gpio": "out" },\n    "led": { "gpio": "in" }')],
  ["no name", "{}"],
  ["name of another form", '{ "name": "My App" }'],
  ["name of another type", '{ "name": 7 }'],
  ["near field at the top", '{ "name": "a", "need": {} }'],
  ["far field at the top", '{ "name": "a", "version": "1.0.0" }'],
  ["main outside the folder", '{ "name": "a", "main": "../app.ts" }'],
  ["main of another language", '{ "name": "a", "main": "app.js" }'],
  ["needs as a list", '{ "name": "a", "needs": [] }'],
  ["need as a text", need('"led": "out"')],
  ["need without a kind", need('"led": {}')],
  ["near kind of need", need('"led": { "gpoi": "out" }')],
  ["unknown kind of need", need('"led": { "light": "on" }')],
  ["need of two kinds", need('"led": { "gpio": "out", "pwm": "out" }')],
  ["near direction", need('"led": { "gpio": "outt" }')],
  ["unknown direction", need('"led": { "gpio": "output" }')],
  ["direction of another type", need('"led": { "gpio": true }')],
  ["pwm in", need('"led": { "pwm": "in" }')],
  ["adc out", need('"knob": { "adc": "out" }')],
  ["pin in an app", need('"led": { "gpio": "out", "pin": "GP15" }')],
  ["8-bit address", need('"climate": { "i2c": "0xEC" }')],
  ["reserved address", need('"climate": { "i2c": "0x78" }')],
  ["address as a number", need('"climate": { "i2c": 118 }')],
  ["unknown SPI mode", need('"display": { "spi": "mode4" }')],
  ["SPI too fast", need('"display": { "spi": "mode0", "hertz": 100000000 }')],
  ["near field of a need", need('"display": { "spi": "mode0", "herz": 1000000 }')],
  ["uart without a rate", need('"radio": { "uart": "9600" }')],
  ["uart too slow", need('"radio": { "uart": 50 }')],
  ["half a rate", need('"radio": { "uart": 9600.5 }')],
  ["topic with a wildcard", need('"readings": { "publish": "home/+/climate" }')],
  ["topic with a blank", need('"orders": { "subscribe": "my orders" }')],
  ["empty topic", need('"orders": { "subscribe": "" }')],
  ["topic too long", need(`"orders": { "subscribe": "${"x".repeat(65)}" }`)],
  [
    "too many decimals of a field",
    need('"readings": { "publish": "climate", "fields": { "temperature": 10 } }'),
  ],
  [
    "field name with a dash",
    need('"readings": { "publish": "climate", "fields": { "dew-point": 1 } }'),
  ],
  ["reserved field name", need('"readings": { "publish": "climate", "fields": { "in": 1 } }')],
  [
    "too many fields",
    need(
      `"readings": { "publish": "climate", "fields": { ${[..."abcdefghi"].map((x) => `"${x}": 0`).join(", ")} } }`,
    ),
  ],
  ["need name with a dash", need('"status-led": { "gpio": "out" }')],
  ["need name with a capital", need('"Heater": { "gpio": "out" }')],
  ["need name that starts with a digit", need('"2nd": { "gpio": "out" }')],
  ["need named like a word of the language", need('"switch": { "gpio": "in" }')],
  ["need named like a type", need('"i32": { "gpio": "in" }')],
  ["need named settings", need('"settings": { "gpio": "in" }')],
  [
    "too many needs",
    need(Array.from({ length: 33 }, (_, i) => `"n${i}": { "gpio": "in" }`).join(", ")),
  ],
  ["setting without a type", setting('"x": { "default": 5 }')],
  [
    "near type of a setting",
    setting('"x": { "type": "intger", "default": 5, "min": 0, "max": 9 }'),
  ],
  [
    "unknown type of a setting",
    setting('"x": { "type": "float", "default": 5, "min": 0, "max": 9 }'),
  ],
  ["setting without a range", setting('"x": { "type": "integer", "default": 5 }')],
  ["range of a bool", setting('"x": { "type": "bool", "default": true, "max": 1 }')],
  ["bool as a number", setting('"x": { "type": "bool", "default": 1 }')],
  [
    "decimals of an integer",
    setting('"x": { "type": "integer", "decimals": 2, "default": 5, "min": 0, "max": 9 }'),
  ],
  [
    "integer with a fraction",
    setting('"x": { "type": "integer", "default": 5.5, "min": 0, "max": 9 }'),
  ],
  [
    "integer beyond 32 bits",
    setting('"x": { "type": "integer", "default": 5, "min": 0, "max": 2147483648 }'),
  ],
  [
    "setting named like a word of the language",
    setting('"default": { "type": "bool", "default": true }'),
  ],
  ["more decimals than the setting has", decimal(2, "21.4567", "5", "30")],
  ["negative with more decimals", decimal(2, "-1.005", "-5", "30")],
  ["exponent with more decimals", decimal(2, "5", "5e-3", "30")],
  ["more decimals than any setting has", decimal(2, "21.45678901234", "5", "30")],
  ["tiny beyond reason", decimal(2, "1e-300", "0", "30")],
  ["decimal beyond 32 bits", decimal(9, "1", "0", "3")],
  ["default below the range", decimal(1, "4.5", "5", "30")],
  ["default above the range", decimal(1, "30.5", "5", "30.0")],
  ["range upside down", decimal(1, "10", "30", "5")],
  ["near limit", '{ "name": "a", "limits": { "memoryByte": 1024 } }'],
  ["limit of zero", '{ "name": "a", "limits": { "eventMs": 0 } }'],
  ["limit as a text", '{ "name": "a", "limits": { "memoryBytes": "1k" } }'],
  ["trial of no time", '{ "name": "a", "health": { "seconds": 0 } }'],
  ["trial in minutes", '{ "name": "a", "health": { "minutes": 1 } }'],
  ["events of a trial as a text", '{ "name": "a", "health": { "events": "all" } }'],
  ["confirm as a number", '{ "name": "a", "health": { "confirm": 1 } }'],
  ["restart at once", '{ "name": "a", "restart": { "delayMs": 0 } }'],
  ["restart without an end", '{ "name": "a", "restart": { "attempts": 100 } }'],
  ["near field of restart", '{ "name": "a", "restart": { "delay": 1000 } }'],
  ["restart as a truth", '{ "name": "a", "restart": false }'],
  ["retained need of another kind", need('"orders": { "subscribe": "orders", "retain": true }')],
  ["retain as a text", need('"readings": { "publish": "climate", "retain": "yes" }')],
  [
    "many faults at once",
    '{ "nam": "a", "needs": { "led": { "gpio": "on" } }, "limits": { "eventMs": -1 } }',
  ],
  [
    "a message longer than the link carries",
    JSON.stringify({
      name: "a",
      needs: {
        all: {
          publish: "all",
          fields: Object.fromEntries("abcdefgh".split("").map((letter) => [letter.repeat(20), 2])),
        },
      },
    }),
  ],
];

test("messages about bad input", () => {
  const cases = badInputs.map(([title, text]) => {
    const { project, diagnostics } = readProject(text, "thimble.json");
    assert.ok(hasError(diagnostics), `${title}: accepted`);
    assert.equal(project, undefined, title);
    return goldenCase(title, text, diagnostics);
  });
  expectGolden("builder/project/project.golden.txt", cases.join(""));
});

test("thimble.schema.json is printed from the schema that reads", () => {
  expectGoldenJson("builder/project/thimble.schema.json", projectSchema);
});
