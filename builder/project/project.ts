import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import type { Need, Setting } from "../../runtime/manifest/manifest.js";

/** thimble.json: what an app is called, what it needs, what its owner can set, and what it may use up. */
export interface Project {
  /** 1 to 32 of a-z, 0-9 and `-`, starting with a letter. */
  readonly name: string;
  /** The app's main file, relative to thimble.json. */
  readonly main: string;
  /** In the order of the file: a need's handle is its position. */
  readonly needs: readonly Need[];
  /** In the order of the file. */
  readonly settings: readonly Setting[];
  readonly limits: ProjectLimits;
}

/** Ceilings that a build must fit under. */
export interface ProjectLimits {
  readonly memoryBytes?: number;
  readonly stackBytes?: number;
  readonly eventMs: number;
}

/** Reads thimble.json. `project` is there unless a diagnostic is an error. */
export function readProject(
  _text: string,
  _file: string,
): { project?: Project; diagnostics: Diagnostic[] } {
  throw new Error("not written");
}
