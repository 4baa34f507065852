import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import type { ExitCode } from "./failure.js";
import type { Host } from "./host.js";
import { showBusy } from "./render/busy.js";
import { renderDiagnostics } from "./render/diagnostic.js";
import { wantsColour, plain, colours, type Style } from "./render/style.js";

/**
 * What a command tells: text for people (results on standard output, findings on standard error), or with `--json`
 * one document on standard output when the command ends.
 */
export class Report {
  readonly style: Style;
  readonly #diagnostics: Diagnostic[] = [];
  #told = false;
  #data: Readonly<Record<string, unknown>> = {};
  /** The files that were read for it of what the user has written, there or not, absolute. */
  readonly inputs = new Set<string>();

  /** @param source the text of a file by the name that diagnostics give it */
  constructor(
    readonly host: Host,
    readonly command: string,
    readonly json: boolean,
    public source: (file: string) => string | undefined = () => undefined,
  ) {
    this.style = wantsColour(host.out.isTerminal, host.env) ? colours : plain;
  }

  get failed(): boolean {
    return hasError(this.#diagnostics);
  }

  /** Shows findings now, with their source lines. */
  diagnose(diagnostics: readonly Diagnostic[]): void {
    this.#diagnostics.push(...diagnostics);
    if (this.json || diagnostics.length === 0) return;
    const { err, env } = this.host;
    if (this.#told) err.write("\n");
    this.#told = true;
    const style = wantsColour(err.isTerminal, env) ? colours : plain;
    err.write(
      renderDiagnostics(diagnostics, {
        style,
        source: this.source,
        columns: Math.min(err.columns, 120),
      }),
    );
  }

  /** Says on a terminal what takes a moment, until the returned function wipes it away. */
  busy(text: string): () => void {
    return showBusy(this.host.err, text);
  }

  /** A line of the result. */
  line(text = ""): void {
    if (!this.json) this.host.out.write(text + "\n");
  }

  /** Adds members to the document of `--json`. */
  data(members: Readonly<Record<string, unknown>>): void {
    this.#data = { ...this.#data, ...members };
  }

  /** Writes the document of `--json`. Nothing is reported after it. */
  end(exitCode: ExitCode): void {
    if (!this.json) return;
    const document = {
      command: this.command,
      ok: exitCode === 0,
      exitCode,
      diagnostics: this.#diagnostics,
      ...this.#data,
    };
    this.host.out.write(JSON.stringify(document, null, 2) + "\n");
  }
}

/** Keeps what is told: for work beside a view that must not be disturbed. */
export class SilentReport extends Report {
  readonly findings: Diagnostic[] = [];

  constructor(host: Host) {
    super(host, "", false);
  }

  override diagnose(diagnostics: readonly Diagnostic[]): void {
    this.findings.push(...diagnostics);
  }

  override busy(): () => void {
    return () => undefined;
  }

  override line(): void {}
}
