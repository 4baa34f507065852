import { join, resolve } from "node:path";
import { quote } from "../../runtime/document/words.js";
import { writeImage } from "../image/oci.js";
import { readOldVersion, tellChanges, type OldVersion } from "./against.js";
import { buildApp, type BuiltApp } from "./app.js";
import { budgetSheet } from "./budget.js";
import { builtContainer, kindOf, loadContainer } from "./container.js";
import { exitCodes, usageFailure, type ExitCode } from "./failure.js";
import { writeTexts } from "./files/texts.js";
import { deviceImageIfAny } from "./native.js";
import { displayPath } from "./paths.js";
import { renderSizes } from "./render/sizes.js";
import type { Report } from "./report.js";

export interface BuildOptions {
  readonly out?: string;
  /** The board that the app is to fit on. */
  readonly board?: string;
  readonly rig?: string;
  /** The version whose place this one is to take. */
  readonly against?: string;
}

/**
 * `thimble build`: writes the container, its manifest, its debug build and its image, and prints where the bytes are. Of what is built already it
 * tells with `--board` whether it fits.
 */
export async function buildCommand(
  report: Report,
  path: string,
  options: BuildOptions,
): Promise<ExitCode> {
  const { host } = report;
  checkOptions(options);
  // Before the build, which may write over it.
  const old =
    options.against === undefined ? undefined : await readOldVersion(report, options.against);
  if (kindOf(host, path) !== "app") return tellBuilt(report, path, options, old);
  const app = await buildApp(host, report, path);
  const outFolder =
    options.out === undefined ? join(app.folder, "dist") : resolve(host.folder, options.out);
  const container = builtContainer(app);
  const payload = (await deviceImageIfAny(report, container))?.payload;
  const files = await outputFiles(app, payload, outFolder);
  writeTexts(host, files);
  tell(report, app, files, payload);
  if (old) {
    report.line();
    tellChanges(report, old, container.manifest);
  }
  if (options.board === undefined) return exitCodes.ok;
  report.line();
  return budgetSheet(report, { ...container, ...(payload && { payload }) }, options);
}

/** A container or an image beside `--board` or `--against`. */
async function tellBuilt(
  report: Report,
  path: string,
  options: BuildOptions,
  old: OldVersion | undefined,
): Promise<ExitCode> {
  if ((options.board === undefined && old === undefined) || options.out !== undefined)
    throw usageFailure(
      `${displayPath(report.host, path)} is built already`,
      "Add --board pico to see whether it fits, or name the folder of an app.",
    );
  const container = await loadContainer(report, path);
  report.data({ app: container.manifest.name, manifest: container.manifest });
  if (old) tellChanges(report, old, container.manifest);
  if (options.board === undefined) return exitCodes.ok;
  if (old) report.line();
  return budgetSheet(report, container, options);
}

function tell(
  report: Report,
  { project, container }: BuiltApp,
  files: ReadonlyMap<string, string | Uint8Array>,
  payload: Uint8Array | undefined,
): void {
  const { host, style } = report;
  const { sizes, wasm, manifest } = container;
  const shown = [...files.keys()].map((file) => displayPath(host, file));
  report.line(`${style.bold(project.name)}  ${size(wasm.length)}  ${shown[0]!}`);
  report.line();
  for (const line of renderSizes(sizes, style)) report.line(line);
  const native = payload === undefined ? "" : `, machine code ${size(payload.length)}`;
  report.line(`  image ${shown[1]!}: module ${size(wasm.length)}${native}`);
  report.data({
    app: project.name,
    files: shown,
    sizes,
    payloadBytes: payload?.length ?? null,
    manifest,
  });
}

function checkOptions({ board, rig }: BuildOptions): void {
  if (board !== undefined && board !== "pico")
    throw usageFailure(`there is no board ${quote(board)}`, "Write --board pico.");
  if (rig !== undefined && board === undefined)
    throw usageFailure("--rig is for --board", "Add --board pico, or leave it out.");
}

/** What a build leaves behind: the container, its image, and what belongs to them. */
async function outputFiles(
  { project: { name }, container }: BuiltApp,
  payload: Uint8Array | undefined,
  outFolder: string,
): Promise<Map<string, string | Uint8Array>> {
  const { manifest, manifestText, wasm, debugWasm, sourceMap } = container;
  const image = await writeImage({ manifest, manifestText, wasm, payload });
  return new Map<string, string | Uint8Array>([
    [join(outFolder, `${name}.wasm`), wasm],
    [join(outFolder, `${name}.oci.tar`), image],
    [join(outFolder, `${name}.manifest.json`), manifestText],
    [join(outFolder, "debug", `${name}.wasm`), debugWasm],
    [join(outFolder, "debug", `${name}.wasm.map`), sourceMap],
  ]);
}

function size(bytes: number): string {
  return `${bytes.toLocaleString("en-US")} B`;
}
