import { Interval, never } from "./interval.js";
import { lastInstruction, type Liveness } from "./liveness.js";
import { costOf } from "./constants.js";
import {
  argumentRegisters,
  edgesOf,
  lowRegisters,
  type MachineFunction,
  type Register,
  type Value,
} from "./machine.js";

/** Registers for values: each lifetime cut into parts that are in a low register (`register`) or in none. */
export interface Allocation {
  /** By value, in order. */
  readonly parts: readonly (readonly Interval[])[];
  /** Mask of the low registers that some part has. */
  readonly used: number;
}

export interface AllocateOptions {
  /** Whether values try to start where they come from or go to. */
  readonly hints: boolean;
}

/**
 * Linear scan over lifetimes with holes (Wimmer and Franz, Linear Scan Register Allocation on SSA Form, 2010): in order of their starts, each gets
 * a free register, or the one whose value is needed latest. What has to leave is cut before its next use, out of loops where that is possible.
 */
export function allocate(liveness: Liveness, options: AllocateOptions): Allocation {
  return new Scan(liveness, options).run();
}

class Scan {
  readonly #queue = new Queue();
  readonly #active: (Interval | null)[] = Array.from({ length: lowRegisters }, () => null);
  readonly #inactive: Interval[][] = Array.from({ length: lowRegisters }, () => []);
  /** Positions at which each register is lost. */
  readonly #lost: number[][];
  readonly #hints: (Register | { readonly of: Value })[][];
  /** Register that each value had last. */
  readonly #latest: Int8Array;
  readonly #parts: Interval[][];
  /** Parameters that arrive on the stack. */
  readonly #onStack: ReadonlySet<Value>;
  #used = 0;

  constructor(
    readonly liveness: Liveness,
    readonly options: AllocateOptions,
  ) {
    const { fn } = liveness;
    this.#latest = new Int8Array(fn.valueCount).fill(-1);
    this.#parts = Array.from({ length: fn.valueCount }, () => []);
    this.#lost = lostPositions(liveness);
    this.#onStack = new Set(fn.blocks[0]!.params.slice(argumentRegisters));
    this.#hints = options.hints ? hintsOf(fn) : [];
  }

  run(): Allocation {
    this.liveness.lifetimes.forEach((lifetime, value) => {
      if (lifetime.ranges.length > 0) this.#queue.push(Interval.whole(value, lifetime));
    });
    for (let next = this.#queue.pop(); next; next = this.#queue.pop()) {
      this.#advance(next.start);
      this.#place(next);
    }
    for (let register = 0; register < lowRegisters; register++) {
      const active = this.#active[register];
      if (active) this.#done(active);
      this.#inactive[register]!.forEach((interval) => this.#done(interval));
    }
    for (const parts of this.#parts) parts.sort((a, b) => a.start - b.start);
    return { parts: this.#parts, used: this.#used };
  }

  #done(interval: Interval): void {
    this.#parts[interval.value]!.push(interval);
  }

  /** Moves intervals between active and inactive, and drops the ended ones. */
  #advance(position: number): void {
    for (let register = 0; register < lowRegisters; register++) {
      const active = this.#active[register]!;
      const sleeping = this.#inactive[register]!;
      let kept = 0;
      let awake: Interval | null = null;
      if (active) {
        if (active.end <= position) this.#done(active);
        else if (active.covers(position)) awake = active;
      }
      for (const interval of sleeping) {
        if (interval.end <= position) this.#done(interval);
        else if (interval.covers(position)) awake = interval;
        else sleeping[kept++] = interval;
      }
      sleeping.length = kept;
      if (active && active.end > position && awake !== active) sleeping.push(active);
      this.#active[register] = awake;
    }
  }

  #place(interval: Interval): void {
    const { fn } = this.liveness;
    const isConstant = fn.constants.has(interval.value);
    const inMemory = interval.start === 0 && this.#onStack.has(interval.value);
    if ((isConstant || inMemory) && !interval.reload) return this.#leave(interval);
    if (this.#takeFree(interval, isConstant)) return;
    this.#takeFrom(interval);
  }

  /** Gives it a register that is free, for as long as it is free. */
  #takeFree(interval: Interval, isConstant: boolean): boolean {
    const free = this.#freeUntil(interval, isConstant && !this.#isInLoop(interval));
    let best = -1;
    for (const register of this.#hinted(interval.value))
      if (free[register]! >= interval.end) {
        best = register;
        break;
      }
    if (best < 0) best = this.#tightest(interval, free);
    if (best >= 0) {
      this.#assign(interval, best);
      return true;
    }
    // None for all of it: the one that is free longest, if the value is used before that.
    const longest = free.indexOf(Math.max(...free));
    const until = free[longest]!;
    if (until <= interval.start + 1 || interval.nextUse(interval.start) >= until) return false;
    const hinted = this.#hinted(interval.value).find((register) => free[register] === until);
    this.#assign(this.#cutBefore(interval, until), hinted ?? longest);
    return true;
  }

