import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler, call, code, drop, i32, report } from "../../test/helpers/assemble.js";
import { Bench, i2c, output } from "../../test/helpers/bench.js";

/** A handler that reports `mark`. */
const marker = (app: Assembler, mark: number): number => app.handler(report(i32(mark)));
const every = (periodMs: number, handler: number) =>
  call("timer.every", i32(periodMs), i32(handler));
const after = (delayMs: number, handler: number) => call("timer.after", i32(delayMs), i32(handler));

test("a timer blinks a pin", async () => {
  const app = new Assembler();
  const blink = app.handler(call("gpio.toggle", i32(0)));
  app.start(every(500, blink));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [output(15)] });
  bench.advanceTo(1_600_000);
  assert.deepEqual(bench.board.calls, [
    "0 write 15 0",
    "output 15",
    "500000 write 15 1",
    "1000000 write 15 0",
    "1500000 write 15 1",
  ]);
});

test("due times do not drift in more than 2^32 milliseconds", async () => {
  const app = new Assembler();
  const daily = marker(app, 1);
  app.start(every(86_400_000, daily));
  const bench = await Bench.create();
  await bench.add(app.build());
  const days = 60; // 5.2e9 ms
  bench.advanceTo(days * 86_400e6 + 1);
  const times = bench.trace.map((entry) => entry.timeUs);
  assert.deepEqual(
    times,
    [...Array(days).keys()].map((day) => (day + 1) * 86_400e6),
  );
});

test("timers due at the same time go in the order in which they were armed", async () => {
  const app = new Assembler();
  const marks = [1, 2, 3].map((mark) => marker(app, mark));
  app.start(every(20, marks[0]!), every(10, marks[1]!), every(10, marks[2]!));
  const bench = await Bench.create();
  await bench.add(app.build());
  bench.advanceTo(20_010);
  assert.deepEqual(bench.timedReports(), ["10000 2", "10001 3", "20000 1", "20001 2", "20002 3"]);
});

test("an earlier due time goes first, whatever was armed first", async () => {
  const app = new Assembler();
  const [late, early] = [marker(app, 1), marker(app, 2)];
  // The first event takes 9 ms on the bus, so that both wait at its end.
  const busy = app.handler(code(call("i2c.read", i32(0), i32(0), i32(98)), drop));
  app.start(after(10, busy), after(12, late), after(11, early));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [i2c(0x40)] });
  bench.advanceTo(30_000);
  assert.deepEqual(bench.reports(), [2, 1]);
});

test("periods that pass while an event waits are counted as missed, and the rhythm stays", async () => {
  const app = new Assembler();
  const tick = marker(app, 7);
  // 25 ms from 10 ms on: of the ticks at 15, 20, 25, 30 and 35 ms the first is delivered at 35 ms and 4 are missed.
  const busy = app.handler(
    code(...Array(5).fill(code(call("i2c.write", i32(0), i32(0), i32(54)), drop))),
  );
  app.start(every(5, tick), after(10, busy));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [i2c(0x40)], eventMs: 1000 });
  bench.board.i2c = (_address, _data, readLength) => {
    bench.board.nowUs += 5000 - 4970;
    return { status: "ok", data: new Uint8Array(readLength) };
  };
  bench.advanceTo(50_000);
  assert.deepEqual(bench.timedReports(), [
    "5000 7",
    "10000 7",
    "35001 7",
    "40000 7",
    "45000 7",
    "50000 7",
  ]);
  assert.equal(bench.device.stats(0).missed, 4);
  assert.equal(bench.device.stats(0).dropped, 0);
});

test("arming a handler again replaces its timer", async () => {
  const app = new Assembler();
  const tick = marker(app, 1);
  app.start(every(10, tick), after(25, tick));
  const bench = await Bench.create();
  await bench.add(app.build());
  bench.advanceTo(100_000);
  assert.deepEqual(bench.timedReports(), ["25000 1"]);
  assert.equal(bench.device.stats(0).bindings, 0);
});

test("cancel ends a timer, also one that is due", async () => {
  const app = new Assembler();
  const victim = marker(app, 1);
  const killer = app.handler(call("timer.cancel", i32(victim)));
  app.start(after(10, killer), every(10, victim));
  const bench = await Bench.create();
  await bench.add(app.build());
  bench.advanceTo(100_000);
  assert.deepEqual(bench.reports(), []);
  assert.equal(bench.device.stats(0).events, 1);
});

test("a delay of 0 is due at once, and a loop of them lets time pass", async () => {
  const app = new Assembler();
  const self = app.handler(code(report(i32(1)), after(0, 1)));
  app.start(after(0, self));
  const bench = await Bench.create();
  await bench.add(app.build());
  bench.advanceTo(99);
  assert.equal(bench.reports().length, 100);
});

for (const [name, body, trap] of [
  ["every with a period of 0", every(0, 1), "bad-argument"],
  ["every with a period of more than a day", every(86_400_001, 1), "bad-argument"],
  ["every with a period of a day", every(86_400_000, 1), undefined],
  ["after with a delay of more than a day", after(86_400_001, 1), "bad-argument"],
  ["after with a delay of a day", after(86_400_000, 1), undefined],
  ["32 timers", code(...[...Array(32).keys()].map((handler) => every(1, handler + 1))), undefined],
  [
    "33 timers",
    code(...[...Array(33).keys()].map((handler) => every(1, handler + 1))),
    "too-many-bindings",
  ],
  ["every with start as its handler", every(1, 0), "bad-indirect-call"],
  ["after with a handler that is not there", after(1, 40), "bad-indirect-call"],
] as const) {
  test(`${name}: ${trap ?? "accepted"}`, async () => {
    const bench = await Bench.create();
    const app = new Assembler();
    for (let handlers = 0; handlers < 33; handlers++) app.handler([]);
    await bench.add(app.start(body).build());
    assert.equal(bench.trap(), trap);
  });
}
