import { helperShapes, type HelperName } from "../helpers.js";
import type { Value } from "../ir.js";
import type { Emitter, Wide } from "./emitter.js";
import { pair, word, type Operand, type Rule, type Rules } from "./rule.js";

const signBit = -0x80000000;
const magnitudeBits = 0x7fffffff;

const computed = [
  ..."ceil floor trunc nearest sqrt add sub mul div min max"
    .split(" ")
    .flatMap((op) => [`f32.${op}`, `f64.${op}`]),
  ..."s u"
    .split(" ")
    .flatMap((sign) =>
      ["i32.trunc_sat_f32", "i32.trunc_sat_f64", "i64.trunc_sat_f32", "i64.trunc_sat_f64"].map(
        (name) => `${name}_${sign}`,
      ),
    ),
  ..."s u"
    .split(" ")
    .flatMap((sign) =>
      ["f32.convert_i32", "f32.convert_i64", "f64.convert_i32", "f64.convert_i64"].map(
        (name) => `${name}_${sign}`,
      ),
    ),
  "f32.demote_f64",
  "f64.promote_f32",
].filter((name): name is HelperName => name in helperShapes);

/** Instructions on floats, which are their bits: sign changes inline, the rest by helpers. */
export const floatRules: Rules = new Map<string, Rule>([
  ...computed.map((name): [string, Rule] => [name, (emit, x) => emit.helper(name, ...x.flat())]),
  ...(["f32", "f64"] as const).flatMap((type): [string, Rule][] => [
    [`${type}.eq`, (emit, x) => emit.helper(`${type}.eq`, ...x.flat())],
    [`${type}.ne`, (emit, x) => [not(emit, emit.helper(`${type}.eq`, ...x.flat()))]],
    [`${type}.lt`, (emit, x) => emit.helper(`${type}.lt`, ...x.flat())],
    [`${type}.le`, (emit, x) => emit.helper(`${type}.le`, ...x.flat())],
    [`${type}.gt`, (emit, x) => emit.helper(`${type}.lt`, ...x.toReversed().flat())],
    [`${type}.ge`, (emit, x) => emit.helper(`${type}.le`, ...x.toReversed().flat())],
    [`${type}.abs`, (emit, x) => changeSign(x[0]!, (high) => magnitude(emit, high))],
    [
      `${type}.neg`,
      (emit, x) => changeSign(x[0]!, (high) => emit.binary("xor", high, { constant: signBit })),
    ],
    [
      `${type}.copysign`,
      (emit, x) =>
        changeSign(x[0]!, (high) => {
          const sign = emit.binary("and", x[1]!.at(-1)!, { constant: signBit });
          return emit.binary("or", magnitude(emit, high), sign);
        }),
    ],
  ]),
  ...[
    "i32.reinterpret_f32",
    "i64.reinterpret_f64",
    "f32.reinterpret_i32",
    "f64.reinterpret_i64",
  ].map((name): [string, Rule] => [name, (_, x) => x[0]!]),
  ...(["i32", "i64"] as const).flatMap((type) =>
    (["s", "u"] as const).flatMap((sign): [string, Rule][] => [
      [
        `${type}.trunc_f32_${sign}`,
        (emit, x) => {
          checkSingle(emit, word(x, 0), limits[`${type}_${sign}`]);
          return emit.helper(`${type}.trunc_sat_f32_${sign}`, word(x, 0));
        },
      ],
      [
        `${type}.trunc_f64_${sign}`,
        (emit, x) => {
          checkDouble(emit, pair(x, 0), limits[`${type}_${sign}`]);
          return emit.helper(`${type}.trunc_sat_f64_${sign}`, ...pair(x, 0));
        },
      ],
    ]),
  ),
]);

function not(emit: Emitter, [value]: readonly Value[]): Value {
  return emit.test("eq", value!, emit.constant(0));
}

/** The sign is in the last word. */
function changeSign(operand: Operand, change: (high: Value) => Value): Operand {
  return [...operand.slice(0, -1), change(operand.at(-1)!)];
}

function magnitude(emit: Emitter, high: Value): Value {
  return emit.binary("and", high, { constant: magnitudeBits });
}

/**
 * Bits of floats at the ends of an integer type's range, all signed words. `above`: the least float beyond it. The bits of floats below 0 grow, as
 * unsigned numbers, with their magnitude, so the floats beneath the range are those from `below` on.
 */
interface Limits {
  readonly single: { readonly above: number; readonly below: number };
  /** `above` has a low word of 0. */
  readonly double: { readonly above: number; readonly below: readonly [low: number, high: number] };
}

const limits = {
  i32_s: {
    single: { above: 0x4f000000, below: 0xcf000001 },
    double: { above: 0x41e00000, below: [0x00200000, 0xc1e00000] },
  },
  i32_u: {
    single: { above: 0x4f800000, below: 0xbf800000 },
    double: { above: 0x41f00000, below: [0, 0xbff00000] },
  },
  i64_s: {
    single: { above: 0x5f000000, below: 0xdf000001 },
    double: { above: 0x43e00000, below: [1, 0xc3e00000] },
  },
  i64_u: {
    single: { above: 0x5f800000, below: 0xbf800000 },
    double: { above: 0x43f00000, below: [0, 0xbff00000] },
  },
} as const satisfies Record<string, Limits>;

function checkSingle(emit: Emitter, bits: Value, { single }: Limits): void {
  const infinity = emit.constant(0x7f800000);
  emit.trapIf("invalid-conversion", "gt_u", magnitude(emit, bits), infinity);
  // Floats below 0 are negative as integers too, so that they pass here.
  emit.trapIf("integer-overflow", "ge_s", bits, emit.constant(single.above));
  emit.trapIf("integer-overflow", "ge_u", bits, emit.constant(single.below));
}

function checkDouble(emit: Emitter, bits: Wide, { double }: Limits): void {
  const zero = emit.constant(0);
  const infinity = [zero, emit.constant(0x7ff00000)] as const;
  const isNan = emit.test64("lt_u", infinity, [bits[0], magnitude(emit, bits[1])]);
  emit.trapIf("invalid-conversion", "ne", isNan, zero);
  emit.trapIf("integer-overflow", "ge_s", bits[1], emit.constant(double.above));
  const [low, high] = double.below;
  if (low === 0) return emit.trapIf("integer-overflow", "ge_u", bits[1], emit.constant(high));
  const below = [emit.constant(low), emit.constant(high)] as const;
  emit.trapIf("integer-overflow", "ne", emit.test64("ge_u", bits, below), zero);
}
