import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  fineTemperature,
  humidityQ10,
  temperatureCentiC,
  temperatureWord,
  typicalCalibration,
  type Calibration,
} from "../../runtime/emulator/chips/bme280-compensation.js";
import { Bme280 } from "../../runtime/emulator/chips/bme280.js";
import type { I2cChip } from "../../runtime/emulator/chips/chip.js";
import { Tmp102 } from "../../runtime/emulator/chips/tmp102.js";
import type { Environment } from "../../runtime/emulator/environment/environment.js";
import { containerOf, Running } from "../helpers/container.js";

const bme280App = await containerOf(
  `import { every, logNumber } from "thimble";
  import { Bme280 } from "thimble/drivers";
  import { climate } from "thimble/needs";
  const sensor = Bme280.on(climate);
  function show(): void {
    const there = sensor.read();
    logNumber("", i32(there));
    logNumber("", sensor.temperatureMilliC());
    logNumber("", sensor.pressurePa());
    logNumber("", sensor.humidityMilliPercent());
  }
  every(60_000, () => { sensor.measure(show); });
  every(7, show);`,
  { needs: { climate: { i2c: "0x76" } } },
);

const tmp102App = await containerOf(
  `import { every, logNumber } from "thimble";
  import { Tmp102 } from "thimble/drivers";
  import { climate } from "thimble/needs";
  every(5, () => { logNumber("", Tmp102.on(climate).temperatureMilliC(-1_000_000)); });`,
  { needs: { climate: { i2c: "0x48" } } },
);

const values = { t: 21, p: 1013, h: 50 };
const environment: Environment = {
  names: Object.keys(values),
  lengthUs: 0,
  valueAt: (name) => values[name as keyof typeof values],
  replace: () => assert.fail("nothing replaces a signal here"),
};

/** Reads registers as the runtime does: the register's number is written, then bytes are read. */
type Registers = (register: number, out: Uint8Array) => number;

/** A container whose I2C calls go to these registers. `now` is the time of the chip. */
async function on(
  wasm: Uint8Array,
  read: Registers,
  write: (register: number, value: number) => void = () => {},
): Promise<Running> {
  return Running.start(wasm, {
    "i2c.read-registers": (memory, _device, register = 0, pointer, length) =>
      read(register, new Uint8Array(memory.buffer, pointer, length)),
    "i2c.write-register": (_memory, _device, register = 0, value = 0) => {
      write(register, value);
      return 0;
    },
  });
}

function numbers(calls: readonly string[]): number[] {
  return calls
    .filter((call) => call.startsWith("log.number"))
    .map((call) => Number(call.split(" ")[3]));
}

/** The worked example of BST-BMP280-DS001, section 3.12: the BME280 shares its temperature and pressure channels. */
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

/** What the chip sends for these constants and words (BST-BME280-DS002, tables 16 and 18). */
function registersOf(c: Calibration, words: { t: number; p: number; h: number }): Registers {
  const image = new Uint8Array(256);
  const view = new DataView(image.buffer);
  const pairs = [c.t1, c.t2, c.t3, c.p1, c.p2, c.p3, c.p4, c.p5, c.p6, c.p7, c.p8, c.p9];
  pairs.forEach((value, k) => view.setInt16(0x88 + 2 * k, value, true));
  image[0xa1] = c.h1;
  view.setInt16(0xe1, c.h2, true);
  image.set([c.h3, c.h4 >> 4, (c.h4 & 15) | ((c.h5 & 15) << 4), c.h5 >> 4, c.h6], 0xe3);
  view.setUint32(0xf7, words.p << 12);
  view.setUint32(0xfa, words.t << 12);
  view.setUint16(0xfd, words.h);
  return (register, out) => {
    out.set(image.subarray(register, register + out.length));
    return out.length;
  };
}

/** The datasheet's formula in double precision, section 8.1: hundredths of a pascal are of no interest here. */
function pascal(c: Calibration, word: number, fine: number): number {
  const v = fine / 2 - 64000;
  const offset = ((v * v * c.p6) / 32768 + v * c.p5 * 2) / 4 + c.p4 * 65536;
  const scale = (1 + ((c.p3 * v * v) / 524288 + c.p2 * v) / 524288 / 32768) * c.p1;
  const p = ((1048576 - word - offset / 4096) * 6250) / scale;
  return p + ((c.p9 * p * p) / 2147483648 + (p * c.p8) / 32768 + c.p7) / 16;
}

