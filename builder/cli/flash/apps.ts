import type { NativeImage } from "../../image/image.js";
import { placeOf } from "../../../runtime/document/node.js";
import { wiringEntry } from "../../../runtime/rig/wire.js";
import { type LoadedContainer, loadContainer } from "../container.js";
import { deviceImage } from "../native.js";
import type { Report } from "../report.js";
import { type WiredApp, wireApps, type WiringOptions } from "../wiring.js";

/** An app as a device gets it. */
export interface DeviceApp extends WiredApp {
  readonly image: NativeImage;
}

/** Builds apps and wires them to one device, in their order. Throws a Failure or a DiagnosticError. */
export async function loadApps(
  report: Report,
  paths: readonly string[],
  options: WiringOptions,
): Promise<DeviceApp[]> {
  const containers: LoadedContainer[] = [];
  for (const path of paths) containers.push(await loadContainer(report, path));
  const apps: DeviceApp[] = [];
  for (const app of wireApps(report, containers, options)) {
    const { container, connections, settings } = app;
    const image = await deviceImage(container, connections, settings);
    apps.push({ ...app, image });
  }
  for (const app of apps) report.diagnose(boardLightFindings(app));
  return apps;
}

/** GP25 of a Pico is its light; on a Pico W the light hangs on the radio (Raspberry Pi Pico W datasheet, section 2.1). */
const boardLightPin = 25;

function boardLightFindings({ container, rig, connections }: DeviceApp) {
  return container.manifest.needs.flatMap(({ name }, index) => {
    const connection = connections[index]!;
    if (!("pin" in connection) || connection.pin !== boardLightPin) return [];
    const { line, column, length } = placeOf(
      wiringEntry(rig, name, container.manifest.name)!.value,
    );
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
