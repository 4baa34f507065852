import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifest } from "../../runtime/manifest/load.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { createManifest, manifestText } from "./manifest.js";
import { readProject } from "./project.js";

const text = `{
  "name": "thermostat",
  "needs": {
    "climate": { "i2c": "0x76" },
    "flash": { "spi": "mode3", "hertz": 2000000 },
    "radio": { "uart": 9600 },
    "readings": { "publish": "climate", "fields": { "temperature": 2 }, "retain": true }
  },
  "settings": {
    "setPoint": { "unit": "°C", "max": 30, "min": 5, "default": 21.5, "decimals": 3, "type": "decimal" }
  },
  "restart": { "attempts": 2 }
}`;

const figures = {
  contract: "0.1.0",
  wasmBytes: 868,
  sha256: "0123456789abcdef".repeat(4),
  imports: ["timer.every", "gpio.write"],
  memoryBytes: 512,
  stackBytes: 96,
  state: {
    bytes: 8,
    fields: [
      { was: ["target"], offset: 4, type: "i32", name: "targetMilliC" },
      { offset: 0, type: "bool", name: "heating" },
    ],
  },
} as const;

test("a manifest is printed the same everywhere", () => {
  const { project } = readProject(text, "thimble.json");
  expectGolden(
    "builder/project/manifest.golden.txt",
    manifestText(createManifest(project!, figures)),
  );
});

test("key order does not depend on how a manifest was made, and a reader gets it back", () => {
  const { project } = readProject(text, "thimble.json");
  const manifest = createManifest(project!, figures);
  const printed = manifestText(manifest);
  const { manifest: read, diagnostics } = readManifest(printed, "m.json");
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(read, manifest);
  const reversed = Object.fromEntries(
    Object.entries(manifest).toReversed(),
  ) as unknown as typeof manifest;
  assert.equal(manifestText(reversed), printed);
});
