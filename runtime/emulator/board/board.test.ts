import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagnosticError } from "../../document/diagnostic.js";
import type { PartSpec, PressSpec, SignalSpec, Simulation } from "../../rig/simulation.js";
import { createEnvironment } from "../environment/environment.js";
import type { TraceEntry } from "../trace/entry.js";
import { Board } from "./board.js";

const signals = new Map<string, SignalSpec>([
  ["t", { kind: "constant", value: 21.45 }],
  ["h", { kind: "constant", value: 48.1 }],
  ["p", { kind: "constant", value: 1013.2 }],
  ["half", { kind: "constant", value: 0.5 }],
]);
const bme280: PartSpec = {
  chip: "bme280",
  bus: 0,
  address: 0x76,
  temperature: "t",
  humidity: "h",
  pressure: "p",
};
const button: PartSpec = { chip: "button", pin: 14, connects: "ground", bounceUs: 0 };

function bench(
  parts: Record<string, PartSpec>,
  options: { presses?: PressSpec[]; seed?: number; wants?: (channel: string) => boolean } = {},
) {
  const { presses = [], seed = 1, wants } = options;
  const simulation: Simulation = {
    seed,
    speed: 60,
    deviceId: new Uint8Array(8),
    signals,
    parts: new Map(Object.entries(parts)),
    messages: [],
    presses,
  };
  const entries: TraceEntry[] = [];
  const environment = createEnvironment(signals, { seed, gridUs: 10_000, files: () => "" });
  const board = new Board(simulation, environment, (entry) => entries.push(entry), wants);
  const heard: string[] = [];
  board.listener = {
    onPinChange: (pin, high, timeUs) => heard.push(`${timeUs} GP${pin} ${high ? 1 : 0}`),
    onUartReceive: (port, timeUs) => heard.push(`${timeUs} uart${port}`),
  };
  const trace = () => entries.map(({ timeUs, channel, value }) => `${timeUs} ${channel} ${value}`);
  return { board, heard, trace };
}

test("an input has the level of its pull, and of a closed contact while there is one", () => {
  const { board, heard, trace } = bench(
    { button },
    { presses: [{ atUs: 65e6, part: "button", forUs: 200_000 }] },
  );
  board.configureInput(14, "up");
  assert.equal(board.readPin(14), true);
  assert.equal(board.nextEventUs(), 65e6);
  board.advanceTo(65e6 - 1);
  assert.equal(board.readPin(14), true);
  board.advanceTo(65e6);
  assert.equal(board.readPin(14), false);
  board.advanceTo(100e6);
  assert.equal(board.readPin(14), true);
  assert.equal(board.nextEventUs(), undefined);
  assert.deepEqual(heard, ["65000000 GP14 0", "65200000 GP14 1"]);
  assert.deepEqual(trace(), ["0 pin.GP14 1", "65000000 pin.GP14 0", "65200000 pin.GP14 1"]);
});

test("a button to supply pulls up; one that is not looked at is not heard", () => {
  const { board, heard } = bench({ button: { ...button, connects: "supply" } });
  board.press("button", 1000, 1000);
  board.advanceTo(1500);
  board.configureInput(14, "down");
  assert.equal(board.readPin(14), true);
  board.advanceTo(5000);
  assert.deepEqual(heard, ["2000 GP14 0"]);
});

test("an input that nothing drives reads low and says so once", () => {
  const { board, trace } = bench({});
  board.configureInput(3, "none");
  assert.equal(board.readPin(3), false);
  assert.deepEqual(trace(), [
    "0 note.GP3 nothing drives this input and it has no pull: it reads low",
    "0 pin.GP3 0",
  ]);
});

test("presses that overlap are one press, in whatever order they come", () => {
  const { board, heard } = bench(
    { button },
    { presses: [{ atUs: 5000, part: "button", forUs: 1000 }] },
  );
  board.configureInput(14, "up");
  board.press("button", 100, 200);
  board.advanceTo(150);
  board.press("button", 0, 300);
  board.press("button", 200, 50);
  assert.equal(board.nextEventUs(), 450);
  board.advanceTo(10_000);
  assert.deepEqual(heard, ["100 GP14 0", "450 GP14 1", "5000 GP14 0", "6000 GP14 1"]);
  assert.throws(() => board.press("knob", 0, 1), /knob is not a button/);
  assert.throws(() => board.advanceTo(9_999), RangeError);
});

