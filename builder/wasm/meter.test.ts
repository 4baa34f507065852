import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProgram, moduleOf, op, programs } from "../../test/helpers/modules.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { budgetExport, meter, type CycleCosts } from "./meter.js";
import type { Expression, FunctionType, Module } from "./module.js";

type Run = (...args: number[]) => unknown;
type Costs = Readonly<Record<number, number>>;

const none: CycleCosts = {
  before: new Map(),
  then: new Map(),
  otherwise: new Map(),
  copiedByte: 0,
  filledByte: 0,
};

/** Costs by position of the instruction in the first function. */
function at(module: Module, costs: Costs): ReadonlyMap<number, number> {
  return new Map(
    Object.entries(costs).map(([k, cycles]) => [module.code[0]!.code[Number(k)]!.offset, cycles]),
  );
}

/** All of the module costs a cycle an instruction. */
function oneEach(module: Module): CycleCosts {
  const offsets = module.code.flatMap(({ code }) => code.map(({ offset }) => offset));
  return { ...none, before: new Map(offsets.map((offset) => [offset, 1])) };
}

interface Running {
  readonly run: Run;
  readonly budget: WebAssembly.Global;
}

function running(module: Module, costs: CycleCosts, name = "f"): Running {
  const bytes = encode(meter(module, costs)).bytes;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { abort: () => undefined },
  });
  return {
    run: exports[name] as Run,
    budget: exports[budgetExport] as WebAssembly.Global,
  };
}

const oneNumber: FunctionType = { params: ["i32"], results: [] };

/** A function of one number, with the offsets that it has in a module. */
function functionOf(code: Expression, parts: Partial<Module> = {}, type = oneNumber): Module {
  return decode(encode(moduleOf(type, code, parts)).bytes).module!;
}

/** What a call takes of the budget. */
function taken({ run, budget }: Running, ...args: number[]): number {
  budget.value = 1_000_000n;
  run(...args);
  return 1_000_000 - Number(budget.value);
}

const decrement = [op("local.get", 0), op("i32.const", 1), op("i32.sub"), op("local.set", 0)];
/** As long as the number is above 0: 9 instructions a turn, and 3 around them. */
const countdown = [
  op("block", -64),
  op("loop", -64),
  op("local.get", 0),
  op("i32.eqz"),
  op("br_if", 1),
  ...decrement,
  op("br", 0),
  op("end"),
  op("end"),
];

test("each place is charged as often as control comes by", () => {
  const module = functionOf(countdown);
  // In front of the block, of the loop's first instruction, behind its br_if and behind the block.
  const counted = running(module, {
    ...none,
    before: at(module, { 0: 1000, 2: 100, 5: 10, 12: 1 }),
  });
  assert.deepEqual(
    [0, 1, 10].map((turns) => taken(counted, turns)),
    [1101, 1211, 2201],
  );
});

test("a br_if and an if are charged by the way they take", () => {
  const loop = functionOf(countdown);
  const branch = { then: at(loop, { 4: 100 }), otherwise: at(loop, { 4: 1 }) };
  const counted = running(loop, { ...none, ...branch });
  assert.deepEqual(
    [0, 1, 10].map((turns) => taken(counted, turns)),
    // Beside that a cycle a turn: no turn is free.
    [101, 103, 121],
  );
  const arms = [op("local.get", 0), op("if", -64), op("nop"), op("end")];
  for (const [position, code] of [
    [1, arms],
    [1, [...arms.slice(0, 3), op("else"), op("nop"), op("end")]],
  ] as const) {
    const module = functionOf(code);
    const way = { then: at(module, { [position]: 7 }), otherwise: at(module, { [position]: 3 }) };
    const metered = running(module, { ...none, ...way });
    assert.deepEqual([taken(metered, 1), taken(metered, 0)], [7, 3]);
  }
});

