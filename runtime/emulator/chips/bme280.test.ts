import assert from "node:assert/strict";
import { test } from "node:test";
import type { SignalSpec } from "../../rig/simulation.js";
import { createEnvironment } from "../environment/environment.js";
import {
  fineTemperature,
  humidityQ10,
  temperatureCentiC,
  typicalCalibration,
} from "./bme280-compensation.js";
import { Bme280 } from "./bme280.js";

const spec = {
  chip: "bme280",
  bus: 0,
  address: 0x76,
  temperature: "t",
  humidity: "h",
  pressure: "p",
} as const;

function constant(value: number): SignalSpec {
  return { kind: "constant", value };
}

class Bench {
  readonly chip: Bme280;
  constructor(
    temperature: SignalSpec = constant(21.45),
    humidity = constant(48.1),
    pressure = constant(1013.2),
  ) {
    const signals = new Map([
      ["t", temperature],
      ["h", humidity],
      ["p", pressure],
    ]);
    this.chip = new Bme280(
      "climate",
      spec,
      createEnvironment(signals, { seed: 1, gridUs: 10_000, files: () => "" }),
    );
  }
  write(timeUs: number, ...bytes: number[]): void {
    this.chip.start(timeUs);
    for (const byte of bytes) assert.ok(this.chip.write(byte));
  }
  read(timeUs: number, register: number, length = 1): number[] {
    this.write(timeUs, register);
    return this.readOn(timeUs, length);
  }
  readOn(timeUs: number, length: number): number[] {
    this.chip.start(timeUs);
    return Array.from({ length }, () => this.chip.read());
  }
  words(timeUs: number) {
    const [p0, p1, p2, t0, t1, t2, h0, h1] = this.read(timeUs, 0xf7, 8) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      p: (p0 << 12) | (p1 << 4) | (p2 >> 4),
      t: (t0 << 12) | (t1 << 4) | (t2 >> 4),
      h: (h0 << 8) | h1,
    };
  }
  centiC(timeUs: number): number {
    return temperatureCentiC(fineTemperature(typicalCalibration, this.words(timeUs).t));
  }
}

/** Data registers that hold no measurement, section 5.4.7. */
const nothing = { p: 0x80000, t: 0x80000, h: 0x8000 };
/** Longest time of a conversion of all three channels, each once, appendix 9.1: 1.25 + 3 * 2.3 + 2 * 0.575 ms. */
const onceUs = 9300;
const forcedOnce = [0xf2, 1, 0xf4, 0b001_001_01] as const;

test("after power-on: identity, sleep, no data, section 5.3", () => {
  const bench = new Bench();
  assert.deepEqual(bench.read(0, 0xd0), [0x60]);
  assert.deepEqual(bench.read(0, 0xf2, 4), [0, 0, 0, 0]);
  assert.deepEqual(bench.words(0), nothing);
});

test("the trimming parameters are where table 16 says", () => {
  const bench = new Bench();
  const low = new DataView(Uint8Array.from(bench.read(0, 0x88, 26)).buffer);
  const high = new DataView(Uint8Array.from(bench.read(0, 0xe1, 7)).buffer);
  const c = typicalCalibration;
  assert.deepEqual(
    [low.getUint16(0, true), low.getInt16(2, true), low.getInt16(4, true)],
    [c.t1, c.t2, c.t3],
  );
  assert.deepEqual(
    [low.getUint16(6, true), low.getInt16(8, true), low.getInt16(22, true)],
    [c.p1, c.p2, c.p9],
  );
  assert.deepEqual(
    [low.getUint8(25), high.getInt16(0, true), high.getUint8(2), high.getInt8(6)],
    [c.h1, c.h2, c.h3, c.h6],
  );
  assert.equal((high.getInt8(3) << 4) | (high.getUint8(4) & 15), c.h4);
  assert.equal((high.getInt8(5) << 4) | (high.getUint8(4) >> 4), c.h5);
});

