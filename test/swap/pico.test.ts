import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { Random } from "../fuzz/random.js";
import { emulate } from "../helpers/emulate.js";
import { rigOf } from "../helpers/examples.js";
import { channels } from "./model.js";
import { play, type Player } from "./play.js";
import { family, type Version } from "./versions.js";

/** 1,000 and some power failures; more by npm run soak. */
const swaps = Number(process.env["PICO_SWAPS"] ?? 1040);
const seed = Number(process.env["SEED"] ?? 1);
/** As good as a journal holds. */
const versionCount = 120;
/** What a device may be late: an erasure of flash waits for a pause of 60 ms, a page takes 0.9 ms. */
const toleranceUs = 2_000;
/** For what was asked to come over USB and be done. */
const commandUs = 5_000;
/** For the host to find the device again. */
const plugUs = 50_000;

const rig = rigOf(JSON.stringify({ board: "pico", wiring: {} }));

/** The firmware on an emulated Pico. */
async function emulated([first, ...versions]: readonly Version[]): Promise<Player> {
  const entries: TraceEntry[] = [];
  const run = await emulate({
    containers: [{ ...first!, versions }],
    rig,
    files: () => "",
    sink: (entry) => entries.push(entry),
    wants: (channel) => channels.includes(channel),
  });
  const advanceTo = (timeUs: number): void => {
    run.advanceTo(timeUs);
    // What the device has said since its clock passed that.
    run.advanceTo(run.nowUs);
  };
  return {
    get nowUs() {
      return run.nowUs;
    },
    advanceTo,
    swap: (version) => {
      run.swap(0, version);
      advanceTo(run.nowUs + commandUs);
    },
    restart: () => {
      run.restart();
      advanceTo(run.nowUs + plugUs);
    },
    take: () => entries.splice(0),
  };
}

test(`${swaps} swaps of versions at random on the emulated Pico, seed ${seed}`, async (t) => {
  const random = new Random(seed);
  const versions = family(random, versionCount);
  const counts = play(await emulated(versions), versions, { random, swaps, toleranceUs });
  t.diagnostic(JSON.stringify(counts));
  for (const [what, times] of Object.entries(counts)) assert.ok(times > 0, `no ${what}`);
});
