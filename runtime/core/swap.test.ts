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
  load,
  local,
  report,
  store,
  unreachable,
} from "../../test/helpers/assemble.js";
import { Bench, i2c, output, type Parts, pwm, subscriber } from "../../test/helpers/bench.js";
import { stateOf } from "../../test/helpers/state.js";
import { DiagnosticError } from "../document/diagnostic.js";

const second = 1e6;
/** A variable in memory, and one more. */
const set = (at: number, value: Code): Code => code(i32(at), value, store(0));
const get = (at: number): Code => code(i32(at), load(0));
const increase = (at: number): Code => set(at, code(get(at), i32(1), add));
const ifEqual = (a: Code, b: number, body: Code): Code =>
  code(a, i32(b), [0x46], [0x04, 0x40], body, [0x0b]);

const counted = stateOf("count:i32");
/** Where the count lies. */
const at = 64;
const bind = call("state.bind", i32(at), i32(counted.bytes));

/** Counts every 100 ms from the state on and reports `base` + count; what it does at its n-th event, and in `start`. */
function counter(base: number, atEvent = 0, body: Code = [], inStart: Code = []): Uint8Array {
  const app = new Assembler();
  const tick = app.handler(
    code(
      increase(at),
      increase(at + 32),
      ifEqual(get(at + 32), atEvent, body),
      report(code(get(at), i32(base), add)),
    ),
  );
  return app.start(code(bind, drop), inStart, call("timer.every", i32(100), i32(tick))).build();
}

/** Reads on a bus for longer than an event may take. */
const overrun = code(
  ...Array.from({ length: 3 }, () => code(call("i2c.read", i32(0), i32(0), i32(100)), drop)),
);
const withBus: Parts = { state: counted, needs: [i2c(0x40)] };

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

test("a successor goes on with the state, is on trial, and is kept", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  bench.advanceTo(1 * second);
  await bench.replace(0, counter(100), { state: counted, health: { seconds: 2, events: 19 } });
  assert.deepEqual(bench.device.stats(0).version, 1);
  assert.deepEqual(bench.device.stats(0).onTrial, true);
  bench.advanceTo(4 * second);
  const { version, onTrial, trap, events } = bench.device.stats(0);
  assert.deepEqual(
    { version, onTrial, trap, events },
    { version: 1, onTrial: false, trap: null, events: 30 },
  );
  assert.deepEqual(bench.reports(), [...range(1, 10), ...range(111, 140)]);
  assert.deepEqual(
    bench.trace
      .filter(({ channel }) => channel === "swap.app")
      .map(({ timeUs, value }) => [timeUs, value]),
    [
      [1 * second, "1 on trial"],
      [3 * second, "1 kept"],
    ],
  );
});

for (const [name, wasm, parts, handled, code] of [
  ["traps in start", counter(100, 0, [], unreachable), {}, 0, "unreachable"],
  ["traps in its third event", counter(100, 3, unreachable), {}, 2, "unreachable"],
  ["takes too long in its third event", counter(100, 3, overrun), {}, 2, "time-budget"],
  [
    "handles too few events",
    counter(100),
    { health: { seconds: 1, events: 12 } },
    9,
    "health-missed",
  ],
  ["does not confirm", counter(100), { health: { seconds: 1, confirm: true } }, 9, "health-missed"],
] as const) {
  test(`a successor that ${name} gives way, and the old one goes on as it was`, async () => {
    const bench = await Bench.create();
    await bench.add(counter(0), withBus);
    bench.advanceTo(1_050_000);
    const swapUs = bench.board.nowUs;
    await bench.replace(0, wasm, { ...withBus, ...parts });
    bench.advanceTo(4 * second);
    const backUs = bench.trace.find(({ value }) => String(value).startsWith("0 back"))!.timeUs;
    // One event for all the periods that have passed, then as before.
    const missed = Math.floor((backUs - 1e5 * Math.ceil(swapUs / 1e5)) / 1e5);
    const stats = bench.device.stats(0);
    assert.deepEqual(
      [stats.version, stats.onTrial, stats.trap?.code, stats.failures, stats.parked],
      [0, false, code, 0, false],
    );
    assert.equal(stats.missed, Math.max(missed, 0));
    assert.equal(stats.events, 40 - stats.missed);
    assert.deepEqual(bench.reports(), [
      ...range(1, 10),
      ...range(111, 110 + handled),
      ...range(11, 40 - stats.missed),
    ]);
    assert.deepEqual(bench.values("swap.app"), ["1 on trial", `0 back: ${code}`]);
    assert.deepEqual(bench.values("trap.app"), [code]);
    assert.deepEqual(bench.values("restart.app"), []);
  });
}

