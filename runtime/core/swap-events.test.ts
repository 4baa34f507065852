import assert from "node:assert/strict";
import { test } from "node:test";
import {
  add,
  Assembler,
  call,
  code,
  type Code,
  drop,
  i32,
  local,
  report,
  unreachable,
} from "../../test/helpers/assemble.js";
import { Bench, i2c, input, type Parts, subscriber, uart } from "../../test/helpers/bench.js";

const second = 1e6;

/** Reports 1000 + value for a pin, 2000 + length for a message, 3000 + bytes for a serial port, 4000 + number for a setting. */
function listener(needs: {
  pin?: number;
  topic?: number;
  port?: number;
  settings?: boolean;
}): Uint8Array {
  const app = new Assembler();
  const told = (base: number): number => app.handler(report(code(local(0), i32(base), add)));
  const { pin, topic, port, settings } = needs;
  const starts: Code[] = [];
  if (pin !== undefined) starts.push(call("gpio.watch", i32(pin), i32(2), i32(0), i32(told(1000))));
  if (topic !== undefined) starts.push(call("message.subscribe", i32(topic), i32(told(2000))));
  if (port !== undefined) starts.push(call("uart.watch", i32(port), i32(told(3000))));
  if (settings === true) starts.push(call("settings.watch", i32(told(4000))));
  return app.start(...starts).build();
}

const step = { name: "step", type: "integer", decimals: 0, default: 1, min: 0, max: 9 } as const;
const byte = Uint8Array.of(1);

/** Two edges, two messages, bytes and a change of a setting happen; none has been handled. */
function excite(bench: Bench): void {
  bench.board.listener!.onPinChange(3, true, 0);
  bench.board.listener!.onPinChange(3, false, 0);
  bench.device.receive("t", byte);
  bench.device.receive("t", Uint8Array.of(1, 2));
  bench.board.receive(0, 1, 2, 3);
  bench.device.setSetting(0, "step", 5);
}

test("events that wait reach the successor's handlers of the same thing, not of the same number", async () => {
  const bench = await Bench.create();
  const parts: Parts = { needs: [input(3), subscriber("t"), uart(0)], settings: [step] };
  await bench.add(listener({ pin: 0, topic: 1, port: 2, settings: true }), parts);
  excite(bench);
  await bench.replace(0, listener({ port: 0, topic: 2, pin: 3, settings: true }), {
    needs: [uart(0), subscriber("other"), subscriber("t"), input(3)],
    settings: [step],
    health: {},
  });
  bench.advanceTo(100);
  // Pins come before serial ports and messages, and settings were read by the start.
  assert.deepEqual(bench.reports(), [1001, 1000, 3003, 2001, 2002]);
  const { dropped, waiting, events } = bench.device.stats(0);
  assert.deepEqual({ dropped, waiting, events }, { dropped: 0, waiting: 0, events: 5 });
});

test("events that nobody claims are dropped and counted", async () => {
  const bench = await Bench.create();
  const needs = [input(3), subscriber("t"), uart(0)];
  await bench.add(listener({ pin: 0, topic: 1, port: 2, settings: true }), {
    needs,
    settings: [step],
  });
  excite(bench);
  // It has the needs, but listens to messages only.
  await bench.replace(0, listener({ topic: 1 }), { needs, settings: [step] });
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [2001, 2002]);
  assert.equal(bench.device.stats(0).dropped, 3);
});

test("the one that comes back at once still has what waited for it", async () => {
  const bench = await Bench.create();
  const needs = [input(3), subscriber("t"), uart(0)];
  await bench.add(listener({ pin: 0, topic: 1, port: 2, settings: true }), {
    needs,
    settings: [step],
  });
  excite(bench);
  await bench.replace(0, new Assembler().start(unreachable).build(), { needs, settings: [step] });
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [1001, 1000, 3003, 2001, 2002, 4000]);
  assert.equal(bench.device.stats(0).dropped, 0);
});

test("a change of a setting that waits for one that stands by is told when it is back", async () => {
  const bench = await Bench.create();
  await bench.add(listener({ settings: true }), { needs: [], settings: [step] });
  bench.device.setSetting(0, "step", 5);
  await bench.replace(0, new Assembler().start().build(), {
    needs: [],
    settings: [step],
    health: { seconds: 1, events: 1 },
  });
  bench.advanceTo(500_000);
  assert.deepEqual(bench.reports(), []);
  bench.advanceTo(2 * second);
  assert.equal(bench.values("swap.app").at(-1), "0 back: health-missed");
  assert.deepEqual(bench.reports(), [4000]);
  assert.equal(bench.device.setting(0, 0), 5);
  assert.equal(bench.device.stats(0).dropped, 0);
});

