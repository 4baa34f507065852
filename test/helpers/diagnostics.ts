import type { Diagnostic } from "../../runtime/document/diagnostic.js";

/** One diagnostic in two lines of a golden file. */
export function diagnosticText(diagnostic: Diagnostic): string {
  const { severity, code, message, file, line, column, length, hint } = diagnostic;
  const place = `${file ?? "?"}:${line ?? "?"}:${column ?? "?"}+${length ?? "?"}`;
  return `${place} ${severity} ${code}\n  ${message}\n  ${hint ?? ""}\n`;
}

/** A case of a golden file: its title, what was read, and what was said about it. */
export function goldenCase(
  title: string,
  input: string,
  diagnostics: readonly Diagnostic[],
): string {
  const lines = input.split("\n").map((line) => (line === "" ? "|" : `| ${line}`));
  const findings =
    diagnostics.length === 0 ? "(nothing)\n" : diagnostics.map(diagnosticText).join("");
  return `=== ${title}\n${lines.join("\n")}\n${findings}\n`;
}
