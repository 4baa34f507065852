import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Cycles } from "../../builder/native/thumb/cycles.js";
import { expectGolden } from "../helpers/golden.js";
import { thimble, unpack, withExample } from "./thimble.js";

test("inspect --native shows blink as sources, module, machine code and cycles", async (t) => {
  const folder = withExample(t, "blink");
  const { code, out, err } = await thimble(folder, "inspect", "--native", "blink");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  expectGolden("test/cli/inspect.golden.txt", out);
});

test("--json gives the lines as data, and --bounds another mode", async (t) => {
  const folder = withExample(t, "thermostat");
  for (const bounds of ["mpu", "checked"]) {
    const options = ["--native", "--bounds", bounds, "--json"];
    const { code, out } = await thimble(folder, "inspect", ...options, "thermostat");
    assert.equal(code, 0);
    const document = JSON.parse(out) as Document;
    assert.equal(document.bounds, bounds);
    const lines = document.functions.flatMap((item) => item.lines);
    const bytes = lines.reduce((sum, { words }) => sum + 2 * words.length, 0);
    // The table and what aligns functions are no lines of a function.
    assert.ok(bytes <= document.bytes && bytes > document.bytes - 64);
    assert.ok(lines.some(({ cycles }) => cycles?.least === 2));
  }
});

interface Document {
  readonly bounds: string;
  readonly bytes: number;
  readonly functions: readonly {
    readonly lines: readonly { readonly words: readonly number[]; readonly cycles?: Cycles }[];
  }[];
}

test("what is not there to be shown is said", async (t) => {
  const folder = withExample(t, "blink");
  const bounds = await thimble(folder, "inspect", "--native", "--bounds", "none", "blink");
  assert.equal(bounds.code, 2);
  assert.match(bounds.err, /Write "mpu" or "checked"/);
  writeFileSync(join(folder, "notes.txt"), "notes");
  const notes = await thimble(folder, "inspect", "notes.txt");
  assert.equal(notes.code, 1);
  assert.match(notes.err, /^notes\.txt: error: this is no app, container or image\n/);
});

test("inspect tells what an app asks for, keeps and uses: of its folder, container, image and layout the same", async (t) => {
  const folder = withExample(t, "thermostat");
  const built = await thimble(folder, "inspect", "thermostat");
  assert.deepEqual({ code: built.code, err: built.err }, { code: 0, err: "" });
  assert.match(built.out, /^thermostat\n\n {2}contract {2}\d+\.\d+\.\d+\n {2}module {4}[\d,]+ B\n/);
  assert.match(built.out, /\n {4}setPoint {2}decimal, 21, 5 to 30 °C\n/);
  await thimble(folder, "build", "thermostat");
  const dist = join("thermostat", "dist");
  const image = join(dist, "thermostat.oci.tar");
  unpack(join(folder, image), join(folder, "layout"));
  const documents = new Map<string, FactsDocument>();
  for (const path of ["thermostat", join(dist, "thermostat.wasm"), image, "layout"]) {
    const { code, out } = await thimble(folder, "inspect", path, "--json");
    assert.equal(code, 0);
    const document = JSON.parse(out) as FactsDocument;
    assert.equal(document.file, path === "thermostat" ? null : path);
    documents.set(path, document);
  }
  const { manifest, sizes, digests } = documents.get("thermostat")!;
  assert.equal(digests.image, null);
  for (const other of documents.values()) {
    assert.deepEqual(other.manifest, manifest);
    assert.deepEqual(other.sizes, sizes);
    assert.equal(other.isOwnPayload, true);
    assert.equal(other.digests.payload, digests.payload);
    assert.equal(other.digests.module, digests.module);
  }
  assert.match(documents.get(image)!.digests.image!, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(documents.get("layout")!.digests, documents.get(image)!.digests);
  const manifestFile = readFileSync(join(folder, dist, "thermostat.manifest.json"), "utf8");
  assert.deepEqual(manifest, JSON.parse(manifestFile));
});

interface FactsDocument {
  readonly file: string | null;
  readonly manifest: object;
  readonly sizes: object;
  readonly isOwnPayload: boolean | null;
  readonly digests: Readonly<Record<"image" | "module" | "payload", string | null>>;
}

test("the machine code of a container is shown without its sources where there are none", async (t) => {
  const folder = withExample(t, "blink");
  await thimble(folder, "build", "blink");
  const { code, out } = await thimble(folder, "inspect", "--native", "blink/dist/blink.oci.tar");
  assert.equal(code, 0);
  assert.match(out, /^blink {2}28 B of machine code, mpu\n/);
  assert.match(out, /bx lr/);
  assert.doesNotMatch(out, /app\.ts/);
});
