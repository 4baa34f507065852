import type { Lifetime } from "./liveness.js";
import type { Register, Value } from "./machine.js";

/** Not there, or never. */
export const never = 0x3fffffff;

/**
 * A part of a value's lifetime, all of it in one register or all of it out of registers. Parts of a value share its ranges and uses, of which each has a slice.
 */
export class Interval {
  /** -1: none. */
  register: Register = -1;
  /** Whether it was made to have a register again where one is needed. */
  reload = false;
  readonly start: number;
  readonly end: number;
  #range: number;
  #use: number;

  private constructor(
    readonly value: Value,
    readonly lifetime: Lifetime,
    start: number,
    end: number,
    range: number,
    use: number,
  ) {
    this.start = start;
    this.end = end;
    this.#range = range;
    this.#use = use;
  }

  static whole(value: Value, lifetime: Lifetime): Interval {
    const { ranges } = lifetime;
    return new Interval(value, lifetime, ranges[0]!, ranges.at(-1)!, 0, 0);
  }

  /** Whether it is live at `position`; positions asked for must not decrease. */
  covers(position: number): boolean {
    const { ranges } = this.lifetime;
    if (position < this.start || position >= this.end) return false;
    while (ranges[this.#range + 1]! <= position) this.#range += 2;
    return ranges[this.#range]! <= position;
  }

  /** First use at or after a position, whatever kind; positions asked for must not decrease. */
  nextUse(position: number): number {
    const { uses } = this.lifetime;
    while (this.#use < uses.length && uses[this.#use]! >> 1 < position) this.#use += 1;
    const use = uses[this.#use];
    return use === undefined || use >> 1 >= this.end ? never : use >> 1;
  }

  /** First use in a low register at or after a position. */
  nextLowUse(position: number): number {
    const { uses } = this.lifetime;
    for (let k = firstAtOrAfter(uses, position * 2); k < uses.length; k++) {
      const use = uses[k]!;
      if (use >> 1 >= this.end) return never;
      if (use & 1) return use >> 1;
    }
    return never;
  }

  /** Last use before a position, or its start. */
  lastUseBefore(position: number): number {
    const { uses } = this.lifetime;
    const k = firstAtOrAfter(uses, position * 2) - 1;
    return k < 0 ? this.start : Math.max(this.start, uses[k]! >> 1);
  }

  /** Index into the ranges of the first one that ends after a position. */
  rangeAt(position: number): number {
    const { ranges } = this.lifetime;
    let low = 0;
    let high = ranges.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[2 * middle + 1]! <= position) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }

  /** First position that both have, from `from` on. */
  meets(other: Interval, from: number): number {
    const [mine, theirs] = [this.lifetime.ranges, other.lifetime.ranges];
    const start = Math.max(from, this.start, other.start);
    const end = Math.min(this.end, other.end);
    let a = this.rangeAt(start);
    let b = other.rangeAt(start);
    while (a < mine.length && b < theirs.length) {
      const at = Math.max(start, mine[a]!, theirs[b]!);
      if (at >= end) return never;
      if (at < Math.min(mine[a + 1]!, theirs[b + 1]!)) return at;
      if (mine[a + 1]! < theirs[b + 1]!) a += 2;
      else b += 2;
    }
    return never;
  }

  /** First of the given positions (ascending) at which it is live. */
  firstOf(positions: readonly number[]): number {
    const { ranges } = this.lifetime;
    for (let r = this.rangeAt(this.start); r < ranges.length; r += 2) {
      const from = Math.max(this.start, ranges[r]!);
      const to = Math.min(this.end, ranges[r + 1]!);
      if (from >= to) return never;
      const at = positions[firstAtOrAfter(positions, from)];
      if (at === undefined) return never;
      if (at < to) return at;
    }
    return never;
  }

  /** Start of the next range after a position inside a hole. */
  nextStart(position: number): number {
    return Math.max(position, this.lifetime.ranges[this.rangeAt(position)]!);
  }

  /** In two at a position inside; the second starts where it is live next. */
  split(position: number): [Interval, Interval] {
    const { ranges } = this.lifetime;
    const range = this.rangeAt(position);
    const start = Math.max(position, ranges[range]!);
    const end = position > ranges[range]! ? position : ranges[range - 1]!;
    const left = new Interval(this.value, this.lifetime, this.start, end, 0, 0);
    const right = new Interval(this.value, this.lifetime, start, this.end, range, 0);
    left.register = this.register;
    left.reload = this.reload;
    left.#range = this.#range;
    left.#use = this.#use;
    right.#use = firstAtOrAfter(this.lifetime.uses, start * 2);
    return [left, right];
  }
}

/** Index of the first element of an ascending list that is not below. */
export function firstAtOrAfter(list: readonly number[], least: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
