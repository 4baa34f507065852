import assert from "node:assert/strict";
import { test } from "node:test";
import type { SignalSpec } from "../../rig/simulation.js";
import { createEnvironment } from "../environment/environment.js";
import { Tmp102 } from "./tmp102.js";

const spec = { chip: "tmp102", bus: 0, address: 0x48, temperature: "t" } as const;
const [temperature, configuration, low, high] = [0, 1, 2, 3];

class Bench {
  readonly chip: Tmp102;
  constructor(signal: SignalSpec | number) {
    const t: SignalSpec = typeof signal === "number" ? { kind: "constant", value: signal } : signal;
    this.chip = new Tmp102(
      "outside",
      spec,
      createEnvironment(new Map([["t", t]]), { seed: 1, gridUs: 10_000, files: () => "" }),
    );
  }
  write(timeUs: number, ...bytes: number[]): void {
    this.chip.start(timeUs);
    for (const byte of bytes) assert.ok(this.chip.write(byte));
  }
  read(timeUs: number, register: number): number {
    this.write(timeUs, register);
    this.chip.start(timeUs);
    return (this.chip.read() << 8) | this.chip.read();
  }
  alert(timeUs: number): number {
    return (this.read(timeUs, configuration) >> 5) & 1;
  }
}

function steps(...values: [seconds: number, value: number][]): SignalSpec {
  return {
    kind: "steps",
    steps: values.map(([seconds, value]) => ({ atUs: seconds * 1e6, value })),
  };
}

test("12-bit temperature data format, SBOS397 table 5", () => {
  const rows: [number, number][] = [
    [128, 0x7ff],
    [127.9375, 0x7ff],
    [100, 0x640],
    [80, 0x500],
    [75, 0x4b0],
    [50, 0x320],
    [25, 0x190],
    [0.25, 0x004],
    [0, 0x000],
    [-0.25, 0xffc],
    [-25, 0xe70],
    [-55, 0xc90],
  ];
  for (const [celsius, word] of rows)
    assert.equal(new Bench(celsius).read(1e6, temperature), word << 4, `${celsius} °C`);
});

test("13-bit temperature data format, SBOS397 table 6; the last bit tells the mode", () => {
  const rows: [number, number][] = [
    [150, 0x0960],
    [128, 0x0800],
    [127.9375, 0x07ff],
    [100, 0x0640],
    [80, 0x0500],
    [25, 0x0190],
    [0.25, 0x0004],
    [0, 0x0000],
    [-0.25, 0x1ffc],
    [-25, 0x1e70],
    [-55, 0x1c90],
  ];
  for (const [celsius, word] of rows) {
    const bench = new Bench(celsius);
    bench.write(0, configuration, 0x60, 0xb0);
    assert.equal(bench.read(1e6, temperature), (word << 3) | 1, `${celsius} °C`);
  }
});

test("registers at power-up; temperature reads 0 °C until the first conversion is over", () => {
  const bench = new Bench(25);
  assert.deepEqual(
    [configuration, low, high].map((register) => bench.read(0, register)),
    [0x60a0, 0x4b00, 0x5000],
  );
  assert.equal(bench.read(34_999, temperature), 0);
  assert.equal(bench.read(35_000, temperature), 0x1900);
});

test("converts four times a second, or as often as the conversion rate says", () => {
  const ramp = steps(...Array.from({ length: 100 }, (_, i): [number, number] => [i / 10, i]));
  const periods = [
    [0x20, 4],
    [0x60, 1],
    [0xa0, 0.25],
    [0xe0, 0.125],
  ] as const;
  for (const [second, period] of periods) {
    const bench = new Bench(ramp);
    bench.write(0, configuration, 0x60, second);
    // The conversion that began at 2 * period is over 35 ms later, not before.
    const startUs = 2 * period * 1e6;
    const celsius = [34_999, 35_000].map((us) => bench.read(startUs + us, temperature) >> 8);
    assert.deepEqual(
      celsius,
      [Math.floor(period * 10), Math.floor(period * 20)],
      `period ${period} s`,
    );
  }
});

