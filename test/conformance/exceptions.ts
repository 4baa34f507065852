import { readFileSync } from "node:fs";
import { packagePath } from "../helpers/root.js";
import type { Result } from "./run.js";

/** Commands of a file that native code cannot pass, and why. */
export interface Exception {
  readonly file: string;
  /** Of commands; that of a module stands for all commands about it too. */
  readonly lines: readonly number[];
  /** Only commands about these functions. */
  readonly functions?: readonly string[];
  readonly reason: string;
}

const path = "test/conformance/exceptions.json";

export const exceptions = JSON.parse(
  readFileSync(packagePath(...path.split("/")), "utf8"),
) as readonly Exception[];

function covers({ lines, functions }: Exception, result: Result): boolean {
  if (functions) {
    const isNamed = result.function !== undefined && functions.includes(result.function);
    return isNamed && lines.includes(result.moduleLine);
  }
  return lines.includes(result.line) || lines.includes(result.moduleLine);
}

/** What of a file's results is not as the exceptions say: what reruns it alone, and what is wrong. */
export function unexpected(
  file: string,
  results: readonly Result[],
  list: readonly Exception[] = exceptions,
): string[] {
  const own = list.filter((item) => item.file === file);
  const judged = results.filter(({ verdict }) => verdict !== "not applicable");
  const problems = judged.flatMap((result) => {
    const { line, command, verdict, reason } = result;
    const isException = own.some((item) => covers(item, result));
    if (isException === (verdict !== "passed")) return [];
    const what = isException ? `passed, but ${path} has it` : `${verdict}: ${reason}`;
    return [`${file}:${line}: ${command} ${what}`];
  });
  const idle = own.flatMap((item) =>
    item.lines
      .filter((line) => !judged.some((result) => covers({ ...item, lines: [line] }, result)))
      .map((line) => `${file}:${line}: ${path} has it, but there is nothing`),
  );
  return [...problems, ...idle];
}
