import { join } from "node:path";
import { missingPart } from "./failure.js";
import type { Host } from "./host.js";
import { readBytes } from "./paths.js";

/** A file of runtime/firmware. Throws a Failure where it is not there. */
export function firmwareFile(host: Host, name: string): Uint8Array {
  const path = join(host.packageFolder, "runtime", "firmware", name);
  const bytes = readBytes(host, path);
  if (bytes === undefined) throw missingPart(path);
  return bytes;
}
