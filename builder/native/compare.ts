import type { Condition, Operation, Test, Value } from "./ir.js";
import type { Definition, EmitTest, Use } from "./machine.js";
import type { Shape } from "./select.js";
import { opposite, type ConditionCode } from "./thumb/formats.js";

/** A comparison to be made part of an instruction: its values come first among the instruction's. */
export interface Compare {
  readonly uses: readonly Use[];
  /** Registers that it spoils. */
  readonly definitions: readonly Definition[];
  /** `uses` and `definitions` are its own, in its order. */
  readonly emit: EmitTest;
}

/** What comparisons need of the lowering. */
export interface Values {
  readonly shape: Shape;
  /** The machine value of an IR value. */
  value(value: Value): Value;
  word(word: number): Value;
  fresh(): Value;
}

const codes: Readonly<Record<Condition, ConditionCode>> = {
  eq: "eq",
  ne: "ne",
  lt_s: "lt",
  le_s: "le",
  gt_s: "gt",
  ge_s: "ge",
  lt_u: "cc",
  le_u: "ls",
  gt_u: "hi",
  ge_u: "cs",
};

const mirrored: Readonly<Record<Condition, Condition>> = {
  eq: "eq",
  ne: "ne",
  lt_s: "gt_s",
  le_s: "ge_s",
  gt_s: "lt_s",
  ge_s: "le_s",
  lt_u: "gt_u",
  le_u: "ge_u",
  gt_u: "lt_u",
  ge_u: "le_u",
};

/** Conditions that N and Z alone decide where the other side is 0. */
const fromSign: Readonly<Partial<Record<Condition, ConditionCode>>> = {
  eq: "eq",
  ne: "ne",
  lt_s: "mi",
  ge_s: "pl",
};

const early = (value: Value): Use => ({ value, phase: "early" });

/** A test with a constant on the right where there is one, `> -1` and `<= -1` told as comparisons with 0. */
export function normalized({ shape }: Values, test: Test): Test & { readonly word?: number } {
  const { condition, a, b } = test;
  const word = shape.words.get(b);
  if (word === undefined && shape.words.has(a))
    return { condition: mirrored[condition], a: b, b: a, word: shape.words.get(a)! };
  if (word === undefined) return test;
  if (word === -1 && condition === "gt_s") return { condition: "ge_s", a, b, word: 0 };
  if (word === -1 && condition === "le_s") return { condition: "lt_s", a, b, word: 0 };
  if (word === 1 && condition === "lt_u") return { condition: "eq", a, b, word: 0 };
  if (word === 1 && condition === "ge_u") return { condition: "ne", a, b, word: 0 };
  return { ...test, word };
}

/** The instructions of a test. */
export function compareOf(values: Values, test: Test): Compare {
  const { condition, a, b, word } = normalized(values, test);
  if (values.shape.folded.has(a) && word === 0 && (condition === "eq" || condition === "ne")) {
    const operation = values.shape.definitions.get(a)!;
    if (operation.op === "test64") {
      const compare = compare64(values, operation);
      return condition === "ne" ? compare : negated(compare);
    }
    if (operation.op === "and") return testBits(values, operation.a, operation.b, condition);
  }
  if (word === 0 && fromSign[condition]) return compareZero(values, a, condition);
  if (word !== undefined && word >= 0 && word <= 255)
    return {
      uses: [early(values.value(a))],
      definitions: [],
      emit: (assembler, [left]) => {
        assembler.emit("cmpImm", left!, word);
        return codes[condition];
      },
    };
  if (word !== undefined && word < 0 && word >= -255)
    return compareTwo("cmn", values.value(a), values.word(-word), condition);
  const right = word === undefined ? values.value(b) : values.word(word);
  return compareTwo("cmp", values.value(a), right, condition);
}

function compareTwo(name: "cmp" | "cmn", a: Value, b: Value, condition: Condition): Compare {
  return {
    uses: [early(a), early(b)],
    definitions: [],
    emit: (assembler, [left, right]) => {
      assembler.emit(name, left!, right!);
      return codes[condition];
    },
  };
}

/** Leaves the compare out where the flags tell already. */
function compareZero(values: Values, a: Value, condition: Condition): Compare {
  return {
    uses: [early(values.value(a))],
    definitions: [],
    emit: (assembler, [left]) => {
      if (!assembler.flagsDescribe(left!)) assembler.emit("cmpImm", left!, 0);
      return fromSign[condition]!;
    },
  };
}

function negated(compare: Compare): Compare {
  return { ...compare, emit: (...args) => opposite(compare.emit(...args)) };
}

/** (a & b) against 0. One bit moves to the sign, low bits to the top: no constant is needed. */
function testBits(values: Values, a: Value, b: Value, condition: "eq" | "ne"): Compare {
  const [value, mask] = values.shape.words.has(a) ? [b, a] : [a, b];
  const word = values.shape.words.get(mask);
  const bit = word === undefined ? -1 : 31 - Math.clz32(word);
  const single = word !== undefined && word !== 0 && (word & (word - 1)) === 0;
  const low = word !== undefined && word > 0 && (word & (word + 1)) === 0;
  if (!single && !low) {
    const [x, y] = [values.value(value), values.value(mask)];
    return {
      uses: [early(x), early(y)],
      definitions: [],
      emit: (assembler, [left, right]) => {
        assembler.emit("tst", left!, right!);
        return condition;
      },
    };
  }
  return {
    uses: [early(values.value(value))],
    definitions: [{ value: values.fresh(), phase: "late" }],
    emit: (assembler, [left], [scratch]) => {
      if (bit < 31) assembler.emit("lslsImm", scratch!, left!, 31 - bit);
      else if (!assembler.flagsDescribe(left!)) assembler.emit("cmpImm", left!, 0);
      if (!single) return condition;
      return condition === "eq" ? "pl" : "mi";
    },
  };
}

/** The flags of (aLow, aHigh) - (bLow, bHigh); the sign alone where that is what counts. */
export function compare64(values: Values, operation: Operation & { op: "test64" }): Compare {
  const { condition, args } = operation;
  const [aLow, aHigh, bLow, bHigh] = args;
  const { words } = values.shape;
  const low = words.get(bLow);
  if (low === 0 && words.get(bHigh) === 0 && (condition === "lt_s" || condition === "ge_s"))
    return compareZero(values, aHigh, condition);
  const immediate = low !== undefined && low >= 0 && low <= 255;
  return {
    uses: [
      { value: values.value(aHigh), phase: "before", to: { kind: "result", index: 0 } },
      early(values.value(aLow)),
      early(values.value(bHigh)),
      ...(immediate ? [] : [early(values.value(bLow))]),
    ],
    definitions: [{ value: values.fresh(), phase: "early" }],
    emit: (assembler, [, left, high, right], [scratch]) => {
      if (immediate) assembler.emit("cmpImm", left!, low);
      else assembler.emit("cmp", left!, right!);
      assembler.emit("sbcs", scratch!, high!);
      return codes[condition];
    },
  };
}
