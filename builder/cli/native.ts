import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { type NativeImage, nativeImage, payloadImage } from "../image/image.js";
import type { LoadedContainer } from "./container.js";
import type { Report } from "./report.js";

/** A container as a device gets it: with the machine code it has brought, else compiled here. Throws a DiagnosticError. */
export async function deviceImage(
  { manifest, wasm, payload }: LoadedContainer,
  connections?: readonly Connection[],
  settings?: ReadonlyMap<string, number>,
): Promise<NativeImage> {
  return payload === undefined
    ? nativeImage(manifest, wasm, connections, settings)
    : payloadImage(manifest, payload, connections, settings);
}

/** The same without wiring. What cannot become machine code is undefined, the reason a warning: the simulator takes it all the same. */
export async function deviceImageIfAny(
  report: Report,
  container: LoadedContainer,
): Promise<NativeImage | undefined> {
  try {
    return await deviceImage(container);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    report.diagnose(error.diagnostics.map((finding) => ({ ...finding, severity: "warning" })));
    return undefined;
  }
}
