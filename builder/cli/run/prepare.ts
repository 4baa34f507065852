import { dirname, isAbsolute, join, resolve } from "node:path";
import { hasError, type Diagnostic } from "../../../runtime/document/diagnostic.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import { connect, readRig, type Rig, type SharedDevice } from "../../../runtime/rig/rig.js";
import type { SignalSpec } from "../../../runtime/rig/simulation.js";
import { readInput } from "../app.js";
import type { LoadedContainer } from "../container.js";
import { exitCodes, Failure, inputFailure } from "../failure.js";
import type { Host } from "../host.js";
import { displayPath, readText } from "../paths.js";
import type { Report } from "../report.js";
import { readPair, readSignal, unknownName } from "./options.js";

/** What the command line says about the rig. */
export interface RigOptions {
  /** In place of the rig.json beside each app. */
  readonly rig?: string;
}

/** rig.json of an app, and the connections of the container's needs, on a device of its own unless one is given. */
export function loadRig(
  report: Report,
  container: LoadedContainer,
  options: RigOptions,
  device?: SharedDevice,
): { readonly rig: Rig; readonly connections: readonly Connection[] } {
  const rig = readRigFile(report, container, options);
  const wiring = connect(rig, container.manifest.needs, device);
  report.diagnose(wiring.diagnostics);
  if (wiring.connections === undefined || hasError(wiring.diagnostics))
    throw new Failure(exitCodes.input, []);
  return { rig, connections: wiring.connections };
}

/** rig.json of an app, or the one that was named, with its CSV files named as seen from the user's folder. */
function readRigFile(report: Report, container: LoadedContainer, options: RigOptions): Rig {
  const { host } = report;
  const path = rigPath(host, container, options);
  const text = readInput(report, path);
  if (text === undefined) throw missingRig(displayPath(host, path), options.rig !== undefined);
  const { rig, diagnostics } = readRig(text, displayPath(host, path));
  report.diagnose(diagnostics);
  if (rig === undefined || hasError(diagnostics)) throw new Failure(exitCodes.input, []);
  const signals = [...rig.simulation.signals].map(
    ([name, spec]) => [name, renameFiles(host, spec, dirname(path))] as const,
  );
  return { ...rig, simulation: { ...rig.simulation, signals: new Map(signals) } };
}

/** Where the rig of an app is, absolute. */
export function rigPath(host: Host, { folder }: LoadedContainer, { rig }: RigOptions): string {
  return rig === undefined ? join(folder, "rig.json") : resolve(host.folder, rig);
}

function missingRig(file: string, named: boolean): Failure {
  const hint = named
    ? "Check the path."
    : "Write what the needs are wired to into rig.json, or name another file with --rig.";
  return inputFailure({ code: "missing-file", message: "there is no rig.json", file, hint });
}

/** The rig with the signals of `--set` replaced. */
export function replaceSignals(rig: Rig, replacements: readonly string[]): Rig {
  const signals = new Map(rig.simulation.signals);
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
  const at: Partial<Diagnostic> = place === undefined ? {} : { file: rig.file, ...place };
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
