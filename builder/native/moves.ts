import { lowRegisters, scratchRegister, type Constant, type Register } from "./machine.js";
import { isLow, isRegister, type Move, type Place } from "./places.js";

/**
 * One step of a parallel move in sequence: a move that the machine can do directly (one side a low register, or both registers), or saving and
 * restoring a low register on the stack. While one is saved, `shift` is what the stack pointer lies lower, in bytes.
 */
export type Step =
  | {
      readonly op: "move";
      readonly from: Place | Constant;
      readonly to: Place;
      readonly shift: number;
    }
  | { readonly op: "push" | "pop"; readonly register: Register };

/**
 * Orders a parallel move so that nothing is overwritten before it is read. Cycles go through r12, which holds no values. What goes between two
 * places of memory or high registers passes through a low register: one of `free` (a mask of registers that hold nothing before and after), one that is to be
 * written later, or one that is saved meanwhile.
 */
export function sequence(moves: readonly Move[], free = 0): readonly Step[] {
  if (moves.length === 0) return [];
  const [only] = moves;
  if (moves.length === 1 && isDirect(only!)) return [{ op: "move", ...only!, shift: 0 }];
  return new Sequencer(moves, free).run();
}

const isDirect = ({ from, to }: Move): boolean =>
  isLow(to) || (typeof from === "number" && (isLow(from) || (isRegister(from) && isRegister(to))));

class Sequencer {
  readonly #steps: Step[] = [];
  /** Moves not done, by where they go. */
  readonly #pending: Map<Place, Place | Constant>;
  /** How many moves not done read a place. */
  readonly #readers = new Map<Place, number>();
  #scratchHolds = false;

  /** Registers that hold nothing before and after. */
  readonly #free: number;

  constructor(moves: readonly Move[], free: number) {
    this.#pending = new Map(moves.map(({ from, to }) => [to, from]));
    this.#free = moves.reduce((mask, { to }) => (isLow(to) ? mask & ~(1 << to) : mask), free);
    for (const { from } of moves)
      if (typeof from === "number") this.#readers.set(from, (this.#readers.get(from) ?? 0) + 1);
  }

  run(): readonly Step[] {
    const ready = [...this.#pending.keys()].filter((to) => this.#isReady(to));
    // Memory first: then registers that are yet to be written can help.
    ready.sort((a, b) => Number(isLow(b)) - Number(isLow(a)) || b - a);
    const waiting = [...this.#pending.keys()];
    for (;;) {
      this.#drain(ready);
      let cycle = waiting.pop();
      while (cycle !== undefined && !this.#isMove(cycle)) cycle = waiting.pop();
      if (cycle === undefined) break;
      this.#breakCycle(cycle, ready);
    }
    for (const [to, from] of this.#pending) this.#step(from, to);
    return this.#steps;
  }

  #isMove(to: Place): boolean {
    return typeof this.#pending.get(to) === "number";
  }

  /** Constants for low registers come last, when nothing else is to be done. */
  #isReady(to: Place): boolean {
    const from = this.#pending.get(to);
    if (from === undefined || (this.#readers.get(to) ?? 0) > 0) return false;
    return typeof from === "number" || !isLow(to);
  }

  #drain(ready: Place[]): void {
    for (let to = ready.pop(); to !== undefined; to = ready.pop()) {
      const from = this.#pending.get(to)!;
      this.#transfer(from, to);
      this.#pending.delete(to);
      if (typeof from === "number") this.#read(from, ready);
    }
  }

  #read(from: Place, ready: Place[]): void {
    const left = this.#readers.get(from)! - 1;
    this.#readers.set(from, left);
    if (from === scratchRegister) this.#scratchHolds = false;
    else if (left === 0 && this.#isReady(from)) ready.push(from);
  }

  /** Keeps what is at a place of a cycle in r12, so that the place can be written. */
  #breakCycle(to: Place, ready: Place[]): void {
    this.#transfer(to, scratchRegister);
    this.#scratchHolds = true;
    const readers = [...this.#pending].filter(([, from]) => from === to);
    for (const [reader] of readers) this.#pending.set(reader, scratchRegister);
    this.#readers.set(scratchRegister, readers.length);
    this.#readers.set(to, 0);
    ready.push(to);
  }

  #step(from: Place | Constant, to: Place, shift = 0): void {
    this.#steps.push({ op: "move", from, to, shift });
  }

  #transfer(from: Place | Constant, to: Place): void {
    if (isDirect({ from, to })) return this.#step(from, to);
    const helper = this.#idleRegister();
    if (helper !== undefined) {
      this.#step(from, helper);
      return this.#step(helper, to);
    }
    const register = lowRegisters - 1;
    const onStack = this.#scratchHolds || to === scratchRegister;
    if (onStack) this.#steps.push({ op: "push", register });
    else this.#step(register, scratchRegister);
    const shift = onStack ? 4 : 0;
    this.#step(from, register, shift);
    this.#step(register, to, shift);
    if (onStack) this.#steps.push({ op: "pop", register });
    else this.#step(scratchRegister, register);
  }

  /** A low register that nobody reads any more and that holds nothing yet. */
  #idleRegister(): Register | undefined {
    for (let register = 0; register < lowRegisters; register++) {
      const awaits = this.#pending.has(register);
      const isFree = awaits || ((this.#free >> register) & 1) === 1;
      if (isFree && !this.#readers.get(register)) return register;
    }
    return undefined;
  }
}
