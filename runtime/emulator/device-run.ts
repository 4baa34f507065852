import type { Rig } from "../rig/rig.js";
import type { Board } from "./board/board.js";
import type { Environment } from "./environment/environment.js";
import type { ContainerStats } from "./sim/device.js";
import type { TraceSink } from "./trace/entry.js";

/** What a run needs, whatever the device. */
export interface DeviceRunOptions {
  readonly rig: Rig;
  /** The text of a CSV file by its name in the rig. */
  readonly files: (name: string) => string;
  readonly sink: TraceSink;
  /** Which channels the sink has a use for; all if absent. */
  readonly wants?: (channel: string) => boolean;
  /** Time stops when a container has ended, instead of going on to its next start. */
  readonly stopAtTrap?: boolean;
}

/**
 * A rig with a device on it, simulated or emulated. Virtual time passes only in `advanceTo`; the same options and the same
 * calls at the same virtual times give the same trace.
 */
export interface DeviceRun {
  readonly board: Board;
  readonly environment: Environment;
  /** Told of each message that leaves the device. */
  onMessage: ((topic: string, payload: Uint8Array) => void) | undefined;
  /** Virtual microseconds since the device started its clock. */
  readonly nowUs: number;
  /** When something happens by itself next: it may be due already. Undefined if nothing will. */
  nextEventUs(): number | undefined;
  /** Lets everything happen that is due until `timeUs`, in order. The clock may stand beside `timeUs` afterwards; it never goes back. */
  advanceTo(timeUs: number): void;
  /** A message arrives from outside. Throws a RangeError if it is longer than one can be. */
  publish(topic: string, payload: string | Uint8Array): void;
  /** Presses a button now. Throws a RangeError if the part is no button. */
  press(part: string, forUs: number): void;
  /** The raw value of a container's setting, by its position. */
  setting(container: number, setting: number): number;
  /** Changes a setting to a raw value. Throws a RangeError for a setting or value that there is not. */
  setSetting(container: number, name: string, value: number): void;
  stats(container: number): ContainerStats;
  /**
   * Puts another version of a container in its place, between two events: `version` is its position among those that were given for
   * it, 0 the one that was started first. It is on trial then (SPEC.md section 3); what comes of it, `stats` and the channel
   * `swap.NAME` of the trace tell. Throws a RangeError for a version that there is not.
   */
  swap(container: number, version: number): void;
  /**
   * The power fails and comes back: what was stored stays, the version that was last kept starts again, a trial is over. Virtual time
   * goes on; what `nowUs` says never goes back.
   */
  restart(): void;
}
