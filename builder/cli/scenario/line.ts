import { parseDurationUs } from "../../../runtime/document/duration.js";
import type { Findings } from "../../../runtime/document/findings.js";
import type { Place } from "../../../runtime/document/node.js";
import { nearest } from "../../../runtime/document/suggest.js";
import { listOf, quote } from "../../../runtime/document/words.js";
import type { Form } from "./grammar.js";
import type { Named } from "./syntax.js";
import type { Token } from "./tokens.js";

/** Words with which a statement may go on. */
const connectives = ["within", "for", "until", "of", "at", "after", "and"] as const;

/** Thrown after the fault of a statement has been reported: the rest of its line means nothing. */
export class LineFault extends Error {}

const numberForm = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** The tokens of one statement, taken one after the other. What is missing or wrong is reported, and thrown as a LineFault. */
export class Line {
  #next = 0;
  /** How the statement is written, once that is known. */
  form: Form | undefined;

  constructor(
    readonly tokens: readonly Token[],
    readonly findings: Findings,
  ) {}

  get ended(): boolean {
    return this.#next >= this.tokens.length;
  }

  get peek(): Token | undefined {
    return this.tokens[this.#next];
  }

  /** The whole statement. */
  get place(): Place {
    const [first, last] = [this.tokens[0]!.place, this.tokens.at(-1)!.place];
    return { ...first, length: last.offset + last.length - first.offset };
  }

  /** Takes the next token if it is this word, or one of these. */
  take(...words: readonly string[]): Token | undefined {
    const token = this.peek;
    if (token?.kind !== "word" || !words.includes(token.text)) return undefined;
    this.#next++;
    return token;
  }

  /** Takes the next token whatever it is. */
  any(what: string): Token {
    const token = this.peek;
    if (token === undefined) throw this.missing(what);
    this.#next++;
    return token;
  }

  /** One of these words. */
  keyword(...words: readonly string[]): string {
    const wanted = listOf(words.map(quote), "or");
    const token = this.peek;
    if (token === undefined) throw this.missing(wanted);
    if (token.kind === "word" && words.includes(token.text)) return this.any(wanted).text;
    const near = nearest(token.text, words);
    throw this.fault(
      token.place,
      `expected ${wanted}, not ${quote(token.text)}`,
      near === undefined ? undefined : `Write ${quote(near)}.`,
    );
  }

  /** A name: a word, or a text in quotes. Where nothing stands before `to`, that is no name. */
  name(what: string): Named {
    const token = this.any(what);
    const isName = token.kind === "string" || (token.kind === "word" && token.text !== "to");
    if (!isName) throw this.fault(token.place, `expected ${what}, not ${quote(token.text)}`);
    return { text: token.text, place: token.place };
  }

  number(what: string): number {
    const token = this.any(what);
    if (numberForm.test(token.text)) return Number(token.text);
    const digits = /^[+-]?\d+(\.\d+)?/.exec(token.text)?.[0];
    throw this.fault(
      token.place,
      `expected ${what}, not ${quote(token.text)}`,
      digits === undefined ? undefined : `Write ${digits}, without a unit.`,
    );
  }

  durationUs(what: string): number {
    const token = this.any(what);
    const us = parseDurationUs(token.text);
    if (us !== undefined) return us;
    throw this.fault(
      token.place,
      `expected ${what}, not ${quote(token.text)}`,
      /^\d+(\.\d+)?$/.test(token.text)
        ? `Add a unit: ${token.text}s, ${token.text}ms or ${token.text}m.`
        : `Write ${what} such as 250ms, 10s, 5m or 24h.`,
    );
  }

  /** Nothing may follow. */
  end(): void {
    const token = this.peek;
    if (token === undefined) return;
    const near = nearest(token.text, connectives);
    throw this.fault(
      token.place,
      `the statement is complete before ${quote(token.text)}`,
      near === undefined ? undefined : `Did you mean ${quote(near)}?`,
    );
  }

  missing(what: string): LineFault {
    const { offset, line, column, length } = this.place;
    const behind = { offset: offset + length, line, column: column + length, length: 1 };
    return this.fault(behind, `expected ${what}, but the line ends`);
  }

  fault(place: Place, message: string, hint?: string): LineFault {
    const { form } = this;
    const usage =
      form === undefined ? "" : `Write it as: ${form.usage}; for example: ${form.example}`;
    this.findings.error(place, "scenario-syntax", message, hint ?? usage);
    return new LineFault(message);
  }
}
