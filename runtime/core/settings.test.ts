import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  call,
  code,
  i32,
  local,
  report,
  unreachable,
} from "../../test/helpers/assemble.js";
import { Bench, input } from "../../test/helpers/bench.js";
import type { Setting } from "../manifest/manifest.js";

const settings: readonly Setting[] = [
  { name: "limit", type: "integer", decimals: 0, default: 5, min: -10, max: 10 },
  { name: "setPoint", type: "decimal", decimals: 3, default: 21_500, min: 5000, max: 30_000 },
];

/** Reports the position of a changed setting and its value. */
function watcher(): Uint8Array {
  const app = new Assembler();
  const changed = app.handler(code(report(local(0)), report(call("settings.get", local(0)))));
  return app
    .start(report(call("settings.get", i32(1))), call("settings.watch", i32(changed)))
    .build();
}

test("a setting has its default until its owner changes it, which is an event", async () => {
  const bench = await Bench.create();
  await bench.add(watcher(), { settings });
  bench.device.setSetting(0, "limit", -10);
  bench.advanceTo(10);
  bench.device.setSetting(0, "limit", -10);
  bench.device.setSetting(0, "setPoint", 19_000);
  bench.advanceTo(20);
  assert.deepEqual(bench.reports(), [21_500, 0, -10, 1, 19_000]);
  assert.deepEqual(bench.values("setting.setPoint"), [19]);
  assert.equal(bench.device.setting(0, 0), -10);
});

test("changes of one setting that wait are one event", async () => {
  const bench = await Bench.create();
  await bench.add(watcher(), { settings });
  for (const [name, value] of [
    ["limit", 1],
    ["setPoint", 6000],
    ["limit", 2],
    ["limit", 3],
  ] as const)
    bench.device.setSetting(0, name, value);
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [21_500, 0, 3, 1, 6000]);
  assert.equal(bench.device.stats(0).dropped, 0);
});

/** Calls `edge` for need 0 and reports the position of a changed setting. */
function listener(edge: readonly number[]): Uint8Array {
  const app = new Assembler();
  const seen = app.handler(edge);
  const changed = app.handler(report(local(0)));
  const watch = call("gpio.watch", i32(0), i32(2), i32(0), i32(seen));
  return app.start(watch, call("settings.watch", i32(changed))).build();
}

test("a change is told however many events wait", async () => {
  const bench = await Bench.create();
  await bench.add(listener([]), { needs: [input(2)], settings });
  for (let edge = 0; edge < 20; edge++) bench.board.listener!.onPinChange(2, edge % 2 === 0, 0);
  bench.device.setSetting(0, "setPoint", 7000);
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [1]);
  const { dropped, waiting, events } = bench.device.stats(0);
  assert.deepEqual({ dropped, waiting, events }, { dropped: 4, waiting: 0, events: 17 });
});

test("a change that waits when its container ends is kept, and not told to the next start", async () => {
  const bench = await Bench.create();
  const restart = { delayMs: 10, attempts: 5 };
  await bench.add(listener(unreachable), { needs: [input(2)], settings, restart });
  bench.device.setSetting(0, "setPoint", 7000);
  bench.board.listener!.onPinChange(2, true, 0);
  bench.advanceTo(100_000);
  assert.deepEqual(bench.values("trap.app"), ["unreachable"]);
  assert.deepEqual(bench.reports(), []);
  assert.equal(bench.device.setting(0, 1), 7000);
  bench.device.setSetting(0, "setPoint", 8000);
  bench.advanceTo(200_000);
  assert.deepEqual(bench.reports(), [1]);
});

test("a change before the start is no event", async () => {
  const bench = await Bench.create();
  const index = await bench.load(watcher(), { settings });
  bench.device.setSetting(index, "setPoint", 7000);
  bench.device.start(index);
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [7000]);
});

test("values outside the range and unknown settings are refused", async () => {
  const bench = await Bench.create();
  await bench.add(watcher(), { settings });
  for (const value of [-11, 11, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32 + 1])
    assert.throws(() => bench.device.setSetting(0, "limit", value), /limit goes from -10 to 10/);
  assert.throws(() => bench.device.setSetting(0, "limt", 1), /no setting limt/);
  assert.equal(bench.device.setting(0, 0), 5);
});

test("containers have settings of their own; a stopped one leaves no changes behind", async () => {
  const bench = await Bench.create();
  const many = Array.from({ length: 32 }, (_, i): Setting => ({ ...settings[0]!, name: `s${i}` }));
  for (const name of ["a", "b", "c"]) await bench.add(watcher(), { name, settings: many });
  for (let i = 0; i < 32; i++)
    for (const index of [0, 1]) bench.device.setSetting(index, `s${i}`, index + 1);
  assert.throws(() => bench.device.setSetting(2, "s0", 1), /no more changes/);
  bench.device.stop(0);
  bench.device.setSetting(2, "s0", 1);
  assert.deepEqual(
    [1, 2].map((index) => bench.device.setting(index, 0)),
    [2, 1],
  );
  assert.deepEqual(
    [1, 2].map((index) => bench.device.setting(index, 31)),
    [2, 5],
  );
});

for (const position of [2, 255, -1]) {
  test(`the value of setting ${position} of 2 is a bad argument`, async () => {
    const bench = await Bench.create();
    await bench.add(new Assembler().start(report(call("settings.get", i32(position)))).build(), {
      settings,
    });
    assert.equal(bench.trap(), "bad-argument");
  });
}
