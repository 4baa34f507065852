import { createHash } from "node:crypto";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { hasError, type Diagnostic } from "../../../runtime/document/diagnostic.js";
import { readManifest } from "../../../runtime/manifest/load.js";
import type { Manifest } from "../../../runtime/manifest/manifest.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import { connect, readRig, type Rig, type SharedDevice } from "../../../runtime/rig/rig.js";
import type { SignalSpec } from "../../../runtime/rig/simulation.js";
import { buildApp } from "../app.js";
import { exitCodes, Failure, inputFailure } from "../failure.js";
import type { Host } from "../host.js";
import { displayPath, readBytes, readText } from "../paths.js";
import type { Report } from "../report.js";
import { readPair, readSetting, readSignal, unknownName } from "./options.js";

/** A container, from the sources of an app or from its file. */
export interface Container {
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
export async function loadContainer(report: Report, path: string): Promise<Container> {
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
function readContainer(host: Host, report: Report, path: string): Container {
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

export interface RigOptions {
  readonly rig?: string;
  readonly set?: readonly string[];
}

/** rig.json of an app with what the command line replaces, and the connections of the container's needs, on a device of its own unless one is given. */
export function loadRig(
  report: Report,
  container: Container,
  options: RigOptions,
  device?: SharedDevice,
): { readonly rig: Rig; readonly connections: readonly Connection[] } {
  const { host } = report;
  const path =
    options.rig === undefined
      ? join(container.folder, "rig.json")
      : resolve(host.folder, options.rig);
  const text = readText(host, path);
  if (text === undefined) throw missingRig(displayPath(host, path), options.rig !== undefined);
  const { rig, diagnostics } = readRig(text, displayPath(host, path));
  report.diagnose(diagnostics);
  if (rig === undefined || hasError(diagnostics)) throw new Failure(exitCodes.input, []);
  const wiring = connect(rig, container.manifest.needs, device);
  report.diagnose(wiring.diagnostics);
  if (wiring.connections === undefined || hasError(wiring.diagnostics))
    throw new Failure(exitCodes.input, []);
  return {
    rig: withSignals(host, rig, dirname(path), options.set ?? []),
    connections: wiring.connections,
  };
}

function missingRig(file: string, named: boolean): Failure {
  const hint = named
    ? "Check the path."
    : "Write what the needs are wired to into rig.json, or name another file with --rig.";
  return inputFailure({ code: "missing-file", message: "there is no rig.json", file, hint });
}

/** The rig with its CSV files named as seen from the user's folder, and with the signals of `--set` replaced. */
function withSignals(
  host: Host,
  rig: Rig,
  rigFolder: string,
  replacements: readonly string[],
): Rig {
  const signals = new Map(
    [...rig.simulation.signals].map(([name, spec]) => [name, renameFiles(host, spec, rigFolder)]),
  );
  for (const text of replacements) {
    const [name, value] = readPair("--set", text);
    const old = signals.get(name);
    if (old === undefined) throw unknownName("signal", name, [...signals.keys()]);
    signals.set(name, readSignal(value, old));
  }
  return { ...rig, simulation: { ...rig.simulation, signals } };
}

function renameFiles(host: Host, spec: SignalSpec, folder: string): SignalSpec {
  const plus = spec.plus === undefined ? {} : { plus: renameFiles(host, spec.plus, folder) };
  if (spec.kind !== "csv") return { ...spec, ...plus };
  return {
    ...spec,
    file: displayPath(host, isAbsolute(spec.file) ? spec.file : join(folder, spec.file)),
    ...plus,
  };
}

/** The text of a CSV file behind a signal. Throws a Failure that says who names it. */
export function signalFile(host: Host, rig: Rig, file: string): string {
  const text = readText(host, file);
  if (text !== undefined) return text;
  const place = [...rig.simulation.signals.values()]
    .flatMap(places)
    .find((entry) => entry.file === file)?.place;
  const at: Partial<Diagnostic> =
    place === undefined
      ? {}
      : { file: rig.file, line: place.line, column: place.column, length: place.length };
  throw inputFailure({
    code: "missing-file",
    message: `there is no CSV file ${file}`,
    hint: "Check the path: in rig.json it is relative to the rig, after --set to the folder you are in.",
    ...at,
  });
}

function places(spec: SignalSpec): Extract<SignalSpec, { kind: "csv" }>[] {
  return [
    ...(spec.kind === "csv" ? [spec] : []),
    ...(spec.plus === undefined ? [] : places(spec.plus)),
  ];
}

/** Raw values of the settings given on the command line, by name. */
export function readSettings(
  manifest: Manifest,
  texts: readonly string[],
): ReadonlyMap<string, number> {
  return new Map(
    texts.map((text) => {
      const [name, value] = readPair("--setting", text);
      const setting = manifest.settings.find((candidate) => candidate.name === name);
      if (setting === undefined)
        throw unknownName(
          "setting",
          name,
          manifest.settings.map((candidate) => candidate.name),
        );
      return [name, readSetting(setting, value)];
    }),
  );
}