test("confirm() counts in start, in an event, and only on trial", async () => {
  const confirm = call("lifecycle.confirm");
  for (const wasm of [counter(100, 0, [], confirm), counter(100, 5, confirm)]) {
    const bench = await Bench.create();
    await bench.add(counter(0, 0, [], confirm), { state: counted });
    await bench.replace(0, wasm, { state: counted, health: { seconds: 1, confirm: true } });
    bench.advanceTo(2 * second);
    assert.deepEqual(bench.values("swap.app"), ["1 on trial", "1 kept"]);
    // One who has been kept is asked for nothing any more.
    await bench.replace(0, counter(200), { state: counted, health: { seconds: 1, confirm: true } });
    bench.advanceTo(4 * second);
    assert.deepEqual(bench.values("swap.app").slice(2), ["2 on trial", "1 back: health-missed"]);
  }
});

test("a trial that is due with an event ends before it", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  await bench.replace(0, counter(100), { state: counted, health: { seconds: 1, events: 10 } });
  bench.advanceTo(2 * second);
  // The tenth event is due when the trial is over.
  assert.deepEqual(bench.values("swap.app"), ["1 on trial", "0 back: health-missed"]);
  assert.deepEqual(bench.reports(), [...range(101, 109), ...range(1, 11)]);
});

test("a version can come back and be swapped in again, each time anew", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  const version = await bench.replace(0, counter(100, 3, unreachable), { state: counted });
  for (let round = 1; round <= 20; round++) {
    bench.advanceTo(round * second);
    bench.device.swap(0, version);
  }
  bench.advanceTo(21 * second);
  assert.equal(bench.values("swap.app").filter((value) => value === "1 on trial").length, 21);
  assert.equal(bench.values("trap.app").length, 21);
  assert.equal(bench.device.stats(0).version, 0);
  bench.device.swap(0, 0);
  bench.advanceTo(32 * second);
  assert.equal(bench.values("swap.app").at(-1), "0 kept");
});

/** Writes its outputs in start, and toggles none. */
const writer = (...levels: readonly number[]): Uint8Array =>
  new Assembler()
    .start(...levels.map((high, need) => call("gpio.write", i32(need), i32(high))))
    .build();

test("outputs that both have do not change, one that only the old one has becomes inactive", async () => {
  const bench = await Bench.create();
  await bench.add(writer(1, 1, 1), { needs: [output(1), output(2), output(3, true)] });
  const before = bench.board.calls.length;
  // In another order, and with one more.
  await bench.replace(0, writer(), { needs: [output(4), output(3, true), output(1)] });
  assert.deepEqual(bench.board.calls.slice(before), ["0 write 2 0", "0 write 4 0", "output 4"]);
  bench.advanceTo(20 * second);
  assert.equal(bench.values("swap.app").at(-1), "1 kept");
  assert.equal(bench.board.calls.length, before + 3);
});

test("outputs of the one that comes back have the levels that they had", async () => {
  const bench = await Bench.create();
  const app = new Assembler().start(
    call("gpio.write", i32(0), i32(1)),
    call("gpio.write", i32(1), i32(1)),
    call("pwm.set-frequency", i32(2), i32(50)),
    call("pwm.set-duty", i32(2), i32(3000)),
    call("pwm.set-duty", i32(3), i32(4000)),
  );
  await bench.add(app.build(), { needs: [output(1), output(2), pwm(5), pwm(6)] });
  const next = new Assembler().start(
    call("gpio.write", i32(0), i32(0)),
    call("gpio.write", i32(1), i32(1)),
    call("pwm.set-duty", i32(2), i32(9)),
  );
  const before = bench.board.calls.length;
  await bench.replace(0, next.build(), {
    needs: [output(1), output(7), pwm(5)],
    health: { seconds: 1, events: 1 },
  });
  bench.advanceTo(2 * second);
  assert.equal(bench.values("swap.app").at(-1), "0 back: health-missed");
  const calls = bench.board.calls.slice(before);
  const last = (pattern: RegExp) =>
    calls.findLast((text) => pattern.test(text))!.replace(/^\d+ /, "");
  assert.equal(last(/ write 1 /), "write 1 1");
  assert.equal(last(/ write 2 /), "write 2 1");
  assert.equal(last(/ write 7 /), "write 7 0");
  assert.equal(last(/ pwm 5 /), "pwm 5 50 3000");
  assert.equal(last(/ pwm 6 /), "pwm 6 1000 4000");
});

test("timers that were due at the swap are the old version's: they are not delivered to the new one", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  bench.board.advanceTo(150_000); // due since 100 ms
  await bench.replace(0, counter(100), { state: counted });
  bench.advanceTo(260_000);
  assert.deepEqual(bench.reports(), [101]);
});

