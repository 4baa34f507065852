import type { Host } from "../host.js";
import { Pacer, Slicer, type Advancing } from "./pacer.js";

/** Real time of one step of the live view: ten pictures a second. */
const frameMs = 100;
/** Of which the simulation may use up this much. */
const budgetMs = 60;

export interface DriveOptions {
  readonly simulation: Advancing;
  readonly pacer: Pacer;
  /** Virtual time to end at; Infinity is never. */
  readonly endUs: number;
  /** Asked after every slice of virtual time. */
  readonly stop: () => boolean;
  /** Called after every step, about ten times a second. */
  readonly onStep: () => void;
}

/** Moves the virtual clock at the pace of real time, or as fast as it goes, until the end or until `stop`. */
export async function drive(
  host: Host,
  { simulation, pacer, endUs, stop, onStep }: DriveOptions,
): Promise<void> {
  const slicer = new Slicer(simulation, () => host.nowMs());
  while (!stop() && simulation.nowUs < endUs) {
    const startMs = host.nowMs();
    slicer.advance(Math.min(pacer.target(startMs), endUs), budgetMs, stop);
    pacer.reached(simulation.nowUs);
    onStep();
    const restMs =
      pacer.speed === Infinity && !pacer.paused
        ? 0
        : Math.max(0, frameMs - (host.nowMs() - startMs));
    await host.wait(restMs);
  }
}
