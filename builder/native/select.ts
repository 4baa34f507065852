import type { BlockId, Instruction, IrFunction, Operation, Test, Value } from "./ir.js";
import { edges, operands, terminatorOperands } from "./passes/operations.js";

/** What a function's values are, for the choice of instructions. */
export interface Shape {
  /** The operation that defines a value, unless it is a parameter or one of several results. */
  readonly definitions: ReadonlyMap<Value, Operation>;
  /** Values of constants. */
  readonly words: ReadonlyMap<Value, number>;
  /** Instructions that are done by the only one that reads their result. */
  readonly folded: ReadonlySet<Value>;
}

/** Looks a function over: constants, and which instructions vanish into address modes and compares. */
export function shapeOf(fn: IrFunction): Shape {
  const definitions = new Map<Value, Operation>();
  const words = new Map<Value, number>();
  const homes = new Map<Value, BlockId>();
  fn.blocks.forEach(({ instructions }, block) => {
    for (const { operation, results } of instructions) {
      const [result] = results;
      if (result === undefined || results.length > 1) continue;
      definitions.set(result, operation);
      homes.set(result, block);
      if (operation.op === "const") words.set(result, operation.value | 0);
    }
  });
  const uses = countUses(fn);
  const folded = new Set<Value>();
  fn.blocks.forEach(({ instructions, terminator }, block) => {
    const only = (value: Value): Operation | undefined =>
      uses[value] === 1 && homes.get(value) === block ? definitions.get(value) : undefined;
    for (const instruction of instructions) foldInto(instruction, only, words, folded);
    if (terminator.kind === "branch") foldTest(terminator.test, only, words, folded);
  });
  return { definitions, words, folded };
}

function countUses(fn: IrFunction): Uint32Array {
  const uses = new Uint32Array(fn.valueCount);
  const count = (value: Value): void => {
    uses[value]! += 1;
  };
  for (const { instructions, terminator } of fn.blocks) {
    for (const { operation } of instructions) operands(operation).forEach(count);
    terminatorOperands(terminator).forEach(count);
    for (const { args } of edges(terminator)) args.forEach(count);
  }
  return uses;
}

type Only = (value: Value) => Operation | undefined;

function foldInto(
  { operation }: Instruction,
  only: Only,
  words: ReadonlyMap<Value, number>,
  folded: Set<Value>,
): void {
  switch (operation.op) {
    case "load8_s":
    case "load8_u":
    case "load16_s":
    case "load16_u":
    case "load32":
    case "store8":
    case "store16":
    case "store32":
      // A stored value that is the address, too, counts two uses.
      if (operation.offset === 0 && only(operation.address)?.op === "add")
        folded.add(operation.address);
      return;
    case "trapIf":
    case "select":
    case "test":
      return foldTest(operation.test, only, words, folded);
  }
}

/** `and` and 64-bit comparisons whose only use is a comparison with 0. */
function foldTest(
  { condition, a, b }: Test,
  only: Only,
  words: ReadonlyMap<Value, number>,
  folded: Set<Value>,
): void {
  if ((condition !== "eq" && condition !== "ne") || words.get(b) !== 0) return;
  const op = only(a)?.op;
  if (op === "test64" || op === "and") folded.add(a);
}
