import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { helperCycles } from "../../builder/native/helper-cycles.js";
import { workloads } from "../bench/native/workloads.js";
import { exampleNames } from "../helpers/examples.js";
import {
  compareCall,
  compareExample,
  comparePrograms,
  errorOf,
  type Comparison,
} from "./cycles.js";
import { measureHelpers } from "./helper-cycles.js";

/** Seeds of the generated programs. */
const seeds = Array.from({ length: 300 }, (_, k) => k + 1);

/** The median and the worst error, in percent, and whose that is. */
function summaryOf(all: readonly Comparison[]) {
  const sorted = all.toSorted((a, b) => errorOf(a) - errorOf(b));
  const percent = (found: Comparison): number => Math.round(errorOf(found) * 10_000) / 100;
  const worst = sorted.at(-1)!;
  return {
    calls: all.length,
    exact: all.filter(({ charged, taken }) => charged === taken).length,
    median: percent(sorted[Math.floor(sorted.length / 2)]!),
    worst: percent(worst),
    whose: worst.name,
  };
}

test("the table of the helpers is what they take", () => {
  assert.deepEqual(helperCycles, measureHelpers());
});

test("workloads are charged what they take", (t) => {
  const kept = workloads.filter(({ module }) => module !== undefined);
  const all = kept.map(({ name, module, n }) =>
    compareCall(name, readFileSync(module!), "run", [Math.min(n, 50)]),
  );
  const summary = summaryOf(all);
  t.diagnostic(JSON.stringify(summary));
  // What is not exact is the helpers': divisions and floats take what their operands ask for.
  assert.equal(
    all.find(({ name }) => name === "sha256")!.charged,
    all.find(({ name }) => name === "sha256")!.taken,
  );
  assert.ok(summary.worst <= 6, `${summary.whose}: ${summary.worst} %`);
});

test("events of the examples are charged what they take", async (t) => {
  for (const name of exampleNames()) {
    const summary = summaryOf(await compareExample(name));
    t.diagnostic(`${name}: ${JSON.stringify(summary)}`);
    assert.ok(summary.calls > 1);
    assert.ok(summary.median <= 3, `${name}: median ${summary.median} %`);
    assert.ok(summary.worst <= 10, `${summary.whose}: ${summary.worst} %`);
  }
});

test("random programs are charged what they take", (t) => {
  const plain = summaryOf(comparePrograms(seeds, { helpers: false }));
  t.diagnostic(`seeds 1 to ${seeds.length}, no helpers: ${JSON.stringify(plain)}`);
  assert.ok(plain.calls >= 300);
  assert.equal(plain.median, 0);
  assert.ok(plain.exact >= 0.85 * plain.calls);
  assert.ok(plain.worst <= 25, `${plain.whose}: ${plain.worst} %`);
  const all = summaryOf(comparePrograms(seeds.slice(0, 100), { helpers: true }));
  t.diagnostic(`with helpers, whose operands are NaN and infinite often: ${JSON.stringify(all)}`);
  assert.ok(all.median <= 10, `median ${all.median} %`);
});
