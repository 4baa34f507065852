import type { Host } from "../host.js";
import { writeTogether } from "./write.js";

/** Writes files, all or none. Throws WriteError with the path as the user would write it. */
export function writeTexts(host: Host, files: ReadonlyMap<string, string | Uint8Array>): string[] {
  const encoder = new TextEncoder();
  const bytes = new Map(
    [...files].map(([path, content]) => [
      path,
      typeof content === "string" ? encoder.encode(content) : content,
    ]),
  );
  return writeTogether(host.disk, bytes, host.tag);
}
