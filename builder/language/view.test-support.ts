import type { Diagnostic } from "../../runtime/document/diagnostic.js";

/** One case of a golden file: each line that a finding is about with a caret under its place, then what is said. */
export function sourceView(
  title: string,
  source: string,
  diagnostics: readonly Diagnostic[],
): string {
  const lines = source.split("\n");
  const findings = diagnostics.map(({ severity, code, message, line, column, length, hint }) => {
    const text = lines[line! - 1]!;
    const caret = " ".repeat(column! - 1) + "^".repeat(length!);
    return `${String(line).padStart(4)} | ${text}\n     | ${caret}\n       ${severity} ${code}: ${message}\n       ${hint ?? ""}\n`;
  });
  return `=== ${title}\n${findings.join("")}`;
}
