import { kindOf } from "./container.js";
import { usageFailure, type ExitCode } from "./failure.js";
import { inspectContainer } from "./inspect-container.js";
import { inspectUf2 } from "./inspect-uf2.js";
import type { Report } from "./report.js";

export interface InspectOptions {
  readonly native?: boolean;
  readonly bounds?: string;
}

/** `thimble inspect`: what an app, a container or an image is and asks for; with --native its machine code; what is in a UF2 file. */
export async function inspectCommand(
  report: Report,
  path: string,
  { native, bounds = "mpu" }: InspectOptions,
): Promise<ExitCode> {
  if (kindOf(report.host, path) === "uf2") return inspectUf2(report, path);
  if (native !== true) return inspectContainer(report, path);
  if (bounds !== "mpu" && bounds !== "checked")
    throw usageFailure(`there are no bounds "${bounds}"`, 'Write "mpu" or "checked".');
  const { inspectNative } = await import("./inspect-native.js");
  return inspectNative(report, path, bounds);
}
