import { parseJson } from "../../../runtime/document/json.js";
import type { Place } from "../../../runtime/document/node.js";
import { nearest } from "../../../runtime/document/suggest.js";
import { quote } from "../../../runtime/document/words.js";
import { type Clause, type Condition, type Operator, operators } from "./condition.js";
import { expectations, type Form } from "./grammar.js";
import type { Line } from "./line.js";
import type { Expect, Named, Span, Subject } from "./syntax.js";
import type { Token } from "./tokens.js";

const spans = ["within", "for", "until"] as const;
const eventWords = ["message", "log", "trap", "swap", "parked"] as const;
/** Words that end a condition. */
const closing: readonly string[] = ["of", "at", "after", ...spans];

function formFor(word: string): Form {
  return expectations.find((form) => form.word === word)!;
}

/** What stands behind `expect`. */
export function parseExpect(line: Line): Expect {
  line.form = formFor("need");
  const no = line.take("no");
  const event = line.take(...eventWords)?.text;
  if (event !== undefined) return parseEvent(line, event, no !== undefined);
  if (no !== undefined) {
    line.form = formFor("no");
    const next = line.any('"message", "log", "swap" or "parked"');
    throw line.fault(
      next.place,
      `"no" stands before what happens, and ${quote(next.text)} is nothing that does`,
      `Write "message", "log", "swap" or "parked"; of a pin: expect ${next.text} off`,
    );
  }
  return parseState(line);
}

function parseEvent(line: Line, event: string, negated: boolean): Expect {
  line.form = formFor(event);
  const subject = parseSubject(line, event);
  const at = line.peek?.place;
  if (negated && event === "trap")
    throw line.fault(
      line.place,
      "an end that no statement expects fails a scenario anyway",
      "Remove the line.",
    );
  if (negated) line.form = formFor("no");
  const span = parseSpan(line);
  if (span === undefined)
    throw line.ended
      ? line.missing(negated ? '"for" or "until"' : '"within"')
      : line.fault(
          at!,
          `expected ${negated ? '"for" or "until"' : '"within"'}, not ${quote(line.peek!.text)}`,
        );
  if (negated) return { kind: "expect", subject, negated, span: asHold(span) };
  if (span.kind !== "within")
    throw line.fault(
      at!,
      `it happens at one time, not ${span.kind === "for" ? "for a while" : "until then"}`,
      'Write "within" and a duration.',
    );
  return { kind: "expect", subject, negated, span };
}

/** That something does not happen within a time, is that it does not for so long. */
function asHold(span: Span): Span {
  return span.kind === "within" ? { kind: "for", us: span.us } : span;
}

function parseSubject(line: Line, event: string): Subject {
  switch (event) {
    case "message": {
      const topic = line.name("a topic");
      const condition = parseCondition(line, true);
      return { kind: "message", topic, ...(condition && { condition }) };
    }
    case "log": {
      const condition = parseCondition(line, false);
      if (condition === undefined)
        throw line.ended
          ? line.missing('"matching" or "="')
          : line.fault(
              line.peek!.place,
              `expected "matching" or "=", not ${quote(line.peek!.text)}`,
            );
      return { kind: "log", condition, ...parseOf(line) };
    }
    case "trap":
      return { kind: "trap", code: line.name("a trap code"), ...parseOf(line) };
    case "swap": {
      const outcome = line.keyword("kept", "back") === "kept" ? "kept" : "back";
      return { kind: "swap", outcome, ...parseOf(line) };
    }
    default:
      return { kind: "parked", ...parseOf(line) };
  }
}

function parseOf(line: Line): { app?: Named } {
  return line.take("of") ? { app: line.name("the name of an app") } : {};
}

/** A pin: a level or a duty, now or over a time. */
function parseState(line: Line): Expect {
  const need = line.name("a need of the app, or what happens");
  const stays = line.take("stays");
  const subject = parsePin(line, need, stays !== undefined);
  const at = line.peek?.place;
  if (stays !== undefined || subject.kind === "duty")
    line.form = formFor(stays === undefined ? "duty" : "stays");
  const span = parseSpan(line);
  if (stays !== undefined && span === undefined && line.ended)
    throw line.missing('"for" or "until"');
  if (stays !== undefined && (span === undefined || span.kind === "within"))
    throw line.fault(
      at!,
      `expected "for" or "until" behind "stays", not ${quote(span?.kind ?? line.peek!.text)}`,
    );
  return { kind: "expect", subject, negated: false, span: span ?? { kind: "now" } };
}

const otherWords: Readonly<Record<string, string>> = {
  high: '"on" where the pin is active, whatever its level',
  low: '"off" where the pin is inactive, whatever its level',
  active: '"on"',
  inactive: '"off"',
  true: '"on"',
  false: '"off"',
};

