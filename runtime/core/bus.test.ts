import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  call,
  code,
  drop,
  i32,
  load,
  local,
  report,
} from "../../test/helpers/assemble.js";
import { adc, Bench, i2c, pwm, spi, uart, type WiredNeed } from "../../test/helpers/bench.js";
import { errorCodes } from "../emulator/sim/contract.js";

/** Runs code in `start` with bytes 1 to 8 at address 0. */
async function run(
  needs: readonly WiredNeed[],
  prepare: (bench: Bench) => void,
  ...body: readonly (readonly number[])[]
): Promise<Bench> {
  const bench = await Bench.create();
  prepare(bench);
  const app = new Assembler().data(0, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  await bench.add(app.start(...body).build(), { needs, eventMs: 1000 });
  return bench;
}

const nothing = (): void => {};

test("i2c calls are one transaction each", async () => {
  const device = i32(0);
  const bench = await run(
    [i2c(0x76)],
    (made) => {
      made.board.i2c = (_address, _data, length) => ({
        status: "ok",
        data: Uint8Array.from({ length }, (_, i) => 0x11 * (i + 1)),
      });
    },
    report(call("i2c.read", device, i32(16), i32(4))),
    report(code(i32(16), load(0))),
    report(call("i2c.write", device, i32(0), i32(3))),
    report(call("i2c.write-read", device, i32(1), i32(32), i32(2 | (3 << 16)))),
    report(code(i32(32), load(0))),
    report(call("i2c.read-registers", device, i32(0xf7), i32(16), i32(2))),
    report(call("i2c.write-register", device, i32(0xf4), i32(0x25))),
    report(call("i2c.write", device, i32(0), i32(0))),
  );
  assert.deepEqual(bench.reports(), [4, 0x44332211, 0, 3, 0x332211, 2, 0, 0]);
  assert.deepEqual(
    bench.board.calls.map((line) => line.slice(line.indexOf("i2c"))),
    [
      "i2c 118 [] 4",
      "i2c 118 [1 2 3] 0",
      "i2c 118 [2 3] 3",
      "i2c 118 [247] 2",
      "i2c 118 [244 37] 0",
      "i2c 118 [] 0",
    ],
  );
});

test("i2c takes nine bits a byte, start and stop at the wire's frequency", async () => {
  const transfers: [body: readonly number[], bits: number][] = [
    [call("i2c.read", i32(0), i32(16), i32(4)), 1 + 9 * 5 + 1],
    [call("i2c.write", i32(0), i32(16), i32(4)), 1 + 9 * 5 + 1],
    [
      call("i2c.write-read", i32(0), i32(0), i32(16), i32(1 | (2 << 16))),
      1 + 9 * 2 + 1 + 9 * 3 + 1,
    ],
    [call("i2c.write", i32(0), i32(0), i32(0)), 1 + 9 + 1],
  ];
  for (const hertz of [100_000, 400_000, 333_333])
    for (const [body, bits] of transfers) {
      const bench = await run([i2c(0x40, hertz)], nothing, body, drop);
      assert.equal(bench.board.nowUs, Math.ceil((bits * 1e6) / hertz));
    }
});

for (const status of ["nak-address", "nak-data", "bus-stuck", "timeout"] as const) {
  test(`i2c hands on ${status}`, async () => {
    const bench = await run(
      [i2c(0x40)],
      (made) => (made.board.i2c = () => ({ status, data: new Uint8Array(0) })),
      report(call("i2c.read", i32(0), i32(16), i32(4))),
      report(call("i2c.write", i32(0), i32(0), i32(4))),
    );
    const error = -1 - errorCodes.indexOf(status);
    assert.deepEqual(bench.reports(), [error, error]);
  });
}

test("lists longer than a call allows are too-large, and capacities are cut", async () => {
  const bench = await run(
    [i2c(0x40)],
    nothing,
    report(call("i2c.write", i32(0), i32(0), i32(257))),
    report(call("i2c.read", i32(0), i32(0), i32(300))),
    report(call("i2c.write-read", i32(0), i32(0), i32(256), i32(256 | (1 << 16)))),
    report(call("i2c.write-read", i32(0), i32(0), i32(256), i32(257 | (1 << 16)))),
    report(call("i2c.write-read", i32(0), i32(0), i32(256), i32(1 | (300 << 16)))),
  );
  assert.deepEqual(bench.reports(), [-8, 256, 1, -8, 256]);
});

test("spi exchanges, writes, and writes then reads", async () => {
  const device = i32(0);
  const bench = await run(
    [spi(17, 2_000_000)],
    nothing,
    report(call("spi.transfer", device, i32(0), i32(16), i32(4 | (8 << 16)))),
    report(code(i32(16), load(0))),
    report(call("spi.transfer", device, i32(0), i32(16), i32(4 | (3 << 16)))),
    report(call("spi.write", device, i32(0), i32(2))),
    report(call("spi.write-read", device, i32(0), i32(32), i32(1 | (3 << 16)))),
    report(code(i32(32), load(0))),
  );
  assert.deepEqual(bench.reports(), [4, ~0x04030201, -7, 0, 3, 0xffffff]);
  assert.deepEqual(bench.board.calls, [
    "0 spi 17 [1 2 3 4]",
    "16 spi 17 [1 2]",
    "24 spi 17 [1 0 0 0]",
  ]);
  assert.equal(bench.board.nowUs, 40);
});

test("the longest spi transfer of all", async () => {
  const bench = await run(
    [spi(17)],
    nothing,
    report(call("spi.write-read", i32(0), i32(0), i32(256), i32(256 | (256 << 16)))),
  );
  assert.deepEqual(bench.reports(), [256]);
});

test("a serial port sends, and tells once that bytes wait", async () => {
  const app = new Assembler().data(0, Uint8Array.of(72, 105));
  const received = app.handler(
    code(
      report(local(0)),
      report(call("uart.read", i32(0), i32(16), i32(2))),
      report(code(i32(16), load(0))),
    ),
  );
  app.start(
    report(call("uart.write", i32(0), i32(0), i32(2))),
    call("uart.watch", i32(0), i32(received)),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [uart(1)] });
  bench.board.receive(0, 9);
  bench.board.receive(1, 1, 2);
  bench.board.receive(1, 3);
  bench.advanceTo(100);
  assert.deepEqual(bench.board.calls, ["0 uart 1 [72 105]"]);
  assert.deepEqual(bench.reports(), [2, 3, 2, 0x0201]);
  bench.board.receive(1, 4);
  bench.advanceTo(200);
  assert.deepEqual(bench.reports().slice(4), [2, 2, 0x0403]);
});

