import assert from "node:assert/strict";
import { test } from "node:test";
import { hasError } from "../document/diagnostic.js";
import { goldenCase } from "../../test/helpers/diagnostics.js";
import { expectGolden } from "../../test/helpers/golden.js";
import type { Manifest } from "./manifest.js";
import { readManifest } from "./load.js";

const manifest: Manifest = {
  format: 1,
  name: "thermostat",
  contract: "0.1.0",
  wasm: { bytes: 1024, sha256: "0123456789abcdef".repeat(4) },
  imports: ["gpio.write", "i2c.read-registers", "timer.every"],
  needs: [
    { name: "climate", kind: "i2c", address: 0x76 },
    { name: "heater", kind: "gpio-out" },
    { name: "button", kind: "gpio-in" },
    { name: "fan", kind: "pwm" },
    { name: "knob", kind: "adc" },
    { name: "flash", kind: "spi", mode: 3, hertz: 1_000_000 },
    { name: "radio", kind: "uart", baud: 9600 },
    {
      name: "readings",
      kind: "publish",
      topic: "climate",
      fields: [{ name: "temperature", decimals: 2 }],
    },
    { name: "orders", kind: "subscribe", topic: "orders" },
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
    { name: "eco", type: "bool", decimals: 0, default: 1, min: 0, max: 1 },
  ],
  limits: { memoryBytes: 512, stackBytes: null, eventMs: 20 },
};

test("what is written is read", () => {
  assert.deepEqual(readManifest(JSON.stringify(manifest), "m.json"), { manifest, diagnostics: [] });
  const bounded = { ...manifest, limits: { ...manifest.limits, stackBytes: 96 } };
  assert.deepEqual(readManifest(JSON.stringify(bounded), "m.json").manifest, bounded);
});

/** The manifest with one thing changed. */
function changed(change: (copy: Record<string, any>) => void): string {
  const copy = structuredClone(manifest) as Record<string, any>;
  change(copy);
  return JSON.stringify(copy);
}

const hostile: readonly (readonly [title: string, text: string])[] = [
  ["truncated", JSON.stringify(manifest).slice(0, 100)],
  ["a list", "[]"],
  ["of the next format", changed((m) => (m.format = 2))],
  ["unknown field", changed((m) => (m.author = "x"))],
  ["no name", changed((m) => delete m.name)],
  ["name that leaves the folder", changed((m) => (m.name = "../a"))],
  ["contract of another form", changed((m) => (m.contract = "1"))],
  ["negative size", changed((m) => (m.wasm.bytes = -1))],
  ["digest in capitals", changed((m) => (m.wasm.sha256 = "A".repeat(64)))],
  ["imports out of order", changed((m) => m.imports.reverse())],
  ["import twice", changed((m) => (m.imports = ["gpio.write", "gpio.write"]))],
  ["import of another form", changed((m) => (m.imports = ["env.abort!"]))],
  ["unknown kind of need", changed((m) => (m.needs[1].kind = "gpio"))],
  ["need without a kind", changed((m) => delete m.needs[1].kind)],
  ["address out of range", changed((m) => (m.needs[0].address = 0x78))],
  ["field of another kind", changed((m) => (m.needs[1].address = 0x76))],
  ["name of a need twice", changed((m) => (m.needs[1].name = "climate"))],
  ["name of a field twice", changed((m) => m.needs[7].fields.push(m.needs[7].fields[0]))],
  [
    "too many needs",
    changed(
      (m) => (m.needs = Array.from({ length: 33 }, (_, i) => ({ name: `n${i}`, kind: "adc" }))),
    ),
  ],
  ["default out of range", changed((m) => (m.settings[0].default = 30001))],
  ["range of a bool", changed((m) => (m.settings[1].max = 2))],
  ["decimals of a bool", changed((m) => (m.settings[1].decimals = 1))],
  ["beyond 32 bits", changed((m) => (m.settings[0].max = 2 ** 31))],
  ["memory that cannot be fenced", changed((m) => (m.limits.memoryBytes = 520))],
  ["stack as a text", changed((m) => (m.limits.stackBytes = "96"))],
  ["endless event", changed((m) => (m.limits.eventMs = 1e9))],
];

test("messages about manifests that nobody should trust", () => {
  const cases = hostile.map(([title, text]) => {
    const result = readManifest(text, "m.json");
    assert.ok(hasError(result.diagnostics), `${title}: accepted`);
    assert.equal(result.manifest, undefined, title);
    return goldenCase(title, "", result.diagnostics);
  });
  expectGolden("runtime/manifest/manifest.golden.txt", cases.join(""));
});
