/** Numbers by chance that a seed repeats: xorshift of 32 bits. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring numbers.
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
    for (let k = 0; k < 8; k++) this.word();
  }

  /** 32 bits, not negative. */
  word(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return Math.floor((this.word() / 2 ** 32) * end);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("nothing to pick from");
    return list[this.below(list.length)]!;
  }

  /** A list of `least` to `most` items. */
  list<T>(least: number, most: number, item: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, k) => item(k));
  }
}
