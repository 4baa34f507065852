import type { ValueType } from "../../builder/wasm/module.js";
import type { Bits } from "../native/executor.js";

/** Bits of the fraction and of the exponent. */
const formats = {
  f32: { fraction: 23, exponent: 8 },
  f64: { fraction: 52, exponent: 11 },
} as const;

/** The bits of a literal of the text format, correctly rounded. Throws a SyntaxError where it is none. */
export function literalBits(type: ValueType, text: string): Bits {
  const literal = text.replaceAll("_", "");
  if (type === "i32" || type === "i64") return integerBits(type === "i32" ? 32 : 64, literal);
  return floatBits(formats[type], literal);
}

function integerBits(width: number, literal: string): Bits {
  const found = /^([+-]?)(0x[\da-f]+|\d+)$/i.exec(literal);
  if (!found) throw new SyntaxError(`${literal} is no integer`);
  const magnitude = BigInt(found[2]!);
  return BigInt.asUintN(width, found[1] === "-" ? -magnitude : magnitude);
}

type Format = (typeof formats)["f32" | "f64"];

function floatBits(format: Format, literal: string): Bits {
  const sign = literal.startsWith("-") ? 1n << BigInt(format.fraction + format.exponent) : 0n;
  return sign | magnitudeBits(format, literal.replace(/^[+-]/, ""));
}

function magnitudeBits(format: Format, literal: string): Bits {
  const infinity = ((1n << BigInt(format.exponent)) - 1n) << BigInt(format.fraction);
  if (literal === "inf") return infinity;
  if (literal === "nan") return infinity | (1n << BigInt(format.fraction - 1));
  if (literal.startsWith("nan:")) return infinity | BigInt(literal.slice(4));
  const hex = /^0x([\da-f]+)\.?([\da-f]*)(?:p([+-]?\d+))?$/i.exec(literal);
  if (hex) {
    const [, whole, part, exponent] = hex;
    return rounded(
      format,
      BigInt(`0x${whole}${part}`),
      2,
      Number(exponent ?? 0) - 4 * part!.length,
    );
  }
  const decimal = /^(\d+)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(literal);
  if (!decimal) throw new SyntaxError(`${literal} is no number`);
  const [, whole, part, exponent] = decimal;
  return rounded(format, BigInt(`${whole}${part}`), 10, Number(exponent ?? 0) - part!.length);
}

/** digits * base ^ exponent, rounded to nearest, ties to even: a quotient of whole numbers, so that nothing is rounded twice. */
function rounded(
  { fraction, exponent: width }: Format,
  digits: bigint,
  base: number,
  exponent: number,
): Bits {
  if (digits === 0n) return 0n;
  const power = BigInt(base) ** BigInt(Math.abs(exponent));
  const above = exponent >= 0 ? digits * power : digits;
  const below = exponent >= 0 ? 1n : power;
  const least = 2 - 2 ** (width - 1) - fraction;
  // The exponent of the last bit kept, one too small at first where the quotient has a bit more.
  let last = Math.max(least, bitLength(above) - bitLength(below) - fraction - 1);
  let quotient = divided(above, below, last);
  if (quotient >> BigInt(fraction + 1) !== 0n) quotient = divided(above, below, ++last);
  if (quotient >> BigInt(fraction + 1) !== 0n) {
    quotient >>= 1n;
    last++;
  }
  const biased = quotient >> BigInt(fraction) === 0n ? 0 : last - least + 1;
  const largest = 2 ** width - 1;
  if (biased >= largest) return BigInt(largest) << BigInt(fraction);
  return (BigInt(biased) << BigInt(fraction)) | (quotient & ((1n << BigInt(fraction)) - 1n));
}

/** above / below / 2 ^ exponent, rounded to nearest, ties to even. */
function divided(above: bigint, below: bigint, exponent: number): bigint {
  const shift = BigInt(Math.abs(exponent));
  const numerator = exponent < 0 ? above << shift : above;
  const denominator = exponent < 0 ? below : below << shift;
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** A literal that has these bits, finite ones: a hexadecimal number with an exact exponent. */
export function exactLiteral(type: "f32" | "f64", bits: Bits): string {
  const { fraction, exponent: width } = formats[type];
  const sign = bits >> BigInt(fraction + width) === 0n ? "" : "-";
  const part = BigInt.asUintN(fraction, bits);
  const biased = Number(BigInt.asUintN(width, bits >> BigInt(fraction)));
  const digits = biased === 0 ? part : part | (1n << BigInt(fraction));
  const exponent = Math.max(biased, 1) + 1 - 2 ** (width - 1) - fraction;
  return `${sign}0x${digits.toString(16)}p${exponent}`;
}