function parsePin(line: Line, need: Named, stays: boolean): Subject {
  const token = line.peek;
  if (token?.kind === "operator") {
    const condition = [parseComparison(line, undefined)];
    return { kind: "duty", need, condition };
  }
  const level = line.take("on", "off")?.text;
  if (level !== undefined) return { kind: "level", need, on: level === "on" };
  const expected = stays ? '"on" or "off"' : '"on", "off" or a comparison';
  if (token === undefined) throw line.missing(expected);
  const near = nearest(token.text, ["on", "off", "stays"]);
  const other = otherWords[token.text] ?? (near && quote(near));
  throw line.fault(
    token.place,
    `expected ${expected}, not ${quote(token.text)}`,
    other === undefined ? undefined : `Write ${other}.`,
  );
}

function parseSpan(line: Line): Span | undefined {
  const token = line.take(...spans);
  if (token === undefined) return undefined;
  const us = line.durationUs(token.text === "until" ? "a time" : "a duration");
  if (us === 0 && token.text !== "until")
    throw line.fault(
      token.place,
      "the duration is zero",
      "Write a duration such as 250ms, 10s, 5m or 24h.",
    );
  if (token.text === "until") return { kind: "until", us, place: token.place };
  return { kind: token.text === "for" ? "for" : "within", us };
}

/** Clauses joined by `and`; undefined if there are none. */
function parseCondition(line: Line, withFields: boolean): Condition | undefined {
  const next = line.peek;
  if (next === undefined || (next.kind === "word" && closing.includes(next.text))) return undefined;
  const clauses: Clause[] = [];
  do clauses.push(parseClause(line, withFields));
  while (line.take("and"));
  return clauses;
}

function parseClause(line: Line, withFields: boolean): Clause {
  if (line.take("matching")) return parseMatching(line);
  const isField = withFields && line.peek?.kind !== "operator";
  const field = isField ? line.name("a field") : undefined;
  if (line.peek?.kind !== "operator" && field !== undefined) {
    if (line.ended) throw line.missing("a comparison such as = or >");
    throw line.fault(
      line.peek!.place,
      `expected a comparison such as = or > behind the field ${quote(field.text)}, not ${quote(line.peek!.text)}`,
    );
  }
  return parseComparison(line, field);
}

function parseComparison(line: Line, field: Named | undefined): Clause {
  const operator = line.any("a comparison such as = or >");
  if (operator.kind !== "operator")
    throw line.fault(
      operator.place,
      `expected a comparison such as = or >, not ${quote(operator.text)}`,
    );
  const token = line.any("a value");
  const named = field === undefined ? {} : { field: field.text, place: field.place };
  const value = valueOf(line, token);
  if (typeof value !== "number" && !["=", "!="].includes(operator.text))
    throw line.fault(
      token.place,
      `expected a number behind ${operator.text}, not ${quote(token.text)}`,
    );
  return { kind: "compare", ...named, operator: operatorOf(operator.text), value };
}

function operatorOf(text: string): Operator {
  return operators.find((operator) => operator === text)!;
}

function valueOf(line: Line, { kind, text, place }: Token): number | string | boolean {
  if (kind === "string") return text;
  if (kind !== "word")
    throw line.fault(
      place,
      `expected a value, not ${quote(text)}`,
      'Write JSON behind "matching".',
    );
  if (text === "true" || text === "false") return text === "true";
  const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?%?$/.test(text);
  if (number) return Number(text.replace("%", ""));
  if (/^[+-]?\d/.test(text))
    throw line.fault(
      place,
      `${quote(text)} is no number`,
      `Write it without a unit, or in quotes: ${JSON.stringify(text)}.`,
    );
  return text;
}

function parseMatching(line: Line): Clause {
  const { kind, text, place } = line.any("JSON or a regular expression");
  if (kind === "pattern") return { kind: "pattern", pattern: readPattern(line, text, place) };
  if (kind === "json") return { kind: "like", value: readJson(line, text, place), place };
  throw line.fault(
    place,
    `expected JSON or a regular expression, not ${quote(text)}`,
    `Write matching {"field": 1} or matching /${kind === "word" ? text : "..."}/.`,
  );
}

function readPattern(line: Line, text: string, place: Place): RegExp {
  const end = text.lastIndexOf("/");
  const flags = text.slice(end + 1);
  if (!/^[imsu]*$/.test(flags))
    throw line.fault(
      place,
      `a regular expression has no flags ${quote(flags)} here`,
      "Its flags are i, m, s and u.",
    );
  try {
    return new RegExp(text.slice(1, end), flags);
  } catch (error) {
    const cause = error instanceof Error ? error.message.split(": ").at(-1)! : "";
    throw line.fault(
      place,
      `this is no regular expression: ${cause}`,
      "Characters with a meaning of their own, such as ( and *, stand behind a backslash where they stand for themselves.",
    );
  }
}

function readJson(line: Line, text: string, place: Place): unknown {
  const { diagnostics } = parseJson(text, "");
  const [first] = diagnostics;
  if (first === undefined) return JSON.parse(text);
  const column = place.column + (first.column ?? 1) - 1;
  throw line.fault({ ...place, column, length: first.length ?? 1 }, first.message, first.hint);
}
