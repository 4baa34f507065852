import { loopsOf, type Loop } from "./loops.js";
import {
  edgesOf,
  type BlockId,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type Value,
} from "./machine.js";

/**
 * Positions: block `b` has `start[b]` (its label, where parameters come to be), then two per instruction and two for its end: the even
 * one where values are read, the odd one where results are written. `end[b]` is `start[b + 1]`.
 */
export interface Positions {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Block of position p, at p / 2. */
  readonly block: Int32Array;
}

/** Where a value is needed, [start, end) pairs in order, and how, `position * 2 + (1 if in a low register)`. */
export interface Lifetime {
  readonly ranges: number[];
  readonly uses: number[];
}

export interface Liveness {
  /** With operands of commutative instructions in the better order. */
  readonly fn: MachineFunction;
  readonly positions: Positions;
  readonly loops: readonly (Loop | null)[];
  /** By value; empty where it is nowhere. */
  readonly lifetimes: readonly Lifetime[];
  /** Values that live into each block, parameters apart. */
  readonly liveIn: readonly (readonly Value[])[];
}

/** The instruction with which a block ends, if it reads or writes values. */
export function lastInstruction({ terminator }: MachineBlock): MachineInstruction | undefined {
  return "instruction" in terminator ? terminator.instruction : undefined;
}

/** Numbers the instructions. */
export function positionsOf({ blocks }: MachineFunction): Positions {
  const start = new Int32Array(blocks.length);
  const end = new Int32Array(blocks.length);
  let at = 0;
  blocks.forEach(({ instructions }, b) => {
    start[b] = at;
    at += 2 * (instructions.length + 2);
    end[b] = at;
  });
  const block = new Int32Array(at / 2 + 1);
  blocks.forEach((_, b) => block.fill(b, start[b]! / 2, end[b]! / 2));
  return { start, end, block };
}

/** Where each value lives. Linear in the sum of the values that live into blocks. */
export function livenessOf(fn: MachineFunction): Liveness {
  const positions = positionsOf(fn);
  const loops = loopsOf(fn);
  const { liveIn, liveOut } = liveSets(fn);
  const lifetimes: Lifetime[] = Array.from({ length: fn.valueCount }, () => ({
    ranges: [],
    uses: [],
  }));
  const walk = new Walk(fn, positions, loops, lifetimes);
  const blocks = fn.blocks.slice();
  for (let b = blocks.length - 1; b >= 0; b--) blocks[b] = walk.block(b, liveIn[b]!, liveOut[b]!);
  walk.finish();
  return { fn: { ...fn, blocks }, positions, loops, lifetimes, liveIn };
}

/** Live-in and live-out sets, from each use back to the definition. */
function liveSets(fn: MachineFunction): { liveIn: Value[][]; liveOut: Value[][] } {
  const { blocks, valueCount } = fn;
  const home = new Int32Array(valueCount).fill(-1);
  const usedIn: BlockId[][] = Array.from({ length: valueCount }, () => []);
  const before: BlockId[][] = blocks.map(() => []);
  for (const [value, { block }] of fn.constants) home[value] = block;
  blocks.forEach((block, b) => {
    const use = (value: Value): void => {
      if (usedIn[value]!.at(-1) !== b) usedIn[value]!.push(b);
    };
    for (const value of block.params) home[value] = b;
    const last = lastInstruction(block);
    for (const { uses, definitions } of last ? [...block.instructions, last] : block.instructions) {
      for (const { value } of uses) use(value);
      for (const { value } of definitions) home[value] = b;
    }
    for (const { target, args } of edgesOf(block.terminator)) {
      args.forEach(use);
      before[target]!.push(b);
    }
  });
  const liveIn: Value[][] = blocks.map(() => []);
  const liveOut: Value[][] = blocks.map(() => []);
  const work: BlockId[] = [];
  for (let value = 0; value < valueCount; value++) {
    const enter = (b: BlockId): void => {
      if (b === home[value] || liveIn[b]!.at(-1) === value) return;
      liveIn[b]!.push(value);
      work.push(b);
    };
    usedIn[value]!.forEach(enter);
    for (let b = work.pop(); b !== undefined; b = work.pop())
      for (const p of before[b]!) {
        if (liveOut[p]!.at(-1) !== value) liveOut[p]!.push(value);
        enter(p);
      }
  }
  return { liveIn, liveOut };
}

