import { span } from "../../render/time.js";
import { printable } from "../../render/width.js";
import type { Outcome, Reporter } from "../outcome.js";

/** TAP version 14 (testanything.org): a test point a scenario, with a YAML block of what is known about it. */
export function tapReporter(): Reporter {
  let number = 0;
  return {
    begin: (names) => `TAP version 14\n1..${names.length}\n`,
    add: (outcome) => testPoint(++number, outcome),
    end: () => "",
  };
}

function testPoint(number: number, outcome: Outcome): string {
  const { file, line, scenario, on, virtualUs, wallMs, failure } = outcome;
  const status = failure === undefined ? "ok" : "not ok";
  const facts = [
    ...(failure === undefined
      ? []
      : [`message: ${text(failure.message)}`, "severity: fail", `seen: ${text(failure.seen)}`]),
    "at:",
    `  file: ${text(file)}`,
    `  line: ${failure?.line ?? line}`,
    ...(failure === undefined ? [] : [`  column: ${failure.column}`]),
    ...(failure === undefined ? [] : [`statement: ${text(failure.statement)}`]),
    `device: ${on}`,
    `virtual: ${text(span(virtualUs))}`,
    `duration_ms: ${wallMs}`,
    ...(failure === undefined || failure.events.length === 0
      ? []
      : ["events:", ...failure.events.map((event) => `  - ${text(event)}`)]),
  ];
  const block = ["---", ...facts, "..."].map((fact) => `  ${fact}\n`).join("");
  return `${status} ${number} - ${description(`${file}: ${scenario}`)}\n${block}`;
}

/** A hash would start a directive; TAP 14 escapes it. */
function description(words: string): string {
  return printable(words).replace(/[\\#]/g, "\\$&");
}

/** JSON's strings are YAML's, once all that does not print is gone. */
function text(words: string): string {
  return JSON.stringify(printable(words));
}
