import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { exitCodes, type ExitCode } from "../failure.js";
import { span } from "../render/time.js";
import type { Report } from "../report.js";
import type { Rehearsal, RunningApp } from "./rehearsal.js";
import { type AppSummary, renderSummary, summarize, type Summary } from "./summary.js";
import { explainTrap } from "./traps.js";

/** How a run came to its end. */
export interface Outcome {
  /** Where the virtual clock stood, or the only app ended. */
  readonly virtualUs: number;
  readonly wallMs: number;
  /** False if the user broke off a run that had an end. */
  readonly complete: boolean;
  readonly forTime: number | "all" | undefined;
  /** The file of the trace. */
  readonly trace: string | undefined;
}

/** Tells the summary, and how containers ended if any did. The exit code is that of the worst. */
export function conclude(report: Report, rehearsal: Rehearsal, outcome: Outcome): ExitCode {
  const { host } = report;
  const { simulation } = rehearsal;
  const summary = createSummary(rehearsal, outcome);
  report.data({
    ...summary,
    ...(summary.apps.length === 1 ? summary.apps[0] : {}),
    ...(outcome.trace === undefined ? {} : { trace: outcome.trace }),
  });
  const columns = host.out.isTerminal ? host.out.columns : Infinity;
  for (const line of renderSummary(summary, report.style, columns)) report.line(line);
  const { lengthUs } = simulation.environment;
  if (outcome.forTime === undefined && lengthUs > simulation.nowUs)
    report.line(
      `  ${report.style.dim(`The record lasts ${span(lengthUs)}: --for all runs all of it.`)}`,
    );
  const ends = rehearsal.apps.flatMap((app, index) => endDiagnostic(rehearsal, app, index));
  report.diagnose(ends);
  if (ends.length > 0) return exitCodes.input;
  return outcome.complete ? exitCodes.ok : exitCodes.interrupted;
}

function createSummary(rehearsal: Rehearsal, { virtualUs, wallMs }: Outcome): Summary {
  const { apps, rig, emulation, tally, needs } = rehearsal;
  const figures = {
    virtualUs,
    wallMs,
    seed: rig.simulation.seed,
    apps: apps.map((app, index) => appSummary(rehearsal, app, index)),
    ...(emulation && { device: emulation.usage() }),
  };
  return summarize(figures, tally, needs);
}

function appSummary(rehearsal: Rehearsal, app: RunningApp, index: number): AppSummary {
  const { manifest, wasm } = rehearsal.version(app).container;
  const { events, dropped, missed, failures, parked, longestEventUs } =
    rehearsal.simulation.stats(index);
  const { memoryBytes, stackBytes, eventMs } = manifest.limits;
  return {
    app: app.name,
    version: app.running,
    events,
    dropped,
    missed,
    ends: rehearsal.tally.channels.get(`trap.${app.name}`)?.count ?? 0,
    failures,
    parked,
    memoryBytes,
    stackBytes,
    containerBytes: wasm.length,
    ...(longestEventUs !== undefined && { longestEvent: { us: longestEventUs, eventMs } }),
  };
}

/** How the version that runs has ended, at its place in the source; nothing if it never has. */
function endDiagnostic(rehearsal: Rehearsal, app: RunningApp, index: number): Diagnostic[] {
  const { ended, running, name } = app;
  if (ended === undefined || ended.version !== running) return [];
  const { code, timeUs } = ended.trap;
  const { meaning, hint } = explainTrap(code);
  const times = rehearsal.tally.channels.get(`trap.${name}`)?.count ?? 1;
  const when =
    times === 1
      ? `ended after ${span(timeUs)}`
      : `ended ${times} times, last after ${span(timeUs)}`;
  const parked = rehearsal.simulation.stats(index).parked ? ", and is parked" : "";
  return [
    {
      severity: "error",
      code: `trap-${code}`,
      message: `container ${name} ${when}: ${meaning}${parked}`,
      ...rehearsal.placeOf(app),
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}
