import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  call,
  code,
  i32,
  load,
  report,
  utf16,
  wrap,
} from "../../test/helpers/assemble.js";
import { Bench, i2c } from "../../test/helpers/bench.js";

const high = [0x42, 32, 0x88, 0xa7]; // i64.const 32, i64.shr_u, i32.wrap_i64

test("clocks run in microseconds and milliseconds, beyond 32 bits", async () => {
  const app = new Assembler();
  const read = (name: string) => [report(code(call(name), wrap)), report(code(call(name), high))];
  const tick = app.handler(
    code(...read("clock.micros"), ...read("clock.millis"), ...read("clock.wall-millis")),
  );
  app.start(call("timer.after", i32(86_400_000), i32(tick)));
  const bench = await Bench.create({ startMs: Date.UTC(2026, 0, 1) });
  await bench.add(app.build());
  bench.advanceTo(86_400e6);
  const words = (value: number): number[] => [value | 0, Math.floor(value / 2 ** 32)];
  assert.deepEqual(bench.reports(), [
    ...words(86_400e6),
    ...words(86_400_000),
    ...words(Date.UTC(2026, 0, 2)),
  ]);
});

test("wall time is unavailable where the device does not know it", async () => {
  const bench = await Bench.create();
  await bench.add(new Assembler().start(report(code(call("clock.wall-millis"), wrap))).build());
  assert.deepEqual(bench.reports(), [-13]);
});

test("the id is eight bytes, the reset reason power-on", async () => {
  const bench = await Bench.create();
  const app = new Assembler();
  app.start(
    report(call("device.id", i32(16), i32(7))),
    report(call("device.id", i32(16), i32(8))),
    report(code(i32(16), load(0))),
    report(code(i32(20), load(0))),
    report(call("device.get-reset-reason")),
  );
  await bench.add(app.build());
  assert.deepEqual(bench.reports(), [-7, 8, 0x04030201, 0x08070605, 0]);
});

/** PCG-XSH-RR 64/32 as its paper has it. */
function pcg(seed: number, count: number): number[] {
  let state = BigInt(seed);
  return Array.from({ length: count }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    const folded = Number(BigInt.asUintN(32, ((state >> 18n) ^ state) >> 27n));
    const turn = Number(state >> 59n);
    return (folded >>> turn) | (folded << (-turn & 31)) | 0;
  });
}

test("random numbers come from the seed", async () => {
  for (const seed of [0, 1, 2 ** 32 - 1]) {
    const bench = await Bench.create({ seed });
    await bench.add(
      new Assembler()
        .start(...Array<readonly number[]>(20).fill(report(call("random.next"))))
        .build(),
    );
    assert.deepEqual(bench.reports(), pcg(seed, 20));
  }
});

test("lines of the log have a level, text and number", async () => {
  const app = new Assembler().data(0, utf16("temp €"));
  const write = (level: number) => call("log.write", i32(level), i32(0), i32(6));
  app.start(
    write(0),
    write(1),
    write(2),
    write(3),
    call("log.number", i32(0), i32(4), i32(-215), i32(1)),
  );
  const bench = await Bench.create();
  await bench.add(app.build());
  assert.deepEqual(bench.values("log.app"), [
    "debug: temp €",
    "temp €",
    "warning: temp €",
    "error: temp €",
    "temp -21.5",
  ]);
});

test("the longest lines fit", async () => {
  const app = new Assembler().data(0, utf16("€".repeat(120)));
  app.start(
    call("log.write", i32(1), i32(0), i32(120)),
    call("log.number", i32(0), i32(100), i32(-(2 ** 31)), i32(9)),
  );
  const bench = await Bench.create();
  await bench.add(app.build());
  assert.deepEqual(bench.values("log.app"), ["€".repeat(120), "€".repeat(100) + " -2.147483648"]);
});

for (const [name, body] of [
  ["a level that does not exist", call("log.write", i32(4), i32(0), i32(0))],
  ["a line of 121 units", call("log.write", i32(1), i32(0), i32(121))],
  ["a number with 10 decimals", call("log.number", i32(0), i32(0), i32(0), i32(10))],
] as const) {
  test(`${name} is a bad argument`, async () => {
    const bench = await Bench.create();
    await bench.add(new Assembler().start(body).build(), { needs: [i2c(0x40)] });
    assert.equal(bench.trap(), "bad-argument");
  });
}