  /** The register that is free just long enough. */
  #tightest(interval: Interval, free: readonly number[]): number {
    let best = -1;
    for (let register = 0; register < lowRegisters; register++)
      if (free[register]! >= interval.end && (best < 0 || free[register]! < free[best]!))
        best = register;
    return best;
  }

  #isInLoop(interval: Interval): boolean {
    const { loops, positions } = this.liveness;
    return loops[positions.block[interval.start >> 1]!] !== null;
  }

  /** `cheap`: it is not worth saving one more register of the caller. */
  #freeUntil(interval: Interval, cheap: boolean): number[] {
    return this.#active.map((active, register) => {
      if (active) return 0;
      if (cheap && register >= argumentRegisters && ((this.#used >> register) & 1) === 0) return 0;
      let until = interval.firstOf(this.#lost[register]!);
      for (const other of this.#inactive[register]!)
        until = Math.min(until, interval.meets(other, interval.start));
      return until;
    });
  }

  #hinted(value: Value): Register[] {
    const registers: Register[] = [];
    for (const hint of this.#hints[value] ?? []) {
      const register = typeof hint === "number" ? hint : this.#latest[hint.of]!;
      if (register >= 0) registers.push(register);
    }
    return registers;
  }

  /** Gives it the register whose value is needed latest, unless that is itself. */
  #takeFrom(interval: Interval): void {
    const { start } = interval;
    const need = interval.nextLowUse(start);
    if (need === never) return this.#leave(interval);
    let best = -1;
    let latest = start;
    for (let register = 0; register < lowRegisters; register++) {
      if (interval.firstOf(this.#lost[register]!) <= start) continue;
      const next = this.#neededNext(register, interval);
      if (next > latest) {
        best = register;
        latest = next;
      }
    }
    if (need > start + 1 && latest <= need) return this.#leave(interval);
    if (best < 0) best = this.#readElsewhere(interval);
    if (best < 0) throw new Error(`no register at ${start}`);
    this.#evict(best, interval);
    const lost = interval.firstOf(this.#lost[best]!);
    this.#assign(lost < interval.end ? this.#cutBefore(interval, lost) : interval, best);
  }

  /** A register whose value is read right now, but from any place: a result may have it. A constant's, if there is one. */
  #readElsewhere(interval: Interval): Register {
    const { start } = interval;
    let found = -1;
    for (let register = 0; register < lowRegisters; register++) {
      const active = this.#active[register];
      if (!active || active.nextLowUse(start) <= start + 1) continue;
      if (interval.firstOf(this.#lost[register]!) <= start) continue;
      if (found < 0 || this.liveness.fn.constants.has(active.value)) found = register;
    }
    return found;
  }

  /** When what is in a register, or comes back to it while the interval lives, is used next. */
  #neededNext(register: Register, interval: Interval): number {
    const { start } = interval;
    const active = this.#active[register];
    let next = active ? this.#weighed(active, start) : never;
    for (const other of this.#inactive[register]!)
      if (interval.meets(other, start) < never) next = Math.min(next, this.#weighed(other, start));
    return next;
  }

  /** Next use; that of a value which is cheap to make again seems later. */
  #weighed(interval: Interval, position: number): number {
    const next = interval.nextUse(position);
    const entry = this.liveness.fn.constants.get(interval.value);
    if (!entry || next <= position + 1 || costOf(entry.constant) > 1) return next;
    return next + (next - position);
  }

  #evict(register: Register, by: Interval): void {
    const active = this.#active[register];
    if (active) {
      this.#active[register] = null;
      if (active.start === by.start) this.#leave(active);
      else {
        const [left, right] = active.split(by.start);
        this.#done(left);
        this.#leave(right);
      }
    }
    const kept: Interval[] = [];
    for (const other of this.#inactive[register]!) {
      if (by.meets(other, by.start) === never) kept.push(other);
      else {
        const [left, right] = other.split(other.nextStart(by.start));
        this.#done(left);
        this.#leave(right);
      }
    }
    this.#inactive[register] = kept;
  }

  /** Takes it out of registers up to where it must be in one. */
  #leave(interval: Interval): void {
    const need = interval.nextLowUse(interval.start);
    interval.register = -1;
    if (need === never) return this.#done(interval);
    const at = this.#outOfLoops(interval.start, need & ~1);
    if (at <= interval.start) {
      interval.reload = true;
      return this.#queue.push(interval);
    }
    const [left, right] = interval.split(at);
    left.register = -1;
    this.#done(left);
    right.reload = true;
    this.#queue.push(right);
  }

  /** The earliest of a position and the starts of the loops around it, after `least`. */
  #outOfLoops(least: number, position: number): number {
    const { loops, positions } = this.liveness;
    let at = position;
    for (
      let loop = loops[positions.block[position >> 1]!];
      loop && positions.start[loop.header]! > least;
      loop = loop.parent
    )
      at = positions.start[loop.header]!;
    return at;
  }

  /** Cuts it at or before a position, and lets the rest wait for its turn. */
  #cutBefore(interval: Interval, position: number): Interval {
    const used = interval.lastUseBefore(position);
    const at = this.#outOfLoops(Math.max(used, interval.start + 1), position & ~1);
    const [left, right] = interval.split(at);
    this.#queue.push(right);
    return left;
  }

  #assign(interval: Interval, register: Register): void {
    interval.register = register;
    this.#latest[interval.value] = register;
    this.#used |= 1 << register;
    this.#active[register] = interval;
  }
}

