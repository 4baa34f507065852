import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  call,
  code,
  i32,
  load,
  local,
  report,
  store,
  unreachable,
} from "../../test/helpers/assemble.js";
import { Bench, input, output, subscriber } from "../../test/helpers/bench.js";

/** Counts in its memory, reports the count every 100 ms, and traps at the third. */
function failing(): Uint8Array {
  const app = new Assembler();
  const counted = code(store(0), report(code(i32(0), load(0))));
  const tick = app.handler(
    code(
      i32(0),
      code(i32(0), load(0), i32(1), [0x6a]),
      counted,
      code(i32(0), load(0), i32(3), [0x46], [0x04, 0x40], unreachable, [0x0b]),
    ),
  );
  return app.start(call("timer.every", i32(100), i32(tick))).build();
}

/** Toggles its output every 50 ms. */
function steady(): Uint8Array {
  const app = new Assembler();
  const tick = app.handler(call("gpio.toggle", i32(0)));
  return app.start(call("timer.every", i32(50), i32(tick))).build();
}

test("a container that ends is started again after 1, 2, 4, 8 and 16 s, its memory new, and is then parked", async () => {
  const bench = await Bench.create();
  await bench.add(failing());
  bench.advanceTo(120e6);
  assert.deepEqual(bench.reports(), Array.from({ length: 6 }, () => [1, 2, 3]).flat());
  const { trap, failures, parked, bindings, waiting } = bench.device.stats(0);
  assert.deepEqual(
    { code: trap?.code, failures, parked, bindings, waiting },
    { code: "unreachable", failures: 6, parked: true, bindings: 0, waiting: 0 },
  );
  assert.deepEqual(bench.values("restart.app"), [1, 2, 3, 4, 5]);
  assert.deepEqual(bench.values("trap.app"), Array(6).fill("unreachable"));
  assert.deepEqual(bench.values("parked.app"), [6]);
  assert.equal(trap?.timeUs, 31e6 + 6 * 300_000);
});

test("neighbours of a failing container go on as if they were alone", async () => {
  const run = async (withFailing: boolean): Promise<readonly string[]> => {
    const bench = await Bench.create();
    if (withFailing) await bench.add(failing(), { name: "bad" });
    await bench.add(steady(), { name: "good", needs: [output(7)] });
    bench.advanceTo(40e6);
    return bench.board.calls.filter((text) => / write 7 /.test(text));
  };
  const alone = await run(false);
  assert.ok(alone.length > 790);
  const times = (lines: readonly string[]) => lines.map((line) => line.replace(/^\d+ /, ""));
  assert.deepEqual(times(await run(true)), times(alone));
});

test("ten minutes of health forgive earlier failures", async () => {
  const app = new Assembler();
  const tick = app.handler(unreachable);
  const bench = await Bench.create();
  await bench.add(app.start(call("timer.every", i32(700_000), i32(tick))).build());
  bench.advanceTo(10 * 701e6 - 5e6);
  assert.equal(bench.device.stats(0).parked, false);
  assert.deepEqual(bench.values("restart.app"), Array(9).fill(1));
});

test("a container with a timer each: all 128 are served", async () => {
  const bench = await Bench.create();
  for (let i = 0; i < 128; i++)
    await bench.add(steady(), { name: `c${i}`, needs: [output(i % 25)] });
  bench.advanceTo(1_010_000);
  for (let i = 0; i < 128; i++) {
    const { events, missed } = bench.device.stats(i);
    assert.equal(events + missed, 20, `container ${i}`);
  }
});

test("a container is loaded only if the pools have all that it may use", async () => {
  const app = new Assembler();
  const handler = app.handler(report(local(0)));
  const wasm = app.start(call("message.subscribe", i32(0), i32(handler))).build();
  const bench = await Bench.create();
  for (let i = 0; i < 12; i++) await bench.add(wasm, { name: `s${i}`, needs: [subscriber("t")] });
  await assert.rejects(
    bench.add(wasm, { needs: [subscriber("t")] }),
    /finds no room on the device/,
  );
  // Inputs need no messages.
  await bench.add(steady(), { name: "more", needs: [output(3), input(4)] });
});

test("a policy says how long a container waits for its restart, and how often", async () => {
  for (const [restart, startsUs, parked] of [
    [{ delayMs: 10, attempts: 3 }, [0, 310_000, 630_000, 970_000], true],
    [{ delayMs: 60_000, attempts: 1 }, [0, 60_300_000], true],
    [{ attempts: 0 }, [0], true],
    [{ delayMs: 500, attempts: 15 }, [0, 0.8e6, 2.1e6, 4.4e6, 8.7e6, 17e6, 33.3e6, 65.6e6], false],
  ] as const) {
    const bench = await Bench.create();
    await bench.add(failing(), { restart });
    bench.advanceTo(125e6);
    const starts = bench.timedReports().filter((text) => text.endsWith(" 1"));
    assert.deepEqual(
      starts.map((text) => Number(text.split(" ")[0]) - 100_000),
      startsUs,
    );
    const stats = bench.device.stats(0);
    assert.deepEqual([stats.parked, stats.failures], [parked, startsUs.length]);
    assert.deepEqual(bench.values("parked.app"), parked ? [startsUs.length] : []);
  }
});

test("attempts of 0: parked at the first end, also at one in start", async () => {
  const bench = await Bench.create();
  await bench.add(new Assembler().start(unreachable).build(), { restart: { attempts: 0 } });
  bench.advanceTo(100e6);
  const { failures, parked, bindings } = bench.device.stats(0);
  assert.deepEqual({ failures, parked, bindings }, { failures: 1, parked: true, bindings: 0 });
  assert.equal(bench.device.nextDueUs, Infinity);
});

test("fifteen restarts: the last comes 2^14 times the delay after its end", async () => {
  const bench = await Bench.create();
  await bench.add(new Assembler().start(unreachable).build(), {
    restart: { attempts: 15, delayMs: 10 },
  });
  bench.advanceTo(1000e6);
  assert.deepEqual(
    bench.trace.filter(({ channel }) => channel === "restart.app").map(({ timeUs }) => timeUs),
    Array.from({ length: 15 }, (_, n) => 10_000 * (2 ** (n + 1) - 1)),
  );
  assert.equal(bench.device.stats(0).parked, true);
});
