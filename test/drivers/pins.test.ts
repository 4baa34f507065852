import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { armCompiler } from "../../runtime/firmware/arm.js";
import { type DriverImage, DriverMachine, type Wiring, buildDrivers } from "./machine.js";

const skip = armCompiler() === undefined ? "no arm-none-eabi-gcc here" : false;
let image: DriverImage;

before(() => {
  if (!skip) image = buildDrivers();
});

function open(
  it: DriverMachine,
  kind: Wiring["kind"],
  pin: number,
  more: Partial<Wiring> = {},
): number {
  return it.call("port_open", it.need(0, { kind, unit: 0, pins: [pin], hertz: 0, ...more }));
}

interface Edge {
  readonly pin: number;
  readonly high: boolean;
  readonly timeUs: number;
}

function seen(it: DriverMachine): Edge[] {
  const at = it.address("seen");
  return Array.from({ length: it.word(at) }, (_, i) => {
    const [pin, high, low, up] = [0, 4, 8, 12].map((field) => it.word(at + 4 + 16 * i + field));
    return { pin: pin!, high: high === 1, timeUs: low! + up! * 2 ** 32 };
  });
}

describe("pins.c", { skip }, () => {
  it("drives an output inactive from its first moment on", () => {
    for (const activeLow of [false, true]) {
      const it = new DriverMachine(image);
      const levels: (boolean | undefined)[] = [];
      it.pico.onPin((pin, level) => {
        if (pin === 7) levels.push(level);
      });
      assert.equal(open(it, "gpio-out", 7, { activeLow }), 1);
      assert.deepEqual([...new Set(levels.filter((level) => level !== undefined))], [activeLow]);
      assert.equal(it.call("port_pin_read", 7), activeLow ? 1 : 0);
      it.call("port_pin_write", 7, activeLow ? 0 : 1);
      assert.equal(levels.at(-1), !activeLow);
      assert.equal(it.call("port_pin_read", 7), activeLow ? 0 : 1);
    }
  });

  it("gives an input its pull and reads what the world drives", () => {
    const it = new DriverMachine(image);
    for (const [pull, pad] of [
      [0, 0x52],
      [1, 0x5a],
      [2, 0x56],
    ] as const) {
      assert.equal(open(it, "gpio-in", 9, { pull }), 1);
      assert.equal(it.pico.chip.readUint32(0x4001_c004 + 4 * 9), pad);
    }
    for (const level of [true, false]) {
      it.pico.setInput(9, level);
      assert.equal(it.call("port_pin_read", 9), level ? 1 : 0);
    }
  });

  it("refuses pins that the chip lacks", () => {
    const it = new DriverMachine(image);
    assert.equal(open(it, "gpio-in", 29), 1);
    assert.equal(open(it, "gpio-in", 30), 0);
    assert.equal(open(it, "gpio-out", 255), 0);
    assert.equal(open(it, "pwm", 30), 0);
  });

  it("tells of edges of watched pins, with their times, and of no others", () => {
    const it = new DriverMachine(image);
    for (const pin of [2, 28, 3]) {
      open(it, "gpio-in", pin);
      it.pico.setInput(pin, false);
    }
    it.call("chip_start_clock");
    it.call("port_pin_watch", 2, 1);
    it.call("port_pin_watch", 28, 1);
    const times: number[] = [];
    const set = (pin: number, level: boolean): void => {
      it.run(100);
      times.push(it.pico.nowUs!);
      it.pico.setInput(pin, level);
    };
    set(2, true);
    set(28, true);
    it.pico.setInput(3, true);
    set(2, false);
    it.run(100);
    it.call("port_pin_watch", 2, 0);
    set(2, true);
    it.run(100);
    const edges = seen(it);
    assert.deepEqual(
      edges.map(({ pin, high }) => [pin, high]),
      [
        [2, true],
        [28, true],
        [2, false],
      ],
    );
    for (const [i, { timeUs }] of edges.entries())
      assert.ok(timeUs >= times[i]! && timeUs <= times[i]! + 3, `${timeUs} of ${times[i]}`);
  });

  it("forgets edges from before the watch", () => {
    const it = new DriverMachine(image);
    open(it, "gpio-in", 2);
    it.pico.setInput(2, true);
    it.pico.setInput(2, false);
    it.call("port_pin_watch", 2, 1);
    it.run(100);
    assert.deepEqual(seen(it), []);
  });

  it("tells of a pulse that was over before the interrupt was served", () => {
    const it = new DriverMachine(image);
    open(it, "gpio-in", 2);
    it.pico.setInput(2, false);
    it.call("port_pin_watch", 2, 1);
    it.pico.setInput(2, true);
    it.pico.setInput(2, false);
    it.run(100);
    assert.deepEqual(
      seen(it).map(({ high }) => high),
      [true, false],
    );
  });

  it("keeps 64 edges until the main loop looks, and what a serial port has to say", () => {
    const it = new DriverMachine(image);
    open(it, "gpio-in", 2);
    it.call("port_open", it.need(1, { kind: "uart", unit: 1, pins: [4, 5], hertz: 9_600 }));
    it.pico.setInput(2, false);
    it.call("port_pin_watch", 2, 1);
    it.write(it.address("polls"), Uint8Array.of(0));
    it.run(10);
    for (let i = 0; i < 64; i++) {
      it.pico.setInput(2, i % 2 === 0);
      it.run(20);
    }
    it.pico.chip.uart[1]!.feedByte(7);
    it.run(20);
    it.pico.chip.uart[1]!.feedByte(8);
    it.run(20);
    it.write(it.address("polls"), Uint8Array.of(1));
    it.run(500);
    assert.deepEqual(
      seen(it).map(({ high }) => high),
      Array.from({ length: 64 }, (_, i) => i % 2 === 0),
    );
    assert.equal(it.word(it.address("heard")), 1, "once for both bytes");
  });

  it("loses edges of a storm but no final level, and no time goes back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(2, 5), fc.nat(40)), { minLength: 30, maxLength: 90 }),
        (storm) => {
          const it = new DriverMachine(image);
          const levels = new Map([
            [2, false],
            [5, false],
          ]);
          for (const pin of levels.keys()) {
            open(it, "gpio-in", pin);
            it.pico.setInput(pin, false);
            it.call("port_pin_watch", pin, 1);
          }
          it.write(it.address("polls"), Uint8Array.of(0));
          it.run(10);
          for (const [pin, pauseUs] of storm) {
            levels.set(pin, !levels.get(pin)!);
            it.pico.setInput(pin, levels.get(pin)!);
            it.run(pauseUs);
          }
          it.write(it.address("polls"), Uint8Array.of(1));
          it.run(500);
          const edges = seen(it);
          let last = 0;
          for (const { timeUs } of edges) {
            assert.ok(timeUs >= last);
            last = timeUs;
          }
          for (const [pin, level] of levels)
            assert.equal(edges.findLast((edge) => edge.pin === pin)?.high ?? false, level);
        },
      ),
      { seed: 7, numRuns: 12 },
    );
  });
});

