/** A finding about something a person wrote. Diagnostics are data; only the CLI renders them. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** A stable name for the kind of finding, kebab-case: `unknown-field`, `language-async`. */
  readonly code: string;
  /** What is wrong, one sentence without a full stop at its end. */
  readonly message: string;
  /** The file as the user named it, or undefined when the finding is about no file. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
  /** UTF-16 code units from `column` on that the finding is about. */
  readonly length?: number;
  /** What to do instead, one sentence. */
  readonly hint?: string;
}

/** Thrown where a stage cannot go on. `diagnostics` holds at least one error. */
export class DiagnosticError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(
      diagnostics
        .map(
          (d) =>
            [d.file, d.line, d.column].filter((x) => x !== undefined).join(":") + " " + d.message,
        )
        .join("\n"),
    );
    this.name = "DiagnosticError";
  }
}

/** True if any of the diagnostics is an error. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}
