import type { Diagnostic } from "../../runtime/document/diagnostic.js";

/** Turns offsets of one file into places of diagnostics. */
export class Source {
  private readonly lineStarts: number[] = [0];

  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1))
      this.lineStarts.push(at + 1);
  }

  /** A diagnostic about `start` to `end`, cut at the end of the line it starts in. */
  report(
    severity: Diagnostic["severity"],
    code: string,
    start: number,
    end: number,
    message: string,
    hint: string,
  ): Diagnostic {
    const line = this.lineAt(start);
    const lineStart = this.lineStarts[line]!;
    const next = this.lineStarts[line + 1] ?? this.text.length + 1;
    const lineEnd = Math.max(start, next - 1 - (this.text.charAt(next - 2) === "\r" ? 1 : 0));
    const length = Math.max(1, Math.min(end, lineEnd) - start);
    return {
      severity,
      code,
      message,
      file: this.file,
      line: line + 1,
      column: start - lineStart + 1,
      length,
      // The tables leave the full stop to this place.
      hint: `${hint}.`,
    };
  }

  slice(place: { readonly start: number; readonly end: number }): string {
    return this.text.slice(place.start, place.end);
  }

  private lineAt(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
