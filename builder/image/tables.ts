import { Cursor, fail, padded } from "./cursor.js";

/** Entry of the table for a place that holds no function the runtime may call. */
export const emptyEntry = -1;

/** Numbers from 0 to below `most` as a bit set in words, the lowest in the lowest bit, without zero words at its end. */
export function writeSet(numbers: readonly number[], most: number): Uint8Array {
  const words: number[] = [];
  for (const number of numbers) {
    if (!(number >= 0 && number < most)) fail(0, `${number} in a set of 0 to ${most - 1}`);
    while (words.length <= number >>> 5) words.push(0);
    words[number >>> 5]! |= 1 << (number & 31);
  }
  return writeWords(words);
}

/** The numbers of a set, ascending; all are below `most`. */
export function readSet(cursor: Cursor, most: number): number[] {
  const numbers: number[] = [];
  for (let first = 0; !cursor.done; first += 32) {
    const at = cursor.offset;
    const word = cursor.u32();
    if (word === 0 && cursor.done) fail(at, `the last word of the ${cursor.part} is 0`);
    for (let bit = 0; bit < 32; bit++) {
      if ((word & (1 << bit)) === 0) continue;
      if (first + bit >= most)
        fail(at, `the ${cursor.part} holds ${first + bit}, of at most ${most - 1}`);
      numbers.push(first + bit);
    }
  }
  return numbers;
}

export function writeWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setInt32(4 * index, word, true));
  return bytes;
}

/** Words as signed numbers. */
export function readWords(cursor: Cursor): number[] {
  const words: number[] = [];
  while (!cursor.done) words.push(cursor.i32());
  return words;
}

/** Offsets of functions in the code, or `emptyEntry`. */
export function writeCodeOffsets(offsets: readonly number[], codeBytes: number): Uint8Array {
  for (const offset of offsets)
    if (!(offset >= emptyEntry && offset < codeBytes))
      fail(0, `a function at ${offset}, outside of ${codeBytes} bytes of code`);
  return writeWords(offsets);
}

/** The next offset of a function in the code, or `emptyEntry`. */
export function readCodeOffset(cursor: Cursor, codeBytes: number): number {
  const at = cursor.offset;
  const offset = cursor.i32();
  if (offset === emptyEntry) return offset;
  if (offset < 0 || offset >= codeBytes)
    fail(at, `a function lies at ${offset >>> 0}, outside of ${codeBytes} bytes of code`);
  if (offset % 2 !== 0) fail(at, `a function lies at the odd offset ${offset}`);
  return offset;
}

/** The instruction `udf #0`. */
const undefined0 = [0x00, 0xde];

/** A name and the byte that goes with it: of a setting its type and decimals, else 0. */
export interface NameRecord {
  readonly form: number;
  readonly name: string;
  /** Where the record begins in the payload that it was read from. */
  readonly offset: number;
}

export function writeNames(records: readonly Omit<NameRecord, "offset">[]): Uint8Array {
  const bytes = records.flatMap(({ form, name }) => [
    form,
    name.length,
    ...new TextEncoder().encode(name),
  ]);
  return Uint8Array.from(bytes);
}

/** Exactly `count` records, and the zeros after them. `bytes` are what the header states. */
export function readNames(cursor: Cursor, bytes: number, count: number): NameRecord[] {
  const names = new Cursor(cursor.bytes, cursor.offset, cursor.offset + bytes, cursor.part);
  const records = Array.from({ length: count }, () => {
    const { offset } = names;
    const [form, length] = [names.u8(), names.u8()];
    return { form, name: names.text(length), offset };
  });
  if (!names.done) fail(names.offset, `the ${cursor.part} go on after the last one`);
  cursor.offset = names.offset;
  cursor.padding();
  return records;
}

/** Code in whole words: what fills the last one is `udf #0`. */
export function padCode(code: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(padded(code.length));
  for (let at = 0; at < bytes.length; at += 2) bytes.set(undefined0, at);
  bytes.set(code);
  return bytes;
}

/** Parts one after the other, each filled up to a multiple of 4 bytes. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + padded(part.length), 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += padded(part.length);
  }
  return bytes;
}
