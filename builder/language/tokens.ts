/**
 * An exact tokenizer for TypeScript source, linear in its length. It never throws: what it cannot read becomes an
 * `unknown` token, and what is left open at the end of the file is reported in `unfinished`.
 */

export type TokenKind =
  | "identifier"
  | "private"
  | "number"
  | "bigint"
  | "string"
  | "template"
  | "template-head"
  | "template-middle"
  | "template-tail"
  | "regexp"
  | "punctuation"
  | "unknown"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of the first UTF-16 code unit. */
  readonly start: number;
  /** Offset behind the last code unit. */
  readonly end: number;
  /** True if a line break lies between this token and the one before. */
  readonly newline: boolean;
  /** For a bracket (or a part of a template with substitutions): the position in the token list of its partner, else -1. */
  match: number;
}

export interface Unfinished {
  readonly what: "string" | "template" | "comment" | "regexp" | "bracket" | "closing";
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Tokens {
  readonly list: readonly Token[];
  /** The first thing the file opens and does not close, or closes without having opened it. */
  readonly unfinished?: Unfinished;
}

/** Longest first, so that the first that fits is the right one. `>` stays alone: the parser joins `>>`, `>=` and so on. */
const punctuation = [
  ["...", "===", "!==", "**=", "<<=", "&&=", "||=", "??="],
  [
    "=>",
    "==",
    "!=",
    "<=",
    "++",
    "--",
    "**",
    "<<",
    "&&",
    "||",
    "??",
    "?.",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "&=",
    "|=",
    "^=",
  ],
].map((texts) => new Set(texts));
const single = new Set("{}()[];,<>+-*/%&|^!~?:=.@#");
/** These begin no longer punctuation. */
const alone = new Set("{}()[];,~:@#");
const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Words behind which a `/` starts a regular expression, since an operand must follow. */
const operandExpected = new Set(
  "return typeof instanceof in of new delete void throw case do else yield await".split(" "),
);
const parenthesisOfStatement = new Set(["if", "while", "for", "with"]);

const identifierStart = /[\p{ID_Start}$_]/u;
const identifierPart = /[\p{ID_Continue}$\u200c\u200d]/u;

interface Open {
  readonly token: number;
  /** A `/` behind the matching closer starts a regular expression. */
  readonly regexpFollows: boolean;
  readonly template: boolean;
}

class Tokenizer {
  readonly list: Token[] = [];
  readonly open: Open[] = [];
  unfinished: Unfinished | undefined;
  at = 0;
  private newline = false;
  /** A `/` at this place would start a regular expression. */
  private regexpAllowed = true;

  constructor(readonly source: string) {}

  run(): void {
    if (this.source.startsWith("\ufeff")) this.at = 1;
    if (this.source.startsWith("#!", this.at)) this.skipLine();
    while (this.unfinished === undefined && this.skipBlank()) this.next();
    const open = this.open[this.open.length - 1];
    if (this.unfinished === undefined && open !== undefined) this.reportOpen(open.token);
    this.list.push({
      kind: "end",
      text: "",
      start: this.at,
      end: this.at,
      newline: true,
      match: -1,
    });
  }

  private skipLine(): void {
    const end = this.source.indexOf("\n", this.at);
    this.at = end < 0 ? this.source.length : end;
  }

  /** Moves over white space and comments; false at the end of the file. */
  private skipBlank(): boolean {
    const { source } = this;
    this.newline = false;
    while (this.at < source.length) {
      const code = source.charCodeAt(this.at);
      if (code === 10 || code === 13 || code === 0x2028 || code === 0x2029) {
        this.newline = true;
        this.at++;
      } else if (
        code === 32 ||
        (code >= 9 && code <= 12) ||
        code === 0xa0 ||
        code === 0xfeff ||
        (code > 0x1000 && /\s/.test(source.charAt(this.at)))
      ) {
        this.at++;
      } else if (source.startsWith("//", this.at)) {
        this.skipLine();
      } else if (source.startsWith("/*", this.at)) {
        if (!this.skipComment()) return false;
      } else {
        return true;
      }
    }
    return false;
  }

  private skipComment(): boolean {
    const end = this.source.indexOf("*/", this.at + 2);
    if (end < 0) {
      this.unfinished = { what: "comment", start: this.at, end: this.at + 2, text: "/*" };
      this.at = this.source.length;
      return false;
    }
    if (/[\n\r\u2028\u2029]/.test(this.source.slice(this.at, end))) this.newline = true;
    this.at = end + 2;
    return true;
  }