test("during a trial a further swap is possible: what stands by stays the same", async () => {
  const bench = await Bench.create();
  const parts: Parts = { state: counted, health: { seconds: 2 } };
  await bench.add(counter(0), parts);
  bench.advanceTo(550_000);
  await bench.replace(0, counter(100), parts);
  bench.advanceTo(1_050_000);
  await bench.replace(0, counter(200), parts);
  bench.advanceTo(1_550_000);
  await bench.replace(0, counter(300, 4, unreachable), parts);
  bench.advanceTo(2_500_000);
  // The state has moved on with each; the one that is back has its own.
  assert.deepEqual(bench.values("swap.app"), [
    "1 on trial",
    "2 on trial",
    "3 on trial",
    "0 back: unreachable",
  ]);
  // The state has moved on with each, five events a version, then three; the one that is back has its own.
  const first = bench.trace.filter(({ timeUs }) => timeUs < 1.95 * second);
  const before = first
    .filter(({ channel }) => channel === "log.app")
    .map(({ value }) => Number(value));
  assert.deepEqual(before, [
    ...range(1, 5),
    ...range(106, 110),
    ...range(211, 215),
    ...range(316, 318),
  ]);
  assert.deepEqual(bench.reports().slice(before.length), range(6, 12));
});

test("two apps are swapped at the same time, each for itself", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { name: "a", state: counted });
  await bench.add(counter(0), { name: "b", state: counted });
  bench.advanceTo(1 * second);
  await bench.replace(0, counter(100), { name: "a", state: counted });
  await bench.replace(1, counter(200, 3, unreachable), { name: "b", state: counted });
  bench.advanceTo(12 * second);
  assert.deepEqual(bench.values("swap.a"), ["1 on trial", "1 kept"]);
  assert.deepEqual(bench.values("swap.b"), ["1 on trial", "0 back: unreachable"]);
  assert.deepEqual(bench.reports("a"), [...range(1, 10), ...range(111, 220)]);
  const b = bench.reports("b");
  assert.deepEqual(b.slice(0, 14), [...range(1, 10), 211, 212, 11, 12]);
});

test("four trials at once; a fifth is refused, and nothing has changed", async () => {
  const bench = await Bench.create();
  for (let i = 0; i < 5; i++) await bench.add(counter(0), { name: `c${i}`, state: counted });
  bench.advanceTo(1 * second);
  for (let i = 0; i < 4; i++)
    await bench.replace(i, counter(100), { name: `c${i}`, state: counted });
  const refused = bench.replace(4, counter(100), { name: "c4", state: counted });
  await assert.rejects(refused, (error: unknown) => {
    assert.ok(error instanceof DiagnosticError);
    assert.match(error.diagnostics[0]!.message, /holds as many trials/);
    return true;
  });
  assert.equal(bench.device.stats(4).version, 0);
  bench.advanceTo(12 * second);
  assert.deepEqual(bench.reports("c4"), range(1, 120));
  bench.device.swap(4, 1);
  bench.advanceTo(30 * second);
  for (let i = 0; i < 5; i++)
    assert.deepEqual(bench.values(`swap.c${i}`), ["1 on trial", "1 kept"]);
});

test("a version for which the pools have no room is refused, and nothing has changed", async () => {
  const bench = await Bench.create();
  const needs = [subscriber("t")];
  const app = new Assembler();
  const heard = app.handler(report(code(local(0), i32(2000), add)));
  const wasm = app.start(call("message.subscribe", i32(0), i32(heard))).build();
  for (let i = 0; i < 12; i++) await bench.add(wasm, { name: `s${i}`, needs });
  bench.device.receive("t", Uint8Array.of(1));
  await assert.rejects(
    bench.replace(3, wasm, { name: "s3", needs }),
    /finds no room on the device/,
  );
  bench.advanceTo(1000);
  for (let i = 0; i < 12; i++) assert.deepEqual(bench.reports(`s${i}`), [2001]);
  assert.deepEqual(bench.values("swap.s3"), []);
  // With one gone there is room again.
  bench.device.stop(0);
  bench.device.swap(3, 1);
  assert.deepEqual(bench.values("swap.s3"), ["1 on trial"]);
});

test("one that has ended, or is parked, leaves no state", async () => {
  for (const attempts of [1, 0]) {
    const bench = await Bench.create();
    await bench.add(counter(0, 5, unreachable), { state: counted, restart: { attempts } });
    bench.advanceTo(600_000);
    assert.equal(bench.device.stats(0).parked, attempts === 0);
    await bench.replace(0, counter(100), { state: counted });
    bench.advanceTo(1_000_000);
    assert.deepEqual(bench.reports(), [...range(1, 4), ...range(101, 104)]);
    assert.equal(bench.device.stats(0).parked, false);
  }
});

