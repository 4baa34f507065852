/** The family id of the RP2040: its boot ROM takes no block of another. */
export const rp2040Family = 0xe48bff56;

/** Bytes that lie together in a chip's address space. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What decodeUf2 found: the segments by address, or the first error and the offset of its block. */
export type DecodedUf2 =
  | { readonly segments: readonly Segment[] }
  | { readonly problem: string; readonly offset: number };

const blockBytes = 512;
const pageBytes = 256;
const sectorBytes = 4096;
const firstMagic = 0x0a324655;
const secondMagic = 0x9e5d5157;
const lastMagic = 0x0ab16f30;
const familyPresent = 0x2000;
const notForMainFlash = 0x0001;

/**
 * A UF2 file: blocks of 512 bytes, each with 256 bytes for the flash and where they go. Every flash sector that a
 * segment touches is written as a whole, the rest of it FF: the boot ROM erases one sector for each sixteen blocks, by
 * their number and not by their address (erratum RP2040-E14). Throws a RangeError if two segments overlap.
 */
export function encodeUf2(segments: readonly Segment[], family = rp2040Family): Uint8Array {
  const sectors = [...toSectors(segments)].sort(([a], [b]) => a - b);
  const pagesPerSector = sectorBytes / pageBytes;
  const count = sectors.length * pagesPerSector;
  const file = new Uint8Array(count * blockBytes);
  for (const [index, [address, bytes]] of sectors.entries()) {
    for (let page = 0; page < pagesPerSector; page++) {
      const number = index * pagesPerSector + page;
      const block = file.subarray(number * blockBytes, (number + 1) * blockBytes);
      const at = page * pageBytes;
      writeHead(block, [address + at, number, count, family]);
      block.set(bytes.subarray(at, at + pageBytes), 32);
    }
  }
  return file;
}

function writeHead(
  block: Uint8Array,
  [address, number, count, family]: [number, number, number, number],
): void {
  const words = [firstMagic, secondMagic, familyPresent, address, pageBytes, number, count, family];
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (const [index, word] of words.entries()) view.setUint32(4 * index, word, true);
  view.setUint32(blockBytes - 4, lastMagic, true);
}

/** The sectors that segments touch, by address. */
function toSectors(segments: readonly Segment[]): Map<number, Uint8Array> {
  const sectors = new Map<number, Uint8Array>();
  let end = 0;
  for (const { address, bytes } of [...segments].sort((a, b) => a.address - b.address)) {
    if (address < end) throw new RangeError(`two segments hold 0x${address.toString(16)}`);
    end = address + bytes.length;
    for (let done = 0; done < bytes.length;) {
      const offset = (address + done) % sectorBytes;
      const start = address + done - offset;
      const sector = sectors.get(start) ?? new Uint8Array(sectorBytes).fill(0xff);
      const part = bytes.subarray(done, done + sectorBytes - offset);
      sector.set(part, offset);
      sectors.set(start, sector);
      done += part.length;
    }
  }
  return sectors;
}

/** Reads a UF2 file. Blocks of another family, and those not for the main flash, are left out as a boot ROM does. */
export function decodeUf2(file: Uint8Array, family = rp2040Family): DecodedUf2 {
  if (file.length === 0 || file.length % blockBytes !== 0)
    return { problem: "a UF2 file is one or more blocks of 512 bytes", offset: 0 };
  const pages: Segment[] = [];
  for (let offset = 0; offset < file.length; offset += blockBytes) {
    const view = new DataView(file.buffer, file.byteOffset + offset, blockBytes);
    const problem = problemOf(view);
    if (problem !== undefined) return { problem, offset };
    const flags = view.getUint32(8, true);
    const other = (flags & familyPresent) !== 0 && view.getUint32(28, true) !== family;
    if (other || (flags & notForMainFlash) !== 0) continue;
    const bytes = file.subarray(offset + 32, offset + 32 + view.getUint32(16, true));
    pages.push({ address: view.getUint32(12, true), bytes });
  }
  return { segments: join(pages) };
}

function problemOf(block: DataView): string | undefined {
  const magic =
    block.getUint32(0, true) === firstMagic &&
    block.getUint32(4, true) === secondMagic &&
    block.getUint32(blockBytes - 4, true) === lastMagic;
  if (!magic) return "the block lacks the marks of UF2";
  if (block.getUint32(16, true) > 476) return "a block holds at most 476 bytes";
  if (block.getUint32(20, true) >= block.getUint32(24, true))
    return "the number of the block is not below the count of blocks";
  return undefined;
}

/** Pages that follow each other become one segment. */
function join(pages: readonly Segment[]): Segment[] {
  const groups: { address: number; end: number; parts: Uint8Array[] }[] = [];
  for (const { address, bytes } of [...pages].sort((a, b) => a.address - b.address)) {
    const last = groups.at(-1);
    if (last?.end === address) {
      last.parts.push(bytes);
      last.end += bytes.length;
    } else groups.push({ address, end: address + bytes.length, parts: [bytes] });
  }
  return groups.map(({ address, end, parts }) => {
    const bytes = new Uint8Array(end - address);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { address, bytes };
  });
}
