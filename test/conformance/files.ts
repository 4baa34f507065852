import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { packagePath } from "../helpers/root.js";

/** Files of the official suite, beside the repository. They are read there and never copied. */
export const suiteFolder: string = packagePath("..", "shared", "wasm-spec");

/** A script, or those in a folder, by name; none if there is no such folder. */
export function scriptFiles(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith(".wast"))
    .toSorted()
    .map((name) => join(path, name));
}
