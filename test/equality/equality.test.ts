/*
 * The same containers on the same rig, once in the simulator and once as machine code on the emulated Pico: on each channel of
 * the trace the same values in the same order, at times that differ by no more than `boundUs`.
 *
 * Where the difference comes from. In the simulator code takes no time, buses take the time of their bits; on the device:
 *  - Timers count from when they were armed. That is after the code of all containers' `start` before it: at most 100 us for one.
 *    Later timers are armed by events, so each adds its own event's code before it is.
 *  - From the moment an event is due to the container's code: interrupt, main loop, hand-over: at most 50 us at 125 MHz.
 *  - The container's code and its host calls, to the last entry of the event: 2 us a call, some 20 calls, and its own arithmetic: 100 us.
 *  - A transfer on a bus: setting up the controller and telling its end, 30 us each, and a bit time that is a whole number of cycles of
 *    the system clock, where the simulator rounds the whole transfer up to a microsecond: 1 us.
 *  - A message from outside crosses USB in packets of 64 bytes, each taken by the main loop: 50 us for all of them.
 *  - An event waits for those before it: with two that are due together, once more the same.
 * Reports of the device carry its own clock, so the way of messages and logs over USB is not in it.
 *
 * A timer that is armed by an event that was late is as late as that, so differences of a chain of `after` add up: `chained` says
 * how many links an app has at most.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createSimulation } from "../../runtime/emulator/simulation.js";
import type { DeviceRun } from "../../runtime/emulator/device-run.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import type { Rig } from "../../runtime/rig/rig.js";
import {
  buildApp,
  buildExample,
  exampleNames,
  rigOf,
  wire,
  type Example,
} from "../helpers/examples.js";
import { emulate } from "../helpers/emulate.js";
import { packagePath } from "../helpers/root.js";
import { buses, failing, world, type App } from "./apps.js";

const boundUs = 500;

/** What happens besides what the rig says. */
type Script = (run: DeviceRun) => void;

const exampleScripts: Readonly<Record<string, { seconds: number; script?: Script }>> = {
  blink: { seconds: 60.2 },
  thermostat: {
    seconds: 3 * 3600 + 30,
    script: (run) => {
      run.advanceTo(1000.25e6);
      run.setSetting(0, "setPoint", 18_500);
      run.advanceTo(2000.25e6);
      run.press("button", 80_000);
    },
  },
};

interface Outcome {
  readonly entries: TraceEntry[];
  readonly stats: ReturnType<DeviceRun["stats"]>;
  readonly sent: string[];
}

async function both(
  example: Example,
  rig: Rig,
  files: (name: string) => string,
  { seconds, script }: { seconds: number; script?: Script },
): Promise<{ simulated: Outcome; emulated: Outcome }> {
  const source = { ...example.container, connections: wire(example, rig) };
  const outcome = async (
    create: (sink: (entry: TraceEntry) => void) => Promise<DeviceRun>,
  ): Promise<Outcome> => {
    const entries: TraceEntry[] = [];
    const sent: string[] = [];
    const run = await create((entry) => entries.push(entry));
    run.onMessage = (topic, payload) => sent.push(`${topic} ${new TextDecoder().decode(payload)}`);
    script?.(run);
    run.advanceTo(seconds * 1e6);
    return { entries, sent, stats: run.stats(0) };
  };
  const core = readFileSync(packagePath("runtime", "firmware", "core.wasm"));
  const options = { containers: [source], rig, files };
  return {
    simulated: await outcome((sink) => createSimulation({ ...options, core, sink })),
    emulated: await outcome((sink) => emulate({ ...options, sink })),
  };
}

/** Serial output is a stream: what is written in one call or two looks the same on the wire. */
function byChannel(entries: readonly TraceEntry[]): Map<string, TraceEntry[]> {
  const channels = new Map<string, TraceEntry[]>();
  for (const entry of entries) {
    const list = channels.get(entry.channel);
    if (list === undefined) channels.set(entry.channel, [entry]);
    else list.push(entry);
  }
  return new Map([...channels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns the largest difference of times in microseconds. */
function assertEqual({ simulated, emulated }: { simulated: Outcome; emulated: Outcome }): number {
  const [expected, actual] = [byChannel(simulated.entries), byChannel(emulated.entries)];
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  let worstUs = 0;
  for (const [channel, entries] of expected) {
    const others = actual.get(channel)!;
    assert.deepEqual(
      others.map(({ value }) => value),
      entries.map(({ value }) => value),
      channel,
    );
    entries.forEach(({ timeUs }, i) => {
      const lateUs = others[i]!.timeUs - timeUs;
      worstUs = Math.max(worstUs, Math.abs(lateUs));
      assert.ok(Math.abs(lateUs) <= boundUs, `${channel} at ${timeUs} us: ${lateUs} us late`);
    });
  }
  assert.deepEqual(emulated.sent, simulated.sent);
  const figures = ({ trap, ...stats }: Outcome["stats"]) => ({ ...stats, trap: trap?.code });
  assert.deepEqual(figures(emulated.stats), figures(simulated.stats));
  assertOrdered(emulated.entries);
  return worstUs;
}

function assertOrdered(entries: readonly TraceEntry[]): void {
  for (let i = 1; i < entries.length; i++)
    assert.ok(
      entries[i]!.timeUs >= entries[i - 1]!.timeUs,
      `entry ${i} is before the one it follows`,
    );
}

for (const name of exampleNames()) {
  test(`${name}: the same life in the simulator and on the emulated Pico`, async (context) => {
    const read = (file: string): string =>
      readFileSync(packagePath("examples", name, file), "utf8");
    const script = exampleScripts[name];
    assert.ok(script, `${name} has a length`);
    const example = await buildExample(name);
    const worstUs = assertEqual(await both(example, rigOf(read("rig.json")), read, script));
    context.diagnostic(`at most ${worstUs} us apart`);
  });
}

for (const [name, app] of Object.entries<App>({ buses, world, failing })) {
  test(`${name}: the same life in the simulator and on the emulated Pico`, async (context) => {
    const example = await buildApp(app.thimble, app.source);
    const rig = rigOf(JSON.stringify(app.rig));
    const worstUs = assertEqual(await both(example, rig, () => "", app));
    context.diagnostic(`at most ${worstUs} us apart`);
  });
}
