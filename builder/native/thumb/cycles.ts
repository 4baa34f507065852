import { decodeInstruction } from "./encode.js";

/** Cycles of an instruction; the two differ where a branch may be taken or not. */
export interface Cycles {
  readonly least: number;
  readonly most: number;
}

/**
 * What an instruction costs on a Cortex-M0+ with memory that never waits (Cortex-M0+ Technical Reference Manual, section 3.3, with the one-cycle multiplier):
 * the emulated core counts the same. A supervisor call costs 15 + 15 more around its handler. Undefined for what is no instruction.
 */
export function cyclesOf(word: number, next = 0): Cycles | undefined {
  const decoded = decodeInstruction(word, next);
  if (!decoded) return undefined;
  const { name, operands } = decoded;
  const registers = countBits(operands.at(-1) ?? 0);
  if (name === "push" || name === "ldm" || name === "stm") return exactly(1 + registers);
  if (name === "pop") {
    const returns = (operands[0]! & (1 << 15)) !== 0;
    return exactly(returns ? 2 + registers : 1 + registers);
  }
  if (name === "bl") return exactly(3);
  if (/^(b|bx|blx)$/.test(name)) return exactly(2);
  if (isConditional(name)) return { least: 1, most: 2 };
  if (/^(ldr|str)/.test(name)) return exactly(2);
  return exactly(1);
}

const conditions = "eq ne cs cc mi pl vs vc hi ls ge lt gt le".split(" ");

function isConditional(name: string): boolean {
  return conditions.some((condition) => name === `b${condition}`);
}

function exactly(cycles: number): Cycles {
  return { least: cycles, most: cycles };
}

function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
}