async function show(c: Calibration, words: { t: number; p: number; h: number }): Promise<number[]> {
  const running = await on(bme280App.wasm, registersOf(c, words));
  return numbers(running.fire("timer.every", 0, 1));
}

test("BME280: the datasheet's example is 25.08 °C and 100,653 Pa", async () => {
  const [there, milliC, pa] = await show(datasheet, { t: 519888, p: 415148, h: 30000 });
  assert.deepEqual([there, milliC], [1, 25080]);
  // The 32-bit formula, which this is, gives 100,656 there.
  assert.ok(Math.abs(pa! - 100653) <= 3, `${pa}`);
});

test("BME280: temperature and humidity are those of the datasheet's integer formula for any reading", async () => {
  const word20 = fc.integer({ min: 0x40000, max: 0xc0000 });
  const property = fc.asyncProperty(word20, fc.nat(0xffff), async (t, h) => {
    for (const c of [
      typicalCalibration,
      datasheet,
      { ...typicalCalibration, h4: -300, h5: -60, h6: -20, h3: 5 },
    ]) {
      const fine = fineTemperature(c, t);
      const [, milliC, , milliPercent] = await show(c, { t, p: 415148, h });
      assert.equal(milliC, temperatureCentiC(fine) * 10);
      const celsius = fine / 5120;
      if (celsius >= -40 && celsius <= 85)
        assert.equal(milliPercent, (humidityQ10(c, h, fine) * 125) >> 7);
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

test("BME280: pressure is within 5 Pa of the exact formula over the sensor's range", async () => {
  let worst = 0;
  for (const c of [typicalCalibration, datasheet]) {
    for (let celsius = -40; celsius <= 85; celsius += 12.5) {
      const t = temperatureWord(c, celsius, 20);
      const fine = fineTemperature(c, t);
      for (let p = 0x20000; p < 0xe0000; p += 0x3333) {
        const exact = pascal(c, p, fine);
        if (exact < 30_000 || exact > 110_000) continue;
        const [, , pa] = await show(c, { t, p, h: 30000 });
        worst = Math.max(worst, Math.abs(pa! - exact));
      }
    }
  }
  assert.ok(worst > 0 && worst < 5, `${worst}`);
});

test("BME280: a measurement of the chip model, from start to reading", async () => {
  const chip = new Bme280(
    "climate",
    { chip: "bme280", bus: 0, address: 0x76, temperature: "t", humidity: "h", pressure: "p" },
    environment,
  );
  let nowUs = 1_000_000;
  const running = await on(
    bme280App.wasm,
    chipRegisters(chip, () => nowUs),
    (register, value) => {
      chip.start(nowUs);
      chip.write(register);
      chip.write(value);
    },
  );
  const points = fc.tuple(
    fc.double({ min: -40, max: 85, noNaN: true }),
    fc.double({ min: 300, max: 1100, noNaN: true }),
    fc.double({ min: 0, max: 100, noNaN: true }),
  );
  fc.assert(
    fc.property(points, ([celsius, hectopascal, percent]) => {
      Object.assign(values, { t: celsius, p: hectopascal, h: percent });
      const calls = running.fire("timer.every", 0, 0);
      assert.equal(calls.at(-1), `timer.after 51 ${running.armed.get("timer.after")!.at(-1)}`);
      nowUs += 51_000;
      const [there, milliC, pa, milliPercent] = numbers(
        running.event(running.armed.get("timer.after")!.at(-1)!),
      );
      assert.equal(there, 1);
      assert.ok(Math.abs(milliC! - celsius * 1000) <= 5.001, `${milliC} for ${celsius} °C`);
      assert.ok(Math.abs(pa! - hectopascal * 100) < 8, `${pa} for ${hectopascal} hPa`);
      assert.ok(Math.abs(milliPercent! - percent * 1000) < 25, `${milliPercent} for ${percent} %`);
      nowUs += 1_000_000;
    }),
    { numRuns: 400 },
  );
});

/** The runtime's register calls, on a chip of the emulator. */
function chipRegisters(chip: I2cChip, nowUs: () => number): Registers {
  return (register, out) => {
    chip.start(nowUs());
    chip.write(register);
    chip.start(nowUs());
    for (let i = 0; i < out.length; i++) out[i] = chip.read();
    return out.length;
  };
}

test("BME280: a sensor that does not answer is noticed, and the values stay", async () => {
  let there = true;
  const registers = registersOf(datasheet, { t: 519888, p: 415148, h: 30000 });
  const running = await on(bme280App.wasm, (register, out) =>
    there ? registers(register, out) : -1,
  );
  const before = numbers(running.fire("timer.every", 0, 1));
  there = false;
  assert.deepEqual(numbers(running.fire("timer.every", 0, 1)), [0, ...before.slice(1)]);
});

for (const [word, milliC] of [
  // SBOS397, table "Temperature Data Format", 12 bits left-aligned.
  [0x7ff0, 127_937],
  [0x6400, 100_000],
  [0x5000, 80_000],
  [0x4b00, 75_000],
  [0x3200, 50_000],
  [0x1900, 25_000],
  [0x0040, 250],
  [0x0010, 62],
  [0x0000, 0],
  [0xfff0, -63],
  [0xffc0, -250],
  [0xe700, -25_000],
  [0xc900, -55_000],
] as const) {
  test(`TMP102: 0x${word.toString(16).padStart(4, "0")} is ${milliC / 1000} °C`, async () => {
    const running = await on(tmp102App.wasm, (register, out) => {
      assert.equal(register, 0);
      out.set([word >> 8, word & 0xff]);
      return out.length;
    });
    assert.deepEqual(numbers(running.fire("timer.every")), [milliC]);
  });
}

test("TMP102: the chip model over its range, and the fallback", async () => {
  const chip = new Tmp102(
    "t",
    { chip: "tmp102", bus: 0, address: 0x48, temperature: "t" },
    environment,
  );
  let [nowUs, there] = [1_000_000, true];
  const registers = chipRegisters(chip, () => nowUs);
  const running = await on(tmp102App.wasm, (register, out) =>
    there ? registers(register, out) : -1,
  );
  for (let celsius = -55; celsius <= 125; celsius += 0.31) {
    values.t = celsius;
    nowUs += 1_000_000;
    const [milliC] = numbers(running.fire("timer.every"));
    assert.ok(Math.abs(milliC! - celsius * 1000) <= 63, `${milliC} for ${celsius} °C`);
  }
  there = false;
  assert.deepEqual(numbers(running.fire("timer.every")), [-1_000_000]);
});

test("Relay: on below, off above, unchanged between; the container keeps no state of its own", async () => {
  const { wasm } = await containerOf(
    `import { onMessage, logNumber } from "thimble"; import { Relay } from "thimble/drivers"; import { heater, value } from "thimble/needs";
    const relay = Relay.on(heater);
    onMessage(value, () => { logNumber("", i32(relay.holdAbove(value.readNumber(0, 0), 20, 30))); });`,
    { needs: { heater: { gpio: "out" }, value: { subscribe: "value" } } },
  );
  let [level, now] = [0, 0];
  const running = await Running.start(wasm, {
    "gpio.write": (_memory, _pin, active = 0) => void (level = active),
    "gpio.read": () => level,
    "message.read-number": () => BigInt(now),
  });
  const seen: number[][] = [];
  for (now of [25, 20, 19, 20, 30, 31, 30, 20, 19]) {
    const calls = running.fire("message.subscribe");
    seen.push([
      now,
      ...numbers(calls),
      calls.filter((call) => call.startsWith("gpio.write")).length,
    ]);
  }
  assert.deepEqual(seen, [
    [25, 0, 0],
    [20, 0, 0],
    [19, 1, 1],
    [20, 1, 0],
    [30, 1, 0],
    [31, 0, 1],
    [30, 0, 0],
    [20, 0, 0],
    [19, 1, 1],
  ]);
});

test("Button: presses and releases are edges, 20 ms after the contacts have settled", async () => {
  const app = (how: string): Promise<Running> =>
    containerOf(
      `import { Button } from "thimble/drivers"; import { key, led } from "thimble/needs";
      const button = Button.on(key); button.${how}(() => { led.write(button.isPressed()); });`,
      { needs: { led: { gpio: "out" }, key: { gpio: "in" } } },
    ).then(({ wasm }) => Running.start(wasm, { "gpio.read": () => 1 }));
  const [press, release] = [await app("onPress"), await app("onRelease")];
  assert.deepEqual(press.calls, ["gpio.watch 1 0 20 1"]);
  assert.deepEqual(release.calls, ["gpio.watch 1 1 20 1"]);
  assert.deepEqual(press.fire("gpio.watch", 1), ["gpio.read 1", "gpio.write 0 1"]);
});
