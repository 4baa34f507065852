import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProgram, moduleOf, op, programs } from "../../test/helpers/modules.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { budgetExport, meter } from "./meter.js";
import type { Expression, Module } from "./module.js";

type Run = (...args: number[]) => unknown;

async function instanceOf(
  module: Module,
): Promise<{ exports: Record<string, unknown>; budget: WebAssembly.Global }> {
  const { exports } = await WebAssembly.instantiate(
    await WebAssembly.compile(encode(meter(module)).bytes),
    {
      env: { abort: () => undefined },
    },
  );
  return { exports, budget: exports[budgetExport] as WebAssembly.Global };
}

/** A function of one number, which is metered. */
async function functionOf(code: Expression): Promise<{ run: Run; budget: WebAssembly.Global }> {
  const { exports, budget } = await instanceOf(moduleOf({ params: ["i32"], results: [] }, code));
  return { run: exports["f"] as Run, budget };
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

test("a function costs its instructions, a loop those of each turn", async () => {
  const { run, budget } = await functionOf(countdown);
  const cost = (turns: number): number => {
    budget.value = 1_000_000;
    run(turns);
    return 1_000_000 - budget.value;
  };
  // block, loop, the ends of block and function; then a turn each, the last one to find the end.
  assert.deepEqual([0, 1, 10].map(cost), [4 + 9, 4 + 2 * 9, 4 + 11 * 9]);
});

test("the last instruction that the budget allows is executed, and none beyond", async () => {
  const { run, budget } = await functionOf(countdown);
  budget.value = 4 + 11 * 9;
  run(10);
  assert.equal(budget.value, 0);
  budget.value = 4 + 11 * 9 - 1;
  assert.throws(() => run(10), WebAssembly.RuntimeError);
  assert.equal(budget.value, -1);
});

test("an endless loop ends, even one that holds nothing", async () => {
  for (const body of [[], decrement]) {
    const { run, budget } = await functionOf([op("loop", -64), ...body, op("br", 0), op("end")]);
    budget.value = 100_000;
    assert.throws(() => run(1), /unreachable/);
  }
});

test("endless recursion ends", async () => {
  const { run, budget } = await functionOf([op("local.get", 0), op("call", 0)]);
  budget.value = 300;
  assert.throws(() => run(1), /unreachable/);
});

test("programs compute the same, metered or not", async () => {
  const bytes = await compileProgram(programs["control"]!.source, {
    runtime: programs["control"]!.runtime,
  });
  const { module } = decode(bytes);
  const metered = (await instanceOf(module!)).exports["run"] as Run;
  const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), {
    env: { abort: () => undefined },
  });
  const plain = instance.exports["run"] as Run;
  const outcome = (run: Run, k: number, x: number): unknown => {
    try {
      return run(k, x);
    } catch (error) {
      return String(error);
    }
  };
  for (let k = -1; k < 7; k++)
    for (let x = -3; x < 60; x++)
      assert.equal(outcome(metered, k, x), outcome(plain, k, x), `run(${k}, ${x})`);
});

test("instructions keep their offsets, what is added has none", async () => {
  const bytes = await compileProgram(programs["control"]!.source, {
    runtime: programs["control"]!.runtime,
  });
  const { module } = decode(bytes);
  const own = module!.code.flatMap(({ code }) => code.map(({ offset }) => offset));
  const kept = meter(module!)
    .code.flatMap(({ code }) => code.map(({ offset }) => offset))
    .filter((offset) => offset >= 0);
  assert.deepEqual(kept, own);
});
