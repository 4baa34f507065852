import type { TrapName } from "./ir.js";

/** The cases of the contract's enum `trap-code`, which number the `udf` instructions; 0 is `none`. */
export const trapNames: readonly TrapName[] = [
  "unreachable",
  "memory-bounds",
  "divide-by-zero",
  "integer-overflow",
  "invalid-conversion",
  "bad-indirect-call",
  "stack-overflow",
];

/** The operand of the `udf` that ends the container in this way. */
export function codeOfTrap(trap: TrapName): number {
  return trapNames.indexOf(trap) + 1;
}
