import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { armCompiler } from "../../runtime/firmware/arm.js";
import { SeedBits } from "../../runtime/emulator/emu/seed-bits.js";
import { type DriverImage, DriverMachine, buildDrivers } from "./machine.js";

const skip = armCompiler() === undefined ? "no arm-none-eabi-gcc here" : false;
let image: DriverImage;
/** Places of reset-reason in the contract. */
const reasons = { powerOn: 0, watchdog: 2, software: 3 };

before(() => {
  if (!skip) image = buildDrivers();
});

describe("clocks.c", { skip }, () => {
  it("gives 125 MHz to the core and leaves unused blocks without a clock and in reset", () => {
    const { chip } = new DriverMachine(image).pico;
    assert.equal(chip.clkSys, 125e6);
    assert.equal(chip.clkPeri, 125e6);
    const gate = (block: number): number => (chip.readUint32(0x4000_80a0) >>> block) & 1;
    for (const block of [1, 2, 5, 6, 7, 12, 13, 17, 21, 22, 24, 26]) assert.equal(gate(block), 0);
    const reset = chip.readUint32(0x4000_c000);
    for (const block of [0, 2, 3, 10, 14, 15, 16]) assert.equal((reset >>> block) & 1, 1);
  });

  it("opens the clocks of what is used, also for the sleep", () => {
    const it = new DriverMachine(image);
    it.call("port_open", it.need(0, { kind: "pwm", unit: 0, pins: [3], hertz: 0 }));
    for (const register of [0x4000_80a0, 0x4000_80a8])
      assert.equal((it.pico.chip.readUint32(register) >>> 17) & 1, 1);
  });
});

describe("timer.c", { skip }, () => {
  const started = (): DriverMachine => {
    const it = new DriverMachine(image);
    it.call("chip_start_clock");
    return it;
  };
  const now = (it: DriverMachine): number => it.call("low_word_of_time") >>> 0;

  it("counts microseconds from the start of the clock", () => {
    const it = started();
    const before = now(it);
    assert.ok(before < 20);
    it.run(5000);
    const passed = now(it) - before;
    assert.ok(passed >= 5000 && passed < 5020, `${passed}`);
  });

  it("sleeps until a time, through the wrap of the low word too", () => {
    const it = started();
    for (const start of [1000, 2 ** 32 - 500]) {
      it.pico.chip.writeUint32(0x4005_4004, start);
      it.pico.chip.writeUint32(0x4005_4000, 0);
      const due = now(it) + 1000;
      it.call("chip_sleep", due >>> 0, Math.floor(due / 2 ** 32));
      const late = now(it) - (due >>> 0);
      assert.ok(late >= 0 && late < 20, `${late} us late`);
    }
  });

  it("does not sleep past a time that has come, and as long as the watchdog waits", () => {
    const it = started();
    let before = now(it);
    it.call("chip_sleep", 0, 0);
    assert.ok(now(it) - before < 20);
    before = now(it);
    it.write(it.address("polls"), Uint8Array.of(0));
    it.call("chip_sleep", before + 2_000_000, 0);
    const slept = now(it) - before;
    assert.ok(slept >= 2_000_000 && slept <= 2_000_020, `${slept} us`);
  });

  it("does not sleep while an edge waits to be told", () => {
    const it = started();
    it.call("port_open", it.need(0, { kind: "gpio-in", unit: 0, pins: [2], hertz: 0 }));
    it.pico.setInput(2, false);
    it.call("port_pin_watch", 2, 1);
    it.write(it.address("polls"), Uint8Array.of(0));
    it.run(10);
    it.pico.setInput(2, true);
    const before = now(it);
    it.call("chip_sleep", before + 1_000_000, 0);
    assert.ok(now(it) - before < 20);
  });
});

describe("flash.c and random.c", { skip }, () => {
  const offset = 0x1f_0000;
  const page = Uint8Array.from({ length: 256 }, (_, i) => i ^ 0xa5);

  it("erases sectors and programs pages", () => {
    const it = new DriverMachine(image);
    const at = it.buffer(0, page);
    it.call("chip_flash_program", offset, at);
    assert.deepEqual(it.read(0x1000_0000 + offset, 256), page);
    it.buffer(
      0,
      page.map((byte) => byte & 0x3c),
    );
    it.call("chip_flash_program", offset, at);
    assert.deepEqual(
      it.read(0x1000_0000 + offset, 256),
      page.map((byte) => byte & 0x3c),
    );
    it.call("chip_flash_erase", offset);
    assert.deepEqual(it.read(0x1000_0000 + offset, 256), new Uint8Array(256).fill(0xff));
    assert.equal(it.pico.counters.flashErases, 1);
  });

  it("reads the id of the flash", () => {
    const uniqueId = Uint8Array.of(0xe6, 0x61, 1, 2, 3, 4, 5, 0xfe);
    const it = new DriverMachine(image, undefined, { uniqueId });
    it.call("port_device_id", it.buffer(0));
    assert.deepEqual(it.read(it.buffer(0), 8), uniqueId);
  });

  it("takes the seed that an emulated oscillator gives", () => {
    const it = new DriverMachine(image, (pico) => new SeedBits(pico.chip, 0x89ab_cdef));
    assert.equal(it.call("port_random_seed") >>> 0, 0x89ab_cdef);
  });

  it("becomes a USB drive when it is asked to", () => {
    const it = new DriverMachine(image);
    assert.throws(() => it.call("chip_boot_rom_usb"), /too long/);
    assert.equal(it.pico.usbBoot, true);
  });
});

describe("watchdog.c", { skip }, () => {
  it("resets the chip where the main loop is stuck, and the next life knows who ran", () => {
    const it = new DriverMachine(image);
    assert.equal(it.call("port_reset_reason"), reasons.powerOn);
    assert.equal(it.call("chip_noted"), 0);
    it.call("chip_note", 42);
    assert.throws(() => it.call("wedge"), /too long/);
    const stuckNs = it.pico.nowNs;
    it.run(2e6);
    assert.deepEqual(
      it.pico.starts.map(({ reason }) => reason),
      ["power", "watchdog"],
    );
    assert.ok(it.pico.starts[1]!.atNs - stuckNs < 3e9);
    assert.equal(it.call("port_reset_reason"), reasons.watchdog);
    assert.equal(it.call("chip_noted"), 42);
  });

  it("does not take a restart by the boot ROM for its own", () => {
    const it = new DriverMachine(image);
    it.pico.chip.writeUint32(0x4005_801c, 0);
    assert.throws(() => it.call("wedge"), /too long/);
    it.run(2e6);
    assert.equal(it.pico.starts[1]?.reason, "watchdog");
    assert.equal(it.call("port_reset_reason"), reasons.software);
  });

  it("leaves a main loop alone that feeds it", () => {
    const it = new DriverMachine(image);
    it.run(4e6);
    assert.equal(it.pico.starts.length, 1);
  });

  it("is what a panic resets the chip with", () => {
    const it = new DriverMachine(image);
    it.call("chip_note", 7);
    assert.throws(() => it.call("panic", 99), /too long/);
    assert.deepEqual(
      it.pico.starts.map(({ reason }) => reason),
      ["power", "forced"],
    );
    assert.equal(it.call("port_reset_reason"), reasons.software);
    assert.equal(it.call("chip_noted"), 7);
    assert.equal(it.pico.chip.readUint32(0x4005_8010), 99);
  });
});
