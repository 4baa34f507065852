import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packagePath } from "../../test/helpers/root.js";
import { Pico } from "../emulator/emu/pico.js";
import { UsbHost } from "../emulator/emu/usb-host.js";
import { FrameReader } from "../link/frames.js";
import { decodeDeviceMessage } from "../link/messages.js";
import { flashStart } from "./image.js";
import { decodeUf2 } from "./uf2.js";

/** What the emulated Pico says over USB within so many seconds, as lines of its log. */
function logOf(uf2: Uint8Array, seconds: number): string[] {
  const decoded = decodeUf2(uf2);
  assert.ok("segments" in decoded);
  const flash = new Uint8Array(0x20000).fill(0xff);
  for (const { address, bytes } of decoded.segments) flash.set(bytes, address - flashStart);
  const pico = new Pico({ flash });
  const reader = new FrameReader();
  const lines: string[] = [];
  pico.onChip = (chip) => {
    new UsbHost(chip.usbCtrl).onBytes = (bytes) => {
      for (const body of reader.push(bytes)) {
        const message = decodeDeviceMessage(body);
        if (message?.kind === "log") lines.push(message.text);
      }
    };
  };
  pico.run(seconds * 1e9);
  assert.equal(reader.wrong, 0);
  assert.equal(pico.starts.length, 1);
  return lines;
}

test("the self-test tells its table again and again", () => {
  const lines = logOf(readFileSync(packagePath("runtime", "firmware", "selftest.uf2")), 5);
  const table = lines.slice(0, 8);
  assert.deepEqual(
    table.map((line) => line.replace(/: [1-9]\d* cycles$/, "")),
    [
      "instantiate, 256 B of memory",
      "instantiate, 1 KB",
      "instantiate, 2 KB",
      "instantiate, 4 KB",
      "instantiate, 8 KB",
      "host call gpio.write",
      "the stack changes its owner",
      "pin edge to the end of its handler",
    ],
  );
  assert.deepEqual(lines.slice(8, 16), table);
  const cycles = table.map((line) => Number(/(\d+) cycles$/.exec(line)?.[1]));
  for (let i = 1; i < 5; i++) assert.ok(cycles[i]! > cycles[i - 1]!, "more memory takes longer");
  assert.ok(cycles[5]! >= 100 && cycles[5]! < 300, "a host call costs two exceptions at least");
  assert.ok(cycles[7]! < 50 * 125, "an edge is handled within 50 us");
});
