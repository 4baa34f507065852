import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { packagePath } from "../../test/helpers/root.js";
import { Pico } from "../emulator/emu/pico.js";
import { crc32 } from "./crc32.js";
import { bootRomCrc, flashImage, flashStart, sealBoot2, sealSlot } from "./image.js";
import { picoFlash } from "./pico.js";
import { decodeUf2 } from "./uf2.js";

const digits = new TextEncoder().encode("123456789");
const firmware = (): Uint8Array =>
  Uint8Array.from(readFileSync(packagePath("runtime", "firmware", "pico.bin")));
const vectorTable = 0xe000_ed08;

describe("bytes of the flash", () => {
  it("have the check values of both CRCs (Koopman's catalogue: CRC-32/MPEG-2, CRC-32/ISO-HDLC)", () => {
    assert.equal(bootRomCrc(digits), 0x0376e6e7);
    assert.equal(crc32(digits), 0xcbf43926);
  });

  it("put boot2 with its CRC into 256 bytes, and no more", () => {
    const sealed = sealBoot2(Uint8Array.of(1, 2));
    assert.equal(sealed.length, 256);
    assert.equal(
      new DataView(sealed.buffer).getUint32(252, true),
      bootRomCrc(sealed.subarray(0, 252)),
    );
    assert.throws(() => sealBoot2(new Uint8Array(253)), RangeError);
  });

  it("state length, CRC and version of a slot", () => {
    const slot = sealSlot(new Uint8Array(100).fill(7), "1.2.30");
    const view = new DataView(slot.buffer);
    assert.equal(view.getUint32(8, true), 100);
    assert.equal(view.getUint32(12, true), crc32(slot.subarray(32)));
    assert.equal(view.getUint32(16, true), 0x0001021e);
    assert.throws(() => sealSlot(new Uint8Array(0xe001), "1.2.3"), RangeError);
  });

  it("have each part in its place", () => {
    const flash = flashImage(new Uint8Array(256).fill(1), Uint8Array.of(2), Uint8Array.of(3));
    assert.deepEqual([flash[255], flash[256], flash[257], flash[0x4000]], [1, 2, 0xff, 3]);
  });

  it("are the same in pico.bin and pico.uf2", () => {
    const decoded = decodeUf2(readFileSync(packagePath("runtime", "firmware", "pico.uf2")));
    assert.ok("segments" in decoded);
    const bytes = firmware();
    for (const segment of decoded.segments) {
      const start = segment.address - flashStart;
      const here = bytes.subarray(start, start + segment.bytes.length);
      assert.ok(Buffer.from(here).equals(segment.bytes.subarray(0, here.length)));
    }
    assert.deepEqual(
      decoded.segments.map(({ address }) => address - flashStart),
      [0, picoFlash.firmware],
    );
  });
});

/** Where the firmware has its vectors after it has booted, or "usb" if the chip waits for a file. */
function boot(flash: Uint8Array): number | "usb" {
  const pico = new Pico({ flash });
  pico.run(0.5e9);
  return pico.usbBoot ? "usb" : pico.peekWord(vectorTable);
}

/** The firmware in both slots. What it links to lies in slot A, so only its start says which one was taken. */
function inBothSlots(): Uint8Array {
  const both = new Uint8Array(0x20000).fill(0xff);
  const bytes = firmware();
  both.set(bytes);
  both.set(bytes.subarray(picoFlash.firmware), picoFlash.firmware + picoFlash.firmwareSlotBytes);
  return both;
}

describe("the first stage", () => {
  const slotB = picoFlash.firmware + picoFlash.firmwareSlotBytes;

  it("starts the firmware in slot A", () => {
    assert.equal(boot(firmware()), flashStart + 0x4100);
    assert.equal(boot(inBothSlots()), flashStart + 0x4100);
  });

  it("starts slot B if A is damaged anywhere", () => {
    for (const offset of [0, 4, 8, 12, 20]) {
      const flash = inBothSlots();
      flash[picoFlash.firmware + offset]! ^= 1;
      assert.equal(boot(flash), flashStart + slotB + 0x100, `at ${offset}`);
    }
  });

  it("waits for a file over USB if neither slot is whole", () => {
    const length = firmware().length;
    for (const offset of [picoFlash.firmware + 8, picoFlash.firmware + 0x200, length - 1]) {
      const flash = firmware();
      flash[offset]! ^= 0x10;
      assert.equal(boot(flash), "usb", `at ${offset}`);
    }
    assert.equal(boot(firmware().subarray(0, picoFlash.firmware)), "usb");
  });

  it("does not begin if boot2 is damaged", () => {
    const flash = firmware();
    flash[3]! ^= 1;
    assert.equal(boot(flash), "usb");
  });
});
