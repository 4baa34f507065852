import type { Chip } from "./chip.js";
import { eraseNs, pageBytes, programNs, sectorBytes } from "./flash.js";
import { RomCall } from "./rom.js";

/** Does what a function of the ROM does (datasheet 2.8.3.1.3), with the arguments in r0 to r3. */
export function callRom(chip: Chip, call: number): void {
  const { registers } = chip.processor;
  switch (call) {
    case RomCall.lookUp:
      registers[0] = lookUp(chip, registers[0]!, registers[1]! & 0xffff);
      return;
    case RomCall.connectFlash:
      return;
    case RomCall.exitXip:
      return chip.ssi.exitXip();
    case RomCall.erase:
      return erase(chip, registers[0]!, registers[1]!);
    case RomCall.program:
      return program(chip, registers[0]!, registers[1]!, registers[2]!);
    case RomCall.flushCache:
      chip.staleCache = false;
      return;
    case RomCall.enterXip:
      return chip.ssi.enterXip();
    case RomCall.usbBoot:
      return chip.processor.halt(() => (chip.usbBoot = true));
    default:
      throw chip.processor.error(`the ROM has no call ${call}`);
  }
}

function lookUp(chip: Chip, table: number, code: number): number {
  for (let at = table; chip.readUint16(at) !== 0; at += 4)
    if (chip.readUint16(at) === code) return chip.readUint16(at + 2);
  return 0;
}

function erase(chip: Chip, offset: number, count: number): void {
  checkFlash(chip, offset, count, sectorBytes);
  for (let at = offset; at < offset + count; at += sectorBytes) {
    spend(chip, eraseNs);
    chip.nor.eraseSector(at);
  }
}

function program(chip: Chip, offset: number, source: number, count: number): void {
  checkFlash(chip, offset, count, pageBytes);
  if (source >>> 28 === 1)
    throw chip.processor.error("what is to be programmed lies in flash", source);
  for (let at = 0; at < count; at += pageBytes) {
    const page = Uint8Array.from({ length: pageBytes }, (_, i) => chip.readUint8(source + at + i));
    spend(chip, programNs);
    chip.nor.programPage(offset + at, page);
  }
}

function checkFlash(chip: Chip, offset: number, count: number, multiple: number): void {
  if (chip.ssi.xip)
    throw chip.processor.error("flash is to be written, but it is still in XIP", offset);
  if (offset % multiple !== 0 || count % multiple !== 0)
    throw chip.processor.error(
      `flash offset ${offset} and length ${count} must be multiples of ${multiple}`,
    );
  if (offset + count > chip.nor.bytes.length)
    throw chip.processor.error(`flash ends before offset ${offset} + ${count}`);
  chip.staleCache = true;
}

function spend(chip: Chip, ns: number): void {
  chip.processor.spend(Math.round(ns / chip.processor.nsPerCycle));
}
