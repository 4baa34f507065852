import { join } from "node:path";
import type { FirmwareDescription } from "../../runtime/firmware/report.js";
import { DeviceWiring } from "../../runtime/rig/rig.js";
import { budgetOf, firmwareFigures, type FirmwareFigures } from "../image/budget.js";
import { nativeImage } from "../image/image.js";
import type { BuiltApp } from "./app.js";
import { exitCodes, type ExitCode } from "./failure.js";
import { firmwareFile } from "./firmware.js";
import type { Host } from "./host.js";
import { renderBudget } from "./render/budget.js";
import type { Report } from "./report.js";
import { loadRig } from "./run/prepare.js";

/** What the firmware that comes with thimble takes and leaves. Throws a Failure where it is not there. */
export function readFigures(host: Host): FirmwareFigures {
  const text = new TextDecoder().decode(firmwareFile(host, "pico.json"));
  return firmwareFigures(JSON.parse(text) as FirmwareDescription);
}

/** The second half of `thimble build --board pico`: what the app takes of a Pico, and whether it fits. Without a rig.json nothing is said of pins. */
export async function budgetSheet(
  report: Report,
  { folder, container }: BuiltApp,
  options: { readonly rig?: string },
): Promise<ExitCode> {
  const { host } = report;
  const { manifest, wasm, sourceMap } = container;
  const isWired = options.rig !== undefined || host.disk.exists(join(folder, "rig.json"));
  const loaded = { manifest, wasm, sourceMap, folder };
  const device = { app: manifest.name, wiring: new DeviceWiring() };
  const connections = isWired ? loadRig(report, loaded, options, device).connections : undefined;
  const image = await nativeImage(manifest, wasm, connections);
  const budget = budgetOf([{ manifest, image }], readFigures(host));
  const wired =
    connections && manifest.needs.map((need, index) => ({ need, connection: connections[index]! }));
  for (const line of renderBudget(budget, wired, report.style)) report.line(line);
  report.data({ budget, ...(wired === undefined ? {} : { wiring: wired }) });
  report.diagnose(budget.refusals);
  return budget.fits ? exitCodes.ok : exitCodes.input;
}
