import { dirname, resolve } from "node:path";
import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { listOf, quote } from "../../../runtime/document/words.js";
import type { Rig } from "../../../runtime/rig/rig.js";
import { type LoadedContainer, loadContainer } from "../container.js";
import { exitCodes, Failure } from "../failure.js";
import type { Host } from "../host.js";
import type { Report } from "../report.js";
import { isShown } from "../run/lines.js";
import {
  type DeviceKind,
  type RehearsedApp,
  type Rehearsal,
  startRehearsal,
} from "../run/rehearsal.js";
import { rigAround, wireApps, wireVersion, type WiredApp } from "../wiring.js";
import { ScriptedDevice } from "./device.js";
import { Names } from "./names.js";
import { firstVersion } from "./parse.js";
import type { Named } from "./syntax.js";

/** Paths of what is on a device, absolute. */
export interface Props {
  /** In place of the apps' own rig.json. */
  readonly rig?: Prop;
  /** At least one, in the order in which they start. */
  readonly apps: readonly Prop[];
  readonly versions: readonly (Prop & { readonly name: string })[];
}

/** A path, absolute, and where it was written if that was in a file. */
export interface Prop {
  readonly path: string;
  readonly source?: { readonly file: string; readonly named: Named };
}

/** Apps with their versions, wired to a rig: what a device is started with, any number of times. */
export interface Stage {
  readonly apps: readonly RehearsedApp[];
  readonly rig: Rig;
  readonly names: Names;
}

/** Builds apps and sets stages, each once. */
export class Stages {
  readonly #containers = new Map<string, Promise<LoadedContainer>>();
  readonly #stages = new Map<string, Promise<Stage>>();

  /** Throws a Failure or a DiagnosticError. What there is to say of a stage is said the first time only. */
  stage(report: Report, props: Props): Promise<Stage> {
    const paths = [props.rig, ...props.apps, ...props.versions].map((prop) => prop?.path);
    const key = JSON.stringify([...paths, ...props.versions.map(({ name }) => name)]);
    return remember(this.#stages, key, () => this.#set(report, props));
  }

  async #set(
    report: Report,
    { rig: rigProp, apps: appProps, versions: versionProps }: Props,
  ): Promise<Stage> {
    if (rigProp !== undefined) mustExist(report.host, rigProp);
    const containers: LoadedContainer[] = [];
    for (const prop of appProps) containers.push(await this.#load(report, prop));
    const rigOptions = rigProp === undefined ? {} : { rig: rigProp.path };
    const wired = wireApps(report, containers, rigOptions);
    const versions: { name: string; app: WiredApp }[][] = wired.map((app) => [
      { name: firstVersion, app },
    ]);
    for (const prop of versionProps) {
      const container = await this.#load(report, prop);
      const index = placeOf(prop, container, wired);
      const app = wireVersion(report, wired, index, container, rigOptions);
      versions[index]!.push({ name: prop.name, app });
    }
    const rig = rigAround(report, wired, []);
    const apps = wired.map((app, index) => ({
      ...app,
      versions: versions[index]!.slice(1).map((version) => version.app),
    }));
    const cast = wired.map(({ container }, index) => ({
      name: container.manifest.name,
      versions: versions[index]!.map(({ name, app }) => ({
        name,
        manifest: app.container.manifest,
        connections: app.connections,
      })),
    }));
    return { apps, rig, names: new Names({ apps: cast, rig }) };
  }

  #load(report: Report, prop: Prop): Promise<LoadedContainer> {
    mustExist(report.host, prop);
    return remember(this.#containers, prop.path, () => loadContainer(report, prop.path));
  }
}

function mustExist(host: Host, prop: Prop): void {
  if (prop.source === undefined || host.disk.exists(prop.path)) return;
  const hint = "Check the path: it is relative to this file.";
  throw misnamed(prop, `there is no ${quote(prop.source.named.text)}`, hint);
}

/** The place of the app that this is a version of. */
function placeOf(prop: Prop, { manifest }: LoadedContainer, apps: readonly WiredApp[]): number {
  const names = apps.map(({ container }) => container.manifest.name);
  const index = names.indexOf(manifest.name);
  if (index >= 0) return index;
  throw misnamed(
    prop,
    `this is the app ${quote(manifest.name)}, which is not on the device`,
    `A version has the name of its app: ${listOf(names.map(quote), "or")}.`,
  );
}

/** What has failed is made anew the next time. */
function remember<T>(
  map: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const made = map.get(key);
  if (made !== undefined) return made;
  const making = make().catch((error: unknown) => {
    map.delete(key);
    throw error;
  });
  map.set(key, making);
  return making;
}

function misnamed({ path, source }: Prop, message: string, hint: string): Failure {
  const at: Partial<Diagnostic> =
    source === undefined ? { file: path } : placed(source.file, source.named);
  return new Failure(exitCodes.input, [
    { severity: "error", code: "scenario-path", message, hint, ...at },
  ]);
}

/** Where something stands, for a diagnostic. */
export function placed(file: string, { place }: Pick<Named, "place">) {
  const { line, column, length } = place;
  return { file, line, column, length };
}

/** A path in a file, absolute. */
export function propOf(host: Host, file: string, named: Named): Prop {
  const path = resolve(dirname(resolve(host.folder, file)), named.text);
  return { path, source: { file, named } };
}

/** So late an emulated Pico may be with what is due: far longer than an event of an app takes. */
const emulatedLateUs = 1000;

/** A device that waits for its script, and what is known of the apps on it. */
export interface Started {
  readonly device: ScriptedDevice;
  readonly rehearsal: Rehearsal;
}

/** Starts a fresh device. Throws a Failure or a DiagnosticError. */
export async function startStage(
  host: Host,
  { apps, rig, names }: Stage,
  { on, keep }: { readonly on: DeviceKind; readonly keep: number },
): Promise<Started> {
  let rehearsal: Rehearsal | undefined;
  const device = new ScriptedDevice(names, {
    keep,
    lateUs: on === "sim" ? 0 : emulatedLateUs,
    placeOf: (app, code) => rehearsal?.endOf(app, code),
  });
  rehearsal = await startRehearsal(host, {
    on,
    apps,
    rig,
    onEntry: (entry) => device.take(entry),
    wants: (channel) => isShown(channel) || channel.startsWith("signal."),
    stopAtTrap: false,
  });
  device.begin(rehearsal.simulation, () => rehearsal.restart());
  return { device, rehearsal };
}
