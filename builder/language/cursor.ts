import type { Name } from "./nodes.js";
import type { Token } from "./tokens.js";

/** Thrown and caught inside the parser: a statement it cannot read. */
export class Unreadable extends Error {}

/** One for all: making an error takes longer than reading a statement. */
const unreadable = new Unreadable();

/** Deeper nesting is left unread, so that no input exhausts the stack. */
const depthMax = 300;
/** A guess about what follows looks at no more tokens than this, so that guessing stays linear. */
const guessTokensMax = 100;

/** A position in a token list, with what the parts of the parser share. */
export class Cursor {
  at = 0;
  /** True inside `declare`: functions have no bodies there. */
  ambient = false;
  private depth = 0;
  private limit = Infinity;
  private readonly guesses = new Map<string, boolean>();

  constructor(readonly tokens: readonly Token[]) {}

  get token(): Token {
    if (this.at > this.limit) throw unreadable;
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  ahead(count: number): Token {
    return this.tokens[Math.min(this.at + count, this.tokens.length - 1)]!;
  }

  /** End of the token before the current one. */
  get lastEnd(): number {
    return this.tokens[Math.max(Math.min(this.at, this.tokens.length) - 1, 0)]!.end;
  }

  /** Whether the current token is this punctuation or word. */
  is(text: string): boolean {
    const { token } = this;
    return token.text === text && (token.kind === "punctuation" || token.kind === "identifier");
  }

  isWord(): boolean {
    return this.token.kind === "identifier";
  }

  take(): Token {
    const { token } = this;
    this.at++;
    return token;
  }

  accept(text: string): Token | undefined {
    return this.is(text) ? this.take() : undefined;
  }

  expect(text: string): Token {
    return this.accept(text) ?? this.fail();
  }

  fail(): never {
    throw unreadable;
  }

  word(): Name {
    if (!this.isWord()) this.fail();
    const { text, start, end } = this.take();
    return { kind: "name", text, start, end };
  }

  /** Whether the next token stands directly behind the current one: `>` `>` is `>>`. */
  joined(count: number): boolean {
    return this.ahead(count).start === this.ahead(count - 1).end;
  }

  /** Runs a rule one level deeper. */
  nest<T>(rule: () => T): T {
    if (this.depth >= depthMax) this.fail();
    this.depth++;
    try {
      return rule();
    } finally {
      this.depth--;
    }
  }

  /** Runs a loop body's check for chains such as `a + b + c`, whose trees grow as deep as they are long. */
  checkChain(length: number): void {
    if (length > 400) this.fail();
  }

  /** Whether the rule can read what follows; the position stays. Each place is asked once about each thing. */
  guess(what: "arrow" | "call" | "type", rule: () => boolean): boolean {
    const { at, limit, depth } = this;
    const key = `${what} ${at}`;
    const known = this.guesses.get(key);
    if (known !== undefined) return known;
    let result = false;
    this.limit = Math.min(limit, at + guessTokensMax);
    try {
      result = rule();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    this.at = at;
    this.limit = limit;
    this.depth = depth;
    this.guesses.set(key, result);
    return result;
  }

  /** Items between an opener and a closer, separated by commas; a last comma is allowed. */
  list<T>(open: string, close: string, item: () => T): T[] {
    const items: T[] = [];
    this.expect(open);
    while (!this.is(close)) {
      items.push(item());
      if (!this.accept(",")) break;
    }
    this.expect(close);
    return items;
  }

  /** The end of a statement: `;`, a `}` to come, or a line break. */
  semicolon(): void {
    if (this.accept(";") || this.is("}") || this.token.kind === "end" || this.token.newline) return;
    this.fail();
  }
}
