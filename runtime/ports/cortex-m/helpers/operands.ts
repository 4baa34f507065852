import { nameKey, randomBits } from "../../../emulator/environment/random.js";

/** Whole numbers at which something changes. */
const words: readonly number[] = [
  0, 1, 2, 3, 7, 10, 31, 32, 33, 63, 64, 255, 256, 1000, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x1_0001,
  0xff_ffff, 0x100_0000, 0x100_0001, 0x1234_5678, 0x5555_5555, 0x7fff_ff80, 0x7fff_ffc0,
  0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0x8000_0080, 0xaaaa_aaaa, 0xffff_ff00,
  0xffff_ff7f, 0xffff_ff80, 0xffff_fffe, 0xffff_ffff,
];

const f32Words: readonly number[] = [
  0x0000_0000, 0x0000_0001, 0x0000_0002, 0x0000_0003, 0x0000_ffff, 0x003f_ffff, 0x0040_0000,
  0x0040_0001, 0x007f_fffe, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x00ff_ffff, 0x0100_0000,
  0x0180_0000, 0x1f80_0000, 0x2000_0000, 0x3380_0000, 0x33ff_ffff, 0x3400_0000, 0x3eff_ffff,
  0x3f00_0000, 0x3f00_0001, 0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001, 0x3fbf_ffff, 0x3fc0_0000,
  0x3fc0_0001, 0x4000_0000, 0x4020_0000, 0x4040_0000, 0x4060_0000, 0x4120_0000, 0x4b00_0000,
  0x4b00_0001, 0x4b7f_ffff, 0x4b80_0000, 0x4eff_ffff, 0x4f00_0000, 0x4f7f_ffff, 0x4f80_0000,
  0x5eff_ffff, 0x5f00_0000, 0x5f7f_ffff, 0x5f80_0000, 0x7e7f_ffff, 0x7f00_0000, 0x7f7f_fffe,
  0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fa0_0000, 0x7fc0_0000, 0x7fff_ffff,
];

const f64Pairs: readonly (readonly [low: number, high: number])[] = [
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 0],
  [0xffff_ffff, 0],
  [0, 1],
  [0xffff_ffff, 0x7_ffff],
  [0, 0x8_0000],
  [0xffff_fffe, 0xf_ffff],
  [0xffff_ffff, 0xf_ffff],
  [0, 0x10_0000],
  [1, 0x10_0000],
  [0xffff_ffff, 0x1f_ffff],
  [0, 0x20_0000],
  [0, 0x1ff0_0000],
  [0, 0x3690_0000],
  [1, 0x3690_0000],
  [0, 0x36a0_0000],
  [0, 0x380f_ffff],
  [0xe000_0000, 0x380f_ffff],
  [0, 0x3810_0000],
  [0, 0x3ca0_0000],
  [0, 0x3cb0_0000],
  [0xffff_ffff, 0x3fdf_ffff],
  [0, 0x3fe0_0000],
  [1, 0x3fe0_0000],
  [0xffff_ffff, 0x3fef_ffff],
  [0, 0x3ff0_0000],
  [1, 0x3ff0_0000],
  [0x1000_0000, 0x3ff0_0000],
  [0x3000_0000, 0x3ff0_0000],
  [0xffff_ffff, 0x3ff7_ffff],
  [0, 0x3ff8_0000],
  [0, 0x4000_0000],
  [0, 0x4004_0000],
  [0, 0x4008_0000],
  [0, 0x400c_0000],
  [0, 0x4024_0000],
  [0xffc0_0000, 0x41df_ffff],
  [0xffff_ffff, 0x41df_ffff],
  [0, 0x41e0_0000],
  [0x0020_0000, 0x41e0_0000],
  [0xffe0_0000, 0x41ef_ffff],
  [0xffff_ffff, 0x41ef_ffff],
  [0, 0x41f0_0000],
  [0xffff_ffff, 0x432f_ffff],
  [0, 0x4330_0000],
  [1, 0x4330_0000],
  [0xffff_ffff, 0x433f_ffff],
  [0, 0x4340_0000],
  [0xffff_ffff, 0x43df_ffff],
  [0, 0x43e0_0000],
  [0xffff_ffff, 0x43ef_ffff],
  [0, 0x43f0_0000],
  [0xdfff_ffff, 0x47ef_ffff],
  [0xe000_0000, 0x47ef_ffff],
  [0xefff_ffff, 0x47ef_ffff],
  [0xf000_0000, 0x47ef_ffff],
  [0, 0x47f0_0000],
  [0, 0x7fe0_0000],
  [0xffff_ffff, 0x7fef_ffff],
  [0, 0x7ff0_0000],
  [1, 0x7ff0_0000],
  [0, 0x7ff4_0000],
  [0, 0x7ff8_0000],
  [0xffff_ffff, 0x7fff_ffff],
];