  private push(kind: TokenKind, start: number, regexpAllowed: boolean): Token {
    const token: Token = {
      kind,
      text: this.source.slice(start, this.at),
      start,
      end: this.at,
      newline: this.newline,
      match: -1,
    };
    this.list.push(token);
    this.regexpAllowed = regexpAllowed;
    return token;
  }

  private next(): void {
    const start = this.at;
    const char = String.fromCodePoint(this.source.codePointAt(start)!);
    if (char === '"' || char === "'") this.string(char);
    else if (char === "`") this.template(start, "template", "template-head");
    else if (char === "/" && this.regexpAllowed) this.regexp();
    else if (
      isDigit(this.source.charCodeAt(start)) ||
      (char === "." && isDigit(this.source.charCodeAt(start + 1)))
    )
      this.number();
    else if (char === "\\" || identifierStart.test(char)) this.word();
    else if (char === "#" && /[\p{ID_Start}$_\\]/u.test(this.source.charAt(start + 1)))
      this.privateName();
    else if (single.has(char)) this.punctuation(char);
    else {
      this.at += char.length;
      this.push("unknown", start, true);
    }
  }

  private string(quote: string): void {
    const { source } = this;
    const start = this.at++;
    for (; this.at < source.length; this.at++) {
      const char = source.charAt(this.at);
      if (char === quote) {
        this.at++;
        this.push("string", start, false);
        return;
      }
      if (char === "\\") this.at += source.startsWith("\r\n", this.at + 1) ? 2 : 1;
      else if (char === "\n" || char === "\r") break;
    }
    this.at = Math.min(this.at, source.length);
    this.unfinished = { what: "string", start, end: this.at, text: quote };
  }

  /** Reads from a back quote, or from the `}` that ends a substitution, to the next `${` or back quote. */
  private template(start: number, whole: TokenKind, opening: TokenKind): void {
    const { source } = this;
    for (this.at = start + 1; this.at < source.length; this.at++) {
      const char = source.charAt(this.at);
      if (char === "\\") this.at++;
      else if (char === "`") {
        this.at++;
        this.push(whole, start, false);
        return;
      } else if (char === "$" && source.charAt(this.at + 1) === "{") {
        this.at += 2;
        this.push(opening, start, true);
        this.open.push({ token: this.list.length - 1, regexpFollows: false, template: true });
        return;
      }
    }
    this.at = source.length;
    // A back quote that opens inside an open `${` was more likely meant to close the template around it.
    const around = this.open[this.open.length - 1];
    if (around?.template === true) this.reportOpen(around.token);
    else this.unfinished = { what: "template", start, end: start + 1, text: "`" };
  }

  private regexp(): void {
    const { source } = this;
    const start = this.at++;
    let inClass = false;
    for (; this.at < source.length; this.at++) {
      const char = source.charAt(this.at);
      if (char === "\n" || char === "\r") break;
      if (char === "\\") this.at++;
      else if (char === "[") inClass = true;
      else if (char === "]") inClass = false;
      else if (char === "/" && !inClass) {
        this.at++;
        this.skipWord();
        this.push("regexp", start, false);
        return;
      }
    }
    this.at = Math.min(this.at, source.length);
    this.unfinished = { what: "regexp", start, end: this.at, text: "/" };
  }

  private number(): void {
    const start = this.at;
    const rest =
      /(?:0[xX][\da-fA-F_]*|0[oO][\d_]*|0[bB][\d_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]+)?)(n?)/y;
    rest.lastIndex = start;
    const found = rest.exec(this.source);
    this.at = found === null ? start + 1 : rest.lastIndex;
    this.push(found?.[1] === "n" ? "bigint" : "number", start, false);
  }

  private skipWord(): void {
    const { source } = this;
    while (this.at < source.length) {
      const char = String.fromCodePoint(source.codePointAt(this.at)!);
      if (char === "\\" && source.charAt(this.at + 1) === "u") this.at += 2;
      else if (identifierPart.test(char)) this.at += char.length;
      else if (char === "{" && source.startsWith("\\u", this.at - 2))
        this.at = Math.max(source.indexOf("}", this.at), this.at) + 1;
      else return;
    }
  }