test("a bouncing press that is prolonged still ends released", () => {
  const { board, heard } = bench({ button: { ...button, bounceUs: 2000 } });
  board.configureInput(14, "up");
  for (let us = 0; us < 1e6; us += 137) {
    board.advanceTo(us);
    if (us % 411 === 0) board.press("button", us, 1000);
  }
  board.advanceTo(2e6);
  assert.equal(board.readPin(14), true);
  assert.equal(board.nextEventUs(), undefined);
  assert.ok(heard.length > 2);
});

test("outputs drive what is on them, and only changes are traced", () => {
  const { board, trace } = bench({
    lamp: { chip: "led", pin: 25, activeLow: false },
    heater: { chip: "relay", pin: 15, activeLow: true },
  });
  const lines = () => board.parts().map(({ name, line }) => `${name} ${line}`);
  assert.deepEqual(lines(), ["lamp off", "heater off"]);
  board.writePin(15, true);
  board.configureOutput(15);
  board.configureOutput(25);
  board.writePin(25, true);
  board.writePin(25, true);
  board.advanceTo(1e6);
  board.writePin(15, false);
  assert.equal(board.readPin(15), false);
  board.advanceTo(4e6);
  board.writePin(15, true);
  assert.deepEqual(lines(), ["lamp on", "heater off  switched on once, 75 % of the time"]);
  assert.deepEqual(trace(), [
    "0 pin.GP15 1",
    "0 pin.GP25 0",
    "0 pin.GP25 1",
    "1000000 pin.GP15 0",
    "4000000 pin.GP15 1",
  ]);
});

test("pulse width modulation dims an LED", () => {
  const { board, trace } = bench({ lamp: { chip: "led", pin: 16, activeLow: false } });
  board.setPwm(16, 1000, 16_384);
  board.setPwm(16, 1000, 16_384);
  board.setPwm(16, 1000, 65_535);
  assert.equal(board.parts()[0]?.line, "on");
  board.setPwm(16, 500, 16_384);
  assert.equal(board.parts()[0]?.line, "25 %");
  assert.equal(board.readPin(16), false);
  assert.deepEqual(trace(), [
    "0 pwm.GP16 16384",
    "0 hertz.GP16 1000",
    "0 pwm.GP16 65535",
    "0 pwm.GP16 16384",
    "0 hertz.GP16 500",
  ]);
});

test("an ADC input converts the potentiometer's position; one with nothing on it reads 0 and says so", () => {
  const { board, trace } = bench({
    knob: { chip: "potentiometer", pin: 26, channel: 0, position: "half" },
  });
  assert.deepEqual([board.readAdc(0), board.readAdc(0), board.readAdc(1)], [2048, 2048, 0]);
  assert.equal(board.parts()[0]?.line, "50 %");
  assert.deepEqual(trace(), [
    "0 signal.half 0.5",
    "0 adc.GP26 2048",
    "0 note.GP27 nothing is connected to this analog input: it reads 0",
    "0 adc.GP27 0",
  ]);
});

test("I2C transactions reach the part at their address, and no other", () => {
  const { board, trace } = bench({ climate: bme280 });
  const read = (bus: number, address: number, register: number, length: number) =>
    board.i2cTransfer(bus, address, Uint8Array.of(register), length);
  assert.deepEqual(read(0, 0x76, 0xd0, 1), { status: "ok", data: Uint8Array.of(0x60) });
  assert.deepEqual(read(0, 0x77, 0xd0, 1), { status: "nak-address", data: new Uint8Array(0) });
  assert.equal(read(1, 0x76, 0xd0, 1).status, "nak-address");
  assert.equal(board.i2cTransfer(0, 0x76, new Uint8Array(0), 0).status, "ok");
  board.i2cTransfer(0, 0x76, Uint8Array.of(0xf2, 1, 0xf4, 0x27), 0);
  board.advanceTo(20_000);
  read(0, 0x76, 0xf7, 3);
  board.i2cTransfer(0, 0x76, new Uint8Array(0), 1);
  assert.deepEqual(trace(), [
    "0 signal.t 21.45",
    "0 signal.h 48.1",
    "0 signal.p 1013.2",
    "0 i2c.i2c0 r76 D0 -> 60",
    "0 i2c.i2c0 nak 77",
    "0 i2c.i2c1 nak 76",
    "0 i2c.i2c0 w76",
    "0 i2c.i2c0 w76 F2 01 F4 27",
    "20000 i2c.i2c0 r76 F7 -> 54 2C 00",
    "20000 i2c.i2c0 r76 -> 81",
  ]);
  assert.deepEqual(board.parts(), [
    {
      name: "climate",
      chip: "bme280",
      line: "21.45 °C  48.1 %  1013.2 hPa",
      value: 21.45,
      unit: "°C",
    },
  ]);
});

