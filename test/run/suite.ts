import { inspect } from "node:util";
import { run } from "node:test";
import { print, row } from "./print.js";
import type { Suite } from "./suites.js";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** "suite: test (why)" of each test that was skipped. */
  readonly skipped: readonly string[];
}

/** Test files of a suite that run at a time, each in a process of its own. */
const concurrency = 2;

/** Runs a suite, each file in a process of its own, and prints one line, then what failed. */
export async function runSuite({ name, files }: Suite): Promise<Tally> {
  const startMs = performance.now();
  const stream = run({ files: [...files], concurrency });
  const notes: string[] = [];
  const failures: string[] = [];
  const skipped: string[] = [];
  let passed = 0;
  stream.on("test:pass", ({ name: test, skip, details }) => {
    if (details.type === "suite") return;
    if (skip === undefined || skip === false) passed++;
    else skipped.push(`${name}: ${test} (${skip === true ? "no reason given" : skip})`);
  });
  stream.on("test:fail", ({ name: test, file, line, details }) => {
    if (details.type === "suite") return;
    failures.push(`FAILED ${test}\n  ${file ?? name}:${line ?? 1}\n${errorText(details.error)}`);
  });
  stream.on("test:stdout", ({ message }) => notes.push(message));
  stream.on("test:stderr", ({ message }) => notes.push(message));
  for await (const _ of stream);
  const outcome = [
    `${passed} passed`,
    ...(failures.length > 0 ? [`${failures.length} FAILED`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
  ].join(", ");
  print(row(name, outcome, startMs));
  for (const note of notes) print(`  ${note.trimEnd().replaceAll("\n", "\n  ")}`);
  for (const failure of failures) print(failure);
  if (failures.length > 0) print(`  to run it alone: npm test -- ${name}`);
  return { passed, failed: failures.length, skipped };
}

function errorText(error: Error): string {
  const cause = error.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  const ours = text.split("\n").filter((line) => !/^ +at .*[( ]node:/.test(line));
  return ours.map((line) => `    ${line}`).join("\n");
}
