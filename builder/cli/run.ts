import { join } from "node:path";
import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { locate } from "../compile/locate.js";
import { exitCodes, usageFailure, type ExitCode } from "./failure.js";
import type { Host } from "./host.js";
import { displayPath } from "./paths.js";
import { span } from "./render/time.js";
import type { Report } from "./report.js";
import { entryLine, isShown } from "./run/lines.js";
import { runLive } from "./run/live.js";
import { readFor, readSpeed } from "./run/options.js";
import { Pacer } from "./run/pacer.js";
import { runPlain } from "./run/plain.js";
import { loadContainer, loadRig, readSettings } from "./run/prepare.js";
import { startRehearsal, type Rehearsal } from "./run/rehearsal.js";
import { renderSummary, summarize, type Summary } from "./run/summary.js";
import { openTrace } from "./run/trace.js";
import { explainTrap } from "./run/traps.js";

export interface RunOptions {
  readonly rig?: string;
  readonly for?: string;
  readonly speed?: string;
  readonly trace?: string;
  readonly set?: readonly string[];
  readonly setting?: readonly string[];
  readonly quiet?: boolean;
}

/** Without a terminal and without `--for`, a run ends after one virtual hour. */
const plainRunUs = 3_600_000_000;

/** `thimble run`: rehearses an app, live or as plain lines, and sums up. */
export async function runCommand(
  report: Report,
  path: string,
  options: RunOptions,
): Promise<ExitCode> {
  const { host } = report;
  const forTime = options.for === undefined ? undefined : readFor(options.for);
  const speed = options.speed === undefined ? undefined : readSpeed(options.speed);
  const live =
    host.out.isTerminal && host.env["TERM"] !== "dumb" && options.quiet !== true && !report.json;
  const lines = !live && options.quiet !== true;
  const container = await loadContainer(report, path);
  const { rig, connections } = loadRig(report, container, options);
  const settings = readSettings(container.manifest, options.setting ?? []);
  const trace = options.trace === undefined ? undefined : openTrace(host, options.trace);
  try {
    const rehearsal = await startRehearsal(host, {
      container,
      rig,
      connections,
      settings,
      onEntry: (entry, wired) => {
        trace?.sink(entry);
        if (lines && isShown(entry.channel)) report.line(entryLine(entry, wired, report.style));
      },
      // A trace takes everything and the live view counts transfers; lines and the summary need less.
      ...(live || trace !== undefined ? {} : { wants: isShown }),
    });
    const endUs = endOf(rehearsal, forTime, live);
    const pacer = new Pacer(speed ?? (live ? rig.simulation.speed : Infinity), host.nowMs());
    const startMs = host.nowMs();
    const complete = await play(host, rehearsal, pacer, endUs, live);
    trace?.finish();
    if (lines) report.line();
    return conclude(report, rehearsal, {
      wallMs: Math.round(host.nowMs() - startMs),
      complete,
      forTime,
      trace: options.trace,
    });
  } finally {
    trace?.abandon();
  }
}

/** Virtual time at which the run ends. */
function endOf(
  { simulation }: Rehearsal,
  forTime: number | "all" | undefined,
  live: boolean,
): number {
  if (forTime === undefined) return live ? Infinity : plainRunUs;
  if (forTime !== "all") return forTime;
  const { lengthUs } = simulation.environment;
  if (lengthUs === 0)
    throw usageFailure(
      "--for all runs to the end of the longest CSV signal, and this rig has none",
      "Write a time such as --for 24h, or replace a signal: --set temperature=FILE.csv.",
    );
  return lengthUs;
}

/** Lets virtual time pass. Returns false if the user broke off a run that had an end. */
async function play(
  host: Host,
  rehearsal: Rehearsal,
  pacer: Pacer,
  endUs: number,
  live: boolean,
): Promise<boolean> {
  const ended = (): boolean => rehearsal.simulation.stats(0).trap !== null;
  if (!live) return runPlain(host, rehearsal.simulation, pacer, endUs, ended);
  await runLive(host, rehearsal, pacer, endUs, ended);
  return true;
}

interface Outcome {
  readonly wallMs: number;
  readonly complete: boolean;
  readonly forTime: number | "all" | undefined;
  readonly trace: string | undefined;
}

/** Tells the summary, and how the container ended if it did. */
function conclude(report: Report, rehearsal: Rehearsal, outcome: Outcome): ExitCode {
  const { host } = report;
  const { simulation } = rehearsal;
  const summary = createSummary(rehearsal, outcome.wallMs);
  report.data({ ...summary, ...(outcome.trace === undefined ? {} : { trace: outcome.trace }) });
  const columns = host.out.isTerminal ? host.out.columns : Infinity;
  for (const line of renderSummary(summary, report.style, columns)) report.line(line);
  const { lengthUs } = simulation.environment;
  if (outcome.forTime === undefined && lengthUs > simulation.nowUs)
    report.line(
      `  ${report.style.dim(`The record lasts ${span(lengthUs)}: --for all runs all of it.`)}`,
    );
  const trap = trapDiagnostic(host, rehearsal);
  if (trap !== undefined) {
    report.diagnose([trap]);
    return exitCodes.input;
  }
  return outcome.complete ? exitCodes.ok : exitCodes.interrupted;
}

function createSummary(
  { container, rig, simulation, tally, wired }: Rehearsal,
  wallMs: number,
): Summary {
  const { manifest, wasm } = container;
  const { events, dropped, missed, trap } = simulation.stats(0);
  const { memoryBytes, stackBytes } = manifest.limits;
  const figures = {
    app: manifest.name,
    virtualUs: trap?.timeUs ?? simulation.nowUs,
    wallMs,
    seed: rig.simulation.seed,
    events,
    dropped,
    missed,
  };
  return summarize(
    { ...figures, memoryBytes, stackBytes, containerBytes: wasm.length },
    tally,
    wired,
  );
}

/** How the container ended, at its place in the source; undefined if it lives. */
function trapDiagnostic(host: Host, { container, simulation }: Rehearsal): Diagnostic | undefined {
  const { trap } = simulation.stats(0);
  if (trap === null) return undefined;
  const { meaning, hint } = explainTrap(trap.code);
  const offsets = trap.frames.flatMap(({ offset }) => (offset === undefined ? [] : [offset]));
  const { sourceMap } = container;
  const at =
    sourceMap === undefined || offsets.length === 0 ? undefined : locate(sourceMap, ...offsets);
  const place =
    at === undefined
      ? {}
      : {
          file: displayPath(host, join(container.folder, at.file)),
          line: at.line,
          column: at.column,
        };
  const message = `container ${container.manifest.name} ended after ${span(trap.timeUs)}: ${meaning}`;
  return {
    severity: "error",
    code: `trap-${trap.code}`,
    message,
    ...place,
    ...(hint === undefined ? {} : { hint }),
  };
}
