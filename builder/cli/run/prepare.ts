import { dirname, isAbsolute, join, resolve } from "node:path";
import { hasError, type Diagnostic } from "../../../runtime/document/diagnostic.js";
import type { Manifest } from "../../../runtime/manifest/manifest.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import { connect, readRig, type Rig, type SharedDevice } from "../../../runtime/rig/rig.js";
import type { SignalSpec } from "../../../runtime/rig/simulation.js";
import type { LoadedContainer } from "../container.js";
import { exitCodes, Failure, inputFailure } from "../failure.js";
import type { Host } from "../host.js";
import { displayPath, readText } from "../paths.js";
import type { Report } from "../report.js";
import { readPair, readSetting, readSignal, unknownName } from "./options.js";

export interface RigOptions {
  readonly rig?: string;
  readonly set?: readonly string[];
}

/** rig.json of an app with what the command line replaces, and the connections of the container's needs, on a device of its own unless one is given. */
export function loadRig(
  report: Report,
  container: LoadedContainer,
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
