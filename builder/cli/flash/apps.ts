import { type NativeImage, nativeImage } from "../../image/image.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import { placeOf } from "../../../runtime/document/node.js";
import { DeviceWiring, type Rig } from "../../../runtime/rig/rig.js";
import { type LoadedContainer, loadContainer } from "../container.js";
import type { Report } from "../report.js";
import { inputFailure, usageFailure } from "../failure.js";
import { readPair } from "../run/options.js";
import { loadRig, readSettings } from "../run/prepare.js";

/** An app as a device gets it. */
export interface DeviceApp {
  readonly container: LoadedContainer;
  readonly rig: Rig;
  /** In the order of the needs. */
  readonly connections: readonly Connection[];
  /** Raw values by name that the owner has set. */
  readonly settings: ReadonlyMap<string, number>;
  readonly image: NativeImage;
}

export interface DeviceOptions {
  readonly rig?: string;
  readonly setting?: readonly string[];
}

/** Builds apps and wires them to one device, in their order. Throws a Failure or a DiagnosticError. */
export async function loadApps(
  report: Report,
  paths: readonly string[],
  options: DeviceOptions,
): Promise<DeviceApp[]> {
  const containers: LoadedContainer[] = [];
  for (const path of paths) containers.push(await loadContainer(report, path));
  checkNames(containers);
  const values = settingsByApp(containers, options.setting ?? []);
  const wiring = new DeviceWiring();
  const otherNeeds =
    options.rig === undefined
      ? new Set<string>()
      : new Set(containers.flatMap(({ manifest }) => manifest.needs.map(({ name }) => name)));
  const apps: DeviceApp[] = [];
  for (const [index, container] of containers.entries()) {
    const { manifest, wasm } = container;
    const device = { app: manifest.name, wiring, otherNeeds };
    const { rig, connections } = loadRig(report, container, options, device);
    const settings = readSettings(manifest, values[index]!);
    const image = await nativeImage(manifest, wasm, connections, settings);
    apps.push({ container, rig, connections, settings, image });
  }
  for (const app of apps) report.diagnose(boardLightFindings(app));
  return apps;
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

/** GP25 of a Pico is its light; on a Pico W the light hangs on the radio (Raspberry Pi Pico W datasheet, section 2.1). */
const boardLightPin = 25;

function boardLightFindings({ container, rig, connections }: DeviceApp) {
  return container.manifest.needs.flatMap(({ name }, index) => {
    const connection = connections[index]!;
    if (!("pin" in connection) || connection.pin !== boardLightPin) return [];
    const { line, column, length } = placeOf(rig.wiring.get(name)!.value);
    return [
      {
        severity: "warning" as const,
        code: "board-light",
        message: `wiring.${name} is the light on a Pico, which a Pico W does not have at GP25`,
        file: rig.file,
        line,
        column,
        length,
        hint: "On a Pico W, wire it to an LED of your own on another pin.",
      },
    ];
  });
}
