import assert from "node:assert/strict";
import { test } from "node:test";
import { expectGolden } from "../../test/helpers/golden.js";
import { writeImage } from "./oci.js";
import { type Image, readImage, readLayout, type ReadImage } from "./oci-read.js";
import {
  contents,
  type Draft,
  type Files,
  forge,
  hexOf,
  manifest,
} from "../../test/helpers/oci.js";
import { encodePayload } from "./payload.js";
import { blink, station } from "./samples.test-support.js";

const read = (files: Files): Promise<ReadImage> =>
  readLayout((path) => files.get(path), "station.oci.tar");

const contentOf = ({ manifest: read, wasm, payload }: Image): unknown => ({
  manifest: read,
  wasm,
  payload,
});

const { manifestText: _, ...expected } = contents;

test("what is written is read back", async () => {
  const { image, diagnostics } = await readImage(await writeImage(contents), "a.oci.tar");
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(contentOf(image!), expected);
  for (const digest of Object.values(image!.digests)) assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  const { payload: _, ...portable } = contents;
  const alone = await readImage(await writeImage(portable), "a.oci.tar");
  assert.deepEqual(Object.keys(alone.image!), ["manifest", "wasm", "digests"]);
});

/** What other tools make of an image, and what a later version may add. */
const variants: Readonly<Record<string, (draft: Draft) => void>> = {
  unchanged: () => undefined,
  "no media types in documents": ({ top, index, module, native }) => {
    for (const document of [top, index, module, native]) delete document["mediaType"];
  },
  "other fields and annotations": ({ top, index, module, config, native }) => {
    for (const document of [top, index, module, config, native]) {
      document["org.example"] = { deep: [1, null, true] };
      document["annotations"] = { "org.opencontainers.image.source": "https://example.org" };
    }
  },
  "a platform that nobody knows, whose blobs are not there": ({ index }) => {
    const entries = forgedEntries();
    index["manifests"] = [
      {
        ...entries[0]!,
        digest: `sha256:${"0".repeat(64)}`,
        platform: { architecture: "arm", os: "none", variant: "v8-m" },
      },
      ...entries,
    ];
  },
  "no platforms": ({ index }) => {
    index["manifests"] = forgedEntries().map((entry) => ({ ...entry, platform: undefined }));
  },
};

/** The entries of an index around manifests that are not changed. */
function forgedEntries(): Record<string, unknown>[] {
  const files = forge();
  const top = JSON.parse(textOf(files, "index.json")) as { manifests: { digest: string }[] };
  const index = textOf(files, pathOf(top.manifests[0]!.digest));
  return (JSON.parse(index) as { manifests: Record<string, unknown>[] }).manifests;
}

const textOf = (files: Files, path: string): string => new TextDecoder().decode(files.get(path));
const pathOf = (digest: string): string => `blobs/sha256/${digest.slice(7)}`;

for (const [name, edit] of Object.entries(variants)) {
  test(`taken: ${name}`, async () => {
    const { image, diagnostics } = await read(withManifests(edit));
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(contentOf(image!), expected);
  });
}

/** With the two manifests as they are without the change, for changes that name them. */
function withManifests(edit: (draft: Draft) => void): Files {
  return new Map([...forge(), ...forge(edit)]);
}

test("taken: one manifest alone, or index.json as the index", async () => {
  const files = forge();
  const entries = forgedEntries();
  const top = (manifests: readonly unknown[]): Files =>
    new Map(files).set(
      "index.json",
      new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests })),
    );
  const flat = await read(top(entries));
  assert.deepEqual(contentOf(flat.image!), expected);
  const module = await read(top([entries[0]]));
  assert.deepEqual(Object.keys(module.image!), ["manifest", "wasm", "digests"]);
  assert.equal(module.image!.digests.image, module.image!.digests.module);
  const native = await read(top([entries[1]]));
  assert.match(native.diagnostics[0]!.message, /^there is no portable module in it/);
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const descriptor = { mediaType: "application/wasm", digest: `sha256:${"a".repeat(64)}`, size: 8 };

