import { join, relative, resolve } from "node:path";
import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { build, type BuildOutput } from "../compile/build.js";
import { editorFiles } from "../compile/editor.js";
import { readProject, type Project } from "../project/project.js";
import { exitCodes, Failure, fileFailure, inputFailure } from "./failure.js";
import { writeTexts } from "./files/texts.js";
import { WriteError } from "./files/write.js";
import type { Host } from "./host.js";
import { packageOf, packageText } from "./install.js";
import { displayPath, forwardSlashes, readText } from "./paths.js";
import type { Report } from "./report.js";

/** An app that was built. */
export interface BuiltApp {
  /** The folder of the app, absolute. */
  readonly folder: string;
  readonly project: Project;
  readonly container: NonNullable<BuildOutput["container"]>;
}

/**
 * Reads and builds the app in `folder`, tells its diagnostics, and refreshes what an editor wants.
 * Throws a Failure where there is no container.
 */
export async function buildApp(host: Host, report: Report, folder: string): Promise<BuiltApp> {
  const appFolder = resolve(host.folder, folder);
  report.source = (file) => readText(host, file);
  const project = loadProject(host, report, appFolder);
  // What an editor wants is there even while the app does not compile.
  refreshEditorFiles(host, report, appFolder, project);
  const done = report.busy(`building ${project.name} ...`);
  const output = await build({
    project,
    readFile: (path) => readInput(report, join(appFolder, path)),
    sdkFile: (path) => packageText(host, "sdk", "assembly", path),
  }).finally(done);
  report.diagnose(output.diagnostics.map((diagnostic) => placed(host, appFolder, diagnostic)));
  if (output.container === undefined || hasError(output.diagnostics))
    throw new Failure(exitCodes.input, []);
  return { folder: appFolder, project, container: output.container };
}

/** The text of a file that the user has written, which counts as read whether it is there or not. */
export function readInput(report: Report, path: string): string | undefined {
  report.inputs.add(path);
  return readText(report.host, path);
}

/** thimble.json of an app. */
function loadProject(host: Host, report: Report, appFolder: string): Project {
  const path = join(appFolder, "thimble.json");
  const file = displayPath(host, path);
  const text = readInput(report, path);
  if (text === undefined) {
    const what = host.disk.exists(appFolder)
      ? "there is no thimble.json in this folder"
      : "there is no such folder";
    throw inputFailure({
      code: "missing-file",
      message: what,
      file: displayPath(host, appFolder),
      hint: 'Name the folder of an app, or start one with "thimble new FOLDER".',
    });
  }
  const { project, diagnostics } = readProject(text, file);
  report.diagnose(diagnostics);
  if (project === undefined || hasError(diagnostics)) throw new Failure(exitCodes.input, []);
  return project;
}

/** A diagnostic of the builder, which knows files relative to the app only, with the path that the user would write. */
function placed(host: Host, appFolder: string, diagnostic: Diagnostic): Diagnostic {
  return diagnostic.file === undefined
    ? diagnostic
    : { ...diagnostic, file: displayPath(host, join(appFolder, diagnostic.file)) };
}

/** Writes `.thimble`, through which an editor knows this app's needs and the SDK. Writes only what changed; where it cannot, the app still builds. */
function refreshEditorFiles(host: Host, report: Report, appFolder: string, project: Project): void {
  const folder = join(appFolder, ".thimble");
  const files = editorFiles(project, {
    sdkPath: forwardSlashes(relative(folder, join(host.packageFolder, "sdk", "assembly"))),
    stdPath: forwardSlashes(relative(folder, join(packageOf(host, "assemblyscript"), "std"))),
  });
  try {
    writeTexts(host, new Map([...files].map(([path, text]) => [join(appFolder, path), text])));
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    const { diagnostics } = fileFailure("write", displayPath(host, error.path), error.cause);
    report.diagnose(diagnostics.map((diagnostic) => ({ ...diagnostic, severity: "warning" })));
  }
}