describe("pwm.c", { skip }, () => {
  const slices = 0x4005_0000;
  const slice = (it: DriverMachine, pin: number) => {
    const at = slices + 0x14 * ((pin >> 1) & 7);
    const [csr, div, , cc, top] = [0, 4, 8, 12, 16].map((offset) =>
      it.pico.chip.readUint32(at + offset),
    );
    return { csr, divider: div! / 16, period: top! + 1, counts: [cc! & 0xffff, cc! >>> 16] };
  };

  it("starts at duty 0 and 1,000 hertz", () => {
    const it = new DriverMachine(image);
    assert.equal(open(it, "pwm", 19), 1);
    assert.deepEqual(slice(it, 19), { csr: 1, divider: 2, period: 62_500, counts: [0, 0] });
    assert.equal(it.pico.chip.readUint32(0x4001_4004 + 8 * 19), 4);
  });

  it("gives the frequency and duty that were asked for, with the finest period there is", () => {
    const it = new DriverMachine(image);
    open(it, "pwm", 4);
    open(it, "pwm", 5);
    let [dutyA, dutyB] = [0, 0];
    const hertzes = fc.oneof(fc.integer({ min: 8, max: 1e6 }), fc.integer({ min: 8, max: 3000 }));
    const duties = fc.oneof(fc.constantFrom(0, 1, 32768, 65534, 65535), fc.nat(65535));
    fc.assert(
      fc.property(hertzes, duties, fc.boolean(), fc.boolean(), (hertz, duty, ofB, first) => {
        const setDuty = (): void => {
          it.call("port_pwm_set_duty", ofB ? 5 : 4, duty);
          [dutyA, dutyB] = ofB ? [dutyA, duty] : [duty, dutyB];
        };
        if (first) setDuty();
        it.call("port_pwm_set_frequency", first ? 4 : 5, hertz);
        if (!first) setDuty();
        const { divider, period, counts } = slice(it, 4);
        assert.ok(Number.isInteger(divider) && divider >= 1 && divider <= 255);
        assert.ok(period <= 65_535 && (divider === 1 || period > 32_500));
        const exact = 125e6 / (divider * hertz);
        assert.ok(Math.abs(period - exact) <= 0.5);
        if (hertz <= 11_000) assert.equal(Math.round(125e6 / (divider * period)), hertz);
        for (const [i, asked] of [dutyA, dutyB].entries())
          assert.ok(
            Math.abs(counts[i]! - (asked * period) / 65_535) <= 0.5,
            `${asked} of ${period}`,
          );
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe("adc.c", { skip }, () => {
  it("reads the input it is asked for", () => {
    const it = new DriverMachine(image, undefined, { readAdc: (input) => 1000 * input + 95 });
    for (const unit of [0, 3]) {
      assert.equal(open(it, "adc", 26 + unit, { unit }), 1);
      assert.equal(it.call("port_adc_read", unit), 1000 * unit + 95);
    }
    assert.equal(it.pico.chip.readUint32(0x4001_c004 + 4 * 26), 0x80);
  });

  it("refuses an input without a pin", () => {
    assert.equal(open(new DriverMachine(image), "adc", 30, { unit: 4 }), 0);
  });
});
