import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../builder/cli/program.js";
import { systemDisk } from "../../builder/cli/terminal.js";
import { readTar } from "../../builder/image/tar.js";
import { TestHost } from "../helpers/host.js";
import { packagePath } from "../helpers/root.js";

/** The program under test, from the same build as this file. */
export const mainFile = fileURLToPath(new URL("../../builder/cli/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `thimble` in a folder, in this process, without a terminal: the compiler is loaded once for all. */
export async function thimble(folder: string, ...args: string[]): Promise<Ended> {
  const host = new TestHost({ folder, disk: systemDisk });
  const code = await runProgram(args, host);
  return { code, out: host.out.text, err: host.err.text };
}

/** Runs `thimble` in a folder as a process of its own, as users do, without a terminal. */
export function thimbleProcess(folder: string, ...args: string[]): Ended {
  const env = { ...process.env, FORCE_COLOR: undefined, THIMBLE_DEBUG: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

/** An empty folder that is gone after the test. */
export function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "thimble-cli-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of an example in a folder that is gone after the test: the folder that holds it. */
export function withExample(t: TestContext, name: string): string {
  const folder = newFolder(t);
  const notBuilt = (path: string): boolean =>
    !["dist", ".thimble"].includes(path.split(sep).at(-1)!);
  cpSync(packagePath("examples", name), join(folder, name), { recursive: true, filter: notBuilt });
  return folder;
}

/** Writes the files of a tar archive into a new folder. */
export function unpack(archive: string, folder: string): void {
  const contents = readTar(readFileSync(archive));
  if (!("files" in contents)) throw new Error(contents.problem);
  for (const [path, bytes] of contents.files) {
    const file = join(folder, ...path.split("/"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** All files below a folder, with forward slashes, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(folder, path).split(sep).join("/"))
    .toSorted();
}