/** The kinds of operands that helpers take, each with the words it is made of. */
export type OperandKind = "i32" | "i64" | "f32" | "f64" | "count";

/** What a helper of this name takes; memory.copy and memory.fill apart. */
export function operandsOf(name: string): readonly OperandKind[] {
  const [type, operation] = name.split(".") as [OperandKind, string];
  const from = /_(i32|i64|f32|f64)/.exec(operation)?.[1] as OperandKind | undefined;
  if (from !== undefined) return [from];
  if (/^(shl|shr_s|shr_u|rotr)$/.test(operation)) return [type, "count"];
  const one = /^(clz|ctz|popcnt|sqrt|ceil|floor|trunc|nearest)$/.test(operation);
  return one ? [type] : [type, type];
}

/** Values at which results change their form: boundaries, halves, extremes, and of floats both signs. */
export function corners(kind: OperandKind): readonly (readonly number[])[] {
  if (kind === "i32" || kind === "count") return words.map((word) => [word]);
  if (kind === "f32") return f32Words.flatMap((word) => [[word], [(word | 0x8000_0000) >>> 0]]);
  if (kind === "f64")
    return f64Pairs.flatMap(([low, high]) => [
      [low, high],
      [low, (high | 0x8000_0000) >>> 0],
    ]);
  const few = words.filter((word) =>
    [0, 1, 10, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_ffff].includes(word),
  );
  return few.flatMap((low) => few.map((high) => [low, high]));
}

/** Repeatable random operands: bits at random, and numbers of any size. */
export class Operands {
  readonly #key: number;
  #index = 0;

  constructor(seed: number, name: string) {
    this.#key = nameKey(seed, name);
  }

  word(): number {
    return randomBits(this.#key, this.#index++);
  }

  /** Words of one operand: any bits; whole numbers of any length; floats of a common size half of the time. */
  next(kind: OperandKind): number[] {
    const short = this.word() % 64;
    if (kind === "count") return [this.word() % 64];
    if (kind === "i32") return [this.word() >>> (short % 32)];
    if (kind === "f32") return [short < 32 ? this.word() : this.#near(127, 23)];
    if (kind === "f64") return [this.word(), short < 32 ? this.word() : this.#near(1023, 20)];
    return short < 32 ? [this.word(), this.word() >>> short] : [this.word() >>> (short - 32), 0];
  }

  /** The high word of a float between 2^-16 and 2^16. */
  #near(bias: number, exponentAt: number): number {
    const bits = this.word();
    const exponent = bias - 16 + (this.word() % 32);
    const sign = bits & 0x8000_0000;
    return (sign | (exponent << exponentAt) | (bits & ((1 << exponentAt) - 1))) >>> 0;
  }

  /**
   * Two floats whose sum, difference, product or quotient is where rounding is hard: of nearly equal or hardly overlapping operands, or at an end of the
   * range. Most of their bits are equal, so that ties are met.
   */
  hardPair(kind: "f32" | "f64", operation: string): number[] {
    const { bias, digits } =
      kind === "f32" ? { bias: 127, digits: 23 } : { bias: 1023, digits: 52 };
    const most = 2 * bias + 1;
    const first = this.word() % (most + 1);
    const atEnd =
      this.word() % 2 === 0 ? most - 4 + (this.word() % 8) : 6 - (this.word() % (digits + 8));
    const apart = (this.word() % (2 * digits + 8)) - digits - 4;
    const second =
      operation === "mul"
        ? atEnd + bias - first
        : operation === "div"
          ? first + bias - atEnd
          : first + apart;
    const limited = Math.max(0, Math.min(most, second));
    return [...this.#sparse(kind, first), ...this.#sparse(kind, limited)];
  }

  /** A float of this biased exponent whose fraction has a few ones or a few zeros. */
  #sparse(kind: "f32" | "f64", exponent: number): number[] {
    const few = (): number => {
      const bit = 1 << (this.word() % 32);
      return this.word() % 2 === 0 ? bit : 0;
    };
    const flip = this.word() % 3 === 0 ? -1 : 0;
    const low = ((few() | few()) ^ flip) >>> 0;
    const at = kind === "f32" ? 23 : 20;
    const fraction = ((few() | few()) ^ flip) & ((1 << at) - 1);
    const high = ((this.word() & 0x8000_0000) | (exponent << at) | fraction) >>> 0;
    return kind === "f32" ? [high] : [low, high];
  }
}
