import type { Manifest, State } from "../../runtime/manifest/manifest.js";
import type { Project } from "./project.js";

/** What a build found out about the container. */
export interface BuildFigures {
  /** Contract version, `major.minor.patch`. */
  readonly contract: string;
  readonly wasmBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** `interface.function`, in any order. */
  readonly imports: readonly string[];
  readonly memoryBytes: number;
  /** null where recursion leaves it unbounded. */
  readonly stackBytes: number | null;
  /** Absent where the app keeps nothing over a swap. */
  readonly state?: State | undefined;
}

/** The manifest of a container built from `project`. */
export function createManifest(project: Project, figures: BuildFigures): Manifest {
  return {
    format: 1,
    name: project.name,
    contract: figures.contract,
    wasm: { bytes: figures.wasmBytes, sha256: figures.sha256 },
    imports: figures.imports.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    needs: project.needs,
    settings: project.settings,
    ...(figures.state && { state: figures.state }),
    limits: {
      memoryBytes: figures.memoryBytes,
      stackBytes: figures.stackBytes,
      eventMs: project.limits.eventMs,
    },
    health: project.health,
    restart: project.restart,
  };
}

/** Keys in the order they are printed in; each key has one place, whichever object it stands in. */
const keyOrder = (
  "format name kind type offset was contract wasm bytes sha256 imports needs address mode hertz baud topic fields decimals retain " +
  "settings default min max unit state limits memoryBytes stackBytes eventMs health seconds events confirm restart delayMs attempts"
).split(" ");

/** The text of dist/<app>.manifest.json: fixed key order, two blanks of indent, LF at its end. */
export function manifestText(manifest: Manifest): string {
  return JSON.stringify(manifest, keyOrder, 2) + "\n";
}
