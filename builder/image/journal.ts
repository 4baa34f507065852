import { crc32 } from "../../runtime/firmware/crc32.js";
import { picoFlash } from "../../runtime/firmware/pico.js";

/** A container, by which its place is counted; another version of it. */
export type RecordKind = (typeof kinds)[number];

/** In the order of their numbers, from 1 on. */
const kinds = ["installed", "version"] as const;

/** What the journal says of a version of a container. Offsets count from the start of flash, that of the description from the start of the slot. */
export interface InstalledRecord {
  readonly kind: RecordKind;
  readonly offset: number;
  readonly payloadBytes: number;
  readonly descriptionOffset: number;
  readonly descriptionBytes: number;
  /** CRC-32 of the app's name. */
  readonly nameHash: number;
  /** CRC-32 of the payload and the description behind it, without what is between them. */
  readonly crc: number;
}

const { sectorBytes } = picoFlash;
const headerBytes = 16;
const recordBytes = 32;

/** How many records the journal holds. */
export const journalRecordsMax = Math.floor((sectorBytes - headerBytes) / recordBytes);

/** ASCII "thjn". */
const magic = 0x6e6a6874;
const format = 1;
const erased = 0xff;

/** The sector of the journal: a header, then the records, then nothing. SPEC.md section 6. */
export function writeJournal(records: readonly InstalledRecord[]): Uint8Array {
  const bytes = new Uint8Array(sectorBytes).fill(erased);
  writeChecked(bytes, 0, [magic, 1, format]);
  records.forEach((record, index) => {
    const { kind, offset, payloadBytes, descriptionOffset, descriptionBytes, nameHash, crc } =
      record;
    writeChecked(bytes, headerBytes + index * recordBytes, [
      kinds.indexOf(kind) + 1,
      offset,
      payloadBytes,
      descriptionOffset,
      descriptionBytes,
      nameHash,
      crc,
    ]);
  });
  return bytes;
}

/**
 * The journal that starts with these bytes: undefined where its header is not good. Records end at the first that is blank; one that is
 * damaged or of a kind that is not known is left out. Never throws.
 */
export function readJournal(bytes: Uint8Array): InstalledRecord[] | undefined {
  const header = readChecked(bytes, 0, 3);
  if (header === undefined || header[0] !== magic || header[2] !== format) return undefined;
  const records: InstalledRecord[] = [];
  for (let index = 0; index < journalRecordsMax; index++) {
    const at = headerBytes + index * recordBytes;
    if (isBlank(bytes, at)) break;
    const words = readChecked(bytes, at, 7);
    const kind = kinds[(words?.[0] ?? 0) - 1];
    if (words === undefined || kind === undefined) continue;
    const [, slot, payloadBytes, descriptionOffset, descriptionBytes, nameHash, crc] = words;
    records.push({
      kind,
      offset: slot!,
      payloadBytes: payloadBytes!,
      descriptionOffset: descriptionOffset!,
      descriptionBytes: descriptionBytes!,
      nameHash: nameHash!,
      crc: crc!,
    });
  }
  return records;
}

/** Whether nothing was written at `at`, or nothing is there. */
function isBlank(bytes: Uint8Array, at: number): boolean {
  return bytes.subarray(at, at + recordBytes).every((byte) => byte === erased);
}

/** Words and then their CRC-32. */
function writeChecked(bytes: Uint8Array, offset: number, words: readonly number[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  words.forEach((word, index) => view.setUint32(offset + 4 * index, word, true));
  const end = offset + 4 * words.length;
  view.setUint32(end, crc32(bytes.subarray(offset, end)), true);
}

/** `count` words whose CRC-32 follows them; undefined where it does not, or where they are beyond the end. */
function readChecked(bytes: Uint8Array, offset: number, count: number): number[] | undefined {
  const end = offset + 4 * count;
  if (end + 4 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(end, true) !== crc32(bytes.subarray(offset, end))) return undefined;
  return Array.from({ length: count }, (_, index) => view.getUint32(offset + 4 * index, true));
}
