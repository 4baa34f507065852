import type { Simulation } from "../../../runtime/emulator/simulation.js";
import type { Rig } from "../../../runtime/rig/rig.js";
import type { Container } from "./prepare.js";
import type { Wired } from "./names.js";
import type { Tally } from "./tally.js";

/** A simulation under way, and all that is known about it. */
export interface Rehearsal {
  readonly container: Container;
  readonly rig: Rig;
  /** In the order of the manifest's needs. */
  readonly wired: readonly Wired[];
  readonly simulation: Simulation;
  readonly tally: Tally;
}

/** The buttons of a rig in its order: the keys 1 to 9 press the first nine. */
export function buttons(rig: Rig): readonly string[] {
  return [...rig.simulation.parts]
    .filter(([, part]) => part.chip === "button")
    .map(([name]) => name);
}