test("one that stands by hears nothing; back again, it is told of another level and hears everything", async () => {
  const bench = await Bench.create();
  const needs = [input(3), subscriber("t"), uart(0)];
  await bench.add(listener({ pin: 0, topic: 1, port: 2 }), { needs });
  const next = new Assembler();
  const seen = next.handler(report(i32(7)));
  next.start(call("message.subscribe", i32(1), i32(seen)));
  await bench.replace(0, next.build(), { needs, health: { seconds: 1, events: 5 } });
  bench.board.change(500_000, 3, true);
  bench.advanceTo(500_000);
  bench.device.receive("t", byte);
  assert.deepEqual(bench.reports(), []);
  bench.advanceTo(1_500_000);
  assert.deepEqual(bench.reports(), [7, 1001]);
  bench.board.change(1_600_000, 3, false);
  bench.advanceTo(1_700_000);
  bench.device.receive("t", byte);
  bench.board.receive(0, 9);
  bench.advanceTo(2 * second);
  assert.deepEqual(bench.reports(), [7, 1001, 1000, 3001, 2001]);
});

test("messages that wait for a version that fails go to the one that is back", async () => {
  const bench = await Bench.create();
  const needs = [subscriber("t")];
  await bench.add(listener({ topic: 0 }), { needs });
  const app = new Assembler();
  const fails = app.handler(unreachable);
  app.start(call("message.subscribe", i32(0), i32(fails)));
  await bench.replace(0, app.build(), { needs });
  for (let length = 1; length <= 4; length++) bench.device.receive("t", new Uint8Array(length));
  bench.advanceTo(1 * second);
  // The first one was being handled.
  assert.deepEqual(bench.reports(), [2002, 2003, 2004]);
  assert.equal(bench.device.stats(0).dropped, 0);
});

/** Watches need 0 with a debounce, then `more`; reports 1 and 0. */
function watcher(debounceMs: number, before: Code = [], more: Code = []): Uint8Array {
  const app = new Assembler();
  const seen = app.handler(report(local(0)));
  const watch = call("gpio.watch", i32(0), i32(2), i32(debounceMs), i32(seen));
  return app.start(before, watch, more).build();
}

test("a press whose debounce goes on at a swap is seen by the successor, at its time, once", async () => {
  for (const debounceMs of [20, 0, 100]) {
    const bench = await Bench.create();
    const needs = [input(3)];
    await bench.add(watcher(20), { needs });
    bench.board.change(100_000, 3, true);
    bench.board.change(300_000, 3, false);
    bench.advanceTo(110_000);
    await bench.replace(0, watcher(debounceMs), { needs });
    bench.advanceTo(1 * second);
    assert.deepEqual(bench.timedReports(), ["120000 1", `${300_000 + 1000 * debounceMs} 0`]);
  }
});

test("a press that bounces back over a swap is none", async () => {
  const bench = await Bench.create();
  await bench.add(watcher(20), { needs: [input(3)] });
  bench.board.change(100_000, 3, true);
  bench.board.change(115_000, 3, false);
  bench.advanceTo(110_000);
  await bench.replace(0, watcher(20), { needs: [input(3)] });
  bench.advanceTo(1 * second);
  assert.deepEqual(bench.reports(), []);
});

test("a press whose debounce goes on while a successor fails in its start is seen by the old one", async () => {
  for (const wasm of [
    new Assembler().start(unreachable).build(),
    watcher(20, unreachable),
    watcher(20, [], unreachable),
  ]) {
    const bench = await Bench.create();
    await bench.add(watcher(20), { needs: [input(3)] });
    bench.board.change(100_000, 3, true);
    bench.advanceTo(110_000);
    await bench.replace(0, wasm, { needs: [input(3)] });
    bench.advanceTo(1 * second);
    assert.deepEqual(bench.timedReports(), ["120000 1"]);
  }
});

test("an edge while the successor starts is seen, before it watches and after", async () => {
  // Takes 9.4 ms on the bus.
  const read = code(call("i2c.read", i32(1), i32(16), i32(100)), drop);
  for (const wasm of [
    watcher(0, read),
    watcher(0, [], read),
    watcher(20, read),
    watcher(20, [], read),
  ]) {
    const bench = await Bench.create();
    const needs = [input(3), i2c(0x40)];
    await bench.add(watcher(0), { needs });
    bench.advanceTo(100_000);
    bench.board.change(105_000, 3, true);
    bench.board.change(300_000, 3, false);
    await bench.replace(0, wasm, { needs });
    bench.advanceTo(1 * second);
    assert.deepEqual(bench.reports(), [1, 0]);
  }
});

test("of a press during a trial that has failed the old one is told when it is back", async () => {
  const bench = await Bench.create();
  await bench.add(watcher(0), { needs: [input(3)] });
  bench.board.change(500_000, 3, true);
  // It does not watch: nobody has seen the press.
  await bench.replace(0, new Assembler().start().build(), {
    needs: [input(3)],
    health: { seconds: 1, events: 1 },
  });
  bench.board.change(1_500_000, 3, false);
  bench.advanceTo(3 * second);
  assert.equal(bench.values("swap.app").at(-1), "0 back: health-missed");
  assert.deepEqual(bench.timedReports(), [`${1 * second} 1`, "1500000 0"]);
});
