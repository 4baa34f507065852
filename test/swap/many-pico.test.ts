/**
 * 100 containers on the emulated Pico, with and without five bad ones among them: the trace of the 95 others, as it is written to a file, has the same bytes.
 *
 * How times are compared. The grid of a rig is 10 ms: a signal has one value until the next multiple. On a device code takes time, so an entry is late by
 * what was under way when it was due, and a bad one may be just that. The good ones arm their timers for multiples of 10 ms by the device's clock, in whole milliseconds from
 * their present event on, so less than one behind the multiple; the trace has each time rounded down to the grid, and entries of one step in the order of their channels. So the
 * bytes are the same exactly if no entry is lost, added, changed, or late by 9 ms or more: an event of a bad one (2 ms), a page of flash (0.9 ms), and who is due in the same step.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerSource } from "../../runtime/emulator/simulation.js";
import { createCsvTrace } from "../../runtime/emulator/trace/csv.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import {
  Assembler,
  add,
  call,
  code,
  type Code,
  drop,
  i32,
  i64,
  load,
  report,
  store,
  wrap,
} from "../helpers/assemble.js";
import {
  adc,
  containerOf,
  output,
  type Parts,
  publisher,
  pwm,
  retainer,
  subscriber,
} from "../helpers/bench.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { emulate } from "../helpers/emulate.js";
import { rigOf } from "../helpers/examples.js";
import { bad, idle } from "./crowd.js";

const rig = rigOf(JSON.stringify({ board: "pico", wiring: {} }));
const untilUs = 1.2e6;
const gridUs = 10_000;
const periodMs = 250;
const badEventMs = 2;

/** Milliseconds, at least one, until the clock stands at `phaseMs` of a period. */
const untilPhase = (phaseMs: number): Code => {
  const nowMs = code(call("clock.micros"), i64(1000), [0x80], wrap);
  const since = code(nowMs, i32(periodMs - phaseMs), add, i32(periodMs), [0x70]);
  return code(i32(periodMs), since, [0x6b]);
};

const count = code(i32(0), code(i32(0), load(0), i32(1), add), store(0));
const counted = code(i32(0), load(0));
const tellCount = (need: number): Code =>
  call("message.publish-number", i32(need), counted, i32(0));

/** Does the same at each multiple of the period, plus ten milliseconds times its number. */
function periodic(
  name: string,
  n: number,
  parts: Parts,
  ...work: readonly Code[]
): ContainerSource {
  const app = new Assembler();
  const arm = (handler: number): Code =>
    call("timer.after", untilPhase((10 * n) % periodMs), i32(handler));
  // The first handler has index 1.
  const handler = app.handler(code(count, ...work, arm(1)));
  assert.equal(handler, 1);
  return containerOf(app.start(arm(handler)).build(), { ...parts, name });
}

const kinds: readonly ((n: number) => ContainerSource)[] = [
  (n) => periodic(`blink${n}`, n, { needs: [output(n % 14)] }, call("gpio.toggle", i32(0))),
  (n) =>
    periodic(
      `tell${n}`,
      n,
      { needs: [n % 4 === 1 ? retainer(`t${n}`) : publisher(`t${n}`)] },
      tellCount(0),
    ),
  (n) => periodic(`dice${n}`, n, {}, report(call("random.next"))),
  (n) =>
    periodic(
      `mix${n}`,
      n,
      { needs: [pwm(15 + (n % 5)), adc(0)] },
      call("pwm.set-duty", i32(0), code(call("adc.read", i32(1)), counted, add)),
      report(code(call("adc.read", i32(1)), counted, add)),
    ),
  (n) =>
    periodic(
      `notes${n}`,
      n,
      {},
      call("store.set-number", i32(1), counted),
      drop,
      report(code(call("store.get-number", i32(1)), wrap)),
    ),
  (n) => containerOf(new Assembler().start().build(), { name: `quiet${n}` }),
];

/** Hears what one of the others tells. */
function listener(n: number): ContainerSource {
  const app = new Assembler();
  const heard = app.handler(
    code(call("message.read-number", i32(0), i32(0)), wrap, [0x21, 0], report([0x20, 0])),
  );
  return containerOf(app.start(call("message.subscribe", i32(0), i32(heard))).build(), {
    name: `hear${n}`,
    needs: [subscriber(`t${n}`)],
  });
}

