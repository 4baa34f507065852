import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Assembler, call, code, drop, i32, local, report } from "../../test/helpers/assemble.js";
import { Bench, i2c, input, output, subscriber, uart } from "../../test/helpers/bench.js";

test("events that are due together go by source: timer, pin, uart, message, setting", async () => {
  const app = new Assembler();
  const marks = [1, 2, 3, 4, 5].map((mark) => app.handler(report(i32(mark))));
  const [timer, pin, serial, message, setting] = marks.map((handler) => i32(handler));
  app.start(
    call("settings.watch", setting!),
    call("message.subscribe", i32(2), message!),
    call("uart.watch", i32(1), serial!),
    call("gpio.watch", i32(0), i32(2), i32(0), pin!),
    call("timer.after", i32(1), timer!),
  );
  const bench = await Bench.create();
  const settings = [
    { name: "s", type: "integer", decimals: 0, default: 0, min: 0, max: 9 },
  ] as const;
  await bench.add(app.build(), { needs: [input(2), uart(0), subscriber("t")], settings });
  bench.board.advanceTo(1000);
  bench.device.setSetting(0, "s", 1);
  bench.device.receive("t", new Uint8Array(1));
  bench.board.receive(0, 1);
  bench.board.listener!.onPinChange(2, true, 1000);
  bench.advanceTo(2000);
  assert.deepEqual(bench.reports(), [1, 2, 3, 4, 5]);
});

test("an earlier message goes before a later timer that waits too", async () => {
  const app = new Assembler();
  const timer = app.handler(report(i32(1)));
  const message = app.handler(report(i32(2)));
  app.start(
    call("message.subscribe", i32(0), i32(message)),
    call("timer.after", i32(5), i32(timer)),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [subscriber("t")] });
  bench.board.advanceTo(4999);
  bench.device.receive("t", new Uint8Array(1));
  bench.board.advanceTo(9000);
  bench.advanceTo(9100);
  assert.deepEqual(bench.reports(), [2, 1]);
});

test("a container that stops with events waiting gets none of them, its neighbour all", async () => {
  const app = new Assembler();
  const tick = app.handler(report(i32(1)));
  const edge = app.handler(report(i32(2)));
  app.start(
    call("timer.every", i32(1), i32(tick)),
    call("gpio.watch", i32(0), i32(2), i32(0), i32(edge)),
    call("gpio.write", i32(1), i32(1)),
  );
  const bench = await Bench.create();
  for (const [name, pin] of [
    ["a", 3],
    ["b", 4],
  ] as const)
    await bench.add(app.build(), { name, needs: [input(2), output(pin)] });
  bench.board.advanceTo(1000);
  bench.board.listener!.onPinChange(2, true, 1000);
  assert.deepEqual(
    [0, 1].map((index) => bench.device.stats(index).waiting),
    [1, 1],
  );
  bench.device.stop(0);
  assert.equal(bench.board.calls.at(-1), "1000 write 3 0");
  bench.advanceTo(1500);
  assert.deepEqual([bench.reports("a"), bench.reports("b")], [[], [1, 2]]);
  const { waiting, bindings, trap } = bench.device.stats(0);
  assert.deepEqual([waiting, bindings, trap], [0, 0, null]);
  bench.device.stop(0);
});

test("a neighbour that ends in every event disturbs nobody", async () => {
  const bad = new Assembler();
  bad.start(
    call("gpio.write", i32(0), i32(1)),
    call("timer.every", i32(1), i32(bad.handler([0x00]))),
  );
  const good = new Assembler();
  good.start(call("timer.every", i32(1), i32(good.handler(report(i32(7))))));
  const bench = await Bench.create();
  await bench.add(bad.build(), { name: "bad", needs: [output(3)] });
  await bench.add(good.build(), { name: "good" });
  bench.advanceTo(3500);
  assert.equal(bench.trap(0), "unreachable");
  assert.deepEqual(bench.values("trap.bad"), ["unreachable"]);
  assert.equal(bench.board.calls.at(-1), "1000 write 3 0");
  assert.deepEqual(bench.reports("good"), [7, 7, 7]);
  assert.equal(bench.device.stats(0).events, 1);
});

