import type { Outcome, Reporter } from "../outcome.js";

/** JUnit's XML, as Jenkins and its like read it: a suite a file, a case a scenario. Times are those of the machine, in seconds. */
export function junitReporter(): Reporter {
  return { begin: () => "", add: () => "", end: document };
}

function document(outcomes: readonly Outcome[]): string {
  const files = [...new Set(outcomes.map(({ file }) => file))];
  const suites = files.map((file) =>
    suite(
      file,
      outcomes.filter((outcome) => outcome.file === file),
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="thimble"${totals(outcomes)}>`,
    ...suites.flat(),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(file: string, outcomes: readonly Outcome[]): string[] {
  return [
    `  <testsuite name="${attribute(file)}"${totals(outcomes)}>`,
    ...outcomes.flatMap(testCase),
    "  </testsuite>",
  ];
}

function totals(outcomes: readonly Outcome[]): string {
  const failures = outcomes.filter(({ failure }) => failure !== undefined).length;
  const wallMs = outcomes.reduce((sum, outcome) => sum + outcome.wallMs, 0);
  return ` tests="${outcomes.length}" failures="${failures}" errors="0" time="${seconds(wallMs)}"`;
}

function testCase({ file, app, scenario, wallMs, failure }: Outcome): string[] {
  const start = `    <testcase name="${attribute(scenario)}" classname="${attribute(app)}" time="${seconds(wallMs)}"`;
  if (failure === undefined) return [`${start}/>`];
  const { line, column, statement, message, seen, events } = failure;
  const text = [`${file}:${line}:${column}: ${statement}`, `${message}: ${seen}`, ...events];
  return [
    `${start}>`,
    `      <failure type="expectation" message="${attribute(`${message}: ${seen}`)}">${text.map(content).join("\n")}</failure>`,
    "    </testcase>",
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Without what XML 1.0 does not allow in any form: control characters and halves of surrogate pairs. */
function allowed(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");
}

function content(text: string): string {
  return allowed(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(text: string): string {
  return content(text)
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (blank) => `&#${blank.charCodeAt(0)};`);
}
