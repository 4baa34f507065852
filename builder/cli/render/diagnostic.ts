import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import type { Style } from "./style.js";
import { printable, textWidth } from "./width.js";

/** How a diagnostic is laid out. */
export interface FrameOptions {
  readonly style: Style;
  /** The text of a file by the name a diagnostic gives it, to show the line; undefined if it is not to be had. */
  readonly source: (file: string) => string | undefined;
  /** Columns of the output. Long source lines are cut around the place. */
  readonly columns: number;
}

/** One diagnostic as text of one or more lines: place and message, the source line with a caret, the hint. */
export function renderDiagnostic(diagnostic: Diagnostic, options: FrameOptions): string {
  const { style } = options;
  const severity = diagnostic.severity === "error" ? style.red("error:") : style.yellow("warning:");
  const place = [diagnostic.file, diagnostic.line, diagnostic.column]
    .filter((part) => part !== undefined)
    .join(":");
  const lines = [
    `${place === "" ? "" : style.bold(printable(place)) + ": "}${severity} ${printable(diagnostic.message)}`,
  ];
  lines.push(...sourceFrame(diagnostic, options));
  if (diagnostic.hint !== undefined)
    lines.push(`  ${style.cyan("hint:")} ${printable(diagnostic.hint)}`);
  return lines.join("\n");
}

/** All diagnostics, then a line that counts them. Empty if there are none. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: FrameOptions,
): string {
  if (diagnostics.length === 0) return "";
  const errors = diagnostics.filter((d) => d.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counts = [
    errors > 0 ? plural(errors, "error") : "",
    warnings > 0 ? plural(warnings, "warning") : "",
  ].filter((c) => c !== "");
  const texts = diagnostics.map((d) => renderDiagnostic(d, options) + "\n");
  if (diagnostics.length > 1) texts.push(options.style.dim(counts.join(", ")) + "\n");
  return texts.join("\n");
}

/** "1 error", "2 errors". */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

function sourceFrame(diagnostic: Diagnostic, { source, style, columns }: FrameOptions): string[] {
  if (diagnostic.file === undefined || diagnostic.line === undefined) return [];
  const text = source(diagnostic.file);
  const line = text?.split(/\r\n|\n|\r/, diagnostic.line)[diagnostic.line - 1];
  if (line === undefined) return [];
  const number = String(diagnostic.line);
  const gutter = " ".repeat(number.length);
  const room = Math.max(20, columns - number.length - 6);
  const start = Math.min((diagnostic.column ?? 1) - 1, line.length);
  const length = Math.max(1, Math.min(diagnostic.length ?? 1, line.length - start));
  // Counted in code units, as the diagnostic does, but cut where the terminal's columns end.
  const first = start + length <= room ? 0 : Math.max(0, start - Math.floor(room / 3));
  const before = show(line.slice(first, start));
  const shown = before + show(line.slice(start, first + room));
  const frame = [
    `  ${style.dim(`${number} |`)} ${first > 0 ? "…" : ""}${shown.trimEnd()}${line.length > first + room ? "…" : ""}`,
  ];
  if (diagnostic.column !== undefined) {
    const blanks = " ".repeat(textWidth(before) + (first > 0 ? 1 : 0));
    const marked = Math.max(
      1,
      textWidth(show(line.slice(start, Math.min(start + length, first + room)))),
    );
    const mark = "^".repeat(marked);
    frame.push(
      `  ${style.dim(`${gutter} |`)} ${blanks}${diagnostic.severity === "error" ? style.red(mark) : style.yellow(mark)}`,
    );
  }
  return frame;
}

/** A tab takes two columns wherever it stands, so that the caret below is right. */
function show(text: string): string {
  return printable(text.replaceAll("\t", "  "));
}
