import type { BinaryOp, Operation, Value } from "./ir.js";
import type { Lowering } from "./lower.js";
import { instanceRegister, memoryRegister, type MachineInstruction } from "./machine.js";
import type { FormatName } from "./thumb/formats.js";

type Binary = Operation & { readonly op: BinaryOp };

/** Operations on two words. */
export function lowerBinary(to: Lowering, operation: Binary, result: Value): void {
  const { words } = to.shape;
  const { a, b } = operation;
  switch (operation.op) {
    case "add":
      if (words.has(a)) return lowerAdd(to, b, a, result);
      return lowerAdd(to, a, b, result);
    case "sub": {
      const word = words.get(b);
      if (words.get(a) === 0) return oneAddress(to, "negs", b, result);
      if (word !== undefined && Math.abs(word) <= 255) return addWord(to, a, -word, result);
      return threeAddress(to, "subs", a, b, result);
    }
    case "mul":
      return twoAddress(to, "muls", a, b, result, true);
    case "and":
      if (words.has(a)) return lowerAnd(to, b, a, result);
      return lowerAnd(to, a, b, result);
    case "or":
      return twoAddress(to, "orrs", a, b, result, true);
    case "xor":
      if (words.get(b) === -1) return oneAddress(to, "mvns", a, result);
      if (words.get(a) === -1) return oneAddress(to, "mvns", b, result);
      return twoAddress(to, "eors", a, b, result, true);
    case "shl":
    case "shr_s":
    case "shr_u":
      return lowerShift(to, operation.op, a, b, result);
    case "rotr": {
      const count = words.get(b);
      if (count !== undefined && (count & 31) === 0) return copy(to, a, result);
      return twoAddress(to, "rors", a, b, result, false);
    }
  }
}

/** `result` = op(a, b) in three registers. */
function threeAddress(to: Lowering, name: FormatName, a: Value, b: Value, result: Value): void {
  to.add(
    to.make([to.early(a), to.early(b)], [{ value: result, phase: "late" }], (asm, [x, y], [z]) =>
      asm.emit(name, z!, x!, y!),
    ),
  );
}