test("a uart event whose bytes have been read is not delivered", async () => {
  const app = new Assembler();
  const received = app.handler(report(i32(1)));
  const reader = app.handler(code(call("uart.read", i32(0), i32(16), i32(9)), drop));
  app.start(call("uart.watch", i32(0), i32(received)), call("timer.after", i32(0), i32(reader)));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [uart(0)] });
  bench.board.receive(0, 1);
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), []);
  assert.equal(bench.device.stats(0).waiting, 0);
});

test("12 bits of a sample are spread over 16", async () => {
  for (const [sample, value] of [
    [0, 0],
    [4095, 65535],
    [2048, 32776],
    [1, 16],
  ] as const) {
    const bench = await run(
      [adc(2)],
      (made) => (made.board.adc = sample),
      report(call("adc.read", i32(0))),
    );
    assert.deepEqual(bench.reports(), [value]);
  }
});

test("duty and frequency of a pwm output are set apart", async () => {
  const bench = await run(
    [pwm(6)],
    nothing,
    call("pwm.set-duty", i32(0), i32(65535)),
    call("pwm.set-frequency", i32(0), i32(8)),
    call("pwm.set-frequency", i32(0), i32(1_000_000)),
  );
  bench.device.stop(0);
  assert.deepEqual(bench.board.calls, [
    "0 pwm 6 1000 0",
    "0 pwm 6 1000 65535",
    "0 pwm 6 8 65535",
    "0 pwm 6 1000000 65535",
    "0 pwm 6 1000000 0",
  ]);
});

for (const [name, body] of [
  ["a duty of 65536", call("pwm.set-duty", i32(0), i32(65536))],
  ["7 hertz", call("pwm.set-frequency", i32(0), i32(7))],
  ["1,000,001 hertz", call("pwm.set-frequency", i32(0), i32(1_000_001))],
] as const) {
  test(`${name} is a bad argument`, async () => {
    assert.equal((await run([pwm(6)], nothing, body)).trap(), "bad-argument");
  });
}
