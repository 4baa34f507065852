import { cyclesOf } from "./thumb/cycles.js";
import { decodeInstruction, type DecodedInstruction } from "./thumb/encode.js";
import { helperRegister } from "./machine.js";

/** What is charged for what code calls, beside the instructions that call. */
export interface CallCycles {
  /** Cycles of the helper at this position of the table, from its first instruction to its return. */
  helper(position: number): number;
  /** Cycles of a supervisor call of this number, its own instruction included. */
  hostCall(number: number): number;
}

/** Cycles from the start of a block to each block that follows it, by the offset of that one. */
export type Exits = ReadonlyMap<number, number>;

/** Instead of an offset: where a table of jumps leads, and out of the function. */
export const exitByTable = -1;
export const exitByReturn = -2;

const linkedJump = "bl";
const pc = 15;

/**
 * Follows the machine code of one block after the other, by the cycles of thumb/cycles.ts. Where the ways through a block part and meet again without leaving it, as
 * in the comparison of two wide values, the mean of them counts; ways that trap count nothing.
 */
export class BlockCycles {
  readonly #view: DataView;
  #ways = new Map<number, Exits>();

  constructor(
    code: Uint8Array,
    /** Where blocks begin, and where functions do. */
    private readonly blocks: ReadonlySet<number>,
    private readonly functions: ReadonlySet<number>,
    private readonly calls: CallCycles,
  ) {
    this.#view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  }

  exitsOf(block: number): Exits {
    this.#ways = new Map();
    return this.#follow(block, true);
  }

  #half(at: number): number {
    return at < this.#view.byteLength ? this.#view.getUint16(at, true) : 0;
  }

  /** The exits from here on, remembered where ways may meet. */
  #from(at: number): Exits {
    if (this.blocks.has(at)) return new Map([[at, 0]]);
    const known = this.#ways.get(at) ?? this.#follow(at, false);
    this.#ways.set(at, known);
    return known;
  }

  #follow(start: number, isBlock: boolean): Exits {
    let cycles = 0;
    const passed: DecodedInstruction[] = [];
    for (let at = start, first = true; ; first = false) {
      const met = first ? undefined : this.#ways.get(at);
      if (met) return later(met, cycles);
      if (this.blocks.has(at) && !(isBlock && first)) return new Map([[at, cycles]]);
      const [half, next] = [this.#half(at), this.#half(at + 2)];
      const found = decodeInstruction(half, next);
      const cost = cyclesOf(half, next);
      if (!found || !cost || found.name === "udf") return new Map();
      const { name, operands } = found;
      const target = at + 4 + operands[0]!;
      if (cost.least !== cost.most) return later(this.#branch(at + 2, target, cost), cycles);
      cycles += cost.least + this.#callCycles(found, passed);
      if (name === "b") at = target;
      else if (name === linkedJump && !this.functions.has(target)) at = target;
      else if (name === "addHigh" && operands[0] === pc)
        return new Map([[exitByTable, cycles + 1]]);
      else if (name === "bx" || (name === "pop" && (operands[0]! & (1 << pc)) !== 0))
        return new Map([[exitByReturn, cycles]]);
      else {
        at += name === linkedJump ? 4 : 2;
        passed.push(found);
      }
    }
  }

  /** Both ways of a conditional branch. */
  #branch(next: number, target: number, { least, most }: { least: number; most: number }): Exits {
    const taken = later(this.#from(target), most);
    const passed = later(this.#from(next), least);
    const both = new Map(passed);
    for (const [exit, cycles] of taken) {
      const other = both.get(exit);
      both.set(exit, other === undefined ? cycles : (cycles + other) / 2);
    }
    return both;
  }

  #callCycles(
    { name, operands }: DecodedInstruction,
    passed: readonly DecodedInstruction[],
  ): number {
    // The model has its one cycle in the figure.
    if (name === "svc") return this.calls.hostCall(operands[0]!) - 1;
    const helper = name === "blx" ? helperOf(passed) : undefined;
    return helper === undefined ? 0 : this.calls.helper(helper);
  }
}

function later(exits: Exits, cycles: number): Exits {
  return new Map([...exits].map(([exit, more]) => [exit, cycles + more]));
}

/** The position of the helper whose address the last instructions have loaded, as lower.ts writes them; undefined if it is no helper's. */
function helperOf(passed: readonly DecodedInstruction[]): number | undefined {
  const [literal, , base, load] = passed.slice(-4);
  if (load?.name !== "ldr" || base?.operands[1] !== helperRegister) return undefined;
  if (base.name === "mov") return load.operands[2]! / 4;
  return base.name === "addHigh" ? literal?.operands[1] : undefined;
}
