import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  add,
  call,
  code,
  drop,
  i32,
  local,
  report,
} from "../../test/helpers/assemble.js";
import { Bench, i2c, input, output } from "../../test/helpers/bench.js";

const edges = { rising: 0, falling: 1, both: 2 };

/** A container that reports each level of its only input. */
function watcher(edge: number, debounceMs: number): Uint8Array {
  const app = new Assembler();
  const changed = app.handler(report(local(0)));
  return app.start(call("gpio.watch", i32(0), i32(edge), i32(debounceMs), i32(changed))).build();
}

/** Changes of pin 2 as `[time, level]`. */
async function watch(
  wasm: Uint8Array,
  changes: readonly (readonly [number, number])[],
  activeLow = false,
): Promise<Bench> {
  const bench = await Bench.create();
  if (activeLow) bench.board.levels.set(2, true);
  for (const [timeUs, level] of changes) bench.board.change(timeUs, 2, level === 1);
  await bench.add(wasm, { needs: [input(2, activeLow)] });
  bench.advanceTo(1_000_000);
  return bench;
}

const press = [
  [100, 1],
  [200, 0],
  [300, 1],
  [50_000, 0],
  [50_100, 1],
  [50_300, 0],
] as const;

test("without debounce each change is an event at its time", async () => {
  const bench = await watch(watcher(edges.both, 0), press);
  assert.deepEqual(bench.timedReports(), [
    "100 1",
    "200 0",
    "300 1",
    "50000 0",
    "50100 1",
    "50300 0",
  ]);
});

test("with debounce a change is an event when it has been stable for that long", async () => {
  const bench = await watch(watcher(edges.both, 20), press);
  assert.deepEqual(bench.timedReports(), ["20300 1", "70300 0"]);
});

test("rising and falling tell the logical edges apart", async () => {
  assert.deepEqual((await watch(watcher(edges.rising, 5), press)).timedReports(), ["5300 1"]);
  assert.deepEqual((await watch(watcher(edges.falling, 5), press)).timedReports(), ["55300 0"]);
});

test("an active-low input is active when its pin is low", async () => {
  const bench = await watch(
    watcher(edges.rising, 5),
    [
      [1000, 0],
      [20_000, 1],
    ],
    true,
  );
  assert.deepEqual(bench.timedReports(), ["6000 1"]);
});

test("a glitch shorter than the debounce time is nothing", async () => {
  const bench = await watch(watcher(edges.both, 10), [
    [1000, 1],
    [10_999, 0],
  ]);
  assert.deepEqual(bench.reports(), []);
});

test("a level that is told again while its debounce runs does not begin it anew", async () => {
  const bench = await watch(watcher(edges.both, 10), []);
  for (const timeUs of [1_001_000, 1_004_000]) {
    bench.board.advanceTo(timeUs);
    bench.board.listener!.onPinChange(2, true, timeUs);
  }
  bench.board.levels.set(2, true);
  bench.advanceTo(2_000_000);
  assert.deepEqual(bench.timedReports(), ["1011000 1"]);
});

test("a level that lasts exactly the debounce time counts", async () => {
  const bench = await watch(watcher(edges.both, 10), [
    [1000, 1],
    [11_000, 0],
  ]);
  assert.deepEqual(bench.timedReports(), ["11000 1", "21000 0"]);
});

test("a stable change counts although its event had to wait behind a long one", async () => {
  const app = new Assembler();
  const changed = app.handler(report(local(0)));
  const transfer = code(call("i2c.read", i32(1), i32(0), i32(256)), drop);
  const busy = app.handler(code(transfer, transfer));
  app.start(
    call("gpio.watch", i32(0), i32(2), i32(5), i32(changed)),
    call("timer.after", i32(1), i32(busy)),
  );
  const bench = await Bench.create();
  bench.board.change(2000, 2, true);
  bench.board.change(12_000, 2, false);
  await bench.add(app.build(), { needs: [input(2), i2c(0x40)], eventMs: 100 });
  bench.advanceTo(1_000_000);
  // The transfers end at 1,000 + 2 * 23,150 us.
  assert.deepEqual(bench.timedReports(), ["47300 1", "47301 0"]);
});

