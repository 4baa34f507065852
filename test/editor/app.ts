import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { TestContext } from "node:test";
import { editorFiles } from "../../builder/compile/editor.js";
import { readProject } from "../../builder/project/project.js";
import { packagePath } from "../helpers/root.js";

/** A copy of an example, as an editor finds it after a build, in a folder that is gone after the test. */
export function editedExample(t: TestContext, name: string): string {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "thimble-editor-")));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, name);
  const ours = (path: string): boolean => !/[\\/](dist|\.thimble)$/.test(path);
  cpSync(packagePath("examples", name), folder, { recursive: true, filter: ours });
  refresh(folder);
  return folder;
}

/** Writes the files for editors, as each build does. */
export function refresh(folder: string): void {
  const text = readFileSync(join(folder, "thimble.json"), "utf8");
  const { project } = readProject(text, "thimble.json");
  const inApp = (...parts: string[]): string =>
    relative(join(folder, ".thimble"), packagePath(...parts)).replaceAll("\\", "/");
  const files = editorFiles(project!, {
    sdkPath: inApp("sdk", "assembly"),
    stdPath: inApp("node_modules", "assemblyscript", "std"),
  });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
