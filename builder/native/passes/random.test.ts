import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compare, Engine, type Call } from "../../../test/helpers/differential.js";
import { assemble } from "../../../test/helpers/wasm-text.js";

/** Numbers from a seed (Marsaglia, Xorshift RNGs, 2003). */
class Dice {
  constructor(private state: number) {}

  /** 0 to `sides` - 1. */
  roll(sides: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % sides;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }
}

const words = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"];
const tests = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
const numbers = [0, 1, -1, 2, 3, 4, 8, 31, 100, 255, 256, 1000, -2147483648, 2147483647];

/** Locals 0 to 3 are i32, 4 to 6 i64, 7 and up count the rounds of loops, one for each depth. */
const firstCounter = 7;

/** Random programs of valid types whose loops end. Indices of memory are kept small, so that some accesses hit the same place. */
class Program {
  private readonly labels: boolean[] = [];

  constructor(private readonly dice: Dice) {}

  i32(depth: number): string {
    const { dice } = this;
    if (depth === 0) {
      const leaves = [() => `local.get ${dice.roll(4)}`, () => `i32.const ${dice.pick(numbers)}`];
      return dice.pick([...leaves, leaves[0]!, () => "global.get 0"])();
    }
    const next = (): string => this.i32(dice.roll(depth));
    return dice.pick([
      () => `${next()} ${next()} i32.${dice.pick(words)}`,
      () => `${next()} ${next()} i32.${dice.pick(words)}`,
      () => `${next()} ${next()} i32.${dice.pick(tests)}`,
      () => `${next()} i32.eqz`,
      () => `${this.i64(depth - 1)} ${this.i64(depth - 1)} i64.${dice.pick(tests)}`,
      () => `${this.i64(depth - 1)} i32.wrap_i64`,
      () => `${next()} ${next()} ${next()} select`,
      () =>
        `${this.index()} i32.load${dice.pick(["", "8_s", "8_u", "16_s", "16_u"])} 0 ${dice.roll(40)}`,
      () => `${this.index()} i32.load 2 ${4 * dice.roll(40)}`,
      () => `${next()} if i32 ${next()} else ${next()} end`,
      () => `${next()} ${next()} i32.div_${dice.pick(["s", "u"])}`,
      () => `${next()} i32.extend${dice.pick(["8", "16"])}_s`,
      () => `${next()} ${next()} call 0`,
    ])();
  }

  i64(depth: number): string {
    const { dice } = this;
    if (depth <= 0)
      return dice.roll(2) ? `local.get ${4 + dice.roll(3)}` : `i64.const ${dice.pick(numbers)}`;
    const next = (): string => this.i64(dice.roll(depth));
    return dice.pick([
      () => `${next()} ${next()} i64.${dice.pick(words)}`,
      () => `${next()} i64.const ${dice.roll(64)} i64.${dice.pick(words.slice(6))}`,
      () => `${this.i32(depth - 1)} i64.extend_i32_${dice.pick(["s", "u"])}`,
      () => `${this.index()} i64.load 3 ${8 * dice.roll(20)}`,
      () => `${next()} ${next()} ${this.i32(depth - 1)} select`,
    ])();
  }

  private index(): string {
    const { dice } = this;
    const masked = `${this.i32(1)} i32.const 60 i32.and`;
    return dice.pick([
      () => masked,
      () => `${masked} i32.const ${4 * dice.roll(8)} i32.add`,
      () => `${masked} ${masked} i32.add`,
      () => `i32.const ${4 * dice.roll(100)}`,
      () => `${masked} i32.const 1 i32.add i32.const 2 i32.shl`,
      () => (dice.roll(30) === 0 ? this.i32(1) : masked),
    ])();
  }