test("one that waited for its restart goes on waiting when it comes back; a parked one stays parked", async () => {
  for (const attempts of [1, 0]) {
    const bench = await Bench.create();
    await bench.add(counter(0, 5, unreachable), { state: counted, restart: { attempts } });
    bench.advanceTo(600_000);
    await bench.replace(0, new Assembler().start(unreachable).build());
    assert.equal(bench.device.stats(0).parked, attempts === 0);
    bench.advanceTo(1_700_000);
    assert.deepEqual(bench.values("restart.app"), attempts === 0 ? [] : [1]);
    assert.deepEqual(bench.reports(), [...range(1, 4), ...(attempts === 0 ? [] : [1, 2])]);
  }
});

const step = { name: "step", type: "integer", decimals: 0, default: 1, min: 0, max: 9 } as const;

test("settings that were changed move by name, type and decimals, where they are allowed", async () => {
  const bench = await Bench.create();
  const reading = (count: number) =>
    new Assembler()
      .start(...range(0, count - 1).map((n) => report(call("settings.get", i32(n)))))
      .build();
  const setting = (name: string, more: object = {}) => ({ ...step, name, ...more });
  await bench.add(reading(4), {
    settings: [setting("same"), setting("narrow"), setting("other"), setting("untouched")],
    health: {},
  });
  for (const name of ["same", "narrow", "other"]) bench.device.setSetting(0, name, 7);
  await bench.replace(0, reading(4), {
    settings: [
      setting("untouched", { default: 3 }),
      setting("other", { decimals: 1, type: "decimal" }),
      setting("narrow", { max: 6 }),
      setting("same"),
    ],
    health: { seconds: 1, events: 1 },
  });
  assert.deepEqual(bench.reports(), [1, 1, 1, 1, 3, 1, 1, 7]);
  // A change on trial is the successor's alone.
  bench.device.setSetting(0, "same", 2);
  bench.advanceTo(2 * second);
  assert.equal(bench.values("swap.app").at(-1), "0 back: health-missed");
  assert.deepEqual(
    [0, 1, 2, 3].map((n) => bench.device.setting(0, n)),
    [7, 7, 7, 1],
  );
});

test("a container that is stopped on trial takes with it what stands by", async () => {
  const bench = await Bench.create();
  await bench.add(counter(0), { state: counted });
  await bench.replace(0, counter(100), { state: counted });
  bench.advanceTo(150_000);
  bench.device.stop(0);
  bench.advanceTo(20 * second);
  assert.deepEqual(bench.reports(), [101]);
  assert.equal(bench.device.nextDueUs, Infinity);
  assert.equal(bench.device.stats(0).onTrial, false);
  assert.throws(() => bench.device.swap(0, 1), RangeError);
});

test("what there is no room or no name for is refused with words", async () => {
  const bench = await Bench.create();
  const place = await bench.load(counter(0), { state: counted });
  await assert.rejects(bench.replace(place, counter(1)), /has not been started/);
  bench.device.start(place);
  assert.throws(() => bench.device.swap(place, 7), /has no version 7/);
  assert.throws(() => bench.device.swap(3, 0), /no container 3/);
  await assert.rejects(
    bench.replace(place, counter(1), { name: "other" }),
    /cannot be replaced by other/,
  );
});

test("after the longest trial a timer of a millisecond is at its place at once", async () => {
  const bench = await Bench.create();
  const app = new Assembler();
  const tick = app.handler(report(i32(1)));
  await bench.add(app.start(call("timer.every", i32(1), i32(tick))).build());
  await bench.replace(0, new Assembler().start().build(), {
    health: { seconds: 65_535, events: 1 },
  });
  bench.advanceTo(65_535 * second + 500);
  assert.deepEqual(bench.timedReports(), [`${65_535 * second} 1`]);
  const { missed, events } = bench.device.stats(0);
  assert.deepEqual({ missed, events }, { missed: 65_535_000 - 1, events: 1 });
  assert.equal(bench.device.nextDueUs, 65_535 * second + 1000);
});

test("with 128 containers there is no place beside them for another version", async () => {
  const bench = await Bench.create();
  for (let i = 0; i < 128; i++) await bench.add(counter(0), { name: `c${i}`, state: counted });
  await assert.rejects(
    bench.replace(100, counter(100), { name: "c100", state: counted }),
    /finds no room on the device/,
  );
  bench.device.stop(127);
  bench.device.swap(100, 1);
  bench.advanceTo(1_010_000);
  assert.deepEqual(bench.reports("c100"), range(101, 110));
  assert.deepEqual(bench.reports("c99"), range(1, 10));
});
