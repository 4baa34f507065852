import type { Result, Verdict } from "./run.js";

/** Commands of a script by what became of them. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
  readonly notApplicable: number;
}

export function countsOf(results: readonly Result[]): Counts {
  const count = (wanted: Verdict): number =>
    results.filter(({ verdict }) => verdict === wanted).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    refused: count("refused"),
    notApplicable: count("not applicable"),
  };
}

/** A table in Markdown, files in the order of the map; what is refused or fails is an exception, or the test of the file has failed. */
export function countsTable(files: ReadonlyMap<string, Counts>): string {
  const rows = [...files].map(([name, counts]) => [name, ...cells(counts)]);
  const sum = (pick: (counts: Counts) => number): number =>
    [...files.values()].reduce((total, counts) => total + pick(counts), 0);
  const all = {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    refused: sum(({ refused }) => refused),
    notApplicable: sum(({ notApplicable }) => notApplicable),
  };
  const lines = [
    ["file", "passed", "exceptions", "not applicable"],
    ["---", "---:", "---:", "---:"],
    ...rows,
    ["all", ...cells(all)],
  ];
  return lines.map((line) => `| ${line.join(" | ")} |\n`).join("");
}

function cells({ passed, failed, refused, notApplicable }: Counts): string[] {
  return [passed, failed + refused, notApplicable].map(String);
}