  statement(depth: number, loops: number): string {
    const { dice } = this;
    const simple = [
      () => `${this.i32(3)} local.set ${dice.roll(4)}`,
      () => `${this.i32(2)} local.set ${dice.roll(4)}`,
      () => `${this.i64(2)} local.set ${4 + dice.roll(3)}`,
      () =>
        `${this.index()} ${this.i32(2)} i32.store${dice.pick(["", "8", "16"])} 0 ${dice.roll(40)}`,
      () => `${this.index()} ${this.i32(1)} i32.store 2 ${4 * dice.roll(40)}`,
      () => `${this.index()} ${this.i64(1)} i64.store 3 ${8 * dice.roll(20)}`,
      () => `${this.i32(2)} global.set 0`,
      () => this.leave(),
    ];
    if (depth === 0) return dice.pick(simple)();
    const inner = (...labels: readonly boolean[]): string => this.list(depth, loops, labels);
    return dice.pick([
      ...simple,
      () => `${this.i32(2)} if ${inner(true)} else ${inner(true)} end`,
      () => `${this.i32(2)} if ${inner(true)} end`,
      () => `block ${inner(true)} end`,
      () =>
        `block block block ${this.i32(1)} br_table 0 1 2 1 end ${inner(true, true)} br 1 end ${inner(true)} end`,
      () => this.loop(depth, loops),
      () => this.loop(depth, loops),
    ])();
  }

  /** A branch out of a block, under a condition, or back from the function. */
  private leave(): string {
    const { dice, labels } = this;
    const label = dice.roll(labels.length + 1);
    if (labels.at(-1 - label) !== true)
      return `${this.i32(2)} if local.get 0 local.get 1 i32.add return end`;
    return `${this.i32(2)} br_if ${label}`;
  }

  private loop(depth: number, loops: number): string {
    const counter = firstCounter + loops;
    const rounds = `i32.const ${1 + this.dice.roll(5)}`;
    const step = `local.get ${counter} i32.const 1 i32.add local.tee ${counter}`;
    const start = `i32.const 0 local.set ${counter}`;
    if (this.dice.roll(2))
      return `${start} loop ${this.list(depth, loops + 1, [false])} ${step} ${rounds} i32.lt_s br_if 0 end`;
    const body = this.list(depth, loops + 1, [true, false]);
    return `${start} block loop local.get ${counter} ${rounds} i32.ge_s br_if 1 ${body} ${step} drop br 0 end end`;
  }

  /** Statements inside of blocks, of which those marked may be branched to. */
  private list(depth: number, loops: number, labels: readonly boolean[]): string {
    this.labels.push(...labels);
    const count = 1 + this.dice.roll(3);
    const text = Array.from({ length: count }, () => this.statement(depth - 1, loops)).join(" ");
    this.labels.length -= labels.length;
    return text;
  }
}

const end =
  "local.get 0 local.get 1 i32.xor local.get 2 i32.add local.get 3 i32.sub local.get 4 local.get 5 i64.xor local.get 6 i64.add i32.wrap_i64 i32.add";

function program(seed: number): Uint8Array {
  const random = new Program(new Dice(seed));
  const body = Array.from({ length: 4 }, () => random.statement(3, 0)).join(" ");
  return assemble({
    pages: 1,
    data: [{ at: 0, bytes: Array.from({ length: 256 }, (_, k) => (k * 73 + seed) & 0xff) }],
    globals: [{ type: "i32", init: "i32.const 5" }],
    functions: {
      leaf: {
        type: "i32 i32:i32",
        code: "global.get 0 i32.const 1 i32.add global.set 0 i32.const 8 local.get 0 i32.store 2 0 local.get 0 local.get 1 i32.sub",
      },
      run: {
        type: "i32 i32:i32",
        locals: "i32 i32 i64 i64 i64 i32 i32 i32 i32",
        code: `${body} ${end}`,
      },
    },
  });
}

const calls: Call[] = [
  [0n, 0n],
  [1n, 2n],
  [0xffffffffn, 40n],
  [0x80000000n, 3n],
].map((args) => ({ name: "run", args }));

test("random programs do the same after any passes", () => {
  const seeds = fc.integer({ min: 1, max: 0x7fffffff });
  fc.assert(
    fc.property(seeds, (seed) => compare(program(seed), { calls })),
    {
      numRuns: 60,
      seed: 1,
    },
  );
});

test("most random programs run to their end", () => {
  let returned = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const engine = new Engine(program(seed * 7919));
    const type = { params: ["i32", "i32"], results: ["i32"] } as const;
    for (const { name, args } of calls) if ("results" in engine.call(name, type, args)) returned++;
  }
  assert.ok(returned > 50 * calls.length, `${returned} calls returned`);
});
