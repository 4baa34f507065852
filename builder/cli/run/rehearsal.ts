import { join } from "node:path";
import { DiagnosticError } from "../../../runtime/document/diagnostic.js";
import { createSimulation, type Simulation } from "../../../runtime/emulator/simulation.js";
import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import type { Rig } from "../../../runtime/rig/rig.js";
import { missingPart } from "../failure.js";
import type { Host } from "../host.js";
import { readBytes } from "../paths.js";
import { meterContainer } from "./metered.js";
import type { Wired } from "./names.js";
import { signalFile, type Container } from "./prepare.js";
import { Tally } from "./tally.js";

/** A simulation under way, and all that is known about it. */
export interface Rehearsal {
  readonly container: Container;
  readonly rig: Rig;
  /** In the order of the manifest's needs. */
  readonly wired: readonly Wired[];
  readonly simulation: Simulation;
  readonly tally: Tally;
  /** Where an offset that the simulator tells is in the container itself. */
  readonly originalOffset: (offset: number) => number;
}

export interface Ingredients {
  readonly container: Container;
  readonly rig: Rig;
  /** In the order of the manifest's needs. */
  readonly connections: readonly Connection[];
  /** Raw values by name, in place of the defaults. */
  readonly settings: ReadonlyMap<string, number>;
  /** Takes what happens, from the very start. */
  readonly onEntry: (entry: TraceEntry, wired: readonly Wired[]) => void;
  /** Which channels `onEntry` or the tally has a use for; all if absent. */
  readonly wants?: (channel: string) => boolean;
}

/** Builds the simulation and starts the container. Throws where it cannot. */
export async function startRehearsal(host: Host, ingredients: Ingredients): Promise<Rehearsal> {
  const { container, rig, connections, settings, onEntry, wants } = ingredients;
  const { manifest, wasm } = container;
  const wired = manifest.needs.map((need, index) => ({ need, connection: connections[index]! }));
  const tally = new Tally();
  const corePath = join(host.packageFolder, "runtime", "firmware", "core.wasm");
  const core = readBytes(host, corePath);
  if (core === undefined) throw missingPart(corePath);
  const metered = meterContainer(wasm);
  try {
    const simulation = await createSimulation({
      core,
      containers: [{ manifest, wasm: metered.wasm, connections }],
      rig,
      files: (file) => signalFile(host, rig, file),
      sink: (entry) => {
        tally.add(entry);
        onEntry(entry, wired);
      },
      ...(wants === undefined ? {} : { wants }),
      settings,
      stopAtTrap: true,
    });
    return { container, rig, wired, simulation, tally, originalOffset: metered.originalOffset };
  } catch (error) {
    throw withFile(error, container.file);
  }
}

/** What the simulator finds wrong with a container, with the name of its file, which it does not know. */
function withFile(error: unknown, file: string | undefined): unknown {
  if (!(error instanceof DiagnosticError) || file === undefined) return error;
  return new DiagnosticError(error.diagnostics.map((diagnostic) => ({ file, ...diagnostic })));
}

/** The buttons of a rig in its order: the keys 1 to 9 press the first nine. */
export function buttons(rig: Rig): readonly string[] {
  return [...rig.simulation.parts]
    .filter(([, part]) => part.chip === "button")
    .map(([name]) => name);
}
