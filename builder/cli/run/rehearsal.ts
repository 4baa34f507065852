import { join } from "node:path";
import { DiagnosticError } from "../../../runtime/document/diagnostic.js";
import type { DeviceRun } from "../../../runtime/emulator/device-run.js";
import type { Emulation } from "../../../runtime/emulator/emulation.js";
import { createSimulation, type Simulation } from "../../../runtime/emulator/simulation.js";
import type { Trap } from "../../../runtime/emulator/sim/trap.js";
import type { TraceEntry, TraceSink } from "../../../runtime/emulator/trace/entry.js";
import type { Rig } from "../../../runtime/rig/rig.js";
import { locate } from "../../compile/locate.js";
import { firmwareFile } from "../firmware.js";
import type { Host } from "../host.js";
import { displayPath } from "../paths.js";
import type { WiredApp } from "../wiring.js";
import { fateText, isFate } from "./lines.js";
import { meterContainer, unmeteredContainer } from "./metered.js";
import type { Cast, Owned, Wired } from "./names.js";
import { signalFile } from "./prepare.js";
import { Tally } from "./tally.js";

/** `sim`, the simulator, or `emu`, the firmware on an emulated Pico. */
export type DeviceKind = "sim" | "emu";

/** An app to be rehearsed. */
export interface RehearsedApp extends WiredApp {
  /** What it may be swapped to: versions 1, 2 and so on. `container` is version 0. */
  readonly versions?: readonly WiredApp[];
}

/** All versions of an app, from 0 on. */
export function versionsOf({ versions = [], ...first }: RehearsedApp): WiredApp[] {
  return [first, ...versions];
}

export interface Ingredients {
  readonly on: DeviceKind;
  /** In the order of their places on the device, at least one. `wireApps` and `wireVersion` make them. */
  readonly apps: readonly RehearsedApp[];
  /** What is around the device. `rigAround` makes it. */
  readonly rig: Rig;
  /** Takes what happens, from the very start, in the order of the times; called only once the rehearsal is there. */
  readonly onEntry: (entry: TraceEntry, rehearsal: Rehearsal) => void;
  /** Which channels `onEntry` or the tally has a use for; all if absent. Those of ends and swaps come anyway. */
  readonly wants?: (channel: string) => boolean;
  /** Time stops when a container has ended, instead of going on to its next start. */
  readonly stopAtTrap: boolean;
  /** In the simulator: neither time nor accesses to memory are held to the limits of the manifests. */
  readonly unchecked?: boolean;
}

/** One version of an app. */
export interface Version extends WiredApp {
  /** In the order of the manifest's needs. */
  readonly wired: readonly Wired[];
  /** Where an offset that the device tells is in the container itself. */
  readonly originalOffset: (offset: number) => number;
}

/** An app under way, by its place on the device. */
export interface RunningApp {
  readonly name: string;
  /** Version 0 is the one that was started first. */
  readonly versions: Version[];
  /** The number of the version that runs, as far as the trace has told. */
  running: number;
  /** The version that ended last, and how; undefined if none ever has. */
  ended: { readonly version: number; readonly trap: Trap } | undefined;
}

/** A place in the sources, as the user would write it. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Apps under way on a device, and all that is known about them. */
export class Rehearsal implements Cast {
  readonly tally: Tally;
  readonly apps: readonly RunningApp[];
  readonly rig: Rig;
  readonly #unchecked: boolean;
  #cast: Omit<Cast, "endOf">;

  /** Use startRehearsal. */
  constructor(
    readonly host: Host,
    { apps, rig, unchecked = false }: Ingredients,
    versions: readonly (readonly Version[])[],
    readonly simulation: DeviceRun,
    /** The device, where it is the emulated one. */
    readonly emulation: Emulation | undefined,
    /** The device, where it is the simulator. */
    readonly simulator: Simulation | undefined,
  ) {
    this.rig = rig;
    this.tally = new Tally(apps.length > 1);
    this.#unchecked = unchecked;
    this.apps = apps.map(({ container }, index) => ({
      name: container.manifest.name,
      versions: [...versions[index]!],
      running: 0,
      ended: undefined,
    }));
    this.#cast = this.#castNow();
  }

