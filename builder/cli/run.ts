import { quote } from "../../runtime/document/words.js";
import type { Emulation } from "../../runtime/emulator/emulation.js";
import { type LoadedContainer, loadContainer } from "./container.js";
import { usageFailure, type ExitCode } from "./failure.js";
import type { Report } from "./report.js";
import { conclude } from "./run/conclude.js";
import { entryLine, isShown, isSwap } from "./run/lines.js";
import { runLive } from "./run/live.js";
import { tellNews } from "./run/news.js";
import { readFor, readPort, readSpeed } from "./run/options.js";
import { Pacer } from "./run/pacer.js";
import { Picture } from "./run/picture.js";
import { rigPath } from "./run/prepare.js";
import { runPlain } from "./run/plain.js";
import { type DeviceKind, startRehearsal, type Rehearsal } from "./run/rehearsal.js";
import { openTrace } from "./run/trace.js";
import { checkWatchable, type News, type Sources, Watch } from "./run/watch.js";
import { rigAround, wireApps } from "./wiring.js";

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
  readonly watch?: boolean;
  readonly unchecked?: boolean;
}

/** Without a terminal and without `--for`, a run ends after one virtual hour. */
const plainRunUs = 3_600_000_000;

/** `thimble run`: rehearses apps on one device, live or as plain lines, and sums up. */
export async function runCommand(
  report: Report,
  paths: readonly string[],
  options: RunOptions,
): Promise<ExitCode> {
  const { host } = report;
  const on = readOn(options);
  const gdbPort = options.gdb === undefined ? undefined : readPort(options.gdb);
  const forTime = options.for === undefined ? undefined : readFor(options.for);
  const speed = options.speed === undefined ? undefined : readSpeed(options.speed);
  const live =
    host.out.isTerminal && host.env["TERM"] !== "dumb" && options.quiet !== true && !report.json;
  const watching = options.watch === true;
  if (watching) checkWatch(report, on, paths);
  const lines = !live && !report.json && (options.quiet !== true || watching);
  const isLine = options.quiet === true ? isSwap : isShown;
  const containers: LoadedContainer[] = [];
  const sources: Sources[] = [];
  for (const path of paths) {
    report.inputs.clear();
    const container = await loadContainer(report, path);
    containers.push(container);
    sources.push({ path, inputs: new Set([...report.inputs, rigPath(host, container, options)]) });
  }
  const apps = wireApps(report, containers, options);
  const rig = rigAround(report, apps, options.set ?? []);
  const trace = options.trace === undefined ? undefined : openTrace(host, options.trace);
  // What happens after the end of the only app is no news, unless it may be mended.
  const stopsAtEnd = apps.length === 1 && !watching;
  let interrupted = false;
  let closeDebuggerPort = (): void => undefined;
  let watch: Watch | undefined;
  const stopListening = host.onInterrupt(() => (interrupted = true));
  try {
    const rehearsal = await startRehearsal(host, {
      on,
      apps,
      rig,
      onEntry: (entry, cast) => {
        trace?.sink(entry);
        if (lines && isLine(entry.channel)) report.line(entryLine(entry, cast, report.style));
      },
      // A trace takes everything and the live view counts transfers; lines and the summary need less.
      ...(live || trace !== undefined ? {} : { wants: isShown }),
      stopAtTrap: stopsAtEnd,
      unchecked: options.unchecked ?? false,
    });
    const isPaced = live || watching;
    const pacer = new Pacer(speed ?? (isPaced ? rig.simulation.speed : Infinity), host.nowMs());
    const endUs = endOf(rehearsal, forTime, isPaced);
    const endedUs = (): number | undefined =>
      stopsAtEnd ? rehearsal.simulation.stats(0).trap?.timeUs : undefined;
    const stop = (): boolean => interrupted || host.out.closed || endedUs() !== undefined;
    const { emulation } = rehearsal;
    if (emulation !== undefined && gdbPort !== undefined)
      closeDebuggerPort = await debugFrom(report, emulation, gdbPort);
    const held = (): boolean => emulation?.pico.executing === false;
    const startMs = host.nowMs();
    const course = { pacer, endUs, stop, held };
    const picture = new Picture(rehearsal);
    const tell = (news: News): void =>
      live ? picture.tell(news) : tellNews(report, rehearsal, news);
    if (watching) watch = new Watch(rehearsal, sources, options, tell);
    const visited = watch === undefined ? course : { ...course, visitor: watch };
    if (live) await runLive(host, rehearsal, visited, picture);
    else await runPlain(host, rehearsal.simulation, visited);
    trace?.finish();
    if (lines) report.line();
    return conclude(report, rehearsal, {
      virtualUs: endedUs() ?? rehearsal.simulation.nowUs,
      wallMs: Math.round(host.nowMs() - startMs),
      complete: isPaced || !interrupted,
      forTime,
      trace: options.trace,
    });
  } finally {
    watch?.close();
    closeDebuggerPort();
    stopListening();
    trace?.abandon();
  }
}

/** `--on`: the device to run on. */
function readOn({ on = "sim", gdb, unchecked }: RunOptions): DeviceKind {
  if (on !== "sim" && on !== "emu")
    throw usageFailure(
      `there is no device ${quote(on)} to run on`,
      'Write --on sim for the simulator, or --on emu for the emulated Pico. A real board is put to work by "thimble flash".',
    );
  if (gdb !== undefined && on === "sim")
    throw usageFailure("--gdb is for the emulated Pico", "Add --on emu.");
  if (unchecked === true && on === "emu")
    throw usageFailure(
      "--unchecked is for the simulator: the hardware of a Pico cannot leave its checks out",
      "Leave out one of --unchecked and --on emu.",
    );
  return on;
}

/** `--watch`: only where versions can be swapped in, and shown when they are. */
function checkWatch({ host, json }: Report, on: DeviceKind, paths: readonly string[]): void {
  if (on === "emu")
    throw usageFailure(
      "--watch is for the simulator: the emulated Pico runs what was put into its flash",
      "Leave out --on emu, or --watch.",
    );
  if (json)
    throw usageFailure(
      "--watch tells what happens when it happens, and --json only what a run comes to",
      "Leave out one of them.",
    );
  checkWatchable(host, paths);
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
