/** What the helpers compute, in the arithmetic of JavaScript: words in, words out, unsigned. */

const view = new DataView(new ArrayBuffer(8));
const mask64 = (1n << 64n) - 1n;

const u64 = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
const s64 = (low: number, high: number): bigint => BigInt.asIntN(64, u64(low, high));
const words64 = (value: bigint): number[] => {
  const bits = value & mask64;
  return [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
};

/** The float with these bits. */
export function f32Of(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

/** The float with these words. */
export function f64Of(low: number, high: number): number {
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}

/** The bits of a float, a NaN as the canonical one. */
export function f32Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0_0000;
  view.setFloat32(0, value);
  return view.getUint32(0);
}

/** The words of a float, a NaN as the canonical one. */
export function f64Words(value: number): number[] {
  if (Number.isNaN(value)) return [0, 0x7ff8_0000];
  view.setFloat64(0, value);
  return [view.getUint32(4), view.getUint32(0)];
}

function nearest(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) return value;
  const below = Math.floor(value);
  const rest = value - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  const whole = up ? below + 1 : below;
  return whole === 0 && (value < 0 || Object.is(value, -0)) ? -0 : whole;
}

/** f32 from a whole number: the double nearest to it may not be on the right side of a tie, so the last bits are gathered first. */
function f32OfWhole(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const extra = BigInt(Math.max(0, magnitude.toString(2).length - 30));
  const top = magnitude >> extra;
  const sticky = top << extra === magnitude ? 0n : 1n;
  const rounded = Math.fround(Number(top | sticky) * 2 ** Number(extra));
  return value < 0n ? -rounded : rounded;
}

function saturate(value: number, bits: number, signed: boolean): bigint {
  if (Number.isNaN(value)) return 0n;
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  if (value === Infinity) return most;
  if (value === -Infinity) return least;
  const whole = BigInt(Math.trunc(value));
  return whole < least ? least : whole > most ? most : whole;
}

const clz64 = (low: number, high: number): number =>
  high === 0 ? 32 + Math.clz32(low) : Math.clz32(high);
const ctz32 = (a: number): number => (a === 0 ? 32 : 31 - Math.clz32(a & -a));
const ones = (a: number): number => a.toString(2).replaceAll("0", "").length;

type Reference = (...words: number[]) => number[];
const word =
  (operation: (...words: number[]) => number): Reference =>
  (...words) => [operation(...words) >>> 0];
const wide =
  (operation: (a: bigint, b: bigint) => bigint, of = u64): Reference =>
  (a = 0, b = 0, c = 0, d = 0) =>
    words64(operation(of(a, b), of(c, d)));
const shift =
  (operation: (a: bigint, count: bigint) => bigint, of = u64): Reference =>
  (a = 0, b = 0, count = 0) =>
    words64(operation(of(a, b), BigInt(count & 63)));

type Floats = (a: number, b: number) => number;

/** An operation in double: for these of two or one f32 the double result rounds to the right f32. */
const f32 =
  (operation: Floats): Reference =>
  (a = 0, b = 0) => [f32Bits(operation(f32Of(a), f32Of(b)))];
const f64 =
  (operation: Floats): Reference =>
  (a = 0, b = 0, c = 0, d = 0) =>
    f64Words(operation(f64Of(a, b), f64Of(c, d)));
const test32 =
  (holds: (a: number, b: number) => boolean): Reference =>
  (a = 0, b = 0) => [Number(holds(f32Of(a), f32Of(b)))];
const test64 =
  (holds: (a: number, b: number) => boolean): Reference =>
  (a = 0, b = 0, c = 0, d = 0) => [Number(holds(f64Of(a, b), f64Of(c, d)))];

const floats: Record<string, Floats> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  sqrt: Math.sqrt,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
};
const tests: Record<string, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

const saturating: Record<string, Reference> = {};
for (const sign of ["s", "u"]) {
  const signed = sign === "s";
  saturating[`i32.trunc_sat_f32_${sign}`] = word((a = 0) => Number(saturate(f32Of(a), 32, signed)));
  saturating[`i32.trunc_sat_f64_${sign}`] = word((a = 0, b = 0) =>
    Number(saturate(f64Of(a, b), 32, signed)),
  );
  saturating[`i64.trunc_sat_f32_${sign}`] = (a = 0) => words64(saturate(f32Of(a), 64, signed));
  saturating[`i64.trunc_sat_f64_${sign}`] = (a = 0, b = 0) =>
    words64(saturate(f64Of(a, b), 64, signed));
}

/** By helper name; memory.copy and memory.fill apart. Operands that a helper does not take give anything. */
export const references: Readonly<Record<string, Reference>> = {
  "i32.div_s": word((a = 0, b = 0) => Math.trunc((a | 0) / (b | 0))),
  "i32.div_u": word((a = 0, b = 0) => Math.floor(a / b)),
  "i32.rem_s": word((a = 0, b = 0) => (a | 0) % (b | 0)),
  "i32.rem_u": word((a = 0, b = 0) => a % b),
  "i32.clz": word((a = 0) => Math.clz32(a)),
  "i32.ctz": word((a = 0) => ctz32(a)),
  "i32.popcnt": word((a = 0) => ones(a)),
  "i64.mul": wide((a, b) => a * b),
  "i64.div_s": wide((a, b) => a / b, s64),
  "i64.div_u": wide((a, b) => a / b),
  "i64.rem_s": wide((a, b) => a % b, s64),
  "i64.rem_u": wide((a, b) => a % b),
  "i64.shl": shift((a, count) => a << count),
  "i64.shr_s": shift((a, count) => a >> count, s64),
  "i64.shr_u": shift((a, count) => a >> count),
  "i64.rotr": shift((a, count) => (a >> count) | (a << (64n - count))),
  "i64.clz": word((a = 0, b = 0) => clz64(a, b)),
  "i64.ctz": word((a = 0, b = 0) => (a === 0 ? 32 + ctz32(b) : ctz32(a))),
  "i64.popcnt": word((a = 0, b = 0) => ones(a) + ones(b)),
  ...Object.fromEntries(Object.entries(floats).map(([name, f]) => [`f32.${name}`, f32(f)])),
  ...Object.fromEntries(Object.entries(floats).map(([name, f]) => [`f64.${name}`, f64(f)])),
  ...Object.fromEntries(Object.entries(tests).map(([name, f]) => [`f32.${name}`, test32(f)])),
  ...Object.fromEntries(Object.entries(tests).map(([name, f]) => [`f64.${name}`, test64(f)])),
  ...saturating,
  "f32.convert_i32_s": (a = 0) => [f32Bits(a | 0)],
  "f32.convert_i32_u": (a = 0) => [f32Bits(a)],
  "f32.convert_i64_s": (a = 0, b = 0) => [f32Bits(f32OfWhole(s64(a, b)))],
  "f32.convert_i64_u": (a = 0, b = 0) => [f32Bits(f32OfWhole(u64(a, b)))],
  "f32.demote_f64": (a = 0, b = 0) => [f32Bits(f64Of(a, b))],
  "f64.convert_i32_s": (a = 0) => f64Words(a | 0),
  "f64.convert_i32_u": (a = 0) => f64Words(a),
  "f64.convert_i64_s": (a = 0, b = 0) => f64Words(Number(s64(a, b))),
  "f64.convert_i64_u": (a = 0, b = 0) => f64Words(Number(u64(a, b))),
  "f64.promote_f32": (a = 0) => f64Words(f32Of(a)),
};
