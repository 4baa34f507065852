import type { Diagnostic } from "./diagnostic.js";
import { Findings } from "./findings.js";
import { foreignWords, isQuote, numberHint } from "./habits.js";
import type { JsonMember, JsonNode, JsonString, Place } from "./node.js";
import { joinPath, quote } from "./words.js";

/** Longest document in UTF-16 code units, and deepest nesting of objects and arrays. */
export const longestDocument = 1_048_576;
export const deepestNesting = 32;

/**
 * Parses JSON (RFC 8259). A byte order mark at the start is skipped. `value` is there unless the text is
 * not JSON, is too long or too deep; the first such fault is reported. Keys that stand twice in one object are
 * reported beside the value, which keeps both.
 */
export function parseJson(
  text: string,
  file: string,
): { value?: JsonNode; diagnostics: Diagnostic[] } {
  const parser = new Parser(text, file);
  const { diagnostics } = parser.findings;
  try {
    return { value: parser.document(), diagnostics };
  } catch (error) {
    if (error !== stopped) throw error;
    return { diagnostics };
  }
}

/** Thrown inside the parser only, after the fault has been recorded. */
const stopped = new Error("stopped at the first fault");

interface Mark {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

const literals: Readonly<Record<string, true | false | null>> = {
  true: true,
  false: false,
  null: null,
};

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Parser {
  readonly findings: Findings;
  private offset = 0;
  private line = 1;
  private lineStart = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    file: string,
  ) {
    this.findings = new Findings(file);
    if (text.startsWith("\uFEFF")) this.offset = this.lineStart = 1;
  }