test("a bus driven byte by byte looks like whole transactions, at the time at which each began", () => {
  const whole = bench({ climate: bme280 });
  const bytes = bench({ climate: bme280 });
  const transfer = (address: number, data: number[], readLength: number) => {
    const { board } = bytes;
    const beganUs = board.nowUs;
    let acknowledged = board.i2cStart(0, address);
    for (const byte of data) acknowledged &&= board.i2cWrite(0, byte);
    board.advanceTo(beganUs + 500);
    if (acknowledged && readLength > 0) {
      board.i2cStart(0, address);
      for (let i = 0; i < readLength; i++) board.i2cRead(0);
    }
    board.i2cStop(0);
    whole.board.i2cTransfer(0, address, Uint8Array.from(data), readLength);
    for (const { board: each } of [whole, bytes]) each.advanceTo(beganUs + 20_000);
  };
  transfer(0x76, [0xd0], 1);
  transfer(0x77, [0xd0], 1);
  transfer(0x76, [], 0);
  transfer(0x76, [0xf2, 1, 0xf4, 0x27], 0);
  transfer(0x76, [0xf7], 8);
  transfer(0x76, [], 2);
  assert.deepEqual(bytes.trace(), whole.trace());
  assert.match(bytes.trace().at(-2) ?? "", /^80000 i2c.i2c0 r76 F7 -> 54 2C/);
});

test("SPI answers zeros, serial ports pass bytes on", () => {
  const { board, heard, trace } = bench({});
  assert.deepEqual(board.spiTransfer(0, 17, Uint8Array.of(0x9f, 0)), new Uint8Array(2));
  board.spiSelect(1, 9);
  assert.equal(board.spiExchange(1, 0x55), 0);
  board.spiDeselect(1);
  board.uartWrite(1, Uint8Array.of(0x68, 0x69));
  board.advanceTo(50);
  board.uartReceive(1, Uint8Array.of(1, 2, 3));
  assert.equal(board.uartWaiting(1), 3);
  assert.deepEqual([...board.uartRead(1, 2)], [1, 2]);
  assert.deepEqual([...board.uartRead(1, 2)], [3]);
  assert.deepEqual([...board.uartRead(0, 2)], []);
  assert.deepEqual(heard, ["50 uart1"]);
  assert.deepEqual(trace(), [
    "0 spi.spi0 GP17 9F 00 -> 00 00",
    "0 spi.spi1 GP9 55 -> 00",
    "0 uart.uart1 tx 68 69",
    "50 uart.uart1 rx 01 02 03",
  ]);
});

test("channels nobody wants are left out", () => {
  const { board, trace } = bench(
    { climate: bme280 },
    { wants: (channel) => channel.startsWith("pin.") },
  );
  board.i2cTransfer(0, 0x76, Uint8Array.of(0xd0), 1);
  board.configureOutput(2);
  assert.deepEqual(trace(), ["0 pin.GP2 0"]);
});

test("two parts in one place are refused by name", () => {
  const refused = (parts: Record<string, PartSpec>) => {
    try {
      bench(parts);
    } catch (error) {
      assert.ok(error instanceof DiagnosticError);
      return error.diagnostics.map(({ code, message, hint }) => `${code}: ${message}. ${hint}`);
    }
    return assert.fail("nothing was refused");
  };
  const lamp: PartSpec = { chip: "led", pin: 14, activeLow: false };
  assert.deepEqual(
    refused({
      inside: bme280,
      outside: { chip: "tmp102", bus: 0, address: 0x76, temperature: "t" },
      button,
      lamp,
    }),
    [
      "part-conflict: the parts inside and outside are both at address 0x76 of i2c0. Give one of them another address or bus.",
      "part-conflict: the parts button and lamp are both at GP14. Give one of them another pin.",
    ],
  );
  bench({ inside: bme280, outside: { ...bme280, bus: 1 }, third: { ...bme280, address: 0x77 } });
});

test("equal runs give equal traces; another seed gives other bounces", () => {
  const run = (seed: number) => {
    const presses = [1, 2, 3].map((second) => ({
      atUs: second * 1e6,
      part: "button",
      forUs: 50_000,
    }));
    const { board, trace } = bench(
      { button: { ...button, bounceUs: 2000 }, climate: bme280 },
      { presses, seed },
    );
    board.configureInput(14, "up");
    for (let us = 0; us <= 5e6; us += 250_000) {
      board.advanceTo(us);
      board.i2cTransfer(0, 0x76, Uint8Array.of(0xf4, 0x25), 0);
      board.i2cTransfer(0, 0x76, Uint8Array.of(0xf7), 8);
    }
    return trace();
  };
  assert.deepEqual(run(7), run(7));
  assert.notDeepEqual(run(7), run(8));
});
