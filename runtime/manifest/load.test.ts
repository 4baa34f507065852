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

/** What a manifest has since versions of an app can be swapped. */
const swappable: Manifest = {
  ...manifest,
  needs: [
    ...manifest.needs,
    { name: "last", kind: "publish", topic: "last", fields: [], retain: true },
  ],
  state: {
    bytes: 24,
    fields: [
      { name: "heating", type: "bool", offset: 0 },
      { name: "targetMilliC", type: "i32", offset: 4, was: ["target", "_setPoint"] },
      { name: "total", type: "f64", offset: 16 },
    ],
  },
  health: { seconds: 10, events: 3, confirm: true },
  restart: { delayMs: 1000, attempts: 5 },
};

test("what is written is read", () => {
  assert.deepEqual(readManifest(JSON.stringify(manifest), "m.json"), { manifest, diagnostics: [] });
  const read = readManifest(JSON.stringify(swappable), "m.json");
  assert.deepEqual(read, { manifest: swappable, diagnostics: [] });
  const bounded = { ...manifest, limits: { ...manifest.limits, stackBytes: 96 } };
  assert.deepEqual(readManifest(JSON.stringify(bounded), "m.json").manifest, bounded);
});

/** The manifest with one thing changed. */
function changed(change: (copy: Record<string, any>) => void, of = manifest): string {
  const copy = structuredClone(of) as Record<string, any>;
  change(copy);
  return JSON.stringify(copy);
}

/** The fields of the state with one thing changed. */
function changedState(change: (fields: Record<string, any>[]) => void): string {
  return changed((m) => change(m.state.fields), swappable);
}

/** As many fields as wanted, 30 of them with older names where `was` says how many. */
function manyFields(count: number, was: number): string {
  return changed((m) => {
    m.state.bytes = 1024;
    m.state.fields = Array.from({ length: count }, (_, i) => ({
      name: `f${i}`,
      type: "u8",
      offset: i,
      ...(i < 30 && was > 0 && { was: Array.from({ length: was }, (_, k) => `w${i}x${k}`) }),
    }));
  }, swappable);
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
  ["state without fields", changedState((fields) => fields.splice(0))],
  ["65 fields", manyFields(65, 0)],
  ["97 names of 37 fields", manyFields(37, 2)],
  ["state of 1,025 bytes", changed((m) => (m.state.bytes = 1025), swappable)],
  ["a text in the state", changedState((fields) => (fields[0]!.type = "string"))],
  ["field behind the end", changedState((fields) => (fields[2]!.offset = 24))],
  ["field at an odd place", changedState((fields) => (fields[1]!.offset = 6))],
  ["field on another", changedState((fields) => (fields[0]!.offset = 7))],
  ["a name twice", changedState((fields) => fields[1]!.was.push("target"))],
  ["was what another field is", changedState((fields) => fields.push({ ...fields[1], offset: 8 }))],
  [
    "names of one hash",
    changedState((fields) => {
      fields[1]!.name = "target5325";
      fields[1]!.was = ["heat49973"];
    }),
  ],
  ["no older name", changedState((fields) => (fields[1]!.was = []))],
  ["trial of no time", changed((m) => (m.health.seconds = 0), swappable)],
  ["half a rule", changed((m) => delete m.health.confirm, swappable)],
  ["restart at once", changed((m) => (m.restart.delayMs = 9), swappable)],
  ["restart for ever", changed((m) => (m.restart.attempts = 16), swappable)],
  ["retained input", changed((m) => (m.needs[2].retain = true), swappable)],
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