test("pins that change while a transfer takes its time are noticed at their time", async () => {
  const app = new Assembler();
  const edge = app.handler(code(report(local(0))));
  const busy = app.handler(code(call("i2c.read", i32(1), i32(0), i32(50)), drop));
  app.start(
    call("gpio.watch", i32(0), i32(2), i32(2), i32(edge)),
    call("timer.after", i32(10), i32(busy)),
  );
  const bench = await Bench.create();
  bench.board.change(11_000, 2, true);
  await bench.add(app.build(), { needs: [input(2), i2c(0x40)] });
  bench.advanceTo(20_000);
  // The transfer ends at 14,610 us; the level has been stable since 13,000 us by then.
  assert.deepEqual(bench.timedReports(), ["14610 1"]);
});

test("an error of the board comes out where the clock was moved, and the device goes on", async () => {
  const app = new Assembler();
  const tick = app.handler(report(call("i2c.read", i32(0), i32(0), i32(1))));
  const bench = await Bench.create();
  await bench.add(app.start(call("timer.every", i32(10), i32(tick))).build(), {
    needs: [i2c(0x40)],
  });
  const answer = bench.board.i2c;
  bench.board.i2c = () => {
    throw new Error("row 7 is no number");
  };
  assert.throws(() => bench.advanceTo(15_000), /row 7 is no number/);
  bench.board.i2c = answer;
  bench.advanceTo(25_000);
  assert.deepEqual(bench.reports(), [-13, 1]);
});

/** Something that happens to the device from outside. */
type Stimulus = readonly [
  afterUs: number,
  kind: "pin" | "message" | "uart" | "setting",
  value: number,
];

async function play(stimuli: readonly Stimulus[]): Promise<Bench> {
  const app = new Assembler();
  const tick = app.handler(
    code(
      report(call("random.next")),
      call("gpio.toggle", i32(3)),
      call("i2c.read", i32(4), i32(0), i32(30)),
      drop,
    ),
  );
  const edge = app.handler(report(local(0)));
  const bytes = app.handler(
    code(report(local(0)), call("uart.read", i32(1), i32(0), i32(2)), drop),
  );
  const message = app.handler(code(report(local(0)), call("timer.after", i32(1), i32(tick))));
  app.start(
    call("timer.every", i32(3), i32(tick)),
    call("gpio.watch", i32(0), i32(2), i32(2), i32(edge)),
    call("uart.watch", i32(1), i32(bytes)),
    call("message.subscribe", i32(2), i32(message)),
    call("settings.watch", i32(edge)),
  );
  const bench = await Bench.create();
  const settings = [
    { name: "s", type: "integer", decimals: 0, default: 0, min: 0, max: 255 },
  ] as const;
  for (const name of ["a", "b"])
    await bench.add(app.build(), {
      name,
      needs: [input(2), uart(0), subscriber("t"), output(5), i2c(0x40)],
      settings,
    });
  for (const [afterUs, kind, value] of stimuli) {
    bench.advanceTo(bench.board.nowUs + afterUs);
    if (kind === "pin") bench.board.change(bench.board.nowUs + 1, 2, value % 2 === 1);
    if (kind === "message") bench.device.receive("t", new Uint8Array(value % 241));
    if (kind === "uart") bench.board.receive(0, value);
    if (kind === "setting") bench.device.setSetting(value % 2, "s", value);
  }
  bench.advanceTo(bench.board.nowUs + 50_000);
  return bench;
}

const stimulus: fc.Arbitrary<Stimulus> = fc.tuple(
  fc.nat(4000),
  fc.constantFrom("pin", "message", "uart", "setting"),
  fc.nat(255),
);

test("the same input gives the same trace, times never decrease, nothing is lost track of", async () => {
  const property = fc.asyncProperty(fc.array(stimulus, { maxLength: 60 }), async (stimuli) => {
    const [first, second] = [await play(stimuli), await play(stimuli)];
    assert.deepEqual(first.trace, second.trace);
    assert.deepEqual(first.board.calls, second.board.calls);
    for (let i = 1; i < first.trace.length; i++)
      assert.ok(first.trace[i]!.timeUs >= first.trace[i - 1]!.timeUs);
    for (const index of [0, 1]) {
      const stats = first.device.stats(index);
      assert.equal(stats.trap, null);
      assert.ok(stats.waiting <= 16 && stats.bindings <= 6);
      first.device.stop(index);
      assert.deepEqual(
        [first.device.stats(index).waiting, first.device.stats(index).bindings],
        [0, 0],
      );
    }
    assert.equal(first.device.nextDueUs, Infinity);
  });
  await fc.assert(property, { numRuns: 25 });
});
