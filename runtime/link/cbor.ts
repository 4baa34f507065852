/**
 * The part of CBOR (RFC 8949) that the link uses: integers, byte strings, texts, arrays, false, true and null. Heads are written in
 * their smallest form and read in any; of what has no stated length arrays are read.
 */

export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/** Arrays within arrays: the link has none, so this is plenty. */
const depthMax = 4;

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, simple: 7 } as const;
const simple = { false: 20, true: 21, null: 22 } as const;
/** An array without a stated length, and what ends it. */
const arrayToBreak = 0x9f;
const breakHead = 0xff;

/** Throws a RangeError for a number that is no integer of at most 53 bits. */
export function encodeCbor(value: CborValue): Uint8Array {
  const out: number[] = [];
  put(out, value);
  return Uint8Array.from(out);
}

function put(out: number[], value: CborValue): void {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no integer of 53 bits`);
    if (value < 0) putHead(out, major.negative, -1 - value);
    else putHead(out, major.unsigned, value);
  } else if (typeof value === "string") {
    const bytes = new TextEncoder().encode(value);
    putHead(out, major.text, bytes.length);
    out.push(...bytes);
  } else if (value === null || typeof value === "boolean") {
    putHead(out, major.simple, simple[`${value}`]);
  } else if (value instanceof Uint8Array) {
    putHead(out, major.bytes, value.length);
    out.push(...value);
  } else {
    putHead(out, major.array, value.length);
    for (const item of value) put(out, item);
  }
}

/** Bytes of an argument behind the heads 24 to 27, and the least value that needs so many. */
const forms: readonly (readonly [bytes: number, least: number])[] = [
  [1, 24],
  [2, 0x100],
  [4, 0x1_0000],
  [8, 0x1_0000_0000],
];

function putHead(out: number[], type: number, argument: number): void {
  if (argument < 24) {
    out.push((type << 5) | argument);
    return;
  }
  const form = forms.findLastIndex(([, least]) => argument >= least);
  const [bytes] = forms[form]!;
  out.push((type << 5) | (24 + form));
  for (let i = bytes - 1; i >= 0; i--) out.push(Math.floor(argument / 256 ** i) % 256);
}

/** What was read, or the first thing that is wrong and at which byte. */
export type CborResult =
  | { readonly ok: true; readonly value: CborValue }
  | { readonly ok: false; readonly what: string; readonly offset: number };

class Wrong extends Error {
  constructor(
    readonly what: string,
    readonly offset: number,
  ) {
    super(what);
  }
}

/** Reads one value that takes all of the bytes. Never throws. */
export function decodeCbor(bytes: Uint8Array): CborResult {
  try {
    const reader = new Reader(bytes);
    const value = reader.value(0);
    if (reader.at < bytes.length) throw new Wrong("bytes behind the value", reader.at);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, what: error.what, offset: error.offset };
    throw error;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Reader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  value(depth: number): CborValue {
    const start = this.at;
    const head = this.#byte();
    const type = head >> 5;
    if (type === major.simple) return simpleValue(head & 31, start);
    if (head === arrayToBreak) return this.#array(Infinity, depth, start);
    const argument = this.#argument(head & 31, start);
    switch (type) {
      case major.unsigned:
        return argument;
      case major.negative:
        return safe(-1 - argument, start);
      case major.bytes:
        return this.#take(argument, start).slice();
      case major.text:
        return text(this.#take(argument, start), start);
      case major.array:
        return this.#array(argument, depth, start);
      default:
        throw new Wrong("a map or a tag", start);
    }
  }

  #array(length: number, depth: number, start: number): CborValue {
    if (depth === depthMax) throw new Wrong("arrays nested too deep", start);
    if (length < Infinity && length > this.bytes.length - this.at)
      throw new Wrong("the end is missing", start);
    const items: CborValue[] = [];
    while (items.length < length) {
      if (length === Infinity && this.bytes[this.at] === breakHead) {
        this.at++;
        break;
      }
      items.push(this.value(depth + 1));
    }
    return items;
  }

  #argument(low: number, start: number): number {
    if (low < 24) return low;
    const form = forms[low - 24];
    if (form === undefined) throw new Wrong("a length that is not stated", start);
    let argument = 0;
    for (let i = 0; i < form[0]; i++) argument = argument * 256 + this.#byte();
    return safe(argument, start);
  }

  #byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Wrong("the end is missing", this.at);
    this.at++;
    return byte;
  }

  #take(length: number, start: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new Wrong("the end is missing", start);
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

function simpleValue(value: number, start: number): boolean | null {
  if (value === simple.false) return false;
  if (value === simple.true) return true;
  if (value === simple.null) return null;
  throw new Wrong("a float or an unknown simple value", start);
}

function safe(value: number, start: number): number {
  if (!Number.isSafeInteger(value)) throw new Wrong("a number beyond 53 bits", start);
  return value;
}

function text(bytes: Uint8Array, start: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Wrong("a text that is not UTF-8", start);
  }
}