/** `result` = op(a). */
function oneAddress(to: Lowering, name: FormatName, a: Value, result: Value): void {
  to.add(
    to.make([to.early(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) =>
      asm.emit(name, z!, x!),
    ),
  );
}

/** `result` = a, op(result, b). */
function twoAddress(
  to: Lowering,
  name: FormatName,
  a: Value,
  b: Value,
  result: Value,
  commutes: boolean,
): void {
  const make = (x: Value, y: Value): MachineInstruction =>
    to.make([to.tied(x), to.early(y)], [{ value: result, phase: "early" }], (asm, [, right], [z]) =>
      asm.emit(name, z!, right!),
    );
  const instruction = make(a, b);
  to.add(commutes ? { ...instruction, swapped: make(b, a) } : instruction);
}

/** The result is the operand. */
function copy(to: Lowering, a: Value, result: Value): void {
  to.add(to.make([to.tied(a)], [{ value: result, phase: "early" }], () => {}));
}

function lowerAdd(to: Lowering, a: Value, b: Value, result: Value): void {
  const { words, definitions } = to.shape;
  const word = words.get(b);
  if (word !== undefined && Math.abs(word) <= 255) return addWord(to, a, word, result);
  const base = (value: Value): number => {
    const op = definitions.get(value)?.op;
    return op === "memoryBase" ? memoryRegister : op === "instanceBase" ? instanceRegister : -1;
  };
  if (base(b) >= 0) return addHigh(to, a, base(b), result);
  if (base(a) >= 0) return addHigh(to, b, base(a), result);
  threeAddress(to, "adds", a, b, result);
}

function addHigh(to: Lowering, a: Value, register: number, result: Value): void {
  to.add(
    to.make([to.tied(a)], [{ value: result, phase: "early" }], (asm, _, [z]) =>
      asm.emit("addHigh", z!, register),
    ),
  );
}

/** a + word, -255 <= word <= 255. */
function addWord(to: Lowering, a: Value, word: number, result: Value): void {
  const size = Math.abs(word);
  if (size <= 7) {
    const name = word < 0 ? "subsImm3" : "addsImm3";
    to.add(
      to.make([to.early(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) =>
        asm.emit(name, z!, x!, size),
      ),
    );
    return;
  }
  const name = word < 0 ? "subsImm8" : "addsImm8";
  to.add(
    to.make([to.tied(a)], [{ value: result, phase: "early" }], (asm, _, [z]) =>
      asm.emit(name, z!, size),
    ),
  );
}

function lowerAnd(to: Lowering, a: Value, b: Value, result: Value): void {
  const word = to.shape.words.get(b);
  if (word === 0xff) return oneAddress(to, "uxtb", a, result);
  if (word === 0xffff) return oneAddress(to, "uxth", a, result);
  if (word !== undefined && word > 255 && (word & (word + 1)) === 0)
    return keepBits(to, a, Math.clz32(word), "lslsImm", "lsrsImm", result);
  if (word !== undefined && word < 0 && word >= -256) {
    const kept = to.word(~word);
    to.add(
      to.make(
        [to.tied(a), { value: kept, phase: "early" }],
        [{ value: result, phase: "early" }],
        (asm, [, right], [z]) => asm.emit("bics", z!, right!),
      ),
    );
    return;
  }
  twoAddress(to, "ands", a, b, result, true);
}

/** Two shifts by the same count. */
function keepBits(
  to: Lowering,
  a: Value,
  count: number,
  there: "lslsImm",
  back: "lsrsImm",
  result: Value,
): void {
  to.add(
    to.make([to.early(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) => {
      asm.emit(there, z!, x!, count);
      asm.emit(back, z!, z!, count);
    }),
  );
}

const shifts = {
  shl: ["lslsImm", "lsls"],
  shr_s: ["asrsImm", "asrs"],
  shr_u: ["lsrsImm", "lsrs"],
} as const;

/** Counts are modulo 32; the machine's are modulo 256, and 32 and more shift everything out. */
function lowerShift(
  to: Lowering,
  op: "shl" | "shr_s" | "shr_u",
  a: Value,
  b: Value,
  result: Value,
): void {
  const [immediate, variable] = shifts[op];
  const word = to.shape.words.get(b);
  if (word === undefined) {
    const count = isBelow32(to, b) ? b : maskedCount(to, b);
    return twoAddress(to, variable, a, count, result, false);
  }
  const count = word & 31;
  if (count === 0) return copy(to, a, result);
  to.add(
    to.make([to.early(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) =>
      asm.emit(immediate, z!, x!, count),
    ),
  );
}

/** Whether a value is the result of an `and` with a constant below 32. */
function isBelow32(to: Lowering, value: Value): boolean {
  const operation = to.shape.definitions.get(value);
  if (operation?.op !== "and") return false;
  const masks = [operation.a, operation.b].map((x) => to.shape.words.get(x));
  return masks.some((mask) => mask !== undefined && mask >= 0 && mask < 32);
}

function maskedCount(to: Lowering, count: Value): Value {
  const masked = to.fresh();
  const mask = to.word(31);
  const make = (first: Value, second: Value): MachineInstruction =>
    to.make(
      [
        { value: first, phase: "before", to: { kind: "result", index: 0 } },
        { value: second, phase: "early" },
      ],
      [{ value: masked, phase: "early" }],
      (asm, [, right], [z]) => asm.emit("ands", z!, right!),
    );
  const value = to.value(count);
  to.add({ ...make(mask, value), swapped: make(value, mask) });
  return masked;
}

/** Sign extension. */
export function lowerExtend(
  to: Lowering,
  { op, a }: Operation & { op: "extend8_s" | "extend16_s" },
  result: Value,
): void {
  oneAddress(to, op === "extend8_s" ? "sxtb" : "sxth", a, result);
}

/**
 * Sum or difference of pairs: the low words, then the high words with the carry. The low result is written while the high words are still
 * to be read, the high one is the left operand's copy.
 */
export function lowerPair(
  to: Lowering,
  { op, args }: Operation & { op: "add64" | "sub64" },
  [low, high]: readonly Value[],
): void {
  const [aLow, aHigh, bLow, bHigh] = args;
  const [first, immediate, second] =
    op === "add64"
      ? (["adds", "addsImm3", "adcs"] as const)
      : (["subs", "subsImm3", "sbcs"] as const);
  const word = to.shape.words.get(bLow);
  const small = word !== undefined && word >= 0 && word <= 7 ? word : undefined;
  to.add(
    to.make(
      [
        to.tied(aHigh, 1),
        to.late(bHigh),
        to.early(aLow),
        ...(small === undefined ? [to.early(bLow)] : []),
      ],
      [
        { value: low!, phase: "late" },
        { value: high!, phase: "early" },
      ],
      (asm, [, rightHigh, left, right], [z, zHigh]) => {
        if (small === undefined) asm.emit(first, z!, left!, right!);
        else asm.emit(immediate, z!, left!, small);
        asm.emit(second, zHigh!, rightHigh!);
      },
    ),
  );
}
