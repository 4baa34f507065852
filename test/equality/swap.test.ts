/** Swaps, trials and a loss of power: the same life in the simulator and on the emulated Pico, to the bounds of equality.test.ts. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { DeviceRun } from "../../runtime/emulator/device-run.js";
import { type ContainerSource, createSimulation } from "../../runtime/emulator/simulation.js";
import type { Rig } from "../../runtime/rig/rig.js";
import type { TraceEntry, TraceSink } from "../../runtime/emulator/trace/entry.js";
import { emulate } from "../helpers/emulate.js";
import { buildApp, rigOf, wire } from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";
import { boundOf } from "./bound.js";
import { assertSameLife } from "./compare.js";

/** From the command to the start of the version: a frame over USB, the check of a payload of 1.5 KB. */
const swapUs = 1000;

const pins = { lamp: "GP15", extra: "GP16", button: { pin: "GP14", active: "low", pull: "up" } };

/** With what a version needs wired. */
const rigFor = (needs: object): Rig =>
  rigOf(
    JSON.stringify({
      board: "pico",
      wiring: Object.fromEntries(Object.entries(pins).filter(([name]) => name in needs)),
      simulation: {
        parts: {
          lamp: { chip: "led", pin: "GP15" },
          extra: { chip: "led", pin: "GP16" },
          button: { chip: "button", pin: "GP14" },
        },
        presses: [
          { at: "1200ms", part: "button", for: "50ms" },
          { at: "5700ms", part: "button", for: "50ms" },
          { at: "11100ms", part: "button", for: "50ms" },
          { at: "22100ms", part: "button", for: "50ms" },
        ],
      },
    }),
  );

const common = {
  name: "counter",
  health: { seconds: 2, events: 3 },
  settings: { step: { type: "integer", default: 1, min: 1, max: 99 } },
};

const needs = { lamp: { gpio: "out" }, button: { gpio: "in" }, counts: { publish: "counts" } };

const first = `
  import { Edges, every, log, persistent } from "thimble";
  import { button, counts, lamp, settings } from "thimble/needs";
  class State { count: i32 = 0; presses: u8 = 0; }
  const state = persistent<State>();
  log("first");
  every(430, () => { counts.publishNumber(state.count += settings.step); lamp.toggle(); });
  button.watch(Edges.Rising, 10, () => { counts.publishNumber(-(++state.presses)); });
`;

/** A field more, one under another name, another output. */
const second = `
  import { Edges, every, log, persistent, was } from "thimble";
  import { button, counts, extra, lamp, settings } from "thimble/needs";
  class State { total: i64 = 7; @was("count") counted: i32 = 0; presses: u8 = 0; }
  const state = persistent<State>();
  log("second");
  every(310, () => {
    state.total += state.counted;
    counts.publishNumber(state.counted += 100 * settings.step);
    extra.toggle();
  });
  every(1010, () => { lamp.toggle(); counts.publishNumber(<i32>state.total); });
  button.watch(Edges.Both, 10, (active) => { counts.publishNumber(active ? -100 - ++state.presses : -1000); });
`;

/** Divides by zero in its third event, when it has spoilt the state. */
const trapping = `
  import { every, log, persistent } from "thimble";
  import { counts, extra, lamp } from "thimble/needs";
  class State { counted: i32 = 0; presses: u8 = 0; }
  const state = persistent<State>();
  let left = 2;
  log("trapping");
  lamp.write(true);
  extra.write(false);
  every(150, () => { counts.publishNumber(state.counted = 1000000 / left--); });
`;

/** Does too little. */
const idle = `
  import { after, log, persistent } from "thimble";
  import { counts } from "thimble/needs";
  class State { counted: i32 = 0; }
  const state = persistent<State>();
  log("idle");
  after(500, () => counts.publishNumber(state.counted = -7));
`;

async function counter(): Promise<ContainerSource> {
  const all = { ...needs, extra: { gpio: "out" } };
  const sources = [
    [first, needs],
    [second, all],
    [trapping, all],
    [idle, all],
  ] as const;
  const versions = await Promise.all(
    sources.map(async ([source, own]) => {
      const example = await buildApp({ ...common, needs: own }, source);
      return { ...example.container, connections: wire(example, rigFor(own)) };
    }),
  );
  return { ...versions[0]!, versions: versions.slice(1) };
}

/** No two things are due within what the times of the two devices differ by, the 0.9 ms included in which a kept version is noted in flash. */
function script(run: DeviceRun): void {
  const at = (seconds: number): void => run.advanceTo(seconds * 1e6);
  at(2.05);
  run.setSetting(0, "step", 3);
  at(3.07);
  run.swap(0, 1);
  at(9.03);
  run.swap(0, 2);
  at(12.04);
  run.swap(0, 3);
  at(13.06);
  run.setSetting(0, "step", 5);
  at(17.03);
  run.swap(0, 0);
  at(18.01);
  run.swap(0, 2);
  at(20.33);
  run.restart();
  at(21.02);
  run.swap(0, 0);
  at(24.09);
  run.restart();
  at(26.01);
}

interface Outcome {
  readonly entries: TraceEntry[];
  readonly figures: object;
}

async function live(create: (sink: TraceSink) => Promise<DeviceRun>): Promise<Outcome> {
  const entries: TraceEntry[] = [];
  const run = await create((entry) => entries.push(entry));
  script(run);
  const { events, dropped, missed, bindings, waiting, failures, parked, ...rest } = run.stats(0);
  const { version, onTrial, trap } = rest;
  const counts = { events, dropped, missed, bindings, waiting, failures, parked };
  const step = run.setting(0, 0);
  return { entries, figures: { ...counts, version, onTrial, trap: trap?.code, step } };
}

test("swaps and losses of power: the same life in the simulator and on the emulated Pico", async (context) => {
  const containers = [await counter()];
  const core = readFileSync(packagePath("runtime", "firmware", "core.wasm"));
  const options = { containers, rig: rigFor(pins), files: () => "" };
  const simulated = await live((sink) => createSimulation({ ...options, core, sink }));
  const emulated = await live((sink) => emulate({ ...options, sink }));
  const swaps = simulated.entries.filter(({ channel }) => channel === "swap.counter");
  assert.deepEqual(
    swaps.map(({ value }) => value),
    [
      "1 on trial",
      "1 kept",
      "2 on trial",
      "1 back: divide-by-zero",
      "3 on trial",
      "1 back: health-missed",
      "0 on trial",
      "2 on trial",
      "1 back: divide-by-zero",
      "0 on trial",
      "0 kept",
    ],
  );
  const worstUs = assertSameLife(
    simulated.entries,
    emulated.entries,
    swapUs + boundOf({ events: 3, transfers: 0, byHand: 0, links: 4 }),
  );
  assert.deepEqual(emulated.figures, simulated.figures);
  context.diagnostic(`at most ${worstUs} us apart`);
});
