import type { HelperName } from "../helpers.js";
import type { BinaryOp, Condition, Value } from "../ir.js";
import type { Emitter } from "./emitter.js";
import { word, type Rule, type Rules } from "./rule.js";

const least = -0x80000000;

const inline: readonly BinaryOp[] = [
  "add",
  "sub",
  "mul",
  "and",
  "or",
  "xor",
  "shl",
  "shr_s",
  "shr_u",
  "rotr",
];

export const conditions: readonly Condition[] = [
  "eq",
  "ne",
  "lt_s",
  "lt_u",
  "gt_s",
  "gt_u",
  "le_s",
  "le_u",
  "ge_s",
  "ge_u",
];

/** Instructions on i32. */
export const integerRules: Rules = new Map<string, Rule>([
  ...inline.map((op): [string, Rule] => [
    `i32.${op}`,
    (emit, x) => [emit.binary(op, word(x, 0), word(x, 1))],
  ]),
  ...conditions.map((condition): [string, Rule] => [
    `i32.${condition}`,
    (emit, x) => [emit.test(condition, word(x, 0), word(x, 1))],
  ]),
  ["i32.eqz", (emit, x) => [emit.test("eq", word(x, 0), emit.constant(0))]],
  ["i32.rotl", (emit, x) => [rotateLeft(emit, word(x, 0), word(x, 1))]],
  ["i32.extend8_s", (emit, x) => [emit.unary("extend8_s", word(x, 0))]],
  ["i32.extend16_s", (emit, x) => [emit.unary("extend16_s", word(x, 0))]],
  ["i32.div_s", (emit, x) => divide(emit, "i32.div_s", word(x, 0), word(x, 1))],
  ["i32.div_u", (emit, x) => divide(emit, "i32.div_u", word(x, 0), word(x, 1))],
  ["i32.rem_s", (emit, x) => divide(emit, "i32.rem_s", word(x, 0), word(x, 1))],
  ["i32.rem_u", (emit, x) => divide(emit, "i32.rem_u", word(x, 0), word(x, 1))],
  ...(["i32.clz", "i32.ctz", "i32.popcnt"] as const).map((name): [string, Rule] => [
    name,
    (emit, x) => emit.helper(name, word(x, 0)),
  ]),
]);

function rotateLeft(emit: Emitter, a: Value, count: Value): Value {
  const constant = emit.constantOf(count);
  if (constant !== undefined) return emit.binary("rotr", a, { constant: -constant & 31 });
  return emit.binary("rotr", a, emit.binary("sub", emit.constant(0), count));
}

/** Tests what the instruction traps on, as far as a constant divisor leaves it possible, then calls the helper, which need not. */
function divide(emit: Emitter, name: HelperName, a: Value, b: Value): readonly Value[] {
  const divisor = emit.constantOf(b);
  if (divisor === undefined || divisor === 0)
    emit.trapIf("divide-by-zero", "eq", b, emit.constant(0));
  if (name === "i32.div_s" && (divisor === undefined || divisor === -1)) {
    const differs = emit.binary(
      "or",
      emit.binary("xor", a, { constant: least }),
      emit.binary("xor", b, { constant: -1 }),
    );
    emit.trapIf("integer-overflow", "eq", differs, emit.constant(0));
  }
  return emit.helper(name, a, b);
}
