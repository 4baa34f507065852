import { test } from "node:test";
import { expectGolden } from "../../../test/helpers/golden.js";
import { compareVersions } from "../../../runtime/manifest/compare.js";
import type { Manifest, Need } from "../../../runtime/manifest/manifest.js";
import { manifest } from "../../../test/helpers/oci.js";
import { renderChanges } from "./changes.js";
import { plain } from "./style.js";

const needs = manifest.needs.filter(({ name }) => name !== "heater");

const next: Manifest = {
  ...manifest,
  wasm: { ...manifest.wasm, bytes: 12_345 },
  needs: [
    ...needs.map((need): Need =>
      need.kind === "publish" ? { ...need, topic: `${need.topic}/new` } : need,
    ),
    { name: "pump", kind: "gpio-out" },
  ],
  settings: [
    { name: "eco", type: "integer", decimals: 0, default: 1, min: 0, max: 1 },
    { name: "setPoint", type: "decimal", decimals: 3, default: 21000, min: 5000, max: 25000 },
    { name: "boost", type: "bool", decimals: 0, default: 1, min: 0, max: 1 },
  ],
  state: {
    bytes: 24,
    fields: [
      { name: "targetMilliC", type: "i32", offset: 0, was: ["target"] },
      { name: "heating", type: "u8", offset: 4 },
      { name: "boostUntil", type: "u64", offset: 8 },
    ],
  },
  limits: { memoryBytes: 640, stackBytes: 96, eventMs: 10_000 },
  health: { seconds: 60, events: 0, confirm: false },
  restart: { delayMs: 500, attempts: 5 },
};

test("what becomes of a version, of one without anything, and of the same", () => {
  const { state: _, ...bare } = manifest;
  const least = { ...bare, needs: [], settings: [] };
  const pairs: readonly (readonly [from: Manifest, to: Manifest])[] = [
    [manifest, next],
    [least, manifest],
    [manifest, least],
    [least, least],
  ];
  const texts = pairs.map(([from, to]) =>
    renderChanges(compareVersions(from, to), "dist/station-2.manifest.json", plain).join("\n"),
  );
  expectGolden("builder/cli/render/changes.golden.txt", texts.join("\n\n") + "\n");
});
