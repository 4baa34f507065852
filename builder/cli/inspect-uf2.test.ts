import assert from "node:assert/strict";
import { test } from "node:test";
import { sealSlot } from "../../runtime/firmware/image.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { TestHost } from "../../test/helpers/host.js";
import { OverlayDisk } from "../../test/helpers/overlay-disk.js";
import { flashImage, flashUf2 } from "../image/flash.js";
import { encodePayload } from "../image/payload.js";
import { blink } from "../image/samples.test-support.js";
import { runProgram } from "./program.js";

/** Firmware 1.2.3 of 1,000 bytes, and a store with blink. */
function flash(): Uint8Array {
  const slot = new Uint8Array(1000).fill(7);
  slot.set(new TextEncoder().encode("thfw"));
  const firmware = new Uint8Array(picoFlash.firmware + slot.length).fill(0xff);
  firmware.set(sealSlot(slot, "1.2.3"), picoFlash.firmware);
  const payload = encodePayload(blink);
  return flashImage(firmware, [{ name: "blink", payload, description: new Uint8Array(36) }]);
}

async function inspect(file: Uint8Array, ...options: readonly string[]) {
  const disk = new OverlayDisk();
  disk.files.set("/apps/a.uf2", file);
  const host = new TestHost({ folder: "/apps", disk });
  const code = await runProgram(["inspect", "a.uf2", ...options], host);
  return { code, out: host.out.text, err: host.err.text };
}

test("a UF2 file tells its firmware and apps", async () => {
  const { code, out } = await inspect(flashUf2(flash()));
  assert.equal(code, 0);
  assert.equal(
    out,
    `a.uf2  32,768 B

  firmware  1.2.3, 1,000 B
  blink     184 B at 0x028000, contract 0.1.0, memory 0 B, stack 0 B
`,
  );
});

test("damage is told, and is a failure", async () => {
  const bytes = flash();
  bytes[picoFlash.firmware + 500]! ^= 1;
  bytes[picoFlash.slots + 50]! ^= 1;
  const { code, out } = await inspect(flashUf2(bytes));
  assert.equal(code, 1);
  assert.match(out, /firmware {2}1\.2\.3, 1,000 B, damaged\n {2}blink {5}at 0x028000, damaged\n/);
});

test("--json tells what a device gets", async () => {
  const { out } = await inspect(flashUf2(flash()), "--json");
  const { firmware, apps } = JSON.parse(out) as { firmware: object; apps: object[] };
  assert.deepEqual(firmware, { version: "1.2.3", bytes: 1000, whole: true });
  assert.equal(apps.length, 1);
});

test("what is no UF2 file is refused", async () => {
  const { code, err } = await inspect(new Uint8Array(512));
  assert.equal(code, 1);
  assert.match(err, /^a\.uf2: error: this is no UF2 file: .*, at byte 0$/m);
});
