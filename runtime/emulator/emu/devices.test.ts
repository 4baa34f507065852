import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleLogger, LogLevel, RP2040 } from "rp2040js";
import type { Connection } from "../../rig/connection.js";
import type { PartSpec, SignalSpec } from "../../rig/simulation.js";
import { Board } from "../board/board.js";
import { createEnvironment } from "../environment/environment.js";
import type { TraceEntry } from "../trace/entry.js";
import { Devices } from "./devices.js";

const i2c0 = 0x40044000;
const spi0 = 0x4003c000;
const uart1 = 0x40038000;
const adc = 0x4004c000;
const pwm = 0x40050000;
const io = 0x40014000;
const pads = 0x4001c000;
const sio = 0xd0000000;

const signals = new Map<string, SignalSpec>([
  ["t", { kind: "constant", value: 21.45 }],
  ["half", { kind: "constant", value: 0.5 }],
]);

/** Registers of a chip without a processor, on a board. */
function bench(
  parts: Record<string, PartSpec> = {},
  connections: readonly Connection[] = [],
  start = true,
) {
  const entries: TraceEntry[] = [];
  const environment = createEnvironment(signals, { seed: 1, gridUs: 1000, files: () => "" });
  const simulation = { seed: 1, speed: 1, deviceId: new Uint8Array(8), signals, messages: [] };
  const board = new Board(
    { ...simulation, parts: new Map(Object.entries(parts)), presses: [] },
    environment,
    (entry) => entries.push(entry),
  );
  const chip = new RP2040();
  chip.logger = new ConsoleLogger(LogLevel.Error, true);
  const clock = chip.clock as typeof chip.clock & { tick(nanos: number): void };
  const link = {
    board,
    isRunning: start,
    sync: () => board.advanceTo(Math.max(board.nowUs, Math.floor(clock.nanos / 1000))),
  };
  const devices = new Devices(chip, link, connections);
  board.listener = {
    onPinChange: (pin, high) => devices.setLevel(pin, high),
    onUartReceive: (port) => devices.receive(port),
  };
  return {
    board,
    chip,
    devices,
    link,
    write: (address: number, value: number) => chip.writeUint32(address, value),
    read: (address: number) => chip.readUint32(address) >>> 0,
    runTo(us: number) {
      clock.tick(us * 1000 - clock.nanos);
      link.sync();
    },
    trace: () => entries.map(({ timeUs, channel, value }) => `${timeUs} ${channel} ${value}`),
  };
}

/** FUNCSEL and pad of a pin. */
function select(to: ReturnType<typeof bench>, pin: number, func: number, pad = 0x40): void {
  to.write(pads + 4 + 4 * pin, pad);
  to.write(io + 4 + 8 * pin, func);
}

test("an output is what is written, and reads back; nothing of it is seen before the clock starts", () => {
  const on = bench({ lamp: { chip: "led", pin: 25, activeLow: false } }, [], false);
  on.write(sio + 0x14, 1 << 25);
  on.write(sio + 0x24, 1 << 25);
  select(on, 25, 5);
  assert.deepEqual(on.trace(), []);
  assert.equal(on.read(sio + 4) >>> 25, 1);
  on.link.isRunning = true;
  on.devices.start();
  on.runTo(7);
  on.write(sio + 0x18, 1 << 25);
  assert.equal(on.read(sio + 4) >>> 25, 0);
  on.write(sio + 0x18, 1 << 25);
  assert.deepEqual(on.trace(), ["0 pin.GP25 1", "7 pin.GP25 0"]);
});

test("an input has the level of its pull and of the world, and its edges interrupt once", () => {
  const on = bench({ button: { chip: "button", pin: 14, connects: "ground", bounceUs: 0 } });
  select(on, 14, 5, 0x48);
  assert.equal((on.read(sio + 4) >>> 14) & 1, 1);
  on.write(io + 0xf4, 0xffffffff);
  on.write(io + 0x104, 0xc << 24);
  assert.equal(on.read(io + 0x124), 0);
  on.board.press("button", 50, 100);
  on.runTo(49);
  assert.equal(on.read(io + 0x124), 0);
  on.runTo(50);
  assert.equal(on.read(io + 0x124), 4 << 24);
  on.write(io + 0xf4, 4 << 24);
  select(on, 14, 5, 0x48);
  assert.equal(on.read(io + 0x124), 0);
  on.runTo(200);
  assert.equal(on.read(io + 0x124), 8 << 24);
  assert.deepEqual(on.trace(), ["0 pin.GP14 1", "50 pin.GP14 0", "150 pin.GP14 1"]);
});

