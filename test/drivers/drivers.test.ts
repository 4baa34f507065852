import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { armCompiler } from "../../runtime/firmware/arm.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { RecordingBoard } from "./board.js";
import { type DriverImage, DriverMachine, type Wiring, buildDrivers } from "./machine.js";

/** Places of error-code in the contract, negated. */
const errors = { nakAddress: -1, nakData: -2, busStuck: -4, timeout: -5, overrun: -6 };
const skip = armCompiler() === undefined ? "no arm-none-eabi-gcc here" : false;
let image: DriverImage;

const count = (length: number, from = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const listed = (prefix: string, bytes: Uint8Array): string =>
  [...bytes].map((byte) => prefix + byte.toString(16).padStart(2, "0")).join(" ");

function machine(connections: readonly Connection[] = []): {
  board: RecordingBoard;
  it: DriverMachine;
} {
  const board = new RecordingBoard();
  return { board, it: new DriverMachine(image, (pico) => board.attach(pico, connections)) };
}

before(() => {
  if (!skip) image = buildDrivers();
});

describe("i2c.c", { skip }, () => {
  const wiring: Wiring = { kind: "i2c", unit: 0, pins: [4, 5], hertz: 400_000, address: 0x76 };
  const connection: Connection = { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz: 1, address: 1 };

  function bus(hertz = wiring.hertz, connections = [connection]) {
    const { board, it } = machine(connections);
    board.targets.set(0x76, {});
    const need = it.need(0, { ...wiring, hertz });
    assert.equal(it.call("port_open", need), 1);
    const transfer = (data: Uint8Array, length: number): number =>
      it.call("port_i2c_transfer", need, it.buffer(0, data), data.length, it.buffer(1), length);
    return { board, it, need, transfer, read: (n: number) => it.read(it.buffer(1), n) };
  }

  it("writes, reads, and reads after a repeated start", () => {
    const { board, transfer, read } = bus();
    assert.equal(transfer(count(2, 0xf4), 0), 0);
    assert.equal(board.take(), "S76 wf4 wf5 P");
    assert.equal(transfer(count(0), 3), 0);
    assert.equal(board.take(), "S76 r01 r02 r03 P");
    assert.equal(hex(read(3)), "010203");
    assert.equal(transfer(count(1, 0xfa), 2), 0);
    assert.equal(board.take(), "S76 wfa S76 r01 r02 P");
    assert.equal(hex(read(2)), "0102");
  });

  it("passes transactions of any length through its FIFOs", () => {
    const { board, transfer, read } = bus();
    for (const [written, got] of [
      [1, 1],
      [15, 1],
      [16, 16],
      [17, 17],
      [31, 40],
      [256, 256],
    ] as const) {
      assert.equal(transfer(count(written), got), 0, `${written} and ${got}`);
      assert.equal(hex(read(got)), hex(count(got)));
      assert.equal(
        board.take(),
        `S76 ${listed("w", count(written))} S76 ${listed("r", count(got))} P`,
      );
    }
  });

  it("takes the time of its bits", () => {
    for (const hertz of [10_000, 100_000, 400_000, 1_000_000]) {
      const { it, transfer } = bus(hertz);
      const from = it.pico.nowNs;
      transfer(count(10), 10);
      const bits = ((it.pico.nowNs - from) * hertz) / 1e9;
      // start, 10 bytes and an address, start, the same, stop; up to 12 us of code and of the granularity of looking
      assert.ok(bits > 201 && bits < 202 + 12e-6 * hertz, `${bits} bits at ${hertz} Hz`);
    }
  });

  it("sleeps through a transfer", () => {
    const { it, transfer } = bus(100_000);
    const asleep = it.pico.counters.sleepNs;
    const from = it.pico.nowNs;
    transfer(count(1), 100);
    const share = (it.pico.counters.sleepNs - asleep) / (it.pico.nowNs - from);
    assert.ok(share > 0.95, `${share}`);
  });

  it("tells who refused", () => {
    const { board, it, transfer } = bus();
    board.targets.set(0x76, { acknowledges: 2 });
    assert.equal(transfer(count(5), 0), errors.nakData);
    assert.equal(board.take(), "S76 w01 w02 w03 P");
    assert.equal(transfer(count(40), 20), errors.nakData);
    board.take();
    const other = it.need(1, { ...wiring, address: 0x20 });
    const get = (written: number, read: number): number =>
      it.call("port_i2c_transfer", other, it.buffer(0), written, it.buffer(1), read);
    for (const [written, read] of [
      [1, 0],
      [0, 1],
      [30, 30],
    ] as const) {
      assert.equal(get(written, read), errors.nakAddress);
      assert.equal(board.take(), "S20 P");
    }
    board.targets.set(0x76, {});
    assert.equal(transfer(count(1), 1), 0);
    assert.equal(board.take(), "S76 w01 S76 r01 P");
  });

  it("sends an address alone by hand", () => {
    const { board, it, transfer } = bus();
    assert.equal(transfer(count(0), 0), 0);
    assert.equal(board.take(), "S76 P");
    const other = it.need(1, { ...wiring, address: 0x20 });
    assert.equal(it.call("port_i2c_transfer", other, 0, 0, 0, 0), errors.nakAddress);
    assert.equal(board.take(), "S20 P");
    assert.equal(transfer(count(1), 1), 0);
    assert.equal(board.take(), "S76 w01 S76 r01 P");
  });

  it("frees a device that holds SDA, and reports lines that stay low", () => {
    // Without what decodes the lines: the test holds them itself.
    const { board, it, transfer } = bus(wiring.hertz, []);
    const pins = it.pico.chip.gpio;
    let clocks = 0;
    const count9 = (): void => {
      if (pins[5]!.outputEnable) return;
      if (++clocks === 9) board.hold(4, false);
    };
    board.hold(4, true);
    const forget = pins[5]!.addListener(count9);
    assert.equal(transfer(count(1), 0), 0);
    assert.equal(board.take(), "S76 w01 P");
    forget();
    for (const pin of [4, 5]) {
      board.hold(pin, true);
      const from = it.pico.nowNs;
      assert.equal(transfer(count(1), 0), errors.busStuck);
      assert.ok(it.pico.nowNs - from < 27e6, "bounded");
      board.hold(pin, false);
      assert.equal(transfer(count(1), 0), 0);
    }
  });

  it("gives up on a device that stretches the clock for ever", () => {
    const { it, transfer } = bus();
    const controller = it.pico.chip.i2c[0]!;
    const write = controller.onWriteByte;
    controller.onWriteByte = () => {};
    const from = it.pico.nowNs;
    assert.equal(transfer(count(8), 0), errors.timeout);
    const us = (it.pico.nowNs - from) / 1000;
    assert.ok(us > 25_000 && us < 26_000, `${us} us`);
    controller.onWriteByte = write;
  });

  it("refuses pins of another unit, and frequencies out of reach", () => {
    const { it } = bus();
    const open = (change: Partial<Wiring>): number =>
      it.call("port_open", it.need(1, { ...wiring, ...change })) & 1;
    assert.equal(open({ pins: [5, 4] }), 0);
    assert.equal(open({ pins: [6, 7] }), 0);
    assert.equal(open({ pins: [4, 7] }), 0);
    assert.equal(open({ pins: [32, 33] }), 0);
    assert.equal(open({ unit: 1, pins: [6, 7] }), 1);
    assert.equal(open({ unit: 2, pins: [8, 9] }), 0);
    assert.equal(open({ hertz: 4_999 }), 0);
    assert.equal(open({ hertz: 5_000 }), 1);
  });
});

describe("spi.c", { skip }, () => {
  const wiring: Wiring = { kind: "spi", unit: 0, pins: [18, 19, 16, 17], hertz: 1_000_000 };
  const connection: Connection = {
    kind: "spi",
    bus: 0,
    sck: 18,
    mosi: 19,
    miso: 16,
    cs: 17,
    hertz: 1,
    mode: 0,
  };

  function bus(change: Partial<Wiring> = {}) {
    const { board, it } = machine([connection]);
    const need = it.need(0, { ...wiring, ...change });
    assert.equal(it.call("port_open", need) & 1, 1);
    const transfer = (data: Uint8Array, total: number, skip: number): number =>
      it.call(
        "port_spi_transfer",
        need,
        it.buffer(0, data),
        data.length,
        total,
        it.buffer(1, new Uint8Array(512)),
        skip,
      );
    return { board, it, transfer, read: () => it.read(it.address("buffers") + 512, 512) };
  }

  it("exchanges bytes while the device is selected", () => {
    const { board, transfer, read } = bus();
    assert.equal(transfer(count(3, 0x10), 3, 0), 0);
    assert.equal(board.take(), "[17 10 11 12 ]");
    assert.equal(hex(read().subarray(0, 4)), "01020300");
    assert.equal(transfer(count(2, 0x20), 5, 2), 0);
    assert.equal(board.take(), "[17 20 21 00 00 00 ]");
    assert.equal(hex(read().subarray(0, 4)), "03040500");
    assert.equal(transfer(count(2, 0x20), 2, 2), 0);
    assert.equal(hex(read().subarray(0, 4)), "00000000");
  });

  it("passes any length through its FIFOs", () => {
    const { board, transfer, read } = bus();
    for (const [length, total, skip] of [
      [1, 1, 0],
      [8, 9, 0],
      [9, 20, 9],
      [256, 512, 256],
    ] as const) {
      assert.equal(transfer(count(length), total, skip), 0);
      const got = read();
      assert.equal(hex(got.subarray(0, total - skip)), hex(count(total - skip, skip + 1)));
      assert.ok(got.subarray(total - skip).every((byte) => byte === 0));
      board.take();
    }
  });

  it("has at most the frequency asked for, and each of the modes", () => {
    for (const [mode, hertz] of [
      [0, 4_000],
      [1, 99_999],
      [2, 1_000_000],
      [3, 62_500_000],
    ] as const) {
      const { it, transfer } = bus({ mode, hertz });
      transfer(count(1), 1, 0);
      const controller = it.pico.chip.spi[0]!;
      const real = controller.clockFrequency;
      assert.ok(real <= hertz && real > hertz * 0.95, `${real} for ${hertz}`);
      const control = controller.readUint32(0);
      assert.equal(control & 15, 7);
      assert.equal((control >> 6) & 1, mode >> 1, "polarity");
      assert.equal((control >> 7) & 1, mode & 1, "phase");
    }
  });

  it("sleeps through a slow transfer", () => {
    const { it, transfer } = bus({ hertz: 100_000 });
    const asleep = it.pico.counters.sleepNs;
    const from = it.pico.nowNs;
    transfer(count(100), 100, 0);
    const share = (it.pico.counters.sleepNs - asleep) / (it.pico.nowNs - from);
    assert.ok(share > 0.8, `${share}`);
  });

  it("refuses pins of another unit or role", () => {
    const { it } = bus();
    const open = (change: Partial<Wiring>): number =>
      it.call("port_open", it.need(1, { ...wiring, ...change })) & 1;
    assert.equal(open({ pins: [19, 18, 16, 17] }), 0);
    assert.equal(open({ pins: [10, 19, 16, 17] }), 0);
    assert.equal(open({ pins: [18, 19, 16, 31] }), 0);
    assert.equal(open({ pins: [18, 19, 16, 1] }), 1);
    assert.equal(open({ unit: 1, pins: [10, 11, 12, 13] }), 1);
    assert.equal(open({ unit: 2 }), 0);
    assert.equal(open({ hertz: 3_999 }), 0);
  });
});

describe("uart.c", { skip }, () => {
  const wiring: Wiring = { kind: "uart", unit: 1, pins: [4, 5], hertz: 9_600 };

  function port(change: Partial<Wiring> = {}) {
    const { board, it } = machine();
    const need = it.need(0, { ...wiring, ...change });
    assert.equal(it.call("port_open", need) & 1, 1);
    const write = (bytes: Uint8Array): number =>
      it.call("port_uart_write", need, it.buffer(0, bytes), bytes.length);
    const read = (capacity: number): Uint8Array | number => {
      const length = it.call("port_uart_read", need, it.buffer(1), capacity);
      return length < 0 ? length : it.read(it.buffer(1), length);
    };
    const waiting = (): number => it.call("port_uart_waiting", need);
    const feed = (bytes: Uint8Array): void =>
      bytes.forEach((byte) => it.pico.chip.uart[1]!.feedByte(byte));
    return { board, it, write, read, waiting, feed };
  }

  it("sends", () => {
    const { board, it, write } = port();
    assert.equal(write(count(200)), 200);
    it.run(1000);
    assert.equal(hex(Uint8Array.from(board.sent)), hex(count(200)));
  });

  it("has the baud rate within 1 %", () => {
    for (const hertz of [120, 300, 9_600, 115_200, 921_600]) {
      const { it } = port({ hertz });
      const real = it.pico.chip.uart[1]!.baudRate;
      assert.ok(Math.abs(real / hertz - 1) < 0.01, `${real} for ${hertz}`);
    }
  });

  it("keeps what arrives until it is read, and tells of it", () => {
    const { it, read, waiting, feed } = port();
    feed(count(20));
    it.run(100);
    assert.equal(it.word(it.address("heard")), 1);
    assert.equal(it.word(it.address("heard") + 4), 1);
    assert.equal(waiting(), 20);
    assert.equal(hex(read(5) as Uint8Array), hex(count(5)));
    assert.equal(hex(read(99) as Uint8Array), hex(count(15, 6)));
    assert.equal((read(99) as Uint8Array).length, 0);
  });

  it("reports lost bytes once", () => {
    const { it, read, feed } = port();
    for (let i = 0; i < 20; i++) {
      feed(count(16, 1 + 16 * i));
      it.run(100);
    }
    assert.equal(read(256), errors.overrun);
    assert.equal(hex(read(256) as Uint8Array), hex(count(256)));
    assert.equal((read(256) as Uint8Array).length, 0);
  });

  it("counts a damaged byte as lost", () => {
    const { it, read, feed } = port();
    feed(Uint8Array.of(1));
    it.pico.chip.uart[1]!.feedByte(0x1_41);
    feed(Uint8Array.of(2));
    it.run(100);
    assert.equal(read(256), errors.overrun);
    assert.equal(hex(read(256) as Uint8Array), "0102");
  });

  it("refuses pins of another unit or role", () => {
    const { it } = port();
    const open = (unit: number, tx: number, rx: number, hertz = 9_600): number =>
      it.call("port_open", it.need(1, { ...wiring, unit, pins: [tx, rx], hertz })) & 1;
    for (const [unit, tx] of [
      [0, 0],
      [0, 12],
      [0, 16],
      [0, 28],
      [1, 4],
      [1, 8],
      [1, 20],
      [1, 24],
    ] as const)
      assert.equal(open(unit, tx, tx + 1), 1, `${unit} ${tx}`);
    assert.equal(open(0, 4, 5), 0);
    assert.equal(open(0, 1, 0), 0);
    assert.equal(open(0, 0, 3), 0);
    assert.equal(open(2, 4, 5), 0);
    assert.equal(open(1, 4, 5, 100), 0);
    assert.equal(open(1, 4, 5, 8_000_000), 0);
  });
});
