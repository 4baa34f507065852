import { hasError } from "../../runtime/document/diagnostic.js";
import type { Manifest, Need } from "../../runtime/manifest/manifest.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { joinSimulations } from "../../runtime/rig/join.js";
import { connect, DeviceWiring, type Rig, type SharedDevice } from "../../runtime/rig/rig.js";
import { checkSurroundings } from "../../runtime/rig/surroundings.js";
import type { LoadedContainer } from "./container.js";
import { exitCodes, Failure, inputFailure, usageFailure } from "./failure.js";
import type { Report } from "./report.js";
import { readPair, readSetting, unknownName } from "./run/options.js";
import { loadRig, replaceSignals, type RigOptions } from "./run/prepare.js";

/** An app, what its needs are wired to on a device, and what its owner has set. */
export interface WiredApp {
  readonly container: LoadedContainer;
  /** Its own, or the one that all apps of the device share. */
  readonly rig: Rig;
  /** In the order of the needs. */
  readonly connections: readonly Connection[];
  /** Raw values by name that the owner has set. */
  readonly settings: ReadonlyMap<string, number>;
}

/** What the command line says about apps on a device. */
export interface WiringOptions extends RigOptions {
  /** `NAME=VALUE`, or `APP.NAME=VALUE`. */
  readonly setting?: readonly string[];
}

/** Wires apps to one device, in their order: each by its own rig.json, or all by the one that is named. Throws a Failure. */
export function wireApps(
  report: Report,
  containers: readonly LoadedContainer[],
  options: WiringOptions,
): WiredApp[] {
  checkNames(containers);
  const values = settingsByApp(containers, options.setting ?? []);
  const wiring = new DeviceWiring();
  return containers.map((container, index) => {
    const device = placeOn(wiring, container, containers, options);
    return {
      container,
      ...loadRig(report, container, options, device),
      settings: readSettings(container.manifest, values[index]!),
    };
  });
}

/** Wires another version of the app at `index` of a device, in its place, by its rig.json as it is now. Throws a Failure. */
export function wireVersion(
  report: Report,
  apps: readonly WiredApp[],
  index: number,
  container: LoadedContainer,
  options: RigOptions,
): WiredApp {
  const { name } = apps[index]!.container.manifest;
  if (container.manifest.name !== name)
    throw inputFailure({
      code: "other-name",
      message: `${container.manifest.name} is another app than ${name}, of which it should be a version`,
      hint: `Call it ${name} in thimble.json, or run the two beside each other.`,
    });
  const containers = apps.map((app) => app.container).with(index, container);
  const wiring = new DeviceWiring();
  apps.forEach((app, other) => {
    if (other === index) return;
    // What is to be said about the others was said when they were wired.
    const device = placeOn(wiring, app.container, containers, options);
    connect(app.rig, app.container.manifest.needs, device);
  });
  const device = placeOn(wiring, container, containers, options);
  const settings = settingsOfVersion(container.manifest, apps[index]!.settings);
  return { container, ...loadRig(report, container, options, device), settings };
}

/** The one rig around a device with these apps, with the signals of `--set` replaced. Tells what would make it silent. Throws a Failure. */
export function rigAround(report: Report, apps: readonly WiredApp[], set: readonly string[]): Rig {
  const { simulation, diagnostics } = joinSimulations(apps.map(({ rig }) => rig));
  if (simulation === undefined || hasError(diagnostics))
    throw new Failure(exitCodes.input, diagnostics);
  report.diagnose(
    checkSurroundings(
      simulation,
      apps.map(({ container: { manifest }, rig, connections }) => ({
        app: manifest.name,
        rig,
        needs: manifest.needs,
        connections,
      })),
    ),
  );
  return replaceSignals({ ...apps[0]!.rig, simulation }, set);
}

function placeOn(
  wiring: DeviceWiring,
  { manifest }: LoadedContainer,
  containers: readonly LoadedContainer[],
  options: RigOptions,
): SharedDevice {
  const others = new Map<string, readonly Need[]>();
  if (options.rig !== undefined)
    for (const other of containers)
      if (other.manifest.name !== manifest.name)
        others.set(other.manifest.name, other.manifest.needs);
  return { app: manifest.name, wiring, others };
}

/** A device knows its containers by the names of their apps. */
function checkNames(containers: readonly LoadedContainer[]): void {
  const names = containers.map(({ manifest }) => manifest.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw inputFailure({
      code: "same-name",
      message: `two of the apps are named ${twice}, and a device knows them by their names`,
      hint: 'Give one of them another "name" in thimble.json.',
    });
}

/** `NAME=VALUE` for the one app that has such a setting, `APP.NAME=VALUE` for that app. */
function settingsByApp(
  containers: readonly LoadedContainer[],
  texts: readonly string[],
): string[][] {
  const byApp: string[][] = containers.map(() => []);
  for (const text of texts) {
    const [name] = readPair("--setting", text);
    const dot = name.indexOf(".");
    if (dot >= 0) {
      const app = name.slice(0, dot);
      const index = containers.findIndex(({ manifest }) => manifest.name === app);
      if (index < 0)
        throw usageFailure(
          `--setting ${text} is for ${app}, which is none of the apps`,
          `Write ${containers.map(({ manifest }) => manifest.name).join(", ")} before the point.`,
        );
      byApp[index]!.push(text.slice(dot + 1));
      continue;
    }
    const having = containers.flatMap(({ manifest }, index) =>
      manifest.settings.some((setting) => setting.name === name) ? [index] : [],
    );
    if (having.length > 1)
      throw usageFailure(
        `several apps have a setting ${name}`,
        `Write --setting ${containers[having[0]!]!.manifest.name}.${text} for one of them.`,
      );
    // A name that no app has is reported by the first.
    byApp[having[0] ?? 0]!.push(text);
  }
  return byApp;
}

/** Raw values of the settings given on the command line, by name. */
function readSettings(manifest: Manifest, texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    texts.map((text) => {
      const [name, value] = readPair("--setting", text);
      const setting = manifest.settings.find((candidate) => candidate.name === name);
      if (setting === undefined)
        throw unknownName(
          "setting",
          name,
          manifest.settings.map((candidate) => candidate.name),
        );
      return [name, readSetting(setting, value)];
    }),
  );
}

/** What the owner has set, as far as another version has such settings and takes such values. */
function settingsOfVersion(
  { settings }: Manifest,
  values: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map(
    [...values].filter(([name, value]) =>
      settings.some(
        (setting) => setting.name === name && setting.min <= value && value <= setting.max,
      ),
    ),
  );
}
