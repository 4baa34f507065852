import { DiagnosticError } from "../../../runtime/document/diagnostic.js";
import type { DeviceRun } from "../../../runtime/emulator/device-run.js";
import type { Emulation } from "../../../runtime/emulator/emulation.js";
import { createSimulation } from "../../../runtime/emulator/simulation.js";
import type { TraceEntry, TraceSink } from "../../../runtime/emulator/trace/entry.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import type { Rig } from "../../../runtime/rig/rig.js";
import type { LoadedContainer } from "../container.js";
import { firmwareFile } from "../firmware.js";
import type { Host } from "../host.js";
import { meterContainer } from "./metered.js";
import type { Wired } from "./names.js";
import { signalFile } from "./prepare.js";
import { Tally } from "./tally.js";

/** An app under way on a device, and all that is known about it. */
export interface Rehearsal {
  readonly container: LoadedContainer;
  readonly rig: Rig;
  /** In the order of the manifest's needs. */
  readonly wired: readonly Wired[];
  readonly simulation: DeviceRun;
  /** The device, where it is the emulated one. */
  readonly emulation?: Emulation;
  readonly tally: Tally;
  /** Where an offset that the device tells is in the container itself. */
  readonly originalOffset: (offset: number) => number;
}

/** `sim`, the simulator, or `emu`, the firmware on an emulated Pico. */
export type DeviceKind = "sim" | "emu";

export interface Ingredients {
  readonly on: DeviceKind;
  readonly container: LoadedContainer;
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

/** Builds the device and starts the container. Throws where it cannot. */
export async function startRehearsal(host: Host, ingredients: Ingredients): Promise<Rehearsal> {
  const { on, container, rig, connections, onEntry } = ingredients;
  const { needs } = container.manifest;
  const wired = needs.map((need, index) => ({ need, connection: connections[index]! }));
  const tally = new Tally();
  const sink: TraceSink = (entry) => {
    tally.add(entry);
    onEntry(entry, wired);
  };
  const common = { container, rig, wired, tally };
  try {
    if (on === "sim") return { ...common, ...(await startSimulation(host, ingredients, sink)) };
    const { startEmulation } = await import("./emulated.js");
    const emulation = await startEmulation(host, ingredients, sink);
    return { ...common, simulation: emulation, emulation, originalOffset: (offset) => offset };
  } catch (error) {
    throw withFile(error, container.file);
  }
}

async function startSimulation(
  host: Host,
  { container, rig, connections, settings, wants }: Ingredients,
  sink: TraceSink,
): Promise<Pick<Rehearsal, "simulation" | "originalOffset">> {
  const { manifest, wasm } = container;
  const metered = meterContainer(wasm);
  const simulation = await createSimulation({
    core: firmwareFile(host, "core.wasm"),
    containers: [{ manifest, wasm: metered.wasm, connections }],
    rig,
    files: (file) => signalFile(host, rig, file),
    sink,
    ...(wants === undefined ? {} : { wants }),
    settings,
    stopAtTrap: true,
  });
  return { simulation, originalOffset: metered.originalOffset };
}

/** What a device finds wrong with a container, with the name of its file, which it does not know. */
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
