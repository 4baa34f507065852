import { join } from "node:path";
import type { FirmwareDescription } from "../../runtime/firmware/report.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { DeviceWiring } from "../../runtime/rig/rig.js";
import { budgetOf, firmwareFigures, type FirmwareFigures } from "../image/budget.js";
import type { LoadedContainer } from "./container.js";
import { exitCodes, Failure, type ExitCode } from "./failure.js";
import { firmwareFile } from "./firmware.js";
import type { Host } from "./host.js";
import { deviceImage } from "./native.js";
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
  container: LoadedContainer,
  options: { readonly rig?: string },
): Promise<ExitCode> {
  const { manifest } = container;
  const { connections, problem, isWrong } = wiringOf(report, container, options);
  const image = await deviceImage(container, connections);
  const fitting = budgetOf([{ manifest, image }], readFigures(report.host));
  const budget = { ...fitting, fits: fitting.fits && !isWrong };
  const wired =
    connections && manifest.needs.map((need, index) => ({ need, connection: connections[index]! }));
  for (const line of renderBudget(budget, wired ?? problem, report.style)) report.line(line);
  report.data({ budget, ...(wired === undefined ? {} : { wiring: wired }) });
  report.diagnose(budget.refusals);
  return budget.fits ? exitCodes.ok : exitCodes.input;
}

interface Wiring {
  readonly connections?: readonly Connection[];
  /** Why there are none. */
  readonly problem: string;
  readonly isWrong: boolean;
}

/** What the needs are wired to; what is wrong with that has been told. */
function wiringOf(
  report: Report,
  container: LoadedContainer,
  options: { readonly rig?: string },
): Wiring {
  if (options.rig === undefined && !report.host.disk.exists(join(container.folder, "rig.json")))
    return { problem: "there is no rig.json, so pins are not checked", isWrong: false };
  const device = { app: container.manifest.name, wiring: new DeviceWiring() };
  try {
    const { connections } = loadRig(report, container, options, device);
    return { connections, problem: "", isWrong: false };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.diagnose(error.diagnostics);
    return { problem: "not possible on this board, see above", isWrong: true };
  }
}
