import type { HelperName } from "./helpers.js";

/** A helper on words, given and returned as numbers of 32 bits, signed or not; `memory` is what addresses of memory.copy and memory.fill mean. */
export type ReferenceHelper = (words: readonly number[], memory: HelperMemory) => number[];

export interface HelperMemory {
  copy(to: number, from: number, bytes: number): void;
  fill(to: number, byte: number, bytes: number): void;
}

const view = new DataView(new ArrayBuffer(8));
const canonicalSingle = 0x7fc00000;
const canonicalDouble = [0, 0x7ff80000];

function single(bits: number | undefined): number {
  view.setUint32(0, bits!);
  return view.getFloat32(0);
}

function singleBits(value: number): number[] {
  if (Number.isNaN(value)) return [canonicalSingle];
  view.setFloat32(0, value);
  return [view.getUint32(0)];
}

function double(low: number | undefined, high: number | undefined): number {
  view.setUint32(0, high!);
  view.setUint32(4, low!);
  return view.getFloat64(0);
}

function doubleBits(value: number): number[] {
  if (Number.isNaN(value)) return canonicalDouble;
  view.setFloat64(0, value);
  return [view.getUint32(4), view.getUint32(0)];
}

function unsigned(low: number | undefined, high: number | undefined): bigint {
  return (BigInt(high! >>> 0) << 32n) | BigInt(low! >>> 0);
}

function signed(low: number | undefined, high: number | undefined): bigint {
  return BigInt.asIntN(64, unsigned(low, high));
}

function wideWords(value: bigint): number[] {
  const bits = BigInt.asUintN(64, value);
  return [Number(bits & 0xffffffffn), Number(bits >> 32n)];
}

const flag = (value: boolean): number[] => [value ? 1 : 0];

/** Halves go to the even neighbour; the sign of a zero is that of the argument. */
function nearest(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) return value;
  const floor = Math.floor(value);
  const over = value - floor;
  const rounded = over < 0.5 || (over === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
}

/** The float nearest to an integer, halves to the even neighbour. */
function singleFromWide(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const bits = magnitude.toString(2).length;
  if (bits <= 53) return Math.fround(Number(value));
  // More bits than a double holds: those shifted out become one sticky bit, so that rounding happens once.
  const shift = BigInt(bits - 53);
  const sticky = magnitude & ((1n << shift) - 1n) ? 1n : 0n;
  const kept = ((magnitude >> shift) | sticky) << shift;
  return Math.fround(Number(value < 0n ? -kept : kept));
}

function saturate(value: number, low: bigint, high: bigint): bigint {
  if (Number.isNaN(value)) return 0n;
  const whole = Math.trunc(value);
  if (whole <= Number(low)) return low;
  return whole >= Number(high) ? high : BigInt(whole);
}

type Range = "i32_s" | "i32_u" | "i64_s" | "i64_u";

const ranges: Readonly<Record<Range, readonly [low: bigint, high: bigint]>> = {
  i32_s: [-(2n ** 31n), 2n ** 31n - 1n],
  i32_u: [0n, 2n ** 32n - 1n],
  i64_s: [-(2n ** 63n), 2n ** 63n - 1n],
  i64_u: [0n, 2n ** 64n - 1n],
};

function truncate(value: number, range: Range): number[] {
  const words = wideWords(saturate(value, ...ranges[range]));
  return range.startsWith("i32") ? words.slice(0, 1) : words;
}

type Words = readonly number[];

const onSingles =
  (compute: (a: number, b: number) => number) =>
  (w: Words): number[] =>
    singleBits(Math.fround(compute(single(w[0]), w.length > 1 ? single(w[1]) : 0)));

const onDoubles =
  (compute: (a: number, b: number) => number) =>
  (w: Words): number[] =>
    doubleBits(compute(double(w[0], w[1]), w.length > 2 ? double(w[2], w[3]) : 0));

const onWide =
  (read: (low?: number, high?: number) => bigint, compute: (a: bigint, b: bigint) => bigint) =>
  (w: Words): number[] =>
    wideWords(compute(read(w[0], w[1]), read(w[2], w[3])));

const shiftWide =
  (compute: (value: bigint, count: bigint) => bigint, read = unsigned) =>
  (w: Words): number[] =>
    wideWords(compute(read(w[0], w[1]), BigInt(w[2]! & 63)));

/** Zeros below the lowest one bit. */
function trailingZeros(low: number): number {
  return low === 0 ? 32 : 31 - Math.clz32(low & -low);
}

