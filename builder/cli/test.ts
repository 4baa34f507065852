import { resolve } from "node:path";
import { hasError } from "../../runtime/document/diagnostic.js";
import { nearest } from "../../runtime/document/suggest.js";
import { listOf, quote } from "../../runtime/document/words.js";
import { exitCodes, usageFailure, type ExitCode } from "./failure.js";
import { writeTexts } from "./files/texts.js";
import { readText } from "./paths.js";
import type { Report } from "./report.js";
import { plain } from "./render/style.js";
import type { DeviceKind } from "./run/rehearsal.js";
import { checkScenario } from "./scenario/check.js";
import { readScenarios, type Written } from "./scenario/find.js";
import type { Outcome, Reporter } from "./scenario/outcome.js";
import { junitReporter } from "./scenario/reporters/junit.js";
import { specReporter } from "./scenario/reporters/spec.js";
import { tapReporter } from "./scenario/reporters/tap.js";
import { propsOf, runScenario } from "./scenario/run.js";
import { type Stage, Stages } from "./scenario/stage.js";

export interface TestOptions {
  readonly on?: string;
  readonly reporter?: string;
  readonly out?: string;
  readonly filter?: string;
}

const reporterNames = ["spec", "tap", "junit"] as const;
type ReporterName = (typeof reporterNames)[number];

/** `thimble test`: runs the scenarios of apps, each on a fresh device, and tells which of them hold. */
export async function testCommand(
  report: Report,
  paths: readonly string[],
  options: TestOptions,
): Promise<ExitCode> {
  const { host } = report;
  const on = readOn(options.on ?? "sim");
  const reporter = readReporter(options.reporter ?? "spec");
  report.source = (file) => readText(host, file);
  const written = chosen(readScenarios(host, paths), options.filter);
  const staged = await setStages(report, written);
  if (report.failed) return exitCodes.input;
  const outcomes = await runAll(report, staged, { on, reporter, out: options.out });
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  report.data({ passed: outcomes.length - failed, failed, scenarios: outcomes });
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
}

function readOn(on: string): DeviceKind {
  if (on === "sim" || on === "emu") return on;
  throw usageFailure(
    `there is no device ${quote(on)} to test on`,
    "Write --on sim for the simulator, or --on emu for the emulated Pico.",
  );
}

function readReporter(name: string): ReporterName {
  const known = reporterNames.find((reporter) => reporter === name);
  if (known !== undefined) return known;
  const near = nearest(name, reporterNames);
  throw usageFailure(
    `there is no reporter ${quote(name)}`,
    near === undefined
      ? `Write --reporter ${listOf(reporterNames, "or")}.`
      : `Did you mean --reporter ${near}?`,
  );
}

/** The scenarios whose file or name holds a text, in capitals or not. */
function chosen(written: readonly Written[], filter: string | undefined): readonly Written[] {
  if (filter === undefined) return written;
  const wanted = filter.toLowerCase();
  const found = written.filter(({ file, scenario }) =>
    `${file}: ${scenario.name}`.toLowerCase().includes(wanted),
  );
  if (found.length > 0) return found;
  throw usageFailure(
    `no scenario is called anything with ${quote(filter)}`,
    `There are ${listOf([...new Set(written.map(({ scenario }) => quote(scenario.name)))], "and")}.`,
  );
}

type Staged = readonly [written: Written, stage: Stage][];

/** Builds what the scenarios need, and checks all of them before the first one runs. */
async function setStages(report: Report, written: readonly Written[]): Promise<Staged> {
  const stages = new Stages();
  const staged: [Written, Stage][] = [];
  for (const one of written) {
    const stage = await stages.stage(report, propsOf(report.host, one));
    staged.push([one, stage]);
  }
  report.source = (file) => readText(report.host, file);
  const mistakes = staged.flatMap(([{ scenario, file }, { names }]) =>
    checkScenario(scenario, names, file),
  );
  if (hasError(mistakes)) report.diagnose(mistakes);
  return staged;
}

interface Telling {
  readonly on: DeviceKind;
  readonly reporter: ReporterName;
  /** The file that the report goes to; standard output then has it for people. */
  readonly out: string | undefined;
}

async function runAll(
  report: Report,
  staged: Staged,
  { on, reporter, out }: Telling,
): Promise<Outcome[]> {
  const { host } = report;
  const shown = makeReporter(out === undefined ? reporter : "spec", report);
  const kept = makeReporter(reporter, undefined);
  const tell = (text: string): void => {
    if (!report.json) host.out.write(text);
  };
  const names = staged.map(([{ scenario }]) => scenario.name);
  tell(shown.begin(names));
  let file = kept.begin(names);
  const outcomes: Outcome[] = [];
  for (const [written, stage] of staged) {
    const outcome = await runScenario(host, written, stage, on);
    outcomes.push(outcome);
    tell(shown.add(outcome));
    file += kept.add(outcome);
    // Lets the text out before the next one.
    await host.wait(0);
  }
  tell(shown.end(outcomes));
  file += kept.end(outcomes);
  if (out !== undefined) writeTexts(host, new Map([[resolve(host.folder, out), file]]));
  return outcomes;
}

/** A reporter for the user's terminal, or for a file. */
function makeReporter(name: ReporterName, report: Report | undefined): Reporter {
  if (name === "tap") return tapReporter();
  if (name === "junit") return junitReporter();
  const columns = report === undefined ? 120 : Math.min(report.host.out.columns, 120);
  return specReporter({
    style: report?.style ?? plain,
    source: (file) => report?.source(file),
    columns,
  });
}
