import type { Diagnostic } from "../document/diagnostic.js";
import type { JsonMember } from "../document/node.js";
import type { Need } from "../manifest/manifest.js";
import type { Connection } from "./connection.js";
import type { Simulation } from "./simulation.js";

/** rig.json: the board, what the needs of an app are wired to, and what surrounds the device in a rehearsal. */
export interface Rig {
  /** The file as the user named it. */
  readonly file: string;
  readonly board: "pico";
  /** Signals change on this grid only. */
  readonly gridUs: number;
  /** By name of the need, as written: what an entry means depends on the kind of the need, so `connect` reads it. */
  readonly wiring: ReadonlyMap<string, JsonMember>;
  readonly simulation: Simulation;
}

/** Reads rig.json. `rig` is there unless a diagnostic is an error. */
export function readRig(_text: string, _file: string): { rig?: Rig; diagnostics: Diagnostic[] } {
  throw new Error("not written");
}

/**
 * Resolves what each need is wired to. `connections` is in the order of `needs` and there unless a
 * diagnostic is an error. Topics need no wiring: an entry renames them.
 */
export function connect(
  _rig: Rig,
  _needs: readonly Need[],
): { connections?: readonly Connection[]; diagnostics: Diagnostic[] } {
  throw new Error("not written");
}
