import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import { connect, readRig } from "../../runtime/rig/rig.js";
import { buildExample, type Example } from "../../test/helpers/examples.js";
import { packagePath } from "../../test/helpers/root.js";
import { parseSourceMap, positionAt } from "../compile/sourcemap.js";
import { type NativeImage, nativeImage, payloadImage } from "./image.js";
import { decodePayload } from "./payload.js";

async function imageOf(
  name: string,
  settings?: ReadonlyMap<string, number>,
): Promise<{ image: NativeImage; example: Example }> {
  const example = await buildExample(name);
  const { rig } = readRig(readFileSync(packagePath("examples", name, "rig.json"), "utf8"), "");
  const { manifest, wasm } = example.container;
  const { connections } = connect(rig!, manifest.needs);
  return { image: await nativeImage(manifest, wasm, connections!, settings), example };
}

test("blink as a device stores it", async () => {
  const { image } = await imageOf("blink");
  const { payload, parts } = decodePayload(image.payload);
  assert.equal(image.name, "blink");
  assert.equal(payload!.bounds, "mpu");
  assert.equal(payload!.code.length, image.codeBytes);
  assert.equal(payload!.limits.stackBytes, image.stackBytes);
  assert.deepEqual(
    payload!.mapSha256,
    new Uint8Array(createHash("sha256").update(image.debugMap!).digest()),
  );
  // The wiring fills in the pin of the need, 25, and moves nothing.
  const { offset } = parts!.find(({ name }) => name === "description")!;
  const unwired = image.payload.slice(offset, offset + image.description.length);
  const changed = [...unwired.keys()].filter((at) => unwired[at] !== image.description[at]);
  assert.deepEqual(changed, [16 + 8]);
  assert.equal(image.description[16 + 8], 25);
});

test("what the owner has set is what the device starts with", async () => {
  const plain = (await imageOf("thermostat")).image.description;
  const { image, example } = await imageOf("thermostat", new Map([["setPoint", 23_500]]));
  const { needs, settings } = example.container.manifest;
  const position = settings.findIndex(({ name }) => name === "setPoint");
  const at = 16 + 20 * needs.length + 12 * position;
  const view = new DataView(image.description.buffer);
  assert.equal(view.getInt32(at, true), 23_500);
  image.description.set(plain.subarray(at, at + 4), at);
  assert.deepEqual(image.description, plain);
});

test("an offset of the code leads to a line of the app", async () => {
  const { image, example } = await imageOf("thermostat");
  const map = parseSourceMap(example.container.sourceMap);
  const files = new Set<string>();
  for (let at = 0; at < image.codeBytes; at += 2) {
    const place = image.locate(at);
    if (place !== undefined) files.add(positionAt(map, place.offset)?.file ?? "");
  }
  assert.ok(files.has("app.ts"));
  assert.equal(image.locate(-2), undefined);
});

test("what is no container is refused", async () => {
  const { manifest } = (await buildExample("blink")).container;
  await assert.rejects(nativeImage(manifest, Uint8Array.of(0, 1), []), DiagnosticError);
});

test("a payload that was compiled before gives the same image, and that of another container none", async () => {
  const settings = new Map([["setPoint", 23_500]]);
  const { image, example } = await imageOf("thermostat", settings);
  const { manifest } = example.container;
  const { rig } = readRig(
    readFileSync(packagePath("examples", "thermostat", "rig.json"), "utf8"),
    "",
  );
  const { connections } = connect(rig!, manifest.needs);
  const { locate: place, debugMap: map, ...again } = image;
  assert.ok(map!.length > 0 && place(-2) === undefined);
  const { locate, ...stored } = payloadImage(manifest, image.payload, connections!, settings);
  assert.deepEqual(stored, again);
  assert.equal(locate(0), undefined);
  const [climate, ...others] = manifest.needs;
  const wrong: readonly (readonly [Manifest, RegExp])[] = [
    [{ ...manifest, name: "other" }, / the payload is that of thermostat, not of other$/],
    [
      { ...manifest, contract: "0.8.0" },
      /built against contract [\d.]+, its manifest says 0\.8\.0$/,
    ],
    [{ ...manifest, needs: [{ ...climate!, name: "weather" }, ...others] }, /other names or types/],
    [
      { ...manifest, limits: { ...manifest.limits, eventMs: 21 } },
      /other needs, settings or limits than its manifest, at byte 72$/,
    ],
    [{ ...manifest, settings: [] }, /other needs, settings or limits/],
  ];
  for (const [other, message] of wrong)
    assert.throws(() => payloadImage(other, image.payload), message);
});
