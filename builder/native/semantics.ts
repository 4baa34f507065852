import type { BinaryOp, Condition, UnaryOp } from "./ir.js";

/** Of two words, which wraps. */
export const arithmetic: Readonly<Record<BinaryOp, (a: number, b: number) => number>> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: (a, b) => Math.imul(a, b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shr_s: (a, b) => a >> b,
  shr_u: (a, b) => (a >>> b) | 0,
  rotr: (a, b) => (a >>> b) | (a << -b),
};

/** What the operations that extend a sign compute. */
export const extensions: Readonly<Record<UnaryOp, (a: number) => number>> = {
  extend8_s: (a) => (a << 24) >> 24,
  extend16_s: (a) => (a << 16) >> 16,
};

/** Whether a condition holds for two signed words. */
export const comparisons: Readonly<Record<Condition, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_s: (a, b) => a < b,
  le_s: (a, b) => a <= b,
  gt_s: (a, b) => a > b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b) => a >>> 0 < b >>> 0,
  le_u: (a, b) => a >>> 0 <= b >>> 0,
  gt_u: (a, b) => a >>> 0 > b >>> 0,
  ge_u: (a, b) => a >>> 0 >= b >>> 0,
};

/** The condition that holds where the given one does not. */
export const inverse: Readonly<Record<Condition, Condition>> = {
  eq: "ne",
  ne: "eq",
  lt_s: "ge_s",
  ge_s: "lt_s",
  le_s: "gt_s",
  gt_s: "le_s",
  lt_u: "ge_u",
  ge_u: "lt_u",
  le_u: "gt_u",
  gt_u: "le_u",
};

/** The condition of the operands the other way round. */
export const mirrored: Readonly<Record<Condition, Condition>> = {
  eq: "eq",
  ne: "ne",
  lt_s: "gt_s",
  gt_s: "lt_s",
  le_s: "ge_s",
  ge_s: "le_s",
  lt_u: "gt_u",
  gt_u: "lt_u",
  le_u: "ge_u",
  ge_u: "le_u",
};

/** The low and high words, signed, of a sum or difference of two pairs. */
export function wideSum(op: "add64" | "sub64", words: readonly number[]): [number, number] {
  const [a, b] = wideOperands(words);
  const result = op === "add64" ? a + b : a - b;
  return [Number(BigInt.asIntN(32, result)), Number(BigInt.asIntN(32, result >> 32n))];
}

/** Whether `condition` holds for two pairs. */
export function wideCompare(
  condition: "lt_s" | "ge_s" | "lt_u" | "ge_u",
  words: readonly number[],
): boolean {
  const [a, b] = wideOperands(words);
  const less = condition.endsWith("_s") ? a < b : BigInt.asUintN(64, a) < BigInt.asUintN(64, b);
  return less === condition.startsWith("lt");
}

function wideOperands(words: readonly number[]): [bigint, bigint] {
  const [aLow, aHigh, bLow, bHigh] = words;
  return [
    (BigInt(aHigh!) << 32n) | BigInt(aLow! >>> 0),
    (BigInt(bHigh!) << 32n) | BigInt(bLow! >>> 0),
  ];
}
