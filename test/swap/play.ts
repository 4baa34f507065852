import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import type { Random } from "../fuzz/random.js";
import { Model, type Counts } from "./model.js";
import type { Version } from "./versions.js";

/** A device with versions of one app, of which number 0 runs from the start. */
export interface Player {
  readonly nowUs: number;
  advanceTo(timeUs: number): void;
  swap(version: number): void;
  restart(): void;
  /** Entries since the last call, in order. */
  take(): readonly TraceEntry[];
}

const pausesUs = [0, 1, 3_000, 40_000, 160_000, 420_000, 930_000, 1_060_000, 2_300_000, 4_700_000];

/**
 * Swaps at random times for versions at random, sometimes with a power failure between, and holds all that is seen against the
 * model. Throws an AssertionError.
 */
export function play(
  player: Player,
  versions: readonly Version[],
  { random, swaps, toleranceUs }: { random: Random; swaps: number; toleranceUs: number },
): Counts {
  const model = new Model(versions, toleranceUs);
  const look = (): void => {
    for (const entry of player.take()) model.observe(entry);
    model.settle(player.nowUs);
  };
  player.advanceTo(player.nowUs + 550_000);
  look();
  for (let swap = 0; swap < swaps; swap++) {
    if (random.oneIn(40)) {
      const failsUs = player.nowUs;
      player.restart();
      const entries = player.take();
      // What a device says just before its power fails may be heard afterwards.
      const said = entries.filter(({ timeUs }) => timeUs < failsUs);
      for (const entry of said) model.observe(entry);
      model.powerFails(player.nowUs);
      for (const entry of entries.slice(said.length)) model.observe(entry);
    } else {
      const version = random.below(versions.length);
      model.ask(version);
      player.swap(version);
    }
    const untilUs = player.nowUs + random.pick(pausesUs) + random.below(20) * 1000;
    // Looked at in between too, so that nothing that is wrong for a while only goes unseen.
    for (let atUs = player.nowUs; atUs < untilUs; atUs += 500_000) {
      player.advanceTo(Math.min(atUs + 500_000, untilUs));
      look();
    }
    look();
  }
  return model.counts;
}
