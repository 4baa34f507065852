import assert from "node:assert/strict";
import { test } from "node:test";
import { createCsvTrace } from "../../runtime/emulator/trace/csv.js";
import { budgetBytes, buildExample, exampleNames, simulateExample } from "../helpers/examples.js";
import { expectGolden } from "../helpers/golden.js";

/** How much of each example's life its expected.csv shows. */
const expectedSeconds: Readonly<Record<string, number>> = {
  blink: 10,
  "counter-v1": 10,
  "counter-v2": 10,
  pump: 3 * 60,
  tank: 60,
  thermostat: 25 * 60,
};

async function traceOf(name: string): Promise<string> {
  let text = "";
  const trace = createCsvTrace((part) => (text += part));
  const { simulation } = await simulateExample(name, await buildExample(name), {
    sink: trace.sink,
  });
  simulation.advanceTo((expectedSeconds[name] ?? 0) * 1_000_000);
  trace.end();
  return text;
}

for (const name of exampleNames()) {
  test(`${name} lives as expected.csv says, byte for byte, twice`, async () => {
    const text = await traceOf(name);
    assert.ok(text.split("\n").length > 10, "something happens");
    expectGolden(`examples/${name}/expected.csv`, text);
    assert.equal(await traceOf(name), text);
  });

  test(`${name} keeps to its budget`, async () => {
    const { container } = await buildExample(name);
    const budget = budgetBytes[name];
    assert.ok(budget, `${name} has a budget`);
    const { length } = container.wasm;
    console.log(`${name}: ${length} B of ${budget.most} B, reaching for ${budget.reach} B`);
    assert.ok(length <= budget.most);
  });
}