/** By register, the positions of instructions that lose it. */
function lostPositions({ fn, positions }: Liveness): number[][] {
  const lost: number[][] = Array.from({ length: lowRegisters }, () => []);
  const mark = (clobbers: number, at: number): void => {
    for (let register = 0; register < lowRegisters; register++)
      if ((clobbers >> register) & 1) lost[register]!.push(at);
  };
  fn.blocks.forEach((block, b) => {
    const start = positions.start[b]!;
    block.instructions.forEach(({ clobbers }, k) => {
      if (clobbers !== 0) mark(clobbers, start + 2 + 2 * k);
    });
    const last = lastInstruction(block);
    if (last && last.clobbers !== 0) mark(last.clobbers, positions.end[b]! - 2);
  });
  return lost;
}

/** Where each value would like to be: the registers it arrives in and is wanted in, and those of values it is moved from or to. */
function hintsOf(fn: MachineFunction): (Register | { readonly of: Value })[][] {
  const hints: (Register | { readonly of: Value })[][] = Array.from(
    { length: fn.valueCount },
    () => [],
  );
  const alike = (a: Value, b: Value): void => {
    hints[a]!.push({ of: b });
    hints[b]!.push({ of: a });
  };
  fn.blocks[0]!.params.forEach((value, k) => {
    if (k < argumentRegisters) hints[value]!.push(k);
  });
  for (const block of fn.blocks) {
    const last = lastInstruction(block);
    for (const { uses, definitions } of last ? [...block.instructions, last] : block.instructions) {
      for (const { value, register } of definitions)
        if (register !== undefined) hints[value]!.push(register);
      for (const { value, to } of uses) {
        if (to?.kind === "register") hints[value]!.push(to.register);
        if (to?.kind === "result") alike(value, definitions[to.index]!.value);
      }
    }
    for (const { target, args } of edgesOf(block.terminator))
      args.forEach((value, k) => alike(value, fn.blocks[target]!.params[k]!));
  }
  return hints;
}

/** Intervals by their starts; equal ones in the order in which they came. */
class Queue {
  readonly #heap: { readonly interval: Interval; readonly order: number }[] = [];
  #pushed = 0;

  push(interval: Interval): void {
    const heap = this.#heap;
    const entry = { interval, order: this.#pushed++ };
    let k = heap.length;
    heap.push(entry);
    while (k > 0) {
      const above = (k - 1) >> 1;
      if (!this.#before(entry, heap[above]!)) break;
      heap[k] = heap[above]!;
      k = above;
    }
    heap[k] = entry;
  }

  pop(): Interval | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first?.interval;
    let k = 0;
    for (;;) {
      let below = 2 * k + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && this.#before(heap[below + 1]!, heap[below]!)) below += 1;
      if (!this.#before(heap[below]!, last)) break;
      heap[k] = heap[below]!;
      k = below;
    }
    heap[k] = last;
    return first.interval;
  }

  #before(
    a: { interval: Interval; order: number },
    b: { interval: Interval; order: number },
  ): boolean {
    return (
      a.interval.start < b.interval.start ||
      (a.interval.start === b.interval.start && a.order < b.order)
    );
  }
}
