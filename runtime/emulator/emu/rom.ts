/** Calls of the ROM that the emulator answers, by the number of their BKPT. */
export const RomCall = {
  lookUp: 0,
  connectFlash: 1,
  exitXip: 2,
  erase: 3,
  program: 4,
  flushCache: 5,
  enterXip: 6,
  usbBoot: 7,
} as const;

const functions = [
  ["IF", RomCall.connectFlash],
  ["EX", RomCall.exitXip],
  ["RE", RomCall.erase],
  ["RP", RomCall.program],
  ["FC", RomCall.flushCache],
  ["CX", RomCall.enterXip],
  ["UB", RomCall.usbBoot],
] as const;

export const romBytes = 0x4000;
const tableAt = 0x40;
const codeAt = 0x80;

/**
 * A boot ROM of our own with what firmware can find in that of an RP2040 (datasheet 2.8.3): the magic number, the table of functions, and how to look one up. Each entry is
 * a BKPT that the emulator answers, then a return.
 */
export function makeRom(): Uint16Array {
  const rom = new Uint16Array(romBytes / 2);
  const put = (address: number, half: number): unknown => (rom[address / 2] = half);
  const entry = (call: number): number => codeAt + 4 * call;
  put(0x10, 0x754d);
  put(0x12, 0x0201);
  put(0x14, tableAt);
  put(0x16, tableAt + 4 * functions.length);
  put(0x18, entry(RomCall.lookUp) + 1);
  functions.forEach(([name, call], i) => {
    put(tableAt + 4 * i, romCode(name));
    put(tableAt + 4 * i + 2, entry(call) + 1);
  });
  for (const call of Object.values(RomCall)) {
    put(entry(call), 0xbe00 + call);
    put(entry(call) + 2, 0x4770);
  }
  return rom;
}

/** How the table names a function: two characters, the first in the low byte. */
export function romCode(name: string): number {
  return name.charCodeAt(0) | (name.charCodeAt(1) << 8);
}

/** CRC-32 with polynomial 04C11DB7, ones at first, neither reflected nor inverted: over the first 252 bytes of boot2 (datasheet 2.8.1.3.1). */
export function boot2Crc(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let i = 0; i < 8; i++)
      crc = (crc << 1) ^ (crc < 0 || crc >= 0x8000_0000 ? 0x04c1_1db7 : 0);
  }
  return crc >>> 0;
}
