import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const rooms = ["builder", "runtime", "test"];
const emittedEnding = /\.(js|js\.map|d\.ts)$/;

/** The tests of one folder. */
export interface Suite {
  /** The folder, relative to the package, with forward slashes. */
  readonly name: string;
  /** Its compiled tests, absolute. */
  readonly files: readonly string[];
}

/** A package and the folder that its sources were compiled to, both absolute. */
export interface Build {
  readonly root: string;
  readonly emitted: string;
}

/** Suites by name, those below the folder `filter` only if it is given. */
export function listSuites(build: Build, filter: string | undefined): Suite[] {
  const wanted = filter === undefined ? build.root : resolve(build.root, filter);
  const folders = new Map<string, string[]>();
  for (const file of emittedFiles(build).filter((path) => path.endsWith(".test.js"))) {
    const folder = dirname(sourceOf(build, file));
    if (folder !== wanted && !folder.startsWith(join(wanted, sep))) continue;
    const name = relative(build.root, folder).split(sep).join("/");
    folders.set(name, [...(folders.get(name) ?? []), file]);
  }
  return [...folders].map(([name, files]) => ({ name, files })).toSorted(byName);
}

function byName(a: Suite, b: Suite): number {
  return a.name < b.name ? -1 : 1;
}

/** Removes what was emitted for sources that are gone, so that no test of the past runs and none is packed. */
export function pruneEmitted(build: Build): void {
  for (const file of emittedFiles(build)) if (!existsSync(sourceOf(build, file))) rmSync(file);
}

function sourceOf({ root, emitted }: Build, file: string): string {
  return join(root, relative(emitted, file)).replace(emittedEnding, ".ts");
}

function emittedFiles({ emitted }: Build): string[] {
  return rooms
    .map((room) => join(emitted, room))
    .filter((room) => existsSync(room))
    .flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: "utf8" }).map((file) => join(room, file)),
    )
    .filter((file) => emittedEnding.test(file))
    .toSorted();
}
