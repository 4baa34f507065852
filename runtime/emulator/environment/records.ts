import { DiagnosticError } from "../../document/diagnostic.js";

export interface CsvField {
  /** Without quotes. */
  readonly text: string;
  /** 1-based, where the field starts. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** UTF-16 code units, with quotes, at most up to the end of its first line. */
  readonly length: number;
}

export interface CsvRecord {
  /** At least one. */
  readonly fields: readonly CsvField[];
}

/**
 * The records of a CSV text as RFC 4180 defines them, one at a time. Lines may end in CR LF, LF or CR; a byte order
 * mark and empty lines are skipped. Throws a DiagnosticError where a quote does not end.
 */
export function* parseRecords(text: string, file: string): Generator<CsvRecord, undefined> {
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  let lineStart = offset;
  let fields: CsvField[] = [];
  while (offset < text.length) {
    const start = offset;
    const field = text[offset] === '"' ? quotedField(text, offset) : plainField(text, offset);
    const column = start - lineStart + 1;
    if (!field) throw unended(file, line, column);
    fields.push({ text: field.text, line, column, length: field.firstLineEnd - start });
    for (let at = start; at < field.end; at++)
      if (text[at] === "\n") [line, lineStart] = [line + 1, at + 1];
    offset = field.end;
    if (text[offset] === ",") {
      offset++;
      // A comma that ends the text is followed by one more, empty field.
      if (offset < text.length) continue;
      fields.push({ text: "", line, column: offset - lineStart + 1, length: 0 });
    } else {
      offset += text.startsWith("\r\n", offset) ? 2 : 1;
    }
    if (fields.length > 1 || fields[0]?.length !== 0) yield { fields };
    fields = [];
    line++;
    lineStart = offset;
  }
  return undefined;
}

interface Scanned {
  readonly text: string;
  /** Offset of the comma, line end or end of text behind the field. */
  readonly end: number;
  readonly firstLineEnd: number;
}

function plainField(text: string, start: number): Scanned {
  let end = start;
  while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++;
  return { text: text.slice(start, end), end, firstLineEnd: end };
}

/** What stands between the closing quote and the next comma belongs to the value, as lenient readers have it. */
function quotedField(text: string, start: number): Scanned | undefined {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return undefined;
  const tail = plainField(text, close + 1);
  const newline = text.indexOf("\n", start);
  return {
    text: text.slice(start + 1, close).replaceAll('""', '"') + tail.text,
    end: tail.end,
    firstLineEnd: newline < 0 ? tail.end : Math.min(tail.end, newline),
  };
}

function isDelimiter(code: number): boolean {
  return code === 0x2c || code === 0x0a || code === 0x0d;
}

function unended(file: string, line: number, column: number): DiagnosticError {
  return new DiagnosticError([
    {
      severity: "error",
      code: "csv-quote",
      message: "this quote does not end",
      file,
      line,
      column,
      hint: 'Add the closing `"`; a quote inside a quoted value is written twice.',
    },
  ]);
}
