import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { systemCode, fileFailure } from "./failure.js";
import type { Host } from "./host.js";

/** A path as the user would write it: relative where that is shorter than climbing to the root. */
export function displayPath(host: Host, path: string): string {
  const from = relative(host.folder, resolve(host.folder, path));
  if (from === "") return ".";
  return isAbsolute(from) || from.startsWith(join("..", "..", ".."))
    ? resolve(host.folder, path)
    : from;
}

/** The text of a file, or undefined if there is none. Throws a Failure where it cannot be read. */
export function readText(host: Host, path: string): string | undefined {
  const bytes = readBytes(host, path);
  return bytes && new TextDecoder().decode(bytes);
}

/** The bytes of a file, or undefined if there is none. Throws a Failure where it cannot be read. */
export function readBytes(host: Host, path: string): Uint8Array | undefined {
  try {
    return host.disk.read(resolve(host.folder, path));
  } catch (error) {
    if (systemCode(error) === "ENOTDIR") return undefined;
    throw fileFailure("read", displayPath(host, path), error);
  }
}

/** The names in a folder, sorted, or undefined if there is no such folder. Throws a Failure where it cannot be read. */
export function listFolder(host: Host, path: string): readonly string[] | undefined {
  try {
    return host.disk.list(resolve(host.folder, path));
  } catch (error) {
    throw fileFailure("read", displayPath(host, path), error);
  }
}

/** With forward slashes, as JSON files and URLs want it. */
export function forwardSlashes(path: string): string {
  return path.split(sep).join("/");
}

/** A path as one word of a shell. Double quotes mean the same in all of them. */
export function shellWord(path: string): string {
  return /^[\w./\\:~-]+$/.test(path) ? path : `"${path}"`;
}