  get names(): readonly string[] {
    return this.#cast.names;
  }

  get needs(): readonly Owned[] {
    return this.#cast.needs;
  }

  get settings(): Cast["settings"] {
    return this.#cast.settings;
  }

  /** What the versions that run are, which only a swap changes: lines ask for it all the time. */
  #castNow(): Omit<Cast, "endOf"> {
    return {
      names: this.apps.map(({ name }) => name),
      needs: this.apps.flatMap((app) =>
        this.version(app).wired.map((wired) => ({ ...wired, app: app.name })),
      ),
      settings: this.apps.flatMap((app) =>
        this.version(app).container.manifest.settings.map(({ name }) => ({ app: app.name, name })),
      ),
    };
  }

  endOf(name: string, code: string): string | undefined {
    const app = this.apps.find((candidate) => candidate.name === name);
    if (app?.ended?.trap.code !== code) return undefined;
    const place = this.placeOf(app);
    return place && `${place.file}:${place.line}:${place.column}`;
  }

  /** The version of an app that runs now. */
  version({ versions, running }: RunningApp): Version {
    return versions[running]!;
  }

  /** Adds a version of the app at `index`, to be swapped to, and returns its number. Rejects with a DiagnosticError. */
  async addVersion(index: number, app: WiredApp): Promise<number> {
    if (this.simulator === undefined) throw new Error("only the simulator takes further versions");
    const { version, source } = simulated(app, this.#unchecked);
    const number = await this.simulator.addVersion(index, source);
    this.apps[index]!.versions[number] = version;
    return number;
  }

  /** The power fails and comes back. */
  restart(): void {
    this.simulation.restart();
    this.apps.forEach((app, index) => (app.running = this.simulation.stats(index).version));
    this.#cast = this.#castNow();
  }

  /** Where in its sources an app has ended last; undefined where it never has or that is not known. */
  placeOf({ ended, versions }: RunningApp): SourcePlace | undefined {
    if (ended === undefined) return undefined;
    const { container, originalOffset } = versions[ended.version]!;
    const { sourceMap, folder } = container;
    const offsets = ended.trap.frames.flatMap(({ offset }) =>
      offset === undefined ? [] : [originalOffset(offset)],
    );
    if (sourceMap === undefined || offsets.length === 0) return undefined;
    const at = locate(sourceMap, ...offsets);
    if (at === undefined) return undefined;
    const file = displayPath(this.host, join(folder, at.file));
    return { file, line: at.line, column: at.column };
  }

  /** The end that an entry tells of. A device that reports late may have ended again since, and then where is not known. */
  #trapOf(index: number, { timeUs, value }: TraceEntry): Trap {
    const { trap } = this.simulation.stats(index);
    return trap?.timeUs === timeUs ? trap : { code: value as Trap["code"], frames: [], timeUs };
  }

  /** Counts an entry and notes what it says of the apps. */
  take(entry: TraceEntry): void {
    this.tally.add(entry);
    if (!isFate(entry.channel)) return;
    const dot = entry.channel.indexOf(".");
    const group = entry.channel.slice(0, dot);
    const index = this.apps.findIndex(({ name }) => name === entry.channel.slice(dot + 1));
    const app = this.apps[index];
    if (app === undefined) return;
    if (group === "swap") {
      app.running = Number.parseInt(String(entry.value), 10);
      this.#cast = this.#castNow();
    }
    if (group === "trap") app.ended = { version: app.running, trap: this.#trapOf(index, entry) };
    this.tally.addFate(entry.timeUs, app.name, `${group} ${fateText(entry, this)}`);
  }
}