/** Mistakes in images whose digests are right. */
const mistakes: Readonly<Record<string, (draft: Draft) => void>> = {
  "another layout": ({ layout }) => (layout["imageLayoutVersion"] = "2.0.0"),
  "no version of the layout": ({ layout }) => delete layout["imageLayoutVersion"],
  "no list of manifests": ({ top }) => (top["manifests"] = { mediaType: "x" }),
  "an entry that is no object": ({ top }) => (top["manifests"] = [1]),
  "an entry of another type": ({ top }) => (top["manifests"] = [descriptor]),
  "too many entries": ({ index }) => (index["manifests"] = Array(65).fill(descriptor)),
  "no entry": ({ index }) => (index["manifests"] = []),
  "a digest of another kind": ({ index }) =>
    (index["manifests"] = [{ ...descriptor, digest: "sha512:00" }]),
  "a path for a digest": ({ index }) =>
    (index["manifests"] = [{ ...descriptor, digest: "sha256:../../../etc/passwd" }]),
  "a size that is none": ({ index }) => (index["manifests"] = [{ ...descriptor, size: -1 }]),
  "a size that is too large": ({ module }) =>
    (module["layers"] = [{ ...descriptor, size: 2 ** 24 + 1 }]),
  "a blob that is not there": ({ module, config }) => {
    module["layers"] = [descriptor];
    config["layerDigests"] = [descriptor.digest];
  },
  "no config": ({ module }) => delete module["config"],
  "a manifest of version 1": ({ module }) => (module["schemaVersion"] = 1),
  "a manifest that says it is another thing": ({ module }) =>
    (module["mediaType"] = "application/json"),
  "two layers": ({ module }) => (module["layers"] = [descriptor, descriptor]),
  "no layer": ({ module }) => (module["layers"] = []),
  "two layers of a payload": ({ native }) => {
    const layer = { ...descriptor, mediaType: "application/vnd.thimble.payload.v1" };
    native["layers"] = [layer, layer];
  },
  "a layer of another type": ({ module }) =>
    (module["layers"] = [{ ...descriptor, mediaType: "application/gzip" }]),
  "a component": ({ config }) => (config["os"] = "wasip2"),
  "no architecture": ({ config }) => delete config["architecture"],
  "digests of other layers": ({ config }) => (config["layerDigests"] = ["sha256:00"]),
  "a module of somebody else": ({ config }) => delete config["thimble"],
  "a manifest that is no manifest": ({ config }) => (config["thimble"] = { format: 2 }),
  "a config that is too deep": ({ config }) => (config["x"] = nested(40)),
  "a config that is too long": ({ config }) => (config["x"] = "x".repeat(2 ** 20)),
  "another module than the manifest says": (draft) => {
    draft.wasm = Uint8Array.of(...draft.wasm, 0);
    draft.config["layerDigests"] = [`sha256:${hexOf(draft.wasm)}`];
  },
  "a manifest that is no text": (draft) => (draft.nativeConfig = Uint8Array.of(0xff, 0xfe)),
  "a payload of another container": (draft) =>
    (draft.nativeConfig = text(contents.manifestText.replace('"station-2"', '"station-3"'))),
  "a payload that is none": (draft) => (draft.payload = text("payload")),
  "a payload of checked bounds": (draft) => (draft.payload = encodePayload(station)),
  "a payload of another app": (draft) => (draft.payload = encodePayload(blink)),
};

test("each mistake is named, with the blob it is in", async () => {
  const lines: string[] = [];
  for (const [name, edit] of Object.entries(mistakes)) {
    const { image, diagnostics } = await read(withManifests(edit));
    assert.equal(image, undefined, name);
    lines.push(`${name}\n${diagnostics.map(shown).join("\n")}\n`);
  }
  expectGolden("builder/image/oci-read.golden.txt", lines.join("\n"));
});

const shown = (one: ReadImage["diagnostics"][number]): string =>
  `  ${one.file}${one.line === undefined ? "" : `:${one.line}:${one.column}`}: ${one.message}\n  ${one.hint}`;

