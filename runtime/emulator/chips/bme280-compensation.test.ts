import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  fineTemperature,
  humidityQ10,
  humidityWord,
  pressureWord,
  temperatureCentiC,
  temperatureWord,
  typicalCalibration,
  type Calibration,
} from "./bme280-compensation.js";

/**
 * The worked example of the BMP280 datasheet (BST-BMP280-DS001 section 3.12), whose temperature and pressure channels the
 * BME280 shares; the humidity constants are the typical ones.
 */
const datasheet: Calibration = {
  ...typicalCalibration,
  t1: 27504,
  t2: 26435,
  t3: -1000,
  p1: 36477,
  p2: -10685,
  p3: 3024,
  p4: 2855,
  p5: 140,
  p6: -7,
  p7: 15500,
  p8: -14600,
  p9: 6000,
};

/** Section 8.1, the compensation in double precision, written apart from the code under test. */
const double = {
  fine(c: Calibration, adc: number): number {
    const d = adc / 131072 - c.t1 / 8192;
    return (adc / 16384 - c.t1 / 1024) * c.t2 + d * d * c.t3;
  },
  pascal(c: Calibration, adc: number, fine: number): number {
    let var1 = fine / 2 - 64000;
    let var2 = (var1 * var1 * c.p6) / 32768;
    var2 = var2 + var1 * c.p5 * 2;
    var2 = var2 / 4 + c.p4 * 65536;
    var1 = ((c.p3 * var1 * var1) / 524288 + c.p2 * var1) / 524288;
    var1 = (1 + var1 / 32768) * c.p1;
    const p = ((1048576 - adc - var2 / 4096) * 6250) / var1;
    return p + ((c.p9 * p * p) / 2147483648 + (p * c.p8) / 32768 + c.p7) / 16;
  },
  percent(c: Calibration, adc: number, fine: number): number {
    const v = fine - 76800;
    const h =
      (adc - (c.h4 * 64 + (c.h5 / 16384) * v)) *
      ((c.h2 / 65536) * (1 + (c.h6 / 67108864) * v * (1 + (c.h3 / 67108864) * v)));
    return h * (1 - (c.h1 * h) / 524288);
  },
};

/** Section 4.2.3, the 64-bit integer formula: 1/256 Pa. */
function pressureQ8(c: Calibration, adc: number, fine: number): number {
  const n = (value: number) => BigInt(value);
  let var1 = n(fine) - 128000n;
  let var2 = var1 * var1 * n(c.p6) + ((var1 * n(c.p5)) << 17n) + (n(c.p4) << 35n);
  var1 = ((var1 * var1 * n(c.p3)) >> 8n) + ((var1 * n(c.p2)) << 12n);
  var1 = (((1n << 47n) + var1) * n(c.p1)) >> 33n;
  let p = ((((1048576n - n(adc)) << 31n) - var2) * 3125n) / var1;
  var1 = (n(c.p9) * (p >> 13n) * (p >> 13n)) >> 25n;
  var2 = (n(c.p8) * p) >> 19n;
  p = ((p + var1 + var2) >> 8n) + (n(c.p7) << 4n);
  return Number(p);
}

const temperatures = fc.double({ min: -40, max: 85, noNaN: true });
const bits = fc.integer({ min: 16, max: 20 });

test("the datasheet's example: 519888 is 25.08 °C, 415148 is 100653 Pa", () => {
  const fine = fineTemperature(datasheet, 519888);
  assert.equal(fine, 128422);
  assert.equal(temperatureCentiC(fine), 2508);
  assert.equal(Math.round(double.pascal(datasheet, 415148, fine)), 100653);
  assert.equal(Math.floor(pressureQ8(datasheet, 415148, fine) / 256), 100653);
});

test("the inverse leads back to the words of the datasheet's example", () => {
  const word = temperatureWord(datasheet, 128422 / 5120, 20);
  assert.ok(Math.abs(word - 519888) <= 16, `${word}`);
  assert.equal(pressureWord(datasheet, 1006.5327, 128422, 20), 415148);
});

for (const [name, calibration] of [
  ["typical", typicalCalibration],
  ["datasheet", datasheet],
] as const) {
  test(`temperature, ${name} constants: the integer formula returns the hundredth that was asked for`, () => {
    fc.assert(
      fc.property(temperatures, bits, (celsius, resolution) => {
        const word = temperatureWord(calibration, celsius, resolution);
        assert.equal(word & ((1 << (20 - resolution)) - 1), 0);
        assert.equal(
          temperatureCentiC(fineTemperature(calibration, word)),
          Math.round(celsius * 100) + 0,
        );
        assert.ok(Math.abs(double.fine(calibration, word) / 5120 - celsius) < 0.011);
      }),
      { numRuns: 2000 },
    );
  });

  test(`pressure, ${name} constants: no other word comes nearer`, () => {
    const hectopascals = fc.double({ min: 300, max: 1100, noNaN: true });
    fc.assert(
      fc.property(temperatures, hectopascals, bits, (celsius, pressure, resolution) => {
        const fine = fineTemperature(calibration, temperatureWord(calibration, celsius, 20));
        const word = pressureWord(calibration, pressure, fine, resolution);
        const step = 1 << (20 - resolution);
        const miss = (other: number) =>
          Math.abs(pressureQ8(calibration, other, fine) / 256 - pressure * 100);
        // Where two words are equally near to within the rounding of the formula, either will do.
        for (const other of [word - step, word + step])
          assert.ok(miss(word) <= miss(other) + 0.02, `${miss(word)} ${miss(other)}`);
        assert.ok(Math.abs(double.pascal(calibration, word, fine) - pressure * 100) < 0.12 * step);
      }),
      { numRuns: 500 },
    );
  });
}

test("humidity: no other word comes nearer", () => {
  const c = typicalCalibration;
  for (const celsius of [-40, -3, 21.45, 85]) {
    const fine = fineTemperature(c, temperatureWord(c, celsius, 20));
    for (let percent = 0; percent <= 100; percent += 0.0477) {
      const word = humidityWord(c, percent, fine);
      const miss = (other: number) => Math.abs(humidityQ10(c, other, fine) / 1024 - percent);
      for (let other = word - 8; other <= word + 8; other++)
        assert.ok(miss(word) <= miss(other), `${celsius} °C ${percent} %: ${word} or ${other}`);
      assert.ok(
        Math.abs(double.percent(c, word, fine) - percent) < 0.02,
        `${celsius} °C ${percent} %`,
      );
    }
  }
});