test("an I2C transaction takes its bits on the wire, and the part sees when it began", () => {
  const on = bench({ outside: { chip: "tmp102", bus: 0, address: 0x48, temperature: "t" } });
  // 125 cycles high with the 14 that the controller adds, 187 low with one: 400,641 Hz.
  on.write(i2c0 + 0x1c, 125 - 14);
  on.write(i2c0 + 0x20, 187 - 1);
  on.write(i2c0 + 0x04, 0x48);
  on.write(i2c0 + 0x6c, 1);
  const bitUs = 312 / 125;
  on.runTo(100_000);
  on.write(i2c0 + 0x10, 0);
  on.write(i2c0 + 0x10, 0x500);
  on.write(i2c0 + 0x10, 0x300);
  const bits = 1 + 9 + 9 + 1 + 9 + 9 + 9 + 1;
  on.runTo(100_000 + bits * bitUs - 1);
  assert.deepEqual(on.trace(), []);
  on.runTo(100_000 + bits * bitUs + 1);
  assert.deepEqual([on.read(i2c0 + 0x10) & 0xff, on.read(i2c0 + 0x10) & 0xff], [0x15, 0x70]);
  assert.deepEqual(on.trace(), ["100002 signal.t 21.45", "100002 i2c.i2c0 r48 00 -> 15 70"]);
  on.write(i2c0 + 0x6c, 0);
  on.write(i2c0 + 0x04, 0x49);
  on.write(i2c0 + 0x6c, 1);
  on.write(i2c0 + 0x10, 0x200);
  on.runTo(101_000);
  assert.equal(on.read(i2c0 + 0x80) & 1, 1);
  assert.match(on.trace().at(-1)!, /^1001\d\d i2c.i2c0 nak 49$/);
});

test("after an abort nothing is sent until it is cleared, and a reset forgets what was going on", () => {
  const on = bench({ outside: { chip: "tmp102", bus: 0, address: 0x48, temperature: "t" } });
  const [bus, tar, command, raw, clear, enable, status] = [i2c0, 4, 0x10, 0x34, 0x54, 0x6c, 0x70];
  const starts = (): number => on.trace().filter((line) => line.includes("nak 49")).length;
  // 16 us a bit
  on.write(bus + 0x1c, 1000);
  on.write(bus + 0x20, 1000);
  on.write(bus + tar, 0x49);
  on.write(bus + enable, 1);
  on.write(bus + command, 0);
  on.runTo(1000);
  assert.equal(on.read(bus + raw) & 0x240, 0x240);
  on.write(bus + command, 0x200);
  on.runTo(2000);
  assert.equal(starts(), 1);
  on.read(bus + clear);
  on.write(bus + command, 0x200);
  on.runTo(2010);
  assert.equal(on.read(bus + status) & 0x20, 0x20, "at work");
  (on.chip.i2c[0] as unknown as { reset(): void }).reset();
  assert.deepEqual(
    [tar, raw, enable].map((offset) => on.read(bus + offset)),
    [0x55, 0, 0],
  );
  on.runTo(3000);
  assert.equal(on.read(bus + status) & 0x20, 0);
  assert.equal(starts(), 1);
});

test("a controller that turns around without a restart makes one", () => {
  const on = bench({ outside: { chip: "tmp102", bus: 0, address: 0x48, temperature: "t" } });
  on.write(i2c0 + 0x04, 0x48);
  on.write(i2c0 + 0x6c, 1);
  on.runTo(100_000);
  on.write(i2c0 + 0x10, 0);
  on.write(i2c0 + 0x10, 0x300);
  on.runTo(200_000);
  assert.match(on.trace().at(-1)!, /i2c.i2c0 r48 00 -> 15$/);
});

