import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sources } from "./compile.js";

/** The folders a build of the core reads. */
const folders = ["runtime/core", "runtime/ports", "runtime/ports/sim"];

/** All C files of the core and of the simulator's port by path from `root`, sorted. */
export function readSources(root: string): Sources {
  const names = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".c") || name.endsWith(".h"))
      .map((name) => `${folder}/${name}`),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(root, name), "utf8")]));
}
