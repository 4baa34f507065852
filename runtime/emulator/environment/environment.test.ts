import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SignalSpec } from "../../rig/simulation.js";
import { createEnvironment } from "./environment.js";
import { seriesSignal, sineOfTurns } from "./signals.js";

const gridUs = 10_000;
const noise: SignalSpec = { kind: "noise", mean: 20, deviation: 0.5, everyUs: 1_000_000 };

function environment(
  signals: Record<string, SignalSpec>,
  seed = 1,
  files: Record<string, string> = {},
) {
  return createEnvironment(new Map(Object.entries(signals)), {
    seed,
    gridUs,
    files: (name) => files[name] ?? assert.fail(name),
  });
}

test("signals stand still on each step of the grid", () => {
  const { valueAt } = environment({
    same: { kind: "sine", mean: 0, amplitude: 1, periodUs: 4_000_000, phaseUs: 0 },
    ramp: { kind: "sine", mean: 0, amplitude: 1, periodUs: 4_000_000, phaseUs: 0 },
  });
  assert.equal(valueAt("ramp", 999_999), valueAt("same", 990_000));
  assert.equal(valueAt("ramp", 1_000_000), 1);
  assert.equal(valueAt("ramp", 3_000_000), -1);
  assert.throws(() => valueAt("rmap", 0), RangeError);
});

test("a signal that is replaced keeps its past, and is another from the next step on", () => {
  const { valueAt, replace } = environment({ room: { kind: "constant", value: 20 } });
  assert.equal(valueAt("room", 1_004_000), 20);
  replace("room", 1_004_000, () => 25);
  replace("room", 2_000_000, (timeUs) => timeUs / 1e6);
  assert.equal(valueAt("room", 1_009_999), 20);
  assert.equal(valueAt("room", 1_010_000), 25);
  assert.equal(valueAt("room", 1_999_999), 25);
  assert.equal(valueAt("room", 2_004_000), 2);
  assert.equal(valueAt("room", 0), 20);
  assert.throws(() => replace("rome", 0, () => 0), RangeError);
});

test("a sine runs from its phase, and one signal adds to another", () => {
  const { valueAt } = environment({
    both: {
      kind: "sine",
      mean: 21,
      amplitude: 3,
      periodUs: 8_000_000,
      phaseUs: 2_000_000,
      plus: { kind: "constant", value: 100 },
    },
  });
  assert.deepEqual(
    [0, 2, 4, 6].map((seconds) => valueAt("both", seconds * 1e6)),
    [124, 121, 118, 121],
  );
});

test("sineOfTurns agrees with Math.sin, and is exact at the quarters", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (turns) => {
      assert.ok(
        Math.abs(sineOfTurns(turns) - Math.sin(turns * 2 * Math.PI)) <
          1e-15 + 3e-16 * turns * 2 * Math.PI,
      );
    }),
  );
  assert.deepEqual([0, 0.25, 0.75].map(sineOfTurns), [0, 1, -1]);
});

test("steps hold; before the first its value is there already", () => {
  const steps = [
    { atUs: 1_000_000, value: 20 },
    { atUs: 2_000_000, value: 25 },
  ];
  const { valueAt } = environment({ s: { kind: "steps", steps } });
  assert.deepEqual(
    [0, 1e6, 1_999_999, 2e6, 9e9].map((us) => valueAt("s", us)),
    [20, 20, 20, 25, 25],
  );
});

test("noise is a function of seed, name and step, in any order of asking", () => {
  const seconds = Array.from({ length: 100 }, (_, i) => i * 1e6);
  const first = environment({ a: noise, b: noise });
  const forwards = seconds.map((us) => first.valueAt("a", us));
  const again = environment({ a: noise });
  const backwards = seconds.toReversed().map((us) => again.valueAt("a", us));
  assert.deepEqual(backwards.toReversed(), forwards);
  assert.notDeepEqual(
    seconds.map((us) => first.valueAt("b", us)),
    forwards,
  );
  assert.notDeepEqual(
    seconds.map((us) => environment({ a: noise }, 2).valueAt("a", us)),
    forwards,
  );
  assert.equal(first.valueAt("a", 1_999_999), first.valueAt("a", 1_000_000));
});

test("noise has the mean and deviation it says, and neighbours are independent", () => {
  const { valueAt } = environment({ a: noise });
  const n = 20_000;
  const z = Array.from({ length: n }, (_, i) => (valueAt("a", i * 1e6) - 20) / 0.5);
  const average = (values: number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  // Five standard errors of each estimate.
  assert.ok(Math.abs(average(z)) < 5 / Math.sqrt(n));
  assert.ok(
    Math.abs(average(z.map((value) => value * value)) - 1) < (5 * Math.SQRT2) / Math.sqrt(n),
  );
  assert.ok(
    Math.abs(average(z.slice(1).map((value, i) => value * (z[i] as number)))) < 5 / Math.sqrt(n),
  );
  const beyondTwo = average(z.map((value) => (Math.abs(value) > 2 ? 1 : 0)));
  assert.ok(Math.abs(beyondTwo - 0.0455) < 0.01, `${beyondTwo}`);
});

test("the first draws of a seed stay what they are", () => {
  const { valueAt } = environment({ a: noise });
  assert.deepEqual(
    [0, 1e6, 2e6].map((us) => valueAt("a", us).toFixed(6)),
    ["19.203300", "19.667656", "20.900070"],
  );
});

test("a series answers alike in any order", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 });
  const asked = fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 50 });
  fc.assert(
    fc.property(
      gaps,
      asked,
      fc.constantFrom("hold" as const, "linear" as const),
      (steps, times, interpolate) => {
        const timesUs = Float64Array.from(steps.keys(), (i) =>
          steps.slice(0, i).reduce((sum, gap) => sum + gap, 0),
        );
        const values = timesUs.map((us, i) => us * 3 + i);
        const signal = seriesSignal({ timesUs, values }, interpolate);
        for (const us of times) {
          const index = timesUs.findLastIndex((at) => at <= us);
          const [from, to] = [timesUs[index] as number, timesUs[index + 1]];
          const rise =
            to === undefined || interpolate === "hold"
              ? 0
              : ((values[index + 1] as number) - (values[index] as number)) *
                ((us - from) / (to - from));
          assert.ok(Math.abs(signal(us) - ((values[index] as number) + rise)) < 1e-9);
        }
      },
    ),
  );
});

test("a CSV file: its values, its length, its last value beyond the end", () => {
  const files = { "room.csv": "t,v\n0,50\n3600,68\n" };
  const held = environment(
    {
      room: { kind: "csv", file: "room.csv", unit: "F", interpolate: "hold" },
      fixed: { kind: "constant", value: 1 },
    },
    1,
    files,
  );
  assert.equal(held.lengthUs, 3600e6);
  assert.deepEqual(held.names, ["room", "fixed"]);
  assert.deepEqual(
    [0, 1800e6, 3600e6, 9999e6].map((us) => held.valueAt("room", us)),
    [10, 10, 20, 20],
  );
  const linear = environment(
    { room: { kind: "csv", file: "room.csv", unit: "F", interpolate: "linear" } },
    1,
    files,
  );
  assert.deepEqual(
    [0, 1800e6, 3600e6, 9999e6].map((us) => linear.valueAt("room", us)),
    [10, 15, 20, 20],
  );
});
