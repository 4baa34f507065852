/** Bytes of the flash of a Pico that the firmware takes (SPEC.md section 6), made from what the compiler gives. */
import { crc32 } from "./crc32.js";
import { picoFlash } from "./pico.js";

export const flashStart = 0x10000000;

const boot2Bytes = 256;
const headerBytes = 32;

/** boot2 as the boot ROM wants it: 252 bytes, filled up with zeros, and their CRC (RP2040 datasheet 2.8.1.3.1). */
export function sealBoot2(code: Uint8Array): Uint8Array {
  if (code.length > boot2Bytes - 4) throw new RangeError(`boot2 has ${code.length} bytes`);
  const sealed = new Uint8Array(boot2Bytes);
  sealed.set(code);
  new DataView(sealed.buffer).setUint32(252, bootRomCrc(sealed.subarray(0, 252)), true);
  return sealed;
}

/** CRC-32/MPEG-2: polynomial 04c11db7 from the highest bit on, starting from ones, without a final inversion. */
export function bootRomCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

/** Fills in what the linker leaves open in the header of a firmware slot: bytes, CRC-32, version. */
export function sealSlot(image: Uint8Array, version: string): Uint8Array {
  if (image.length > picoFlash.firmwareSlotBytes)
    throw new RangeError(`the firmware has ${image.length} bytes`);
  const sealed = Uint8Array.from(image);
  const view = new DataView(sealed.buffer);
  const [major, minor, patch] = version.split(".").map(Number) as [number, number, number];
  view.setUint32(8, sealed.length, true);
  view.setUint32(12, crc32(sealed.subarray(headerBytes)), true);
  view.setUint32(16, (major << 16) | (minor << 8) | patch, true);
  return sealed;
}

/** The flash from its first byte on: boot2, the first stage, slot A. */
export function flashImage(
  boot2: Uint8Array,
  firstStage: Uint8Array,
  slot: Uint8Array,
): Uint8Array {
  const flash = new Uint8Array(picoFlash.firmware + slot.length).fill(0xff);
  flash.set(boot2);
  flash.set(firstStage, boot2.length);
  flash.set(slot, picoFlash.firmware);
  return flash;
}
