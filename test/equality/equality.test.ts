/*
 * The same containers on the same rig, once in the simulator and once as machine code on the emulated Pico: on each channel of
 * the trace the same values in the same order, at times that differ by no more than a bound.
 *
 * Where the difference comes from. In the simulator code takes no time and buses take the time of their bits. On the device, at 125 MHz:
 *  - `wakeUs`: from the moment an event is due to the container's code. Interrupt, main loop, hand-over: 10 us, or 50 with USB or
 *    another event's last steps before it. A message from outside crosses USB in packets that the main loop takes: they are in it.
 *  - `codeUs`: the container's code up to the last entry of the event: 2 us a host call, 20 for one that makes text.
 *  - `transferUs`: what a transfer on a bus takes beside its bits, to set up the controller and to tell its end, and bits of whole
 *    cycles where the simulator rounds the whole up to a microsecond.
 *  - `byHandUs`: an address without bytes is sent by hand at half the speed, 11 bits at 100 kHz.
 *  - Events that are due together wait for each other, so these are of all that may be due at one time.
 *  - `linkUs`: a timer counts from when it was armed, so it is as late as the code that armed it, `start` first of all. Differences
 *    of timers that arm each other add up.
 * Reports of the device carry its own clock, so the way of messages and logs over USB does not count.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ContainerSource, createSimulation } from "../../runtime/emulator/simulation.js";
import type { DeviceRun } from "../../runtime/emulator/device-run.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import type { Rig } from "../../runtime/rig/rig.js";
import {
  buildApp,
  buildExample,
  exampleFile,
  exampleNames,
  rigOf,
  stageExample,
  wire,
} from "../helpers/examples.js";
import { emulate } from "../helpers/emulate.js";
import { packagePath } from "../helpers/root.js";
import { buses, failing, world, type App, type Effort } from "./apps.js";
import { boundOf } from "./bound.js";
import { assertEqual, type Outcome } from "./compare.js";

/** What happens besides what the rig says. */
type Script = (run: DeviceRun) => void;

interface Span {
  readonly seconds: number;
  readonly effort: Effort;
  readonly script?: Script;
}

/** One event of one app at a time, whose times do not add up. */
const oneEvent: Effort = { events: 1, transfers: 0, byHand: 0, links: 1 };

const examples: Readonly<Record<string, Span>> = {
  blink: { seconds: 60.2, effort: oneEvent },
  "counter-v1": { seconds: 10.2, effort: oneEvent },
  "counter-v2": { seconds: 10.2, effort: oneEvent },
  pump: { seconds: 180.5, effort: { ...oneEvent, events: 3 } },
  tank: { seconds: 60.5, effort: oneEvent },
  thermostat: {
    seconds: 3 * 3600 + 30,
    effort: { events: 1, transfers: 3, byHand: 0, links: 2 },
    script: (run) => {
      run.advanceTo(1000.25e6);
      run.setSetting(0, "setPoint", 18_500);
      run.board.press("button", 2000e6, 80_000);
    },
  },
};

async function both(
  containers: readonly ContainerSource[],
  rig: Rig,
  files: (name: string) => string,
  { seconds, script }: Span,
): Promise<{ simulated: Outcome; emulated: Outcome }> {
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
  const options = { containers, rig, files };
  return {
    simulated: await outcome((sink) => createSimulation({ ...options, core, sink })),
    emulated: await outcome((sink) => emulate({ ...options, sink })),
  };
}

for (const name of exampleNames()) {
  test(`${name}: the same life in the simulator and on the emulated Pico`, async (context) => {
    const span = examples[name];
    assert.ok(span, `${name} has a length`);
    const { containers, rig } = await stageExample(name, await buildExample(name));
    const worstUs = assertEqual(
      await both(containers, rig, (file) => exampleFile(name, file), span),
      boundOf(span.effort),
    );
    context.diagnostic(`at most ${worstUs} us apart`);
  });
}

for (const [name, app] of Object.entries<App>({ buses, world, failing })) {
  test(`${name}: the same life in the simulator and on the emulated Pico`, async (context) => {
    const example = await buildApp(app.thimble, app.source);
    const rig = rigOf(JSON.stringify(app.rig));
    const containers = [{ ...example.container, connections: wire(example, rig) }];
    const worstUs = assertEqual(await both(containers, rig, () => "", app), boundOf(app.effort));
    context.diagnostic(`at most ${worstUs} us apart`);
  });
}
