import { plural, renderDiagnostic, type FrameOptions } from "../../render/diagnostic.js";
import { shellWord } from "../../paths.js";
import { span } from "../../render/time.js";
import { printable, textWidth } from "../../render/width.js";
import type { Outcome, Reporter } from "../outcome.js";

/** Columns of a line beside the name of its scenario. */
const otherColumns = 34;

/** For people: a line a scenario, and behind those that failed where, why and what happened before. */
export function specReporter(options: FrameOptions): Reporter {
  let file = "";
  let nameColumns = 0;
  return {
    begin(names) {
      const widths = names.map((name) => textWidth(printable(name)));
      nameColumns = Math.min(options.columns - otherColumns, Math.max(0, ...widths));
      return "";
    },
    add(outcome) {
      const heading =
        outcome.file === file
          ? ""
          : `${file === "" ? "" : "\n"}${options.style.bold(printable(outcome.file))}\n`;
      file = outcome.file;
      return heading + lineOf(outcome, nameColumns, options) + failureOf(outcome, options);
    },
    end(outcomes) {
      // Behind a failure there is an empty line already.
      const gap = outcomes.at(-1)?.failure === undefined ? "\n" : "";
      return `${gap}${totals(outcomes, options)}\n`;
    },
  };
}

function lineOf(
  { scenario, virtualUs, wallMs, failure }: Outcome,
  nameColumns: number,
  { style }: FrameOptions,
): string {
  const name = printable(scenario);
  const blanks = " ".repeat(Math.max(0, nameColumns - textWidth(name)));
  const time = style.dim(`${span(virtualUs)} in ${milliseconds(wallMs)}`);
  const status = failure === undefined ? style.green("pass") : style.red("FAIL");
  return `  ${status}  ${name}${blanks}  ${time}\n`;
}

function failureOf({ file, scenario, on, failure }: Outcome, options: FrameOptions): string {
  if (failure === undefined) return "";
  const { line, column, length, message, seen, events } = failure;
  const place = { file, line, column, length };
  const error = renderDiagnostic(
    { severity: "error", code: "scenario-failed", message, ...place },
    options,
  );
  const { cyan } = options.style;
  const heading =
    events.length === 0
      ? "nothing has happened before that"
      : `the last ${events.length === 1 ? "event" : `${events.length} events`} before that:`;
  const lines = [
    ...error.split("\n"),
    `  ${cyan("seen:")} ${printable(seen)}`,
    `  ${cyan(heading)}`,
    ...events.map((event) => `    ${event}`),
    `  ${cyan("alone:")} ${commandFor(file, scenario, on)}`,
  ];
  return ["", ...lines, ""].map((text) => (text === "" ? "\n" : `    ${text}\n`)).join("");
}

/** What runs a scenario alone. A name that some shell would read in its own way is left out: then its file runs. */
function commandFor(file: string, scenario: string, on: Outcome["on"]): string {
  const filter = /["$`\\!%]/.test(scenario) ? "" : ` --filter "${printable(scenario)}"`;
  return `thimble test ${shellWord(file)}${filter}${on === "sim" ? "" : ` --on ${on}`}`;
}

function totals(outcomes: readonly Outcome[], { style }: FrameOptions): string {
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const where = outcomes[0]?.on === "emu" ? "on the emulated Pico" : "in the simulator";
  const time = `${span(sum(({ virtualUs }) => virtualUs))} ${where} in ${milliseconds(sum(({ wallMs }) => wallMs))}`;
  const counts = [
    style.green(`${outcomes.length - failed} passed`),
    ...(failed === 0 ? [] : [style.red(`${failed} failed`)]),
  ];
  return `${plural(outcomes.length, "scenario")}: ${counts.join(", ")}; ${time}`;
}

function milliseconds(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