test("shutdown keeps the last result; one-shot makes one conversion and OS says when it is over", () => {
  const bench = new Bench(steps([0, 10], [1, 20], [3, 30]));
  bench.write(500_000, configuration, 0x61, 0xa0);
  assert.equal(bench.read(900_000, configuration), 0xe1a0);
  assert.equal(bench.read(2e6, temperature), 10 << 8);
  bench.write(2e6, configuration, 0xe1, 0xa0);
  assert.equal(bench.read(2e6 + 34_999, configuration), 0x61a0);
  assert.equal(bench.read(2e6 + 34_999, temperature), 10 << 8);
  assert.equal(bench.read(2e6 + 35_000, configuration), 0xe1a0);
  assert.equal(bench.read(5e6, temperature), 20 << 8);
  bench.write(5e6, configuration, 0x60, 0xa0);
  assert.equal(bench.read(5e6 + 35_000, temperature), 30 << 8);
});

test("limits are read back in the format of the mode, registers change byte by byte, the temperature not at all", () => {
  const bench = new Bench(25);
  bench.write(0, high, 0x19, 0x10);
  bench.write(0, low, 0xe7, 0x00);
  bench.write(0, high, 0x1a);
  bench.write(0, temperature, 0x12, 0x34);
  assert.deepEqual(
    [low, high].map((register) => bench.read(0, register)),
    [0xe700, 0x1a10],
  );
  assert.equal(bench.read(1e6, temperature), 0x1900);
  bench.write(1e6, configuration, 0x60, 0xb0);
  assert.deepEqual(
    [low, high].map((register) => bench.read(1e6, register)),
    [0xf381, 0x0d09].map((word) => word & ~1),
  );
});

test("AL: 1 until the high limit is met, 0 until below the low one; POL turns it round", () => {
  const day = steps([0, 70], [1, 80], [2, 76], [3, 75], [4, 74]);
  const seconds = [0.9, 1.9, 2.9, 3.9, 4.9];
  const bench = new Bench(day);
  assert.deepEqual(
    seconds.map((s) => bench.alert(s * 1e6)),
    [1, 0, 0, 0, 1],
  );
  const inverted = new Bench(day);
  inverted.write(0, configuration, 0x64, 0xa0);
  assert.deepEqual(
    seconds.map((s) => inverted.alert(s * 1e6)),
    [0, 1, 1, 1, 0],
  );
});

test("the fault queue wants 1, 2, 4 or 6 results in a row", () => {
  [1, 2, 4, 6].forEach((count, code) => {
    const bench = new Bench(85);
    bench.write(0, configuration, 0x60 | (code << 3), 0xa0);
    const doneUs = (count - 1) * 250_000 + 35_000;
    assert.deepEqual([bench.alert(doneUs - 1), bench.alert(doneUs)], [1, 0], `${count} faults`);
  });
  const spikes = new Bench(steps([0, 85], [0.25, 70], [0.5, 85], [0.75, 70], [1, 85], [1.25, 70]));
  spikes.write(0, configuration, 0x68, 0xa0);
  assert.deepEqual(
    [0.1, 0.4, 0.6, 0.9, 1.1, 10].map((s) => spikes.alert(s * 1e6)),
    [1, 1, 1, 1, 1, 1],
  );
});

test("asking often or once gives the same alert", () => {
  const day: SignalSpec = { kind: "sine", mean: 77, amplitude: 5, periodUs: 60e6, phaseUs: 0 };
  const rarely = new Bench(day);
  const often = new Bench(day);
  for (let us = 0; us < 620e6; us += 700_000) often.alert(us);
  assert.deepEqual([rarely.alert(620e6), often.alert(620e6)], [0, 0]);
  assert.deepEqual([rarely.alert(650e6), often.alert(650e6)], [1, 1]);
});