test("a second watch replaces the first, with what it had queued", async () => {
  const app = new Assembler();
  const second = app.handler(report(code(local(0), i32(10), add)));
  const first = app.handler(
    code(report(local(0)), call("gpio.watch", i32(0), i32(0), i32(0), i32(second))),
  );
  const transfer = code(call("i2c.read", i32(1), i32(0), i32(256)), drop);
  const busy = app.handler(transfer);
  app.start(
    call("gpio.watch", i32(0), i32(2), i32(0), i32(first)),
    call("timer.after", i32(1), i32(busy)),
  );
  const bench = await Bench.create();
  // Three changes while the bus is busy; the first event's handler drops the other two.
  for (const [timeUs, high] of [
    [2000, true],
    [3000, false],
    [4000, true],
    [90_000, false],
    [95_000, true],
  ] as const)
    bench.board.change(timeUs, 2, high);
  await bench.add(app.build(), { needs: [input(2), i2c(0x40)], eventMs: 100 });
  bench.advanceTo(200_000);
  assert.deepEqual(bench.reports(), [1, 11]);
});

test("unwatch ends the events of an input", async () => {
  const app = new Assembler();
  const changed = app.handler(code(report(local(0)), call("gpio.unwatch", i32(0))));
  app.start(call("gpio.watch", i32(0), i32(2), i32(0), i32(changed)));
  const bench = await watch(app.build(), press);
  assert.deepEqual(bench.reports(), [1]);
  assert.equal(bench.device.stats(0).bindings, 0);
});

test("16 events can wait, the others are dropped and counted", async () => {
  const app = new Assembler();
  const changed = app.handler(report(local(0)));
  const busy = app.handler(code(call("i2c.read", i32(1), i32(0), i32(100)), drop));
  app.start(
    call("gpio.watch", i32(0), i32(2), i32(0), i32(changed)),
    call("timer.after", i32(1), i32(busy)),
  );
  const bench = await Bench.create();
  for (let i = 0; i < 20; i++) bench.board.change(2000 + i, 2, i % 2 === 0);
  await bench.add(app.build(), { needs: [input(2), i2c(0x40)] });
  bench.advanceTo(100_000);
  assert.deepEqual(
    bench.reports(),
    [...Array(16).keys()].map((i) => (i + 1) % 2),
  );
  assert.equal(bench.device.stats(0).dropped, 4);
  assert.equal(bench.device.stats(0).waiting, 0);
});

test("outputs start inactive, read as they were written and become inactive at the end", async () => {
  const app = new Assembler();
  app.start(
    report(call("gpio.read", i32(0))),
    call("gpio.write", i32(0), i32(5)),
    report(call("gpio.read", i32(0))),
    call("gpio.toggle", i32(0)),
    call("gpio.toggle", i32(0)),
    report(call("gpio.read", i32(0))),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [output(3, true)] });
  bench.device.stop(0);
  assert.deepEqual(bench.reports(), [0, 1, 1]);
  assert.deepEqual(bench.board.calls, [
    "0 write 3 1",
    "output 3",
    "0 write 3 0",
    "0 write 3 1",
    "0 write 3 0",
    "0 write 3 1",
  ]);
});

for (const [debounceMs, edge, trap] of [
  [1000, 2, undefined],
  [1001, 2, "bad-argument"],
  [0, 3, "bad-argument"],
] as const) {
  test(`watch with ${debounceMs} ms and edges ${edge}: ${trap ?? "accepted"}`, async () => {
    assert.equal((await watch(watcher(edge, debounceMs), [])).trap(), trap);
  });
}

test("two containers watch one input; one that stops leaves the other its events", async () => {
  const bench = await Bench.create();
  const wasm = watcher(edges.both, 0);
  await bench.add(wasm, { name: "a", needs: [input(2)] });
  await bench.add(wasm, { name: "b", needs: [input(2)] });
  bench.board.change(1000, 2, true);
  bench.board.change(9000, 2, false);
  bench.advanceTo(5000);
  bench.device.stop(0);
  bench.advanceTo(10_000);
  assert.deepEqual([bench.reports("a"), bench.reports("b")], [[1], [1, 0]]);
});