test("a br_if that takes values along keeps them", () => {
  const values: FunctionType = { params: ["i32"], results: ["i32"] };
  const code = [
    op("block", -1),
    op("i32.const", 5),
    op("local.get", 0),
    op("br_if", 0),
    op("drop"),
    op("i32.const", 6),
    op("end"),
  ];
  const module = functionOf(code, {}, values);
  const metered = running(module, { ...none, then: at(module, { 3: 9 }) });
  assert.deepEqual([metered.run(1), metered.run(0)], [5, 6]);
  assert.deepEqual([taken(metered, 1), taken(metered, 0)], [9, 0]);
});

test("what a range costs goes by its bytes, once they have been written", () => {
  const memories = [{ min: 1 }];
  const code = [op("i32.const", 0), op("i32.const", 1), op("local.get", 0), op("memory.fill", 0)];
  const metered = running(functionOf(code, { memories }), { ...none, filledByte: 0.5 });
  assert.deepEqual(
    [0, 1, 2, 64, 65_536].map((bytes) => taken(metered, bytes)),
    [0, 0, 1, 32, 32_768],
  );
  metered.budget.value = 100n;
  assert.throws(() => metered.run(65_537), /out of bounds/);
  assert.equal(metered.budget.value, 100n);
});

test("parts of a cycle are rounded where they are charged", () => {
  const module = functionOf([op("nop")]);
  for (const [cost, cycles] of [
    [0.4, 0],
    [0.5, 1],
    [2.6, 3],
  ] as const)
    assert.equal(taken(running(module, { ...none, before: at(module, { 0: cost }) }), 0), cycles);
});

test("the last cycle that the budget allows is used, and none beyond", () => {
  const module = functionOf(countdown);
  const { run, budget } = running(module, { ...none, before: at(module, { 2: 10 }) });
  budget.value = 110n;
  run(10);
  assert.equal(budget.value, 0n);
  budget.value = 109n;
  assert.throws(() => run(10), WebAssembly.RuntimeError);
  assert.equal(budget.value, -1n);
});

test("more than 32 bits of cycles can be counted", () => {
  const module = functionOf(countdown);
  const { run, budget } = running(module, { ...none, before: at(module, { 2: 2 ** 31 - 1 }) });
  budget.value = 2n ** 40n;
  run(9);
  assert.equal(budget.value, 2n ** 40n - 10n * (2n ** 31n - 1n));
});

test("an endless loop ends, even one that is said to cost nothing", () => {
  for (const body of [[], decrement]) {
    const module = functionOf([op("loop", -64), ...body, op("br", 0), op("end")]);
    const { run, budget } = running(module, none);
    budget.value = 100_000n;
    assert.throws(() => run(1), /unreachable/);
    assert.equal(budget.value, -1n);
  }
});

test("endless recursion ends", () => {
  const module = functionOf([op("local.get", 0), op("call", 0)]);
  const { run, budget } = running(module, oneEach(module));
  budget.value = 300n;
  assert.throws(() => run(1), /unreachable/);
});

test("programs compute the same, metered or not", async () => {
  const { source, runtime } = programs["control"]!;
  const bytes = await compileProgram(source, { runtime });
  const module = decode(bytes).module!;
  const metered = running(module, oneEach(module), "run").run;
  const imports = { env: { abort: () => undefined } };
  const plain = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports["run"];
  const outcome = (run: Run, k: number, x: number): unknown => {
    try {
      return run(k, x);
    } catch (error) {
      return String(error);
    }
  };
  for (let k = -1; k < 7; k++)
    for (let x = -3; x < 60; x++)
      assert.equal(outcome(metered, k, x), outcome(plain as Run, k, x), `run(${k}, ${x})`);
});

test("instructions keep their offsets, what is added has none", async () => {
  const { source, runtime } = programs["control"]!;
  const module = decode(await compileProgram(source, { runtime })).module!;
  const own = module.code.flatMap(({ code }) => code.map(({ offset }) => offset));
  const kept = meter(module, oneEach(module))
    .code.flatMap(({ code }) => code.map(({ offset }) => offset))
    .filter((offset) => offset >= 0);
  assert.deepEqual(kept, own);
});
