import { join } from "node:path";
import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { quote } from "../../runtime/document/words.js";
import type { Emulation } from "../../runtime/emulator/emulation.js";
import { locate } from "../compile/locate.js";
import { loadContainer } from "./container.js";
import { exitCodes, usageFailure, type ExitCode } from "./failure.js";
import type { Host } from "./host.js";
import { displayPath } from "./paths.js";
import { span } from "./render/time.js";
import type { Report } from "./report.js";
import { entryLine, isShown } from "./run/lines.js";
import { runLive } from "./run/live.js";
import { readFor, readPort, readSpeed } from "./run/options.js";
import { Pacer } from "./run/pacer.js";
import { runPlain } from "./run/plain.js";
import { loadRig, readSettings } from "./run/prepare.js";
import { type DeviceKind, startRehearsal, type Rehearsal } from "./run/rehearsal.js";
import { renderSummary, summarize, type Summary } from "./run/summary.js";
import { openTrace } from "./run/trace.js";
import { explainTrap } from "./run/traps.js";

export interface RunOptions {
  readonly on?: string;
  readonly gdb?: string;
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
  const on = readOn(options);
  const gdbPort = options.gdb === undefined ? undefined : readPort(options.gdb);
  const forTime = options.for === undefined ? undefined : readFor(options.for);
  const speed = options.speed === undefined ? undefined : readSpeed(options.speed);
  const live =
    host.out.isTerminal && host.env["TERM"] !== "dumb" && options.quiet !== true && !report.json;
  const lines = !live && options.quiet !== true && !report.json;
  const container = await loadContainer(report, path);
  const { rig, connections } = loadRig(report, container, options);
  const settings = readSettings(container.manifest, options.setting ?? []);
  const trace = options.trace === undefined ? undefined : openTrace(host, options.trace);
  let interrupted = false;
  let closeDebuggerPort = (): void => undefined;
  const stopListening = host.onInterrupt(() => (interrupted = true));
  try {
    const rehearsal = await startRehearsal(host, {
      on,
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
    const pacer = new Pacer(speed ?? (live ? rig.simulation.speed : Infinity), host.nowMs());
    const endUs = endOf(rehearsal, forTime, live);
    const stop = (): boolean =>
      interrupted || host.out.closed || rehearsal.simulation.stats(0).trap !== null;
    const { emulation } = rehearsal;
    if (emulation !== undefined && gdbPort !== undefined)
      closeDebuggerPort = await debugFrom(report, emulation, gdbPort);
    const held = (): boolean => emulation?.pico.executing === false;
    const startMs = host.nowMs();
    if (live) await runLive(host, rehearsal, { pacer, endUs, stop, held });
    else await runPlain(host, rehearsal.simulation, { pacer, endUs, stop, held });
    trace?.finish();
    if (lines) report.line();
    return conclude(report, rehearsal, {
      wallMs: Math.round(host.nowMs() - startMs),
      complete: live || !interrupted,
      forTime,
      trace: options.trace,
    });
  } finally {
    closeDebuggerPort();
    stopListening();
    trace?.abandon();
  }
}

/** `--on`: the device to run on. */
function readOn({ on = "sim", gdb }: RunOptions): DeviceKind {
  if (on !== "sim" && on !== "emu")
    throw usageFailure(
      `there is no device ${quote(on)} to run on`,
      'Write --on sim for the simulator, or --on emu for the emulated Pico. A real board is put to work by "thimble flash".',
    );
  if (gdb !== undefined && on === "sim")
    throw usageFailure("--gdb is for the emulated Pico", "Add --on emu.");
  return on;
}

/** Lets a debugger take the device, and says how. Returns what closes its port. */
async function debugFrom(report: Report, { pico }: Emulation, port: number): Promise<() => void> {
  const { openDebuggerPort } = await import("./run/debugger.js");
  const close = await openDebuggerPort(pico, port);
  report.host.err.write(
    `The device waits for a debugger: gdb-multiarch -ex "target remote localhost:${port}", and "continue" lets it go on.\n`,
  );
  return close;
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

interface Outcome {
  readonly wallMs: number;
  /** False if the user broke off a run that had an end. */
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
  { container, rig, simulation, emulation, tally, wired }: Rehearsal,
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
    {
      ...figures,
      memoryBytes,
      stackBytes,
      containerBytes: wasm.length,
      ...(emulation && { device: emulation.usage() }),
    },
    tally,
    wired,
  );
}

/** How the container ended, at its place in the source; undefined if it lives. */
function trapDiagnostic(
  host: Host,
  { container, simulation, originalOffset }: Rehearsal,
): Diagnostic | undefined {
  const { trap } = simulation.stats(0);
  if (trap === null) return undefined;
  const { meaning, hint } = explainTrap(trap.code);
  const offsets = trap.frames.flatMap(({ offset }) =>
    offset === undefined ? [] : [originalOffset(offset)],
  );
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
