import type { Host } from "../host.js";
import { Slicer, type Advancing, type Pacer } from "./pacer.js";

/** Real time of one step of the live view: ten pictures a second. */
const frameMs = 100;
/** Of which the simulation may use up this much. */
const budgetMs = 60;

/** How long virtual time passes, and how fast. */
export interface Course {
  readonly pacer: Pacer;
  /** Virtual time to end at; Infinity is never. */
  readonly endUs: number;
  /** Asked after every slice of virtual time. */
  readonly stop: () => boolean;
  /** Whether a debugger holds the device, so that no time passes. */
  readonly held?: () => boolean;
  readonly visitor?: Visitor;
}

/** Somebody who has something to do between two steps, while virtual time stands. */
export interface Visitor {
  /** Resolves when there is something to do. */
  called(): Promise<void>;
  visit(): Promise<void>;
}

/** Moves the virtual clock at the pace of real time, or as fast as it goes, until the end or `stop`; calls `onStep` about ten times a second. */
export async function drive(
  host: Host,
  simulation: Advancing,
  { pacer, endUs, stop, held = () => false, visitor }: Course,
  onStep: () => void,
): Promise<void> {
  const slicer = new Slicer(simulation, () => host.nowMs());
  while (!stop() && simulation.nowUs < endUs) {
    const startMs = host.nowMs();
    const targetUs = Math.min(pacer.target(startMs), endUs);
    if (!held()) slicer.advance(targetUs, budgetMs, () => stop() || held());
    pacer.reached(simulation.nowUs);
    onStep();
    const restMs =
      pacer.speed === Infinity && !pacer.paused && !held()
        ? 0
        : Math.max(0, frameMs - (host.nowMs() - startMs));
    await (visitor === undefined
      ? host.wait(restMs)
      : Promise.race([host.wait(restMs), visitor.called()]));
    await visitor?.visit();
  }
}
