import { join, resolve } from "node:path";
import { buildApp, type BuiltApp } from "./app.js";
import { quote } from "../../runtime/document/words.js";
import { budgetSheet } from "./budget.js";
import { exitCodes, usageFailure, type ExitCode } from "./failure.js";
import { writeTexts } from "./files/texts.js";
import { displayPath } from "./paths.js";
import { renderSizes } from "./render/sizes.js";
import type { Report } from "./report.js";

export interface BuildOptions {
  readonly out?: string;
  /** The board that the app is to fit on. */
  readonly board?: string;
  readonly rig?: string;
}

/** `thimble build`: writes the container, its manifest and its debug build, and prints where the bytes are. */
export async function buildCommand(
  report: Report,
  folder: string,
  options: BuildOptions,
): Promise<ExitCode> {
  const { host } = report;
  checkOptions(options);
  const app = await buildApp(host, report, folder);
  const outFolder =
    options.out === undefined ? join(app.folder, "dist") : resolve(host.folder, options.out);
  const files = outputFiles(app, outFolder);
  writeTexts(host, files);
  const { sizes, wasm } = app.container;
  report.line(
    `${report.style.bold(app.project.name)}  ${wasm.length.toLocaleString("en-US")} B  ${displayPath(host, [...files.keys()][0]!)}`,
  );
  report.line();
  for (const line of renderSizes(sizes, report.style)) report.line(line);
  report.data({
    app: app.project.name,
    files: [...files.keys()].map((file) => displayPath(host, file)),
    sizes,
    manifest: app.container.manifest,
  });
  if (options.board === undefined) return exitCodes.ok;
  report.line();
  return budgetSheet(report, app, options);
}

function checkOptions({ board, rig }: BuildOptions): void {
  if (board !== undefined && board !== "pico")
    throw usageFailure(`there is no board ${quote(board)}`, "Write --board pico.");
  if (rig !== undefined && board === undefined)
    throw usageFailure("--rig is for --board", "Add --board pico, or leave it out.");
}

/** What a build leaves behind, the container first. */
function outputFiles(
  { project, container }: BuiltApp,
  outFolder: string,
): Map<string, string | Uint8Array> {
  return new Map<string, string | Uint8Array>([
    [join(outFolder, `${project.name}.wasm`), container.wasm],
    [join(outFolder, `${project.name}.manifest.json`), container.manifestText],
    [join(outFolder, "debug", `${project.name}.wasm`), container.debugWasm],
    [join(outFolder, "debug", `${project.name}.wasm.map`), container.sourceMap],
  ]);
}