const goodCount = 95;
const good: readonly ContainerSource[] = [
  ...[1, 7, 13].map(listener),
  ...Array.from({ length: goodCount - 3 }, (_, n) => kinds[n % kinds.length]!(n)),
];

/** With little time for each event, for all that it does is time that others have to wait. */
const hasty = ({ manifest, ...rest }: ContainerSource): ContainerSource => ({
  ...rest,
  manifest: {
    ...manifest,
    needs: manifest.needs.map((need, n) => ({ ...need, name: `need${n}` })),
    limits: { ...manifest.limits, eventMs: badEventMs },
  },
});

const among = (others: readonly ContainerSource[]): ContainerSource[] =>
  others.flatMap((other, n) => [hasty(other), ...good.slice(19 * n, 19 * n + 19)]);

const isOfBad = (channel: string): boolean => /^[a-z]+\.bad|^pin\.GP25$/.test(channel);

interface Outcome {
  readonly text: string;
  readonly badEntries: Map<string, number>;
  readonly lateUs: number;
}

/** What is in the flash of a device on which something has been stored: its first erasure, which takes 60 ms, is behind it. */
async function storedBefore(): Promise<Uint8Array> {
  const notes = kinds[4]!(0);
  const run = await emulate({ containers: [notes], rig, files: () => "", sink: () => {} });
  run.advanceTo(1e6);
  const { values, sectorBytes } = picoFlash;
  return run.pico.flash.bytes.slice(values, values + 2 * sectorBytes);
}

async function live(containers: readonly ContainerSource[]): Promise<Outcome> {
  const entries: TraceEntry[] = [];
  const badEntries = new Map<string, number>();
  const run = await emulate({
    containers,
    rig,
    files: () => "",
    values: await storedBefore(),
    sink: (entry) => {
      const { channel } = entry;
      if (isOfBad(channel)) badEntries.set(channel, (badEntries.get(channel) ?? 0) + 1);
      else entries.push(entry);
    },
  });
  run.advanceTo(untilUs);
  let lateUs = 0;
  const rounded = entries.map(({ timeUs, ...entry }) => {
    if (timeUs > gridUs * 2) lateUs = Math.max(lateUs, timeUs % gridUs);
    return { ...entry, timeUs: timeUs - (timeUs % gridUs) };
  });
  let text = "";
  const csv = createCsvTrace((piece) => (text += piece));
  for (const entry of rounded
    .filter(({ timeUs }) => timeUs < untilUs)
    .toSorted(
      (a, b) => a.timeUs - b.timeUs || (a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : 0),
    ))
    csv.sink(entry);
  csv.end();
  return { text, badEntries, lateUs };
}

test("100 containers on the emulated Pico, five of them bad: the trace of the others is the same to the byte", async (t) => {
  const calm = await live(among(bad.map((_, n) => idle(n))));
  const stormy = await live(among(bad));
  const { badEntries } = stormy;
  const badCount = [...badEntries.values()].reduce((a, b) => a + b);
  t.diagnostic(
    `${calm.text.length} bytes of trace, at most ${calm.lateUs} us late, ${stormy.lateUs} beside ${badCount} entries of the bad ones`,
  );
  assert.equal(calm.badEntries.size, 0);
  for (const [channel, least] of [
    ["trap.bad-loops", 6],
    ["trap.bad-at-start", 6],
    ["trap.bad-tenth-event", 4],
    ["trap.bad-greedy", 6],
    ["message.bad/flood", 3_000],
    ["message.bad/kept", 3_000],
    ["log.bad-floods", 3_000],
  ] as const)
    assert.ok(badEntries.get(channel)! >= least, `${channel}: ${badEntries.get(channel)}`);
  assert.ok(calm.text.length > 8_000);
  assert.ok(Math.max(calm.lateUs, stormy.lateUs) < 9_000);
  assert.ok(stormy.text === calm.text, firstDifference(stormy.text, calm.text));
});

function firstDifference(actual: string, expected: string): string {
  const [a, b] = [actual.split("\n"), expected.split("\n")];
  const at = a.findIndex((line, n) => line !== b[n]);
  return `line ${at + 1}: ${a[at]} instead of ${b[at]}`;
}