test("a file that is missing, cut or changed is named", async () => {
  for (const path of forge().keys()) {
    const without = forge();
    without.delete(path);
    const name = path.startsWith("blobs") ? `blob ${path.slice(13, 25)}` : path;
    assert.equal((await read(without)).diagnostics[0]!.message, `${name} is missing`);
    if (!path.startsWith("blobs")) continue;
    const bytes = forge().get(path)!;
    const cut = await read(forge().set(path, bytes.slice(1)));
    assert.match(cut.diagnostics[0]!.message, new RegExp(`^${name} has ${bytes.length - 1} bytes`));
    const changed = await read(
      forge().set(
        path,
        bytes.map((byte, at) => byte ^ (at === 0 ? 1 : 0)),
      ),
    );
    assert.match(changed.diagnostics[0]!.message, new RegExp(`^${name} is damaged`));
  }
});

test("an image with two modules is two images", async () => {
  const entries = forgedEntries();
  const { diagnostics } = await read(
    withManifests(({ index }) => (index["manifests"] = [entries[0], entries[0]])),
  );
  assert.match(diagnostics[0]!.message, /^it holds more than one portable module: blob/);
});

test("machine code of another format is passed over", async () => {
  const layer = { ...descriptor, mediaType: "application/vnd.thimble.payload.v2" };
  const { image, diagnostics } = await read(
    withManifests(({ native }) => (native["layers"] = [layer])),
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(Object.keys(image!), ["manifest", "wasm", "digests"]);
});

test("manifests have a bound, however they are listed", async () => {
  const entries = forgedEntries();
  const many = Array<unknown>(64).fill(entries[1]);
  const files = withManifests(({ index }) => (index["manifests"] = many));
  const top = JSON.parse(textOf(files, "index.json")) as { manifests: unknown[] };
  const twice = { schemaVersion: 2, manifests: [top.manifests[0], top.manifests[0]] };
  files.set("index.json", text(JSON.stringify(twice)));
  const { diagnostics } = await read(files);
  assert.equal(diagnostics[0]!.message, "it holds more than 64 manifests");
});

test("indexes in indexes end", async () => {
  const files = forge();
  const top = JSON.parse(textOf(files, "index.json")) as { manifests: unknown[] };
  const { diagnostics } = await read(
    withManifests(({ index }) => (index["manifests"] = top.manifests)),
  );
  assert.match(diagnostics[0]!.message, /^there is no portable module in it/);
});

test("an image cut anywhere, or with any byte changed, is the same image or says what is wrong", async () => {
  const archive = await writeImage(contents);
  /** Whether it is still the same image. */
  const reads = async (bytes: Uint8Array, what: string): Promise<boolean> => {
    const { image, diagnostics } = await readImage(bytes, "a.oci.tar");
    if (image !== undefined) assert.deepEqual(contentOf(image), expected, what);
    else assert.ok(diagnostics.length > 0 && diagnostics.every(({ file }) => file !== undefined));
    return image !== undefined;
  };
  // What comes after the first empty block is no part of the image.
  const whole = archive.length - 512;
  for (let length = 0; length <= whole + 1; length++)
    assert.equal(await reads(archive.subarray(0, length), `cut at ${length}`), length >= whole);
  let same = 0;
  for (let offset = 0; offset < archive.length; offset++) {
    // No digest guards what comes before the blobs, nor the headers of tar.
    const isOpen = offset < 2048 ? archive[offset] !== 0 : offset % 61 === 0;
    if (!isOpen) continue;
    const changed = archive.slice();
    changed[offset]! ^= 1 << (offset % 8);
    if (await reads(changed, `changed at ${offset}`)) same++;
  }
  // What fills blocks up, and names in index.json that nobody reads.
  assert.ok(same > 100 && same < 300, `${same}`);
});

test("numbers and names of the manifest are as the builder wrote them", async () => {
  const { image } = await read(forge());
  assert.deepEqual(image!.manifest, manifest);
});
