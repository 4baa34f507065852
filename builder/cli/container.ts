import { basename, dirname, join, resolve } from "node:path";
import { hasError } from "../../runtime/document/diagnostic.js";
import { readManifest } from "../../runtime/manifest/load.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import { sha256 } from "../image/digest.js";
import type { ImageDigests } from "../image/oci-read.js";
import { isTar } from "../image/tar.js";
import { buildApp, type BuiltApp } from "./app.js";
import { exitCodes, Failure, inputFailure } from "./failure.js";
import type { Host } from "./host.js";
import { displayPath, listFolder, readBytes, readText } from "./paths.js";
import type { Report } from "./report.js";

/** A container, from the sources of an app, from its file or from an image. */
export interface LoadedContainer {
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  /** Its machine code as the image brought it, checked: a device gets this one, and nothing is compiled. */
  readonly payload?: Uint8Array;
  /** Where the debug build lies in the sources, if it is known. */
  readonly sourceMap: string | undefined;
  /** The file of the container, as the user would write it, if it was not built just now. */
  readonly file?: string;
  /** Of what an image is made: `sha256:` and hexadecimal. */
  readonly digests?: ImageDigests;
  /** The folder that the sources and rig.json are in, absolute. */
  readonly folder: string;
}

/** What a path can name: an app in its folder, dist/NAME.wasm, dist/NAME.oci.tar, the folder of an OCI layout, or a file for a board. */
export type Kind = "app" | "container" | "image" | "layout" | "uf2";

const wasmMagic = [0x00, 0x61, 0x73, 0x6d];
const uf2Magic = [0x55, 0x46, 0x32, 0x0a];

/** What is at a path, by what is in it; of what is not there, by its name. Throws a Failure where it is none of these. */
export function kindOf(host: Host, path: string): Kind {
  const names = listFolder(host, path);
  if (names !== undefined)
    return names.includes("oci-layout") && !names.includes("thimble.json") ? "layout" : "app";
  const bytes = readBytes(host, path);
  const begins = (magic: readonly number[]): boolean =>
    bytes !== undefined && magic.every((byte, index) => bytes[index] === byte);
  if (begins(wasmMagic) || path.endsWith(".wasm")) return "container";
  if (begins(uf2Magic) || path.endsWith(".uf2")) return "uf2";
  if (path.endsWith(".tar") || (bytes !== undefined && isTar(bytes))) return "image";
  if (bytes === undefined) return "app";
  throw inputFailure({
    code: "unknown-file",
    message: "this is no app, container or image",
    file: displayPath(host, path),
    hint: "Name the folder of an app, or what a build has left in its dist: NAME.wasm or NAME.oci.tar.",
  });
}

/** Builds the app in a folder, or reads a container or an image that was built before. Throws a Failure. */
export async function loadContainer(report: Report, path: string): Promise<LoadedContainer> {
  const { host } = report;
  const kind = kindOf(host, path);
  if (kind === "app") return builtContainer(await buildApp(host, report, path));
  if (kind === "container") return readContainer(host, report, resolve(host.folder, path));
  if (kind !== "uf2") return readOci(report, path, kind);
  throw inputFailure({
    code: "unknown-file",
    message: "this file is for a board: no app can be taken out of it",
    file: displayPath(host, path),
    hint: "Name the app that was put into it.",
  });
}

/** What was built just now. */
export function builtContainer({ folder, container }: BuiltApp): LoadedContainer {
  const { manifest, wasm, sourceMap } = container;
  return { manifest, wasm, sourceMap, folder };
}

/** NAME.oci.tar, or the folder of an OCI layout. */
async function readOci(
  report: Report,
  path: string,
  kind: "image" | "layout",
): Promise<LoadedContainer> {
  const { host } = report;
  const { readImage, readLayout } = await import("../image/oci-read.js");
  const place = resolve(host.folder, path);
  const file = displayPath(host, place);
  const bytes = kind === "image" ? readBytes(host, place) : undefined;
  if (kind === "image" && bytes === undefined)
    throw inputFailure({
      code: "missing-file",
      message: "there is no such image",
      file,
      hint: rebuild,
    });
  const { image, diagnostics } =
    bytes === undefined
      ? await readLayout((name) => readBytes(host, join(place, ...name.split("/"))), file)
      : await readImage(bytes, file);
  report.diagnose(diagnostics);
  if (image === undefined) throw new Failure(exitCodes.input, []);
  return { ...image, sourceMap: undefined, file, folder: rigFolder(host, place, dirname(place)) };
}

/** Where the rig.json of a built file is: beside it, or in the folder of the app whose dist it is in; `otherwise` where there is none. */
function rigFolder(host: Host, path: string, otherwise = dirname(dirname(path))): string {
  const folders = [dirname(path), dirname(dirname(path))];
  return folders.find((folder) => host.disk.exists(join(folder, "rig.json"))) ?? otherwise;
}

const rebuild = 'Repeat "thimble build".';

/** dist/NAME.wasm with the manifest beside it. */
async function readContainer(host: Host, report: Report, path: string): Promise<LoadedContainer> {
  report.source = (file) => readText(host, file);
  const file = displayPath(host, path);
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
  const alien = await alienReason(wasm, manifest);
  if (alien !== undefined)
    throw inputFailure({ code: "alien-container", message: alien, file, hint: rebuild });
  const sourceMap = readText(host, join(folder, "debug", `${name}.wasm.map`));
  return {
    manifest,
    wasm,
    sourceMap,
    file,
    folder: rigFolder(host, path),
  };
}

/** Why these bytes are not the container that the manifest describes. */
async function alienReason(
  wasm: Uint8Array,
  { wasm: expected }: Manifest,
): Promise<string | undefined> {
  if (wasm.length < expected.bytes)
    return `this container is truncated: it has ${wasm.length} of ${expected.bytes} bytes`;
  return (await sha256(wasm)) === expected.sha256
    ? undefined
    : "this is not the container that the manifest beside it describes";
}