test("a forced conversion: measuring until its time is up, old data until then, then sleep", () => {
  const bench = new Bench();
  bench.write(1000, ...forcedOnce);
  assert.deepEqual(bench.read(1000, 0xf3), [8]);
  assert.deepEqual(bench.read(1000, 0xf4), [0b001_001_01]);
  assert.deepEqual(bench.words(1000 + onceUs - 1), nothing);
  assert.deepEqual(bench.read(1000 + onceUs - 1, 0xf3), [8]);
  assert.deepEqual(bench.read(1000 + onceUs, 0xf3, 2), [0, 0b001_001_00]);
  assert.equal(bench.centiC(1000 + onceUs), 2145);
  const { t, h } = bench.words(1000 + onceUs);
  const percent = humidityQ10(typicalCalibration, h, fineTemperature(typicalCalibration, t)) / 1024;
  assert.ok(Math.abs(percent - 48.1) < 0.01, `${percent}`);
});

test("what is measured is the value at the start of the conversion", () => {
  const bench = new Bench({
    kind: "steps",
    steps: [
      { atUs: 0, value: 10 },
      { atUs: 10_000, value: 30 },
    ],
  });
  bench.write(9_999, ...forcedOnce);
  assert.equal(bench.centiC(1e6), 1000);
  bench.write(1e6, 0xf4, 0b001_001_01);
  assert.equal(bench.centiC(1e6), 1000);
  assert.equal(bench.centiC(2e6), 3000);
});

test("skipped channels hold 0x80000 and 0x8000, sections 5.4.3 and 5.4.5", () => {
  const bench = new Bench();
  bench.write(0, 0xf4, 0b001_000_01);
  assert.deepEqual({ ...bench.words(1e6), t: 0 }, { ...nothing, t: 0 });
  assert.equal(bench.centiC(1e6), 2145);
  bench.write(1e6, 0xf4, 0b000_001_01);
  const { p, t, h } = bench.words(2e6);
  assert.ok(p !== nothing.p && t === nothing.t && h === nothing.h);
});

test("ctrl_hum counts from the next write of ctrl_meas on, section 5.4.3", () => {
  const bench = new Bench();
  bench.write(0, 0xf4, 0b001_001_11);
  bench.write(1e6, 0xf2, 1);
  assert.equal(bench.words(2e6).h, nothing.h);
  bench.write(2e6, 0xf4, 0b001_001_11);
  assert.notEqual(bench.words(3e6).h, nothing.h);
});

test("resolution: 16 bits and one more for each oversampling step, 20 with the filter, section 3.4", () => {
  for (let osrs = 1; osrs <= 7; osrs++) {
    const unused = (1 << Math.max(5 - osrs, 0)) - 1;
    let seen = 0;
    for (let i = 0; i < 40; i++) {
      const bench = new Bench(constant(20 + i / 7), constant(50), constant(1000 + i / 7));
      bench.write(0, 0xf4, (osrs << 5) | (osrs << 2) | 1);
      seen |= bench.words(1e6).t | bench.words(1e6).p;
    }
    assert.equal(seen & 31, 31 & ~unused, `osrs ${osrs}`);
  }
});

test("longer oversampling takes longer, appendix 9.1", () => {
  const bench = new Bench();
  bench.write(0, 0xf2, 5, 0xf4, 0b101_101_01);
  const us = 1250 + 3 * 16 * 2300 + 2 * 575;
  assert.deepEqual(bench.read(us - 1, 0xf3), [8]);
  assert.deepEqual(bench.read(us, 0xf3), [0]);
});

test("normal mode goes on by itself with the standby time of table 27", () => {
  const standbyMs = [0.5, 62.5, 125, 250, 500, 1000, 10, 20];
  standbyMs.forEach((ms, code) => {
    const bench = new Bench();
    bench.write(0, 0xf5, code << 5, ...forcedOnce.slice(0, 3), 0b001_001_11);
    const cycleUs = onceUs + ms * 1000;
    const measuring = [
      onceUs - 1,
      onceUs,
      cycleUs - 1,
      cycleUs,
      cycleUs + onceUs - 1,
      cycleUs + onceUs,
    ].map((us) => bench.read(us, 0xf3)[0]);
    assert.deepEqual(measuring, [8, 0, 0, 8, 8, 0], `t_sb ${code}`);
    assert.deepEqual(bench.read(1e6, 0xf4), [0b001_001_11]);
  });
});

