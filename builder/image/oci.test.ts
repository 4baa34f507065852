import assert from "node:assert/strict";
import { test } from "node:test";
import { expectGolden } from "../../test/helpers/golden.js";
import { contents, forge } from "../../test/helpers/oci.js";
import { writeImage } from "./oci.js";
import { readTar } from "./tar.js";

function filesOf(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const read = readTar(archive);
  return "files" in read ? read.files : assert.fail(read.problem);
}

test("an image is the layout of SPEC.md section 8, its blobs sorted", async () => {
  const files = filesOf(await writeImage(contents));
  const [layout, index, ...blobs] = files.keys();
  assert.deepEqual([layout, index], ["oci-layout", "index.json"]);
  assert.deepEqual(blobs, blobs.toSorted());
  const byHand = forge();
  assert.deepEqual([...files.keys()].toSorted(), [...byHand.keys()].toSorted());
  for (const [path, bytes] of files) assert.deepEqual(bytes, byHand.get(path));
});

test("the documents of an image", async () => {
  const text = [...filesOf(await writeImage(contents))].map(([path, bytes]) => {
    const isText = bytes.every((byte) => byte >= 0x20 || byte === 0x0a);
    const shown = isText ? new TextDecoder().decode(bytes) : "not text";
    return `${path}, ${bytes.length} bytes\n${shown.trimEnd()}\n`;
  });
  expectGolden("builder/image/oci.golden.txt", text.join("\n"));
});

test("the same contents are the same bytes, without machine code too", async () => {
  assert.deepEqual(await writeImage(contents), await writeImage({ ...contents }));
  const { payload: _, ...portable } = contents;
  const files = filesOf(await writeImage(portable));
  // Layout, index, the index it names, a manifest, its config and its layer.
  assert.equal(files.size, 6);
  assert.deepEqual(
    await writeImage(portable),
    await writeImage({ ...contents, payload: undefined }),
  );
});
