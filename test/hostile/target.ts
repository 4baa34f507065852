import type { DeviceMessage, HostMessage } from "../../runtime/link/messages.js";
import type { TargetName } from "./case.js";
import type { Installed } from "./stored.js";

/** What the world does to a device at a time, in microseconds since the device started its clock. */
export type Input =
  | { readonly atUs: number; readonly pin: number; readonly high: boolean }
  /** Over the link. */
  | { readonly atUs: number; readonly message: HostMessage };

export interface Run {
  /** In the order in which they start. */
  readonly containers: readonly Installed[];
  /** In order of time. */
  readonly inputs: readonly Input[];
  readonly untilUs: number;
}

/** What is seen of a device from outside. */
export interface Observed {
  readonly messages: readonly DeviceMessage[];
  /** Levels of the pin of the metronome, by the device's time. */
  readonly led: readonly { readonly timeUs: number; readonly high: boolean }[];
}

/** Something that runs the kernel. */
export interface Target {
  readonly name: TargetName;
  /** Address of the journal. */
  readonly journal: number;
  /** Address of a symbol of its firmware. Throws a RangeError if there is none. */
  symbol(name: string): number;
  run(run: Run): Observed;
}