/** Builds the device, wires the apps and starts them in their order. Throws a Failure or a DiagnosticError where it cannot. */
export async function startRehearsal(host: Host, ingredients: Ingredients): Promise<Rehearsal> {
  const early: TraceEntry[] = [];
  let rehearsal: Rehearsal | undefined;
  const { onEntry } = ingredients;
  const sink: TraceSink = (entry) => {
    if (rehearsal === undefined) {
      early.push(entry);
      return;
    }
    rehearsal.take(entry);
    onEntry(entry, rehearsal);
  };
  const { versions, simulation, emulation, simulator } = await startDevice(host, ingredients, sink);
  rehearsal = new Rehearsal(host, ingredients, versions, simulation, emulation, simulator);
  early.forEach(sink);
  return rehearsal;
}

interface Device {
  readonly versions: readonly (readonly Version[])[];
  readonly simulation: DeviceRun;
  readonly emulation?: Emulation;
  readonly simulator?: Simulation;
}

async function startDevice(host: Host, ingredients: Ingredients, sink: TraceSink): Promise<Device> {
  const { on, apps } = ingredients;
  try {
    const { wants } = ingredients;
    const asked = wants && { wants: (channel: string) => isFate(channel) || wants(channel) };
    if (on === "sim") return await startSimulation(host, { ...ingredients, ...asked }, sink);
    const { startEmulation } = await import("./emulated.js");
    const emulation = await startEmulation(host, { ...ingredients, ...asked }, sink);
    const versions = apps.map((app) => versionsOf(app).map(emulated));
    return { versions, simulation: emulation, emulation };
  } catch (error) {
    throw withFile(error, apps);
  }
}

async function startSimulation(
  host: Host,
  { apps, rig, wants, stopAtTrap, unchecked = false }: Ingredients,
  sink: TraceSink,
): Promise<Device> {
  const made = apps.map((app) => versionsOf(app).map((version) => simulated(version, unchecked)));
  const simulator = await createSimulation({
    core: firmwareFile(host, "core.wasm"),
    containers: made.map(([first, ...others]) => ({
      ...first!.source,
      versions: others.map(({ source }) => source),
    })),
    rig,
    files: (file) => signalFile(host, rig, file),
    sink,
    ...(wants === undefined ? {} : { wants }),
    stopAtTrap,
  });
  const versions = made.map((list) => list.map(({ version }) => version));
  return { versions, simulation: simulator, simulator };
}

/** A version for the simulator, where its container counts what it takes unless it is to run unchecked. */
function simulated(app: WiredApp, unchecked: boolean) {
  const { container, connections, settings } = app;
  const { manifest } = container;
  const { wasm, originalOffset } = (unchecked ? unmeteredContainer : meterContainer)(container);
  const version: Version = { ...app, wired: wiredOf(app), originalOffset };
  return { version, source: { manifest, wasm, connections, settings } };
}

function emulated(app: WiredApp): Version {
  return { ...app, wired: wiredOf(app), originalOffset: (offset) => offset };
}

function wiredOf({ container, connections }: WiredApp): Wired[] {
  return container.manifest.needs.map((need, index) => ({ need, connection: connections[index]! }));
}

/** What a device finds wrong with a container, with the name of its file where only one can be meant: the device does not know it. */
function withFile(error: unknown, apps: readonly RehearsedApp[]): unknown {
  const file = apps.length === 1 ? apps[0]!.container.file : undefined;
  if (!(error instanceof DiagnosticError) || file === undefined) return error;
  return new DiagnosticError(error.diagnostics.map((diagnostic) => ({ file, ...diagnostic })));
}

/** The buttons of a rig in its order: the keys 1 to 9 press the first nine. */
export function buttons(rig: Rig): readonly string[] {
  return [...rig.simulation.parts]
    .filter(([, part]) => part.chip === "button")
    .map(([name]) => name);
}