test("in normal mode, months without a read cost nothing and change nothing", () => {
  const day: SignalSpec = { kind: "sine", mean: 20, amplitude: 5, periodUs: 86_400e6, phaseUs: 0 };
  for (const config of [0b000_000_00, 0b000_100_00]) {
    const lazy: Bench = new Bench(day);
    const busy: Bench = new Bench(day);
    for (const bench of [lazy, busy])
      bench.write(0, 0xf5, config, ...forcedOnce.slice(0, 3), 0b001_001_11);
    for (let us = 0; us < 60e6; us += 1e6) busy.words(us);
    assert.deepEqual(lazy.words(60e6), busy.words(60e6));
    assert.ok(Math.abs(lazy.centiC(328 * 86_400e6 + 21_600e6) - 2500) <= 1);
  }
});

test("the filter of section 3.4.4: 75 % of a step after as many samples as table 6 says", () => {
  const step: SignalSpec = {
    kind: "steps",
    steps: [
      { atUs: 0, value: 10 },
      { atUs: 10_000, value: 30 },
    ],
  };
  [1, 2, 5, 11, 22].forEach((samples, code) => {
    const bench = new Bench(step);
    bench.write(0, 0xf5, code << 2, ...forcedOnce);
    const response = [];
    for (let n = 1; n <= samples; n++) {
      bench.write(n * 1e6, 0xf4, 0b001_001_01);
      response.push((bench.centiC(n * 1e6 + onceUs) - 1000) / 2000);
    }
    assert.ok((response.at(-1) as number) >= 0.745, `coefficient ${1 << code}: ${response}`);
    assert.ok((response.at(-2) ?? 0) < 0.755, `coefficient ${1 << code}: ${response}`);
  });
});

test("config is not taken in normal mode; bits 1 of config and 7 to 3 of ctrl_hum read 0, sections 5.4.3 and 5.4.6", () => {
  const bench = new Bench();
  bench.write(0, 0xf5, 0xff, 0xf2, 0xff);
  assert.deepEqual([bench.read(0, 0xf5), bench.read(0, 0xf2)], [[0xfd], [7]]);
  bench.write(0, 0xf4, 0b001_001_11, 0xf5, 0);
  assert.deepEqual(bench.read(0, 0xf5), [0xfd]);
});

test("a mode change during a conversion waits for its end, and those after it are lost, section 3.3.1", () => {
  const bench = new Bench();
  bench.write(0, ...forcedOnce);
  bench.write(1000, 0xf4, 0b010_001_01);
  bench.write(2000, 0xf4, 0, 0xf2, 0);
  assert.deepEqual(bench.read(2000, 0xf4), [0b001_001_01]);
  assert.deepEqual(bench.read(onceUs, 0xf2, 3), [1, 8, 0b010_001_01]);
  assert.deepEqual(bench.read(onceUs + onceUs + 2300, 0xf3, 2), [0, 0b010_001_00]);
});

test("reset needs its word, and clears everything, section 5.4.2", () => {
  const bench = new Bench();
  bench.write(0, 0xf5, 0x10, ...forcedOnce);
  bench.write(1e6, 0xe0, 0xb5);
  assert.equal(bench.centiC(1e6), 2145);
  bench.write(1e6, 0xe0, 0xb6);
  assert.deepEqual(bench.words(1e6), nothing);
  assert.deepEqual(bench.read(1e6, 0xf2, 4), [0, 1, 0, 0]);
  assert.deepEqual(bench.read(1e6 + 2000, 0xf3), [0]);
  assert.deepEqual(bench.read(1e6, 0xe0), [0]);
});

test("read-only registers stay, and reads without a register go on where the last ended", () => {
  const bench = new Bench();
  bench.write(0, 0xd0, 0x11, 0x88, 0x22);
  assert.deepEqual(bench.read(0, 0xd0), [0x60]);
  const all = bench.read(0, 0x88, 4);
  bench.write(0, 0x88);
  assert.deepEqual([...bench.readOn(0, 2), ...bench.readOn(0, 2)], all);
});

test("beyond the operating range, table 1, the nearest value inside is measured", () => {
  for (const [value, expected] of [
    [-300, -4000],
    [NaN, -4000],
    [1e9, 8500],
  ] as const) {
    const bench = new Bench(constant(value), constant(-5), constant(5));
    bench.write(0, ...forcedOnce);
    assert.equal(bench.centiC(1e6), expected);
  }
});

test("a person sees the three values", () => {
  assert.deepEqual(new Bench().chip.state(0), {
    line: "21.45 °C  48.1 %  1013.2 hPa",
    value: 21.45,
    unit: "°C",
  });
});
