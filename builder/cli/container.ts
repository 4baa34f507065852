import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { hasError } from "../../runtime/document/diagnostic.js";
import { readManifest } from "../../runtime/manifest/load.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import { buildApp } from "./app.js";
import { exitCodes, Failure, inputFailure } from "./failure.js";
import type { Host } from "./host.js";
import { displayPath, readBytes, readText } from "./paths.js";
import type { Report } from "./report.js";

/** A container, from the sources of an app or from its file. */
export interface LoadedContainer {
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  /** Where the debug build lies in the sources, if it is known. */
  readonly sourceMap: string | undefined;
  /** The file of the container, as the user would write it, if it was not built just now. */
  readonly file?: string;
  /** The folder that the sources and rig.json are in, absolute. */
  readonly folder: string;
}

/** Builds the app in a folder, or reads a container that was built before. */
export async function loadContainer(report: Report, path: string): Promise<LoadedContainer> {
  const { host } = report;
  if (path.endsWith(".wasm")) return readContainer(host, report, resolve(host.folder, path));
  const { folder, container } = await buildApp(host, report, path);
  return {
    manifest: container.manifest,
    wasm: container.wasm,
    sourceMap: container.sourceMap,
    folder,
  };
}

/** dist/NAME.wasm with the manifest beside it. */
function readContainer(host: Host, report: Report, path: string): LoadedContainer {
  report.source = (file) => readText(host, file);
  const file = displayPath(host, path);
  const rebuild = 'Repeat "thimble build".';
  const wasm = readBytes(host, path);
  if (wasm === undefined)
    throw inputFailure({
      code: "missing-file",
      message: "there is no such container",
      file,
      hint: rebuild,
    });
  const folder = dirname(path);
  const name = basename(path, ".wasm");
  const manifestPath = join(folder, `${name}.manifest.json`);
  const text = readText(host, manifestPath);
  if (text === undefined) {
    throw inputFailure({
      code: "missing-file",
      message: "the manifest of this container is not beside it",
      file: displayPath(host, manifestPath),
      hint: rebuild,
    });
  }
  const { manifest, diagnostics } = readManifest(text, displayPath(host, manifestPath));
  report.diagnose(diagnostics);
  if (manifest === undefined || hasError(diagnostics)) throw new Failure(exitCodes.input, []);
  const alien = alienReason(wasm, manifest);
  if (alien !== undefined)
    throw inputFailure({ code: "alien-container", message: alien, file, hint: rebuild });
  const sourceMap = readText(host, join(folder, "debug", `${name}.wasm.map`));
  return {
    manifest,
    wasm,
    sourceMap,
    file,
    folder: host.disk.exists(join(folder, "rig.json")) ? folder : dirname(folder),
  };
}

/** Why these bytes are not the container that the manifest describes. */
function alienReason(wasm: Uint8Array, { wasm: expected }: Manifest): string | undefined {
  if (wasm.length < expected.bytes)
    return `this container is truncated: it has ${wasm.length} of ${expected.bytes} bytes`;
  const digest = createHash("sha256").update(wasm).digest("hex");
  return digest === expected.sha256
    ? undefined
    : "this is not the container that the manifest beside it describes";
}
