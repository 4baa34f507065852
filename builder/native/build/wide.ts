import type { HelperName } from "../helpers.js";
import type { Condition, Value } from "../ir.js";
import type { Emitter, Wide } from "./emitter.js";
import { conditions } from "./integer.js";
import { pair, word, type Rule, type Rules } from "./rule.js";

/** Instructions on i64, which is two words. */
export const wideRules: Rules = new Map<string, Rule>([
  ["i64.add", (emit, x) => emit.wide("add64", pair(x, 0), pair(x, 1))],
  ["i64.sub", (emit, x) => emit.wide("sub64", pair(x, 0), pair(x, 1))],
  ...(["and", "or", "xor"] as const).map((op): [string, Rule] => [
    `i64.${op}`,
    (emit, x) => pair(x, 0).map((low, k) => emit.binary(op, low, pair(x, 1)[k]!)),
  ]),
  ["i64.mul", (emit, x) => emit.helper("i64.mul", ...pair(x, 0), ...pair(x, 1))],
  ...(["i64.div_s", "i64.div_u", "i64.rem_s", "i64.rem_u"] as const).map((name): [string, Rule] => [
    name,
    (emit, x) => divide(emit, name, pair(x, 0), pair(x, 1)),
  ]),
  ...(["shl", "shr_s", "shr_u", "rotr", "rotl"] as const).map((op): [string, Rule] => [
    `i64.${op}`,
    (emit, x) => shift(emit, op, pair(x, 0), pair(x, 1)[0]),
  ]),
  ["i64.eqz", (emit, x) => [emit.test("eq", emit.binary("or", ...pair(x, 0)), emit.constant(0))]],
  ...conditions.map((condition): [string, Rule] => [
    `i64.${condition}`,
    (emit, x) => [compare(emit, condition, pair(x, 0), pair(x, 1))],
  ]),
  ...(["i64.clz", "i64.ctz", "i64.popcnt"] as const).map((name): [string, Rule] => [
    name,
    (emit, x) => [...emit.helper(name, ...pair(x, 0)), emit.constant(0)],
  ]),
  ["i32.wrap_i64", (_, x) => [pair(x, 0)[0]]],
  ["i64.extend_i32_u", (emit, x) => [word(x, 0), emit.constant(0)]],
  ["i64.extend_i32_s", (emit, x) => signExtend(emit, word(x, 0))],
  ["i64.extend8_s", (emit, x) => signExtend(emit, emit.unary("extend8_s", pair(x, 0)[0]))],
  ["i64.extend16_s", (emit, x) => signExtend(emit, emit.unary("extend16_s", pair(x, 0)[0]))],
  ["i64.extend32_s", (emit, x) => signExtend(emit, pair(x, 0)[0])],
]);

export function signExtend(emit: Emitter, low: Value): Wide {
  return [low, emit.binary("shr_s", low, { constant: 31 })];
}

function compare(emit: Emitter, condition: Condition, a: Wide, b: Wide): Value {
  switch (condition) {
    case "eq":
    case "ne": {
      const differs = emit.binary(
        "or",
        emit.binary("xor", a[0], b[0]),
        emit.binary("xor", a[1], b[1]),
      );
      return emit.test(condition, differs, emit.constant(0));
    }
    case "gt_s":
      return emit.test64("lt_s", b, a);
    case "gt_u":
      return emit.test64("lt_u", b, a);
    case "le_s":
      return emit.test64("ge_s", b, a);
    case "le_u":
      return emit.test64("ge_u", b, a);
    default:
      return emit.test64(condition, a, b);
  }
}

function divide(emit: Emitter, name: HelperName, a: Wide, b: Wide): readonly Value[] {
  const [low, high] = b.map((half) => emit.constantOf(half));
  const known = low !== undefined && high !== undefined;
  if (!known || (low === 0 && high === 0))
    emit.trapIf("divide-by-zero", "eq", emit.binary("or", ...b), emit.constant(0));
  if (name === "i64.div_s" && (!known || (low === -1 && high === -1))) {
    // 0 only for -2^63 and -1: the low words 0 and all ones, the high ones 0x80000000 and all ones.
    const dividend = emit.binary("or", a[0], emit.binary("xor", a[1], { constant: -0x80000000 }));
    const divisor = emit.binary("xor", emit.binary("and", ...b), { constant: -1 });
    const differs = emit.binary("or", dividend, divisor);
    emit.trapIf("integer-overflow", "eq", differs, emit.constant(0));
  }
  return emit.helper(name, ...a, ...b);
}

type Shift = "shl" | "shr_s" | "shr_u" | "rotr" | "rotl";

function shift(emit: Emitter, op: Shift, a: Wide, count: Value): readonly Value[] {
  const constant = emit.constantOf(count);
  if (constant !== undefined) return shiftBy(emit, op, a, constant & 63);
  if (op !== "rotl") return emit.helper(`i64.${op}`, ...a, count);
  return emit.helper("i64.rotr", ...a, emit.binary("sub", emit.constant(0), count));
}

/** By 0 to 63. */
function shiftBy(emit: Emitter, op: Shift, [low, high]: Wide, count: number): Wide {
  const by = { constant: count & 31 };
  const rest = { constant: 32 - by.constant };
  /** The low word of (x, y) >> count, for a count of 1 to 31. */
  const funnel = (x: Value, y: Value): Value =>
    emit.binary("or", emit.binary("shr_u", x, by), emit.binary("shl", y, rest));
  if (op === "rotl") return shiftBy(emit, "rotr", [low, high], -count & 63);
  if (op === "rotr") {
    const [x, y] = count < 32 ? [low, high] : [high, low];
    return by.constant === 0 ? [x, y] : [funnel(x, y), funnel(y, x)];
  }
  if (count === 0) return [low, high];
  if (op === "shl") {
    if (count >= 32) return [emit.constant(0), emit.binary("shl", low, by)];
    const carried = emit.binary("shr_u", low, rest);
    return [emit.binary("shl", low, by), emit.binary("or", emit.binary("shl", high, by), carried)];
  }
  if (count < 32) return [funnel(low, high), emit.binary(op, high, by)];
  const sign = op === "shr_u" ? emit.constant(0) : emit.binary("shr_s", high, { constant: 31 });
  return [emit.binary(op, high, by), sign];
}