/** The value that is moved to the result's register. */
const tiedOf = ({ uses }: MachineInstruction): Value | undefined =>
  uses.findLast(({ to }) => to?.kind === "result")?.value;

/** Goes through the blocks from the last to the first and writes down lifetimes, latest first. */
class Walk {
  /** Where the range that is open now ends, by value; 0: none is. */
  readonly #open: Int32Array;
  readonly #loopUses: number[][] = [];
  readonly #constants: Value[][];

  constructor(
    readonly fn: MachineFunction,
    readonly positions: Positions,
    readonly loops: readonly (Loop | null)[],
    readonly lifetimes: Lifetime[],
  ) {
    this.#open = new Int32Array(fn.valueCount);
    this.#constants = fn.blocks.map(() => []);
    for (const [value, { block }] of fn.constants) this.#constants[block]!.push(value);
  }

  block(b: BlockId, liveIn: readonly Value[], liveOut: readonly Value[]): MachineBlock {
    const block = this.fn.blocks[b]!;
    const start = this.positions.start[b]!;
    const end = this.positions.end[b]!;
    for (const value of liveOut) this.#open[value] = end;
    for (const { args } of edgesOf(block.terminator))
      for (const value of args) this.#use(value, end, end - 1, false);
    const last = lastInstruction(block);
    if (last) this.#instruction(last, end - 2);
    const instructions = block.instructions.slice();
    for (let k = instructions.length - 1; k >= 0; k--)
      instructions[k] = this.#instruction(instructions[k]!, start + 2 + 2 * k);
    for (const value of block.params) this.#close(value, start);
    for (const value of liveIn) this.#close(value, start);
    for (const value of this.#constants[b]!) this.#close(value, start);
    const loop = this.loops[b];
    if (loop?.header === b) this.#markLoop(liveIn, this.positions.end[loop.last]!);
    return { ...block, instructions };
  }

  /** A value that is used in a loop and lives through it is needed again at its end. */
  #markLoop(live: readonly Value[], end: number): void {
    for (const value of live) {
      const first = this.lifetimes[value]!.uses.at(-1);
      if (first !== undefined && first >> 1 < end)
        (this.#loopUses[value] ??= []).push((end - 1) * 2);
    }
  }

  #instruction(given: MachineInstruction, at: number): MachineInstruction {
    const instruction = this.#better(given);
    for (const { value, phase, register } of instruction.definitions) {
      const from = phase === "early" ? at : at + 1;
      if (this.#open[value] === 0) this.#open[value] = at + 2;
      this.#close(value, from);
      const { uses } = this.lifetimes[value]!;
      if (register !== undefined) uses.push(from * 2);
      else uses.push((at + 1) * 2 + 1);
      if (phase === "early") uses.push(at * 2 + 1);
    }
    for (const { value, phase } of instruction.uses) {
      if (phase === "before") this.#use(value, at, at - 1, false);
      else if (phase === "early") this.#use(value, at + 1, at, true);
      else {
        this.#use(value, at + 2, at + 1, true);
        this.#use(value, at + 2, at, true);
      }
    }
    return instruction;
  }

  /** Overwriting an operand that is not needed again saves a move. */
  #better(instruction: MachineInstruction): MachineInstruction {
    const { swapped } = instruction;
    if (!swapped || this.#dies(tiedOf(instruction)!)) return instruction;
    const other = tiedOf(swapped)!;
    return this.fn.constants.has(other) || this.#dies(other) ? swapped : instruction;
  }

  /** Constants never do: they are made where they are wanted. */
  #dies(value: Value): boolean {
    return this.#open[value] === 0 && !this.fn.constants.has(value);
  }

  #use(value: Value, end: number, position: number, low: boolean): void {
    if (this.#open[value]! < end) this.#open[value] = end;
    this.lifetimes[value]!.uses.push(position * 2 + (low ? 1 : 0));
  }

  #close(value: Value, start: number): void {
    const end = this.#open[value]!;
    if (end === 0) return;
    this.#open[value] = 0;
    const { ranges } = this.lifetimes[value]!;
    if (ranges.at(-1) === end) ranges[ranges.length - 1] = start;
    else ranges.push(end, start);
  }

  /** Into ascending order. */
  finish(): void {
    this.lifetimes.forEach(({ ranges, uses }, value) => {
      ranges.reverse();
      const more = this.#loopUses[value];
      if (more) uses.push(...more);
      uses.sort((a, b) => a - b);
    });
  }
}
