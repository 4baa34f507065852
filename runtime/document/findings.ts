import type { Diagnostic } from "./diagnostic.js";
import type { Place } from "./node.js";

/** What comes after this many findings in one file is left out: nobody reads it, and hostile files stay cheap. */
export const mostFindings = 100;

/** Collects what is wrong with one file, up to a bound. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];

  /** `file` is the name the user gave. */
  constructor(readonly file: string) {}

  error(place: Place, code: string, message: string, hint: string): void {
    this.add("error", place, code, message, hint);
  }

  warning(place: Place, code: string, message: string, hint: string): void {
    this.add("warning", place, code, message, hint);
  }

  private add(
    severity: "error" | "warning",
    place: Place,
    code: string,
    message: string,
    hint: string,
  ): void {
    if (this.diagnostics.length >= mostFindings) return;
    const { line, column, length } = place;
    this.diagnostics.push({ severity, code, message, file: this.file, line, column, length, hint });
  }
}
