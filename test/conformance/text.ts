/** A node of a script: a list in parentheses, a word, or a string in quotes. */
export type Node = List | Word | Text;

interface Place {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export type List = Place & { readonly kind: "list"; readonly items: readonly Node[] };
export type Word = Place & { readonly kind: "word"; readonly text: string };
export type Text = Place & { readonly kind: "text"; readonly bytes: Uint8Array };

/** Spaces and comments; what the text format ignores. Block comments nest and are found by hand. */
const blank = /[ \t\r\n]+|;;[^\n]*/y;
const word = /[^\s"();]+/y;

/** Reads the S-expressions of a script. Throws a SyntaxError with the line where it is none. */
export function readNodes(source: string): Node[] {
  const reader = new Reader(source);
  const nodes: Node[] = [];
  for (let node = reader.next(); node; node = reader.next()) nodes.push(node);
  return nodes;
}

class Reader {
  private at = 0;
  private line = 1;
  private counted = 0;

  constructor(private readonly source: string) {}

  /** The next node; undefined at the end of the text. Lists are gathered on a stack of their own. */
  next(): Node | undefined {
    const open: { line: number; start: number; items: Node[] }[] = [];
    for (;;) {
      this.skipBlank();
      if (this.at === this.source.length) {
        if (open.length > 0) throw this.error("the text ends in a list");
        return undefined;
      }
      const character = this.source[this.at];
      let node: Node;
      if (character === "(") {
        open.push({ line: this.lineHere(), start: this.at++, items: [] });
        continue;
      }
      if (character === ")") {
        const list = open.pop();
        if (!list) throw this.error("a list ends that never began");
        node = { kind: "list", ...list, end: ++this.at };
      } else node = character === '"' ? this.text() : this.word();
      const around = open.at(-1);
      if (!around) return node;
      around.items.push(node);
    }
  }

  private skipBlank(): void {
    for (;;) {
      blank.lastIndex = this.at;
      if (blank.test(this.source)) this.at = blank.lastIndex;
      else if (this.source.startsWith("(;", this.at)) this.skipBlockComment();
      else return;
    }
  }

  private skipBlockComment(): void {
    let depth = 0;
    do {
      if (this.source.startsWith("(;", this.at)) depth++;
      else if (this.source.startsWith(";)", this.at)) depth--;
      else {
        if (this.at === this.source.length) throw this.error("the text ends in a comment");
        this.at++;
        continue;
      }
      this.at += 2;
    } while (depth > 0);
  }

  private word(): Word {
    const line = this.lineHere();
    const start = this.at;
    word.lastIndex = start;
    // Annotations may hold characters that stand for nothing.
    this.at = word.test(this.source) ? word.lastIndex : start + 1;
    // A name may be written as a string: $"a name".
    if (this.source[this.at] === '"' && this.at === start + 1) this.text();
    return { kind: "word", text: this.source.slice(start, this.at), line, start, end: this.at };
  }

  private text(): Text {
    const line = this.lineHere();
    const start = this.at++;
    const bytes: number[] = [];
    while (this.source[this.at] !== '"') {
      const code = this.source.codePointAt(this.at);
      if (code === undefined) throw this.error("the text ends in a string");
      if (code === 0x5c) this.escape(bytes);
      else {
        const character = String.fromCodePoint(code);
        bytes.push(...new TextEncoder().encode(character));
        this.at += character.length;
      }
    }
    this.at++;
    return { kind: "text", bytes: Uint8Array.from(bytes), line, start, end: this.at };
  }

  private escape(bytes: number[]): void {
    const rest = this.source.slice(this.at + 1, this.at + 12);
    const unicode = /^u\{([\da-f_]+)\}/i.exec(rest);
    const hex = /^[\da-f]{2}/i.exec(rest);
    if (unicode) {
      const character = String.fromCodePoint(parseInt(unicode[1]!.replaceAll("_", ""), 16));
      bytes.push(...new TextEncoder().encode(character));
      this.at += 1 + unicode[0].length;
    } else if (hex) {
      bytes.push(parseInt(hex[0], 16));
      this.at += 3;
    } else {
      const character = rest[0] ?? "";
      bytes.push((escapes[character] ?? character).charCodeAt(0));
      this.at += 2;
    }
  }

  /** The line of the place that has been reached, which only grows. */
  private lineHere(): number {
    for (; this.counted < this.at; this.counted++)
      if (this.source[this.counted] === "\n") this.line++;
    return this.line;
  }

  private error(message: string): SyntaxError {
    return new SyntaxError(`line ${this.lineHere()}: ${message}`);
  }
}

const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };
