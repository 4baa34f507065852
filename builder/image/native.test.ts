import assert from "node:assert/strict";
import { test } from "node:test";
import { buildExample, exampleNames } from "../../test/helpers/examples.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { compileNative } from "../native/compile.js";
import { payloadOf } from "./native.js";
import { decodePayload, encodePayload, type Payload } from "./payload.js";
import { hexOf } from "./samples.test-support.js";

/** An example as the compiler and the builder of payloads make it. */
async function payload(name: string, bounds: Payload["bounds"]): Promise<Payload> {
  const { container } = await buildExample(name);
  const { manifest, wasm } = container;
  const { memoryBytes } = manifest.limits;
  const { native, diagnostics } = compileNative(wasm, { bounds, memoryBytes });
  assert.ok(native, diagnostics[0]?.message);
  return payloadOf(manifest, native, bounds, new Uint8Array(32));
}

test("the payload of blink", async () => {
  const bytes = encodePayload(await payload("blink", "mpu"));
  expectGolden("builder/image/blink.golden.txt", hexOf(bytes));
});

test("examples come back from their payloads", async () => {
  for (const name of exampleNames())
    for (const bounds of ["mpu", "checked"] as const) {
      const made = await payload(name, bounds);
      const { payload: read, error } = decodePayload(encodePayload(made));
      assert.ok(read, error?.message);
      const { data: _, ...plain } = made;
      const { data: __, ...same } = read;
      assert.deepEqual({ start: undefined, collect: undefined, ...same }, plain);
    }
});
