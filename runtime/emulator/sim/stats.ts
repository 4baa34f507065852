import type { Core } from "./core.js";
import type { Trap } from "./trap.js";

/** What a container has come to. */
export interface ContainerStats {
  /** Events handled, `start` apart. */
  readonly events: number;
  /** Events, messages and log lines that found their queue full. */
  readonly dropped: number;
  /** Timer periods that passed while an event of their timer waited. */
  readonly missed: number;
  /** Timers, watches and subscriptions. */
  readonly bindings: number;
  /** Events that wait. */
  readonly waiting: number;
  /** How it ended last, null if it never has. */
  readonly trap: Trap | null;
  /** Ends in a row: after so many, each a while after the last, it is parked. */
  readonly failures: number;
  /** It has failed too often and is not started again. */
  readonly parked: boolean;
  /** Which of its versions runs: 0 is the one that was started first. */
  readonly version: number;
  /** That version has not been kept yet. */
  readonly onTrial: boolean;
  /** The most that one event has taken, `start` included, of the time that `eventMs` allows it; absent where that is not counted. */
  readonly longestEventUs?: number;
}

/** What the core tells of the container at `index`. */
export function figuresOf(
  { exports }: Core,
  index: number,
): Omit<ContainerStats, "trap" | "version"> {
  return {
    events: exports.events(index),
    dropped: exports.dropped(index),
    missed: exports.missed(index),
    bindings: exports.bindings(index),
    waiting: exports.waiting(index),
    failures: exports.failures(index),
    parked: exports.is_parked(index) !== 0,
    onTrial: exports.on_trial(index) !== 0,
  };
}
