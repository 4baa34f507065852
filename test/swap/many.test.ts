import assert from "node:assert/strict";
import { test } from "node:test";
import { meterContainer } from "../../builder/cli/run/metered.js";
import { createSimulation, type ContainerSource } from "../../runtime/emulator/simulation.js";
import { createCsvTrace } from "../../runtime/emulator/trace/csv.js";
import { readRig } from "../../runtime/rig/rig.js";
import { coreBytes } from "../helpers/bench.js";
import { bad, good, idle } from "./crowd.js";

const rigText = JSON.stringify({
  board: "pico",
  wiring: {},
  simulation: {
    signals: { room: { sine: { mean: 20, amplitude: 5, period: "3s" } } },
    parts: {
      sensor: { chip: "tmp102", bus: "i2c0", address: "0x48", temperature: "room" },
      push: { chip: "button", pin: "GP14" },
    },
    messages: [
      { at: "1234ms", topic: "t0", payload: "77" },
      { at: "2000ms", topic: "t3", payload: "88" },
    ],
    presses: [
      { at: "1s", part: "push", for: "100ms" },
      { at: "2s", part: "push", for: "50ms" },
    ],
  },
});

const untilUs = 3e6;

const isOfBad = (channel: string): boolean => /^[a-z]+\.bad/.test(channel);

/** The trace, as it is written to a file, of all but the bad ones; and how much the bad ones have done. */
async function live(
  containers: readonly ContainerSource[],
): Promise<{ text: string; badEntries: Map<string, number> }> {
  const { rig } = readRig(rigText, "rig.json");
  assert.ok(rig);
  let text = "";
  const badEntries = new Map<string, number>();
  const csv = createCsvTrace((piece) => (text += piece));
  const simulation = await createSimulation({
    core: coreBytes,
    containers: containers.map((source) => ({ ...source, wasm: meterContainer(source).wasm })),
    rig,
    files: () => "",
    sink: (entry) => {
      const { channel, timeUs } = entry;
      // Where a transfer on a bus ends behind the end of the run, it is open what else still happens.
      if (timeUs > untilUs) return;
      if (isOfBad(channel)) badEntries.set(channel, (badEntries.get(channel) ?? 0) + 1);
      else if (channel !== "pin.GP25") csv.sink(entry);
    },
  });
  simulation.advanceTo(untilUs);
  csv.end();
  return { text, badEntries };
}

/** The good ones with something at every ninth place. */
const among = (others: readonly ContainerSource[]): ContainerSource[] =>
  others.flatMap((other, n) => [other, ...good.slice(9 * n, 9 * n + 9)]);

test("50 containers, five of them bad: the trace of the others is the same to the byte", async (t) => {
  const calm = await live(among(bad.map((_, n) => idle(n))));
  const stormy = await live(among(bad));
  assert.equal(calm.badEntries.size, 0);
  const { badEntries } = stormy;
  t.diagnostic(
    `${calm.text.length} bytes of trace, beside ${[...badEntries.values()].reduce((a, b) => a + b)} entries of the bad ones`,
  );
  for (const [channel, least] of [
    ["trap.bad-loops", 6],
    ["trap.bad-at-start", 8],
    ["trap.bad-tenth-event", 5],
    ["trap.bad-greedy", 8],
    ["message.bad/flood", 50_000],
    ["message.bad/kept", 50_000],
    ["log.bad-floods", 5_000],
  ] as const)
    assert.ok(badEntries.get(channel)! >= least, `${channel}: ${badEntries.get(channel)}`);
  assert.ok(calm.text.length > 100_000);
  assert.ok(stormy.text === calm.text, firstDifference(stormy.text, calm.text));
});

test("the same where the bad ones come last, or are not there at all", async () => {
  const calm = await live(good);
  const stormy = await live([...good, ...bad]);
  assert.ok(stormy.text === calm.text, firstDifference(stormy.text, calm.text));
});

function firstDifference(actual: string, expected: string): string {
  const [a, b] = [actual.split("\n"), expected.split("\n")];
  const at = a.findIndex((line, n) => line !== b[n]);
  return `line ${at + 1}: ${a[at]} instead of ${b[at]}`;
}