test("an address that is sent by hand is acknowledged by who is there", () => {
  const wired: Connection = { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz: 100_000, address: 0x48 };
  const on = bench({ outside: { chip: "tmp102", bus: 0, address: 0x48, temperature: "t" } }, [
    wired,
  ]);
  const line = (pin: number, high: boolean) => on.write(sio + (high ? 0x28 : 0x24), 1 << pin);
  const level = (pin: number) => (on.read(sio + 4) >>> pin) & 1;
  /** True if acknowledged. */
  const send = (address: number): boolean => {
    line(4, false);
    let acknowledge = 1;
    for (let mask = 0x100; mask > 0; mask >>= 1) {
      line(5, false);
      line(4, (((address << 2) | 1) & mask) !== 0);
      line(5, true);
      acknowledge = level(4);
    }
    line(5, false);
    line(4, false);
    line(5, true);
    line(4, true);
    return acknowledge === 0;
  };
  for (const pin of [4, 5]) select(on, pin, 3, 0x48);
  assert.deepEqual([level(4), level(5)], [1, 1]);
  on.runTo(50);
  for (const pin of [4, 5]) select(on, pin, 5, 0x48);
  assert.equal(send(0x48), true);
  assert.equal(send(0x49), false);
  assert.deepEqual([level(4), level(5)], [1, 1]);
  assert.deepEqual(on.trace(), ["50 signal.t 21.45", "50 i2c.i2c0 w48", "50 i2c.i2c0 nak 49"]);
});

test("an SPI transfer lasts while its device is selected; that pin is part of the bus", () => {
  const spi: Connection = {
    kind: "spi",
    bus: 0,
    sck: 18,
    mosi: 19,
    miso: 16,
    cs: 17,
    hertz: 1_000_000,
    mode: 0,
  };
  const on = bench({}, [spi]);
  on.write(sio + 0x14, 1 << 17);
  on.write(sio + 0x24, 1 << 17);
  select(on, 17, 5);
  on.write(spi0 + 0x10, 125);
  on.write(spi0, 7);
  on.write(spi0 + 4, 2);
  on.runTo(10);
  on.write(sio + 0x18, 1 << 17);
  on.write(spi0 + 8, 0x9f);
  on.write(spi0 + 8, 0x00);
  on.runTo(25);
  assert.equal(on.read(spi0 + 0xc) & 0x10, 0x10);
  on.runTo(27);
  assert.equal(on.read(spi0 + 0xc) & 0x10, 0);
  on.write(sio + 0x14, 1 << 17);
  on.write(sio + 0x18, 1 << 17);
  on.write(sio + 0x14, 1 << 17);
  assert.deepEqual(on.trace(), ["10 spi.spi0 GP17 9F 00 -> 00 00"]);
});

test("a serial port sends what one call has written, and receives at the pace of its baud rate", () => {
  const on = bench();
  on.write(uart1 + 0x24, 67);
  on.write(uart1 + 0x28, 52);
  on.write(uart1 + 0x30, 0x301);
  on.runTo(10);
  on.write(uart1, 0x68);
  on.write(uart1, 0x69);
  on.runTo(20);
  on.write(uart1, 0x0a);
  on.runTo(30);
  on.board.uartReceive(1, Uint8Array.of(1, 2));
  assert.equal(on.read(uart1), 1);
  assert.equal(on.read(uart1 + 0x18) & 0x10, 0x10);
  on.runTo(30 + 86);
  assert.equal(on.read(uart1 + 0x18) & 0x10, 0x10);
  on.runTo(30 + 88);
  assert.equal(on.read(uart1), 2);
  assert.deepEqual(on.trace(), [
    "12 uart.uart1 tx 68 69",
    "22 uart.uart1 tx 0A",
    "30 uart.uart1 rx 01 02",
  ]);
});

test("the ADC converts what the board has at the start of the conversion", () => {
  const on = bench({ knob: { chip: "potentiometer", pin: 26, channel: 0, position: "half" } });
  on.write(adc, 1);
  on.write(adc, 5);
  assert.equal(on.read(adc) & 0x100, 0);
  on.runTo(2);
  assert.equal(on.read(adc) & 0x100, 0x100);
  assert.equal(on.read(adc + 4), 2048);
  assert.deepEqual(on.trace(), ["0 signal.half 0.5", "0 adc.GP26 2048"]);
});

test("PWM is told as hertz and duty, once all of a change is written", () => {
  const on = bench({ lamp: { chip: "led", pin: 16, activeLow: false } });
  select(on, 16, 4);
  on.write(pwm + 0x04, 2 << 4);
  on.write(pwm + 0x10, 62_499);
  on.write(pwm + 0x0c, 15_625);
  on.write(pwm, 1);
  on.runTo(100);
  assert.equal(on.read(sio + 4) >>> 16, 0);
  on.write(pwm + 0x0c, 62_500);
  on.runTo(200);
  assert.equal(on.read(sio + 4) >>> 16, 1);
  assert.deepEqual(on.trace(), ["5 pwm.GP16 16384", "5 hertz.GP16 1000", "105 pwm.GP16 65535"]);
  assert.equal(on.board.parts()[0]?.line, "on");
});