  document(): JsonNode {
    if (this.text.length > longestDocument) {
      this.fail(
        this.mark(),
        0,
        `the file has ${this.text.length} characters, more than ${longestDocument}`,
        "Split it, or drop what is not needed.",
      );
    }
    this.skipBlank();
    if (this.offset === this.text.length) {
      this.fail(this.mark(), 0, "the file is empty", "Write a JSON object: { … }.");
    }
    const value = this.value("");
    this.skipBlank();
    if (this.offset < this.text.length) {
      const hint = /[}\]]/.test(this.peek())
        ? "Remove it, or the one too many before it."
        : "Remove it; the document ends where its first value is closed.";
      this.fail(this.mark(), 1, `${quote(this.peek())} stands after the end of the document`, hint);
    }
    return value;
  }

  private value(path: string): JsonNode {
    const character = this.peek();
    if (character === "{") return this.nested(() => this.object(path));
    if (character === "[") return this.nested(() => this.array(path));
    if (character === '"') return this.string();
    if (/[-0-9]/.test(character)) return this.number();
    return this.word();
  }

  private nested(parse: () => JsonNode): JsonNode {
    if (++this.depth > deepestNesting) {
      this.fail(
        this.mark(),
        1,
        `objects and lists are nested more than ${deepestNesting} deep`,
        "Flatten the document.",
      );
    }
    const node = parse();
    this.depth--;
    return node;
  }

  private object(path: string): JsonNode {
    const start = this.mark();
    const members: JsonMember[] = [];
    const lines = new Map<string, number>();
    this.offset++;
    this.skipBlank();
    while (this.peek() !== "}") {
      const member = this.member(path);
      const first = lines.get(member.key);
      if (first === undefined) lines.set(member.key, member.keyPlace.line);
      else this.duplicate(member, path, first);
      members.push(member);
      this.separator(start, "}");
    }
    this.offset++;
    return { kind: "object", place: this.placeFrom(start), members };
  }

  private duplicate(member: JsonMember, path: string, firstLine: number): void {
    const where = path === "" ? "" : ` in ${path}`;
    const message = `${quote(member.key)} is given twice${where}`;
    this.findings.error(
      member.keyPlace,
      "duplicate-field",
      message,
      `The first one is in line ${firstLine}; remove or rename one of them.`,
    );
  }

  private member(path: string): JsonMember {
    if (this.offset >= this.text.length) this.unfinished();
    if (this.peek() !== '"') this.badKey();
    const key = this.string();
    this.skipBlank();
    if (this.peek() !== ":") {
      const hint =
        this.peek() === "="
          ? "Write a colon instead of =."
          : `Write ${quote(key.value)}: and then the value.`;
      this.fail(this.mark(), 1, `a colon is missing after ${quote(key.value)}`, hint);
    }
    this.offset++;
    this.skipBlank();
    return { key: key.value, keyPlace: key.place, value: this.value(joinPath(path, key.value)) };
  }

  private array(path: string): JsonNode {
    const start = this.mark();
    const items: JsonNode[] = [];
    this.offset++;
    this.skipBlank();
    while (this.peek() !== "]") {
      items.push(this.value(`${path}[${items.length}]`));
      this.separator(start, "]");
    }
    this.offset++;
    return { kind: "array", place: this.placeFrom(start), items };
  }

  /** Between two entries, or before the closing bracket: leaves the parser at the next entry or at the bracket. */
  private separator(start: Mark, close: string): void {
    const valueEnd = this.mark();
    this.skipBlank();
    const next = this.peek();
    if (next === close) return;
    if (next === "") this.unclosed(start, close);
    if (next !== ",") {
      if (/[}\]]/.test(next)) {
        const opened = `the ${close === "}" ? "{" : "["} of line ${start.line}`;
        this.fail(
          this.mark(),
          1,
          `${next} closes ${opened}`,
          `Write ${close} here, or close ${opened} before.`,
        );
      }
      this.fail(valueEnd, 0, "a comma is missing here", "Write a comma between two entries.");
    }
    const comma = this.mark();
    this.offset++;
    this.skipBlank();
    if (this.peek() === close)
      this.fail(
        comma,
        1,
        `a comma stands before ${close}`,
        "Remove it; JSON has no comma after the last entry.",
      );
    if (this.peek() === ",")
      this.fail(this.mark(), 1, "two commas follow each other", "Remove one of them.");
    if (this.peek() === "") this.unclosed(start, close);
  }

  private string(): JsonString {
    const start = this.mark();
    let value = "";
    this.offset++;
    for (;;) {
      const from = this.offset;
      while (isPlain(this.peek())) this.offset++;
      value += this.text.slice(from, this.offset);
      const character = this.peek();
      if (character === '"') break;
      if (character === "\\") value += this.escape();
      else if (character === "" || /[\n\r]/.test(character)) {
        const length = this.offset - start.offset;
        this.fail(
          start,
          length,
          "this text is not closed on its line",
          'Write " at its end; write \\n for a line break inside.',
        );
      } else {
        const hint = character === "\t" ? "Write \\t instead." : "Remove it.";
        this.fail(this.mark(), 1, "a text holds a control character", hint);
      }
    }
    this.offset++;
    return { kind: "string", place: this.placeFrom(start), value };
  }

  private escape(): string {
    const start = this.mark();
    const letter = this.text[this.offset + 1] ?? "";
    const hex = /^[0-9a-fA-F]{4}$/.exec(this.text.slice(this.offset + 2, this.offset + 6));
    if (letter === "u" && hex !== null) {
      this.offset += 6;
      return String.fromCharCode(parseInt(hex[0], 16));
    }
    const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (plain === undefined) {
      const hint =
        letter === "u"
          ? "Write \\u and four hexadecimal digits."
          : "Write \\\\ for a backslash; in paths write /.";
      this.fail(start, 2, `\\${letter} means nothing in JSON`, hint);
    }
    this.offset += 2;
    return plain;
  }

  private number(): JsonNode {
    const start = this.mark();
    const written = this.take(/[-+.\w]+/y);
    const text = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.exec(written)?.[0];
    if (text === undefined)
      this.fail(start, written.length, `${written} is no number in JSON`, numberHint(written));
    const value = Number(text);
    if (!Number.isFinite(value))
      this.fail(start, text.length, `${text} is too large a number`, "Write a number below 1e308.");
    return { kind: "number", place: this.placeFrom(start), value, text };
  }

  private word(): JsonNode {
    const start = this.mark();
    const word = this.take(/[\p{L}_$][\p{L}\p{N}_$.-]*/uy);
    if (Object.hasOwn(literals, word)) {
      const place = this.placeFrom(start);
      const value = literals[word]!;
      return value === null ? { kind: "null", place, value } : { kind: "boolean", place, value };
    }
    if (word !== "") {
      const hint = Object.hasOwn(foreignWords, word)
        ? foreignWords[word]!
        : `Write ${quote(word)}, with the quotes`;
      this.fail(start, word.length, `${word} is no value in JSON`, `${hint}.`);
    }
    const character = this.peek();
    if (character === "") this.unfinished();
    if (isQuote(character)) this.foreignQuote(start);
    if (/[+.]/.test(character)) {
      const written = this.take(/[-+.\w]+/y);
      this.fail(start, written.length, `${written} is no number in JSON`, numberHint(written));
    }
    this.fail(
      start,
      1,
      `a value is missing before ${quote(character)}`,
      "Write a text, a number, true, false, null, { … } or [ … ].",
    );
  }

  private badKey(): never {
    const start = this.mark();
    const word = this.take(/[\p{L}\p{N}_$-]+/uy);
    if (word !== "")
      this.fail(start, word.length, `${word} stands without quotes`, `Write ${quote(word)}.`);
    if (this.peek() === "'")
      this.fail(start, 1, "JSON has no text in '", 'Write double quotes: "…".');
    this.fail(
      start,
      1,
      `a field name is expected here, not ${quote(this.peek())}`,
      'Write "name": value.',
    );
  }

  private foreignQuote(start: Mark): never {
    this.fail(start, 1, `JSON has no text in ${this.peek()}`, 'Write straight double quotes: "…".');
  }

  private unclosed(start: Mark, close: string): never {
    const what = close === "}" ? "{" : "[";
    this.fail(
      start,
      1,
      `the ${what} of line ${start.line} is never closed`,
      `Write ${close} where it ends.`,
    );
  }

  private unfinished(): never {
    this.fail(
      this.mark(),
      0,
      "the file ends in the middle of the document",
      "Write the rest, up to the last }.",
    );
  }

  /** Blanks and line breaks; refuses comments, which people write from habit. */
  private skipBlank(): void {
    for (;;) {
      const character = this.peek();
      if (character === "\n" || character === "\r") {
        this.offset += this.text.startsWith("\r\n", this.offset) ? 2 : 1;
        this.line++;
        this.lineStart = this.offset;
      } else if (character === " " || character === "\t") this.offset++;
      else break;
    }
    const start = this.mark();
    const comment = this.take(/\/\/[^\n\r]*|\/\*[^\n\r]*?(\*\/|(?=[\n\r]|$))|#[^\n\r]*/y);
    if (comment !== "")
      this.fail(
        start,
        comment.length,
        "JSON has no comments",
        "Remove it; README.md is the place for notes.",
      );
  }

  /** The character here, or the empty text at the end. */
  private peek(): string {
    return this.text[this.offset] ?? "";
  }

  /** What the sticky `pattern` matches here, which is skipped. */
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.offset;
    const taken = pattern.exec(this.text)?.[0] ?? "";
    this.offset += taken.length;
    return taken;
  }

  private mark(): Mark {
    return { offset: this.offset, line: this.line, column: this.offset - this.lineStart + 1 };
  }

  private placeFrom(start: Mark): Place {
    return { ...start, length: this.offset - start.offset };
  }

  private fail(start: Mark, length: number, message: string, hint: string): never {
    this.findings.error({ ...start, length }, "malformed-json", message, hint);
    throw stopped;
  }
}

/** True for a character that stands for itself inside a text. */
function isPlain(character: string): boolean {
  return character >= " " && character !== '"' && character !== "\\";
}