function ones(value: number): number {
  let count = 0;
  for (let rest = value >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Every helper, in JavaScript: what tests hold the compiler and the routines of a port against. */
export const referenceHelpers: Readonly<Record<HelperName, ReferenceHelper>> = {
  "i32.div_s": ([a, b]) => [((a! | 0) / (b! | 0)) | 0],
  "i32.div_u": ([a, b]) => [Math.floor((a! >>> 0) / (b! >>> 0)) | 0],
  "i32.rem_s": ([a, b]) => [((a! | 0) % (b! | 0)) | 0],
  "i32.rem_u": ([a, b]) => [((a! >>> 0) % (b! >>> 0)) | 0],
  "i32.clz": ([a]) => [Math.clz32(a!)],
  "i32.ctz": ([a]) => [trailingZeros(a!)],
  "i32.popcnt": ([a]) => [ones(a!)],
  "i64.mul": onWide(unsigned, (a, b) => a * b),
  "i64.div_s": onWide(signed, (a, b) => a / b),
  "i64.div_u": onWide(unsigned, (a, b) => a / b),
  "i64.rem_s": onWide(signed, (a, b) => a % b),
  "i64.rem_u": onWide(unsigned, (a, b) => a % b),
  "i64.shl": shiftWide((value, count) => value << count),
  "i64.shr_s": shiftWide((value, count) => value >> count, signed),
  "i64.shr_u": shiftWide((value, count) => value >> count),
  "i64.rotr": shiftWide((value, count) => (value >> count) | (value << (64n - count))),
  "i64.clz": ([low, high]) => [high === 0 ? 32 + Math.clz32(low!) : Math.clz32(high!)],
  "i64.ctz": ([low, high]) => [low === 0 ? 32 + trailingZeros(high!) : trailingZeros(low!)],
  "i64.popcnt": ([low, high]) => [ones(low!) + ones(high!)],
  "f32.eq": ([a, b]) => flag(single(a) === single(b)),
  "f32.lt": ([a, b]) => flag(single(a) < single(b)),
  "f32.le": ([a, b]) => flag(single(a) <= single(b)),
  "f32.add": onSingles((a, b) => a + b),
  "f32.sub": onSingles((a, b) => a - b),
  "f32.mul": onSingles((a, b) => a * b),
  "f32.div": onSingles((a, b) => a / b),
  "f32.min": onSingles(Math.min),
  "f32.max": onSingles(Math.max),
  "f32.sqrt": onSingles(Math.sqrt),
  "f32.ceil": onSingles(Math.ceil),
  "f32.floor": onSingles(Math.floor),
  "f32.trunc": onSingles(Math.trunc),
  "f32.nearest": onSingles(nearest),
  "f64.eq": ([a, b, c, d]) => flag(double(a, b) === double(c, d)),
  "f64.lt": ([a, b, c, d]) => flag(double(a, b) < double(c, d)),
  "f64.le": ([a, b, c, d]) => flag(double(a, b) <= double(c, d)),
  "f64.add": onDoubles((a, b) => a + b),
  "f64.sub": onDoubles((a, b) => a - b),
  "f64.mul": onDoubles((a, b) => a * b),
  "f64.div": onDoubles((a, b) => a / b),
  "f64.min": onDoubles(Math.min),
  "f64.max": onDoubles(Math.max),
  "f64.sqrt": onDoubles(Math.sqrt),
  "f64.ceil": onDoubles(Math.ceil),
  "f64.floor": onDoubles(Math.floor),
  "f64.trunc": onDoubles(Math.trunc),
  "f64.nearest": onDoubles(nearest),
  "i32.trunc_sat_f32_s": ([a]) => truncate(single(a), "i32_s"),
  "i32.trunc_sat_f32_u": ([a]) => truncate(single(a), "i32_u"),
  "i32.trunc_sat_f64_s": ([a, b]) => truncate(double(a, b), "i32_s"),
  "i32.trunc_sat_f64_u": ([a, b]) => truncate(double(a, b), "i32_u"),
  "i64.trunc_sat_f32_s": ([a]) => truncate(single(a), "i64_s"),
  "i64.trunc_sat_f32_u": ([a]) => truncate(single(a), "i64_u"),
  "i64.trunc_sat_f64_s": ([a, b]) => truncate(double(a, b), "i64_s"),
  "i64.trunc_sat_f64_u": ([a, b]) => truncate(double(a, b), "i64_u"),
  "f32.convert_i32_s": ([a]) => singleBits(Math.fround(a! | 0)),
  "f32.convert_i32_u": ([a]) => singleBits(Math.fround(a! >>> 0)),
  "f32.convert_i64_s": ([a, b]) => singleBits(singleFromWide(signed(a, b))),
  "f32.convert_i64_u": ([a, b]) => singleBits(singleFromWide(unsigned(a, b))),
  "f32.demote_f64": ([a, b]) => singleBits(Math.fround(double(a, b))),
  "f64.convert_i32_s": ([a]) => doubleBits(a! | 0),
  "f64.convert_i32_u": ([a]) => doubleBits(a! >>> 0),
  "f64.convert_i64_s": ([a, b]) => doubleBits(Number(signed(a, b))),
  "f64.convert_i64_u": ([a, b]) => doubleBits(Number(unsigned(a, b))),
  "f64.promote_f32": ([a]) => doubleBits(single(a)),
  "memory.copy": ([to, from, bytes], memory) => {
    if (bytes !== 0) memory.copy(to! >>> 0, from! >>> 0, bytes! >>> 0);
    return [];
  },
  "memory.fill": ([to, byte, bytes], memory) => {
    if (bytes !== 0) memory.fill(to! >>> 0, byte! & 0xff, bytes! >>> 0);
    return [];
  },
};
