import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../helpers/root.js";

/** The folder that this build was emitted to. */
const emitted = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["builder", "runtime", "test"];
const sourceOf = /\.(js|js\.map|d\.ts)$/;

/** The tests of one folder. */
export interface Suite {
  /** The folder, relative to the package, with forward slashes. */
  readonly name: string;
  /** Its compiled tests, absolute. */
  readonly files: readonly string[];
}

/** Suites by name, those below the folder `filter` only if it is given. */
export function listSuites(filter: string | undefined): Suite[] {
  const wanted = filter === undefined ? root : resolve(root, filter);
  const folders = new Map<string, string[]>();
  for (const file of emittedFiles(".test.js")) {
    const folder = join(root, relative(emitted, dirname(file)));
    if (folder !== wanted && !folder.startsWith(join(wanted, sep))) continue;
    const name = relative(root, folder).split(sep).join("/");
    folders.set(name, [...(folders.get(name) ?? []), file]);
  }
  return [...folders].map(([name, files]) => ({ name, files })).toSorted(byName);
}

function byName(a: Suite, b: Suite): number {
  return a.name < b.name ? -1 : 1;
}

/** Removes what was emitted for sources that are gone, so that no test of the past runs and none is packed. */
export function pruneEmitted(): void {
  for (const file of emittedFiles("")) {
    const source = join(root, relative(emitted, file)).replace(sourceOf, ".ts");
    if (sourceOf.test(file) && !existsSync(source)) rmSync(file);
  }
}

function emittedFiles(ending: string): string[] {
  return rooms
    .map((room) => join(emitted, room))
    .filter((room) => existsSync(room))
    .flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: "utf8" }).map((file) => join(room, file)),
    )
    .filter((file) => file.endsWith(ending))
    .toSorted();
}
