import type { Assembled } from "./thumb/assembler.js";
import { encode } from "./thumb/encode.js";

/** An entry of the table of functions. */
export interface TableEntry {
  /** wasm index, of an imported or a defined function. */
  readonly functionIndex: number;
  /** 1 to 255. */
  readonly signatureId: number;
}

export interface LinkInput {
  /** By wasm index, in the order in which they are to lie. */
  readonly functions: ReadonlyMap<number, Assembled>;
  /** null: empty. */
  readonly table: readonly (TableEntry | null)[];
  /** Number of the supervisor call for an imported function. */
  hostCall(index: number): number;
}

/** Code without addresses: it runs at any multiple of 4. */
export interface Linked {
  readonly code: Uint8Array;
  /** By wasm index, defined functions and the stubs of imported ones in the table. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Bytes from the start of code to the table, one word per entry: signature id << 24 | offset of the function | 1, 0 if empty. */
  readonly tableOffset: number;
  readonly table: readonly number[];
  readonly map: readonly (readonly [codeOffset: number, wasmOffset: number])[];
  /** What holds no instructions. */
  readonly data: readonly { readonly from: number; readonly to: number }[];
}

/** Offsets of functions share a word of the table with their signature. */
const maxCodeBytes = 2 ** 24;

/** The table first, then the functions, each at a multiple of 4, then a stub for each imported function in the table. */
export function link({ functions, table, hostCall }: LinkInput): Linked {
  const offsets = new Map<number, number>();
  const pieces: [offset: number, Uint8Array][] = [];
  let at = 4 * table.length;
  const add = (index: number, bytes: Uint8Array): void => {
    offsets.set(index, at);
    pieces.push([at, bytes]);
    at = (at + bytes.length + 3) & ~3;
  };
  for (const [index, { code }] of functions) add(index, code);
  for (const entry of table)
    if (entry && !offsets.has(entry.functionIndex))
      add(entry.functionIndex, stubOf(hostCall(entry.functionIndex)));
  if (at > maxCodeBytes) throw new RangeError(`code of ${at} bytes is more than 16 MB`);

  const code = new Uint8Array(at);
  const view = new DataView(code.buffer);
  for (const [offset, bytes] of pieces) code.set(bytes, offset);
  for (const [index, { calls, bases }] of functions) {
    const start = offsets.get(index)!;
    for (const { offset, functionIndex } of calls) {
      const from = start + offset;
      const distance = offsets.get(functionIndex)! - (from + 4);
      encode("bl", distance).forEach((half, k) => view.setUint16(from + 2 * k, half, true));
    }
    for (const { offset, from } of bases) view.setInt32(start + offset, -(start + from), true);
  }
  const words = table.map((entry) =>
    entry ? entry.signatureId * 2 ** 24 + offsets.get(entry.functionIndex)! + 1 : 0,
  );
  words.forEach((word, k) => view.setUint32(4 * k, word, true));
  const table0 = words.length > 0 ? [{ from: 0, to: 4 * words.length }] : [];
  return {
    code,
    offsets,
    tableOffset: 0,
    table: words,
    map: joined(functions, offsets),
    data: [...table0, ...dataOf(functions, offsets)],
  };
}

/** An imported function as one that can be called through the table. */
function stubOf(supervisorCall: number): Uint8Array {
  const halves = [...encode("svc", supervisorCall), ...encode("bx", 14)];
  return Uint8Array.from(halves.flatMap((half) => [half & 0xff, half >> 8]));
}

function joined(
  functions: ReadonlyMap<number, Assembled>,
  offsets: ReadonlyMap<number, number>,
): [number, number][] {
  const all: [number, number][] = [];
  for (const [index, { map }] of functions) {
    const start = offsets.get(index)!;
    for (const [offset, wasmOffset] of map) all.push([start + offset, wasmOffset]);
  }
  return all;
}

function dataOf(
  functions: ReadonlyMap<number, Assembled>,
  offsets: ReadonlyMap<number, number>,
): { from: number; to: number }[] {
  return [...functions].flatMap(([index, { data }]) => {
    const start = offsets.get(index)!;
    return data.map(({ from, to }) => ({ from: start + from, to: start + to }));
  });
}
