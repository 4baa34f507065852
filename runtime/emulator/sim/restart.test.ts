import assert from "node:assert/strict";
import { test } from "node:test";
import {
  add,
  Assembler,
  call,
  code,
  drop,
  i32,
  load,
  local,
  report,
  store,
  unreachable,
  wrap,
} from "../../../test/helpers/assemble.js";
import {
  Bench,
  input,
  output,
  pwm,
  retainer,
  subscriber,
  uart,
} from "../../../test/helpers/bench.js";
import { stateOf } from "../../../test/helpers/state.js";

const second = 1e6;
const counted = stateOf("count:i32");
const at = 64;

/** Counts every 100 ms from its state on, reports `base` + count, then the device's clock in ms. */
function counter(base: number): Uint8Array {
  const app = new Assembler();
  const tick = app.handler(
    code(
      i32(at),
      code(i32(at), load(0), i32(1), add),
      store(0),
      report(code(i32(at), load(0), i32(base), add)),
      report(code(call("clock.millis"), wrap)),
    ),
  );
  return app
    .start(call("state.bind", i32(at), i32(8)), drop, call("timer.every", i32(100), i32(tick)))
    .build();
}

test("the device's clock starts again at 0, the trace's time goes on", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  bench.advanceTo(250_000);
  bench.device.restart();
  bench.advanceTo(500_000);
  assert.deepEqual(bench.timedReports(), [
    "100000 1",
    "100000 100",
    "200000 2",
    "200000 200",
    "350000 1",
    "350000 100",
    "450000 2",
    "450000 200",
  ]);
});

test("the version that was last kept starts, with its defaults; a trial is over", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  await bench.replace(0, counter(100), { state: counted, health: { seconds: 1 } });
  bench.advanceTo(500_000);
  bench.device.restart();
  assert.deepEqual([bench.device.stats(0).version, bench.device.stats(0).onTrial], [0, false]);
  bench.device.swap(0, 1);
  bench.advanceTo(2 * second);
  bench.device.restart();
  assert.deepEqual([bench.device.stats(0).version, bench.device.stats(0).onTrial], [1, false]);
  const before = bench.reports().length;
  bench.advanceTo(2.25 * second);
  assert.deepEqual(bench.reports().slice(before), [101, 100, 102, 200]);
  assert.deepEqual(bench.values("swap.app"), ["1 on trial", "1 on trial", "1 kept"]);
});

test("what was stored stays; settings and failures are forgotten", async () => {
  const bench = await Bench.create();
  const app = new Assembler();
  const fail = app.handler(unreachable);
  app.start(
    report(code(call("store.get-number", i32(1)), wrap)),
    report(call("settings.get", i32(0))),
    call("store.set-number", i32(1), i32(77)),
    drop,
    call("timer.after", i32(100), i32(fail)),
  );
  const setting = { name: "s", type: "integer", decimals: 0, default: 3, min: 0, max: 9 } as const;
  await bench.add(app.build(), { settings: [setting], restart: { attempts: 1 } });
  bench.device.setSetting(0, "s", 8);
  bench.advanceTo(5 * second);
  assert.equal(bench.device.stats(0).parked, true);
  const notFound = -9;
  assert.deepEqual(bench.reports(), [notFound, 3, 77, 8]);
  bench.device.restart();
  assert.deepEqual(bench.reports().slice(4), [77, 3]);
  const { failures, parked } = bench.device.stats(0);
  assert.deepEqual({ failures, parked }, { failures: 0, parked: false });
  bench.advanceTo(10 * second);
  assert.equal(bench.device.stats(0).parked, true);
});

test("retained messages are forgotten; a container that had been taken off stays off", async () => {
  const bench = await Bench.create();
  const teller = new Assembler();
  const tell = teller.handler(call("message.publish-number", i32(0), i32(5), i32(0)));
  teller.start(call("timer.after", i32(50), i32(tell)));
  await bench.add(teller.build(), { name: "teller", needs: [retainer("t")] });
  const listener = new Assembler();
  const heard = listener.handler(report(local(0)));
  listener.start(call("message.subscribe", i32(0), i32(heard)));
  bench.advanceTo(100_000);
  for (const name of ["a", "b"])
    await bench.add(listener.build(), { name, needs: [subscriber("t")] });
  bench.advanceTo(200_000);
  bench.device.stop(2);
  bench.device.restart();
  bench.advanceTo(400_000);
  assert.deepEqual(bench.timedReports("a"), ["100000 1", "250000 1"]);
  assert.deepEqual(bench.timedReports("b"), ["100000 1"]);
  assert.equal(bench.device.stats(2).events, 1);
});

test("pins are pulled down without power, then set up anew", async () => {
  const bench = await Bench.create();
  const app = new Assembler().start(
    call("gpio.write", i32(0), i32(1)),
    call("pwm.set-duty", i32(1), i32(9)),
  );
  await bench.add(app.build(), { needs: [output(1, true), pwm(2), input(3)] });
  bench.advanceTo(10);
  const before = bench.board.calls.length;
  bench.device.restart();
  assert.deepEqual(bench.board.calls.slice(before), [
    "input 1 down",
    "input 2 down",
    "input 3 down",
    "10 write 1 1",
    "output 1",
    "10 pwm 2 1000 0",
    "input 3 none",
    "10 write 1 0",
    "10 pwm 2 1000 9",
  ]);
});

test("what happens from outside has the device's time; what waited on a serial port is lost", async () => {
  const bench = await Bench.create();
  const app = new Assembler();
  const edge = app.handler(report(code(call("clock.millis"), wrap)));
  const heard = app.handler(report(local(0)));
  app.start(
    call("gpio.watch", i32(0), i32(2), i32(20), i32(edge)),
    call("uart.watch", i32(1), i32(heard)),
  );
  await bench.add(app.build(), { needs: [input(3), uart(0)] });
  bench.board.change(400_000, 3, true);
  bench.advanceTo(100_000);
  bench.board.receive(0, 1, 2, 3);
  bench.device.restart();
  bench.board.receive(0, 4);
  bench.advanceTo(1 * second);
  assert.deepEqual(bench.timedReports(), ["100000 1", "420000 320"]);
});

test("several containers come back in their order, each in its version, again and again", async () => {
  const bench = await Bench.create();
  for (const name of ["a", "b", "c"]) await bench.add(counter(0), { name, state: counted });
  await bench.replace(1, counter(100), { name: "b", state: counted, health: { seconds: 1 } });
  bench.advanceTo(2 * second);
  for (let n = 1; n <= 3; n++) {
    bench.device.restart();
    bench.advanceTo((2 + n) * second - 50_000);
    const versions = [0, 1, 2].map((index) => bench.device.stats(index).version);
    assert.deepEqual(versions, [0, 1, 0]);
  }
  bench.device.swap(1, 0);
  bench.device.restart();
  assert.equal(bench.device.stats(1).version, 1);
});
