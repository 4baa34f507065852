import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../fuzz/random.js";
import {
  Assembler,
  call,
  code,
  type Code,
  i32,
  local,
  report,
  unreachable,
} from "../helpers/assemble.js";
import {
  Bench,
  containerOf,
  input,
  type Parts,
  publisher,
  retainer,
  subscriber,
  uart,
  type WiredNeed,
} from "../helpers/bench.js";

const seed = Number(process.env["SEED"] ?? 1);
const steps = 4000;
const topics = ["a", "b", "c"];
const pins = [3, 4];
const step = { name: "step", type: "integer", decimals: 0, default: 1, min: 0, max: 9 } as const;

/** A version at random: needs in some order, what it listens to, where it fails. */
function anyVersion(random: Random, name: string): ReturnType<typeof containerOf> {
  const all: WiredNeed[] = [
    ...topics.map(subscriber),
    ...topics.map((topic) => (random.oneIn(2) ? retainer(topic) : publisher(topic))),
    ...pins.map((pin) => input(pin)),
    uart(0),
  ];
  const needs = all
    .filter(() => !random.oneIn(3))
    .map((need) => ({ need, key: random.word() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ need }) => need);
  const app = new Assembler();
  const handler = app.handler(random.oneIn(4) ? unreachable : report(local(0)));
  const listens = needs.flatMap(([need], handle) =>
    random.oneIn(4) ? [] : [listenTo(need.kind, handle, handler)],
  );
  const tells = needs.flatMap(([need], handle) =>
    need.kind === "publish" ? [call("message.publish-number", i32(handle), i32(5), i32(0))] : [],
  );
  const tick = app.handler(code(...tells, random.oneIn(8) ? unreachable : []));
  app.start(
    ...(random.oneIn(4) ? tells : []),
    ...listens,
    call("settings.watch", i32(handler)),
    call("timer.every", i32(3 + random.below(40)), i32(tick)),
    random.oneIn(6) ? unreachable : [],
  );
  const parts: Parts = {
    name,
    needs,
    settings: [step],
    restart: { delayMs: 10, attempts: 15 },
    health: { seconds: 1, events: random.below(40), confirm: random.oneIn(3) },
  };
  return containerOf(app.build(), parts);
}

function listenTo(kind: string, handle: number, handler: number): Code {
  if (kind === "subscribe") return call("message.subscribe", i32(handle), i32(handler));
  if (kind === "uart") return call("uart.watch", i32(handle), i32(handler));
  if (kind === "gpio-in") return call("gpio.watch", i32(handle), i32(2), i32(5), i32(handler));
  return [];
}

/** One thing that happens. */
function happen(random: Random, bench: Bench): void {
  const { device, board } = bench;
  const pick = random.below(6);
  if (pick === 0) device.receive(random.pick(topics), new Uint8Array(random.below(240)));
  else if (pick === 1)
    board.change(board.nowUs + random.below(9000), random.pick(pins), random.oneIn(2));
  else if (pick === 2) board.receive(0, 1, 2, 3);
  else if (pick === 3) device.setSetting(random.below(3), "step", random.below(10));
  else if (pick === 4)
    bench.advanceTo(board.nowUs + random.below(random.oneIn(8) ? 1_500_000 : 30_000));
  else device.swap(random.below(3), random.below(30));
}

test(`swaps among all that can happen leave nothing behind in the pools, seed ${seed}`, async () => {
  const random = new Random(seed);
  const bench = await Bench.create();
  for (const name of ["x", "y", "z"]) {
    const [first, ...versions] = Array.from({ length: 30 }, () => anyVersion(random, name));
    bench.device.start(await bench.device.load({ ...first!, versions }));
  }
  for (let n = 0; n < steps; n++) {
    happen(random, bench);
    for (const index of [0, 1, 2]) {
      const { waiting, bindings } = bench.device.stats(index);
      assert.ok(
        waiting <= 16 && bindings <= 32,
        `container ${index} holds ${waiting} and ${bindings}`,
      );
    }
  }
  const outcomes = ["x", "y", "z"].flatMap((name) => bench.values(`swap.${name}`).map(String));
  for (const outcome of ["on trial", "kept", "unreachable", "health-missed"])
    assert.ok(outcomes.filter((text) => text.endsWith(outcome)).length > 3, outcome);
  for (const index of [0, 1, 2]) bench.device.stop(index);
  assert.equal(bench.device.nextDueUs, Infinity);
  await fill(bench);
});

/** All 48 messages wait at once, and each arrives as it was sent. */
async function fill(bench: Bench): Promise<void> {
  const app = new Assembler();
  const heard = app.handler(report(local(0)));
  const wasm = app.start(call("message.subscribe", i32(0), i32(heard))).build();
  for (let n = 0; n < 12; n++)
    await bench.add(wasm, { name: `n${n}`, needs: [subscriber(`t${n}`)] });
  for (let k = 0; k < 4; k++)
    for (let n = 0; n < 12; n++)
      assert.equal(bench.device.receive(`t${n}`, new Uint8Array(20 * k + n)), 1);
  bench.advanceTo(bench.board.nowUs + 1000);
  for (let n = 0; n < 12; n++)
    assert.deepEqual(bench.reports(`n${n}`), [n, 20 + n, 40 + n, 60 + n]);
}
