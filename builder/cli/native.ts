import type { Connection } from "../../runtime/rig/connection.js";
import { type NativeImage, nativeImage, payloadImage } from "../image/image.js";
import type { LoadedContainer } from "./container.js";

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
