import type { Operation, Test, Value } from "./ir.js";
import type { Lowering } from "./lower.js";
import { compare64, compareOf, normalized, type Compare } from "./compare.js";
import { emitConstant } from "./constants.js";
import type { MachineInstruction, Use } from "./machine.js";
import { opposite } from "./thumb/formats.js";

/** A test's result as 0 or 1: by shifts and carries where that is short, else by a branch over one instruction. */
export function lowerTest(to: Lowering, test: Test, result: Value): void {
  const plain = normalized(to, test);
  if (to.shape.folded.has(plain.a)) return byBranch(to, compareOf(to, test), result);
  const { condition, a, b, word } = plain;
  if (word === 0 && testZero(to, condition, a, result)) return;
  if (condition === "eq" || condition === "ne") return testEqual(to, plain, result);
  const [left, right] = [to.value(a), word === undefined ? to.value(b) : to.word(word)];
  switch (condition) {
    case "lt_u":
      return byCarry(to, left, right, true, result);
    case "ge_u":
      return byCarry(to, left, right, false, result);
    case "gt_u":
      return byCarry(to, right, left, true, result);
    case "le_u":
      return byCarry(to, right, left, false, result);
    default:
      return byBranch(to, compareOf(to, test), result);
  }
}

/** Comparisons with 0; false if there is no better way than the general one. */
function testZero(to: Lowering, condition: Test["condition"], a: Value, result: Value): boolean {
  switch (condition) {
    case "eq":
      // -a has a carry only for 0; -a + a + carry.
      to.add(
        to.make([to.late(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) => {
          asm.emit("negs", z!, x!);
          asm.emit("adcs", z!, x!);
        }),
      );
      return true;
    case "ne":
      // a - 1 borrows only for 0; a - (a - 1) - borrow.
      to.add(
        to.make(
          [to.tied(a)],
          [
            { value: result, phase: "early" },
            { value: to.fresh(), phase: "late" },
          ],
          (asm, _, [z, less]) => {
            asm.emit("subsImm3", less!, z!, 1);
            asm.emit("sbcs", z!, less!);
          },
        ),
      );
      return true;
    case "lt_s":
      to.add(
        to.make([to.early(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) =>
          asm.emit("lsrsImm", z!, x!, 31),
        ),
      );
      return true;
    case "ge_s":
      to.add(
        to.make([to.early(a)], [{ value: result, phase: "late" }], (asm, [x], [z]) => {
          asm.emit("mvns", z!, x!);
          asm.emit("lsrsImm", z!, z!, 31);
        }),
      );
      return true;
    default:
      return false;
  }
}

/** The difference against 0, as `testZero` does it. */
function testEqual(
  to: Lowering,
  { condition, a, b, word }: Test & { word?: number },
  result: Value,
) {
  const right = word === undefined ? to.value(b) : to.word(word);
  to.add(
    to.make(
      [to.early(a), { value: right, phase: "early" }],
      [
        { value: result, phase: "late" },
        { value: to.fresh(), phase: "late" },
      ],
      (asm, [x, y], [z, other]) => {
        if (condition === "eq") {
          asm.emit("subs", other!, x!, y!);
          asm.emit("negs", z!, other!);
          asm.emit("adcs", z!, other!);
        } else {
          asm.emit("subs", z!, x!, y!);
          asm.emit("subsImm3", other!, z!, 1);
          asm.emit("sbcs", z!, other!);
        }
      },
    ),
  );
}

/** left < right unsigned (or its opposite): the carry of their comparison, spread over the result as 0 or -1. */
function byCarry(to: Lowering, left: Value, right: Value, below: boolean, result: Value): void {
  to.add(
    to.make(
      [
        { value: left, phase: "early" },
        { value: right, phase: "early" },
      ],
      [{ value: result, phase: "late" }],
      (asm, [x, y], [z]) => {
        asm.emit("cmp", x!, y!);
        asm.emit("sbcs", z!, z!);
        if (below) asm.emit("negs", z!, z!);
        else asm.emit("addsImm8", z!, 1);
      },
    ),
  );
}

function byBranch(to: Lowering, { uses, definitions, emit }: Compare, result: Value): void {
  const at = definitions.length;
  to.add(
    to.make(
      uses,
      [...definitions, { value: result, phase: "early" }],
      (asm, registers, results) => {
        const z = results[at]!;
        const over = asm.label();
        asm.emit("movsImm", z, 1);
        asm.branchIf(emit(asm, registers, results), over);
        asm.emit("movsImm", z, 0);
        asm.bind(over);
      },
    ),
  );
}

/** A 64-bit ordering as 0 or 1. */
export function lowerTest64(
  to: Lowering,
  operation: Operation & { op: "test64" },
  result: Value,
): void {
  byBranch(to, compare64(to, operation), result);
}

/** The result starts as one of the two; a branch over a move makes it the other. */
export function lowerSelect(
  to: Lowering,
  { test, then, otherwise }: Operation & { op: "select" },
  result: Value,
): void {
  const compare = compareOf(to, test);
  const at = compare.definitions.length;
  const make = (first: Value, second: Value, inverted: boolean): MachineInstruction => {
    const word = to.shape.words.get(second);
    const own = compare.uses.length;
    const other: Use[] = word === undefined ? [to.late(second)] : [];
    return to.make(
      [...compare.uses, ...other, to.tied(first, at)],
      [...compare.definitions, { value: result, phase: "early" }],
      (asm, registers, results) => {
        const over = asm.label();
        const condition = compare.emit(asm, registers, results);
        asm.branchIf(inverted ? opposite(condition) : condition, over);
        if (word === undefined) asm.emit("mov", results[at]!, registers[own]!);
        else emitConstant(asm, results[at]!, { kind: "word", word });
        asm.bind(over);
      },
    );
  };
  // A constant is best made in place, after the branch.
  const { words } = to.shape;
  if (words.has(otherwise)) return to.add(make(then, otherwise, false));
  if (words.has(then)) return to.add(make(otherwise, then, true));
  to.add({ ...make(then, otherwise, false), swapped: make(otherwise, then, true) });
}
