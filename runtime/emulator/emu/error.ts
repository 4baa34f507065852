/**
 * The firmware did what a chip does not define, does not have, or what this emulator does not know: an access to a register that is not modelled, to a
 * peripheral in reset or without its clock, to flash that cannot be read now. On a board it would go unnoticed or hang, so here it ends the run.
 */
export class EmulationError extends Error {
  override readonly name = "EmulationError";

  /** `pc` is the address of the instruction, `address` what it accessed, if anything. */
  constructor(
    what: string,
    readonly pc: number,
    readonly address?: number,
  ) {
    const where = address === undefined ? "" : ` at ${hex(address)}`;
    super(`${what}${where} (instruction at ${hex(pc)})`);
  }
}

export function hex(word: number): string {
  return `0x${(word >>> 0).toString(16).padStart(8, "0")}`;
}