  private word(): void {
    const start = this.at;
    this.skipWord();
    if (this.at === start) {
      this.at++;
      this.push("unknown", start, true);
      return;
    }
    const property = this.list[this.list.length - 1]?.text === ".";
    const token = this.push("identifier", start, false);
    this.regexpAllowed = operandExpected.has(token.text) && !property;
  }

  private privateName(): void {
    const start = this.at++;
    this.skipWord();
    this.push("private", start, false);
  }

  private punctuation(char: string): void {
    const start = this.at;
    if (char === "}" && this.open[this.open.length - 1]?.template === true) {
      const head = this.open.pop()!.token;
      this.template(start, "template-tail", "template-middle");
      if (this.unfinished === undefined) this.pair(head, this.list.length - 1);
      return;
    }
    for (let length = alone.has(char) ? 1 : 3; length > 1; length--) {
      const texts = punctuation[3 - length]!;
      const text = this.source.slice(start, start + length);
      // `a?.5:1` is a conditional, not an optional chain.
      if (texts.has(text) && !(text === "?." && isDigit(this.source.charCodeAt(start + 2)))) {
        this.at += text.length;
        this.push("punctuation", start, text !== "++" && text !== "--");
        return;
      }
    }
    this.at++;
    if (char in closerOf) this.opening(char, start);
    else if (char === ")" || char === "]" || char === "}") this.closing(char, start);
    else this.push("punctuation", start, !(char === "!" && !this.regexpAllowed));
  }

  private opening(char: string, start: number): void {
    const before = this.list[this.list.length - 1];
    const regexpFollows =
      char === "("
        ? before !== undefined && parenthesisOfStatement.has(before.text)
        : char === "{" && (!this.regexpAllowed || opensBlock(before));
    this.push("punctuation", start, true);
    this.open.push({ token: this.list.length - 1, regexpFollows, template: false });
  }

  private closing(char: string, start: number): void {
    const open = this.open[this.open.length - 1];
    if (open === undefined) {
      this.unfinished = { what: "closing", start, end: start + 1, text: char };
      return;
    }
    if (open.template || closerOf[this.list[open.token]!.text] !== char) {
      this.reportOpen(open.token);
      return;
    }
    this.open.pop();
    this.push("punctuation", start, open.regexpFollows);
    this.pair(open.token, this.list.length - 1);
  }

  private pair(open: number, close: number): void {
    this.list[open]!.match = close;
    this.list[close]!.match = open;
  }

  private reportOpen(index: number): void {
    const token = this.list[suspectOf(this.source, this.list, index)]!;
    const template = token.kind !== "punctuation";
    this.unfinished = template
      ? { what: "template", start: token.end - 2, end: token.end, text: "${" }
      : { what: "bracket", start: token.start, end: token.end, text: token.text };
  }
}

/** Whether a `{` behind this token opens a block rather than an object, where both could be. */
function opensBlock(before: Token | undefined): boolean {
  return (
    before === undefined ||
    before.text === "{" ||
    before.text === "}" ||
    before.text === ";" ||
    before.text === "=>" ||
    before.text === ")" ||
    before.text === "else" ||
    before.text === "do"
  );
}

/**
 * The opener that was probably forgotten: closers that begin a line are expected under the line of their opener, so
 * the first `{` whose closer stands elsewhere is the one, else the innermost that is open.
 */
function suspectOf(source: string, list: readonly Token[], innermost: number): number {
  if (list[innermost]!.text !== "{") return innermost;
  for (let i = innermost + 1; i < list.length; i++) {
    const token = list[i]!;
    const close = token.text === "{" && token.match > i ? list[token.match]! : undefined;
    if (close?.newline === true && indentAt(source, token.start) > indentAt(source, close.start))
      return i;
  }
  return innermost;
}

function indentAt(source: string, offset: number): number {
  const start = source.lastIndexOf("\n", offset - 1) + 1;
  let end = start;
  while (source.charCodeAt(end) === 32 || source.charCodeAt(end) === 9) end++;
  return end - start;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Tokens of a source text, brackets paired; the last is always of kind `end`. */
export function tokenize(source: string): Tokens {
  const tokenizer = new Tokenizer(source);
  tokenizer.run();
  const { list, unfinished } = tokenizer;
  return unfinished === undefined ? { list } : { list, unfinished };
}
