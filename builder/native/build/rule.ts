import type { Instruction } from "../../wasm/module.js";
import type { Value } from "../ir.js";
import type { Emitter } from "./emitter.js";

/** A WebAssembly value as its words, low first. */
export type Operand = readonly Value[];

/**
 * What an instruction of a fixed signature becomes: appends it to the emitter's block and returns the words of its result, none if it
 * has none or if it ended the block.
 */
export type Rule = (
  emit: Emitter,
  operands: readonly Operand[],
  instruction: Instruction,
) => Operand;

export type Rules = ReadonlyMap<string, Rule>;

/** The single word of the operand at this position. */
export function word(operands: readonly Operand[], position: number): Value {
  return operands[position]![0]!;
}

/** Both words of the operand at this position. */
export function pair(
  operands: readonly Operand[],
  position: number,
): readonly [low: Value, high: Value] {
  const [low, high] = operands[position]!;
  return [low!, high!];
}
