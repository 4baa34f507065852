import type { Place } from "../../../runtime/document/node.js";

/** What a message, a line of the log or a duty cycle must be like. All parts must hold. */
export type Condition = readonly Clause[];

export type Clause = {
  /** Where it stands, if that is in a file. */
  readonly place?: Place;
} & (
  | {
      readonly kind: "compare";
      /** Of a message; the whole payload if absent. */
      readonly field?: string;
      readonly operator: Operator;
      readonly value: number | string | boolean;
    }
  | { readonly kind: "pattern"; readonly pattern: RegExp }
  /** JSON of which every field must be there; there may be more. */
  | { readonly kind: "like"; readonly value: unknown }
  /** What a test in TypeScript says itself, of the text and what it is as JSON. */
  | { readonly kind: "judge"; readonly holds: (value: unknown, text: string) => boolean }
);

export const operators = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Operator = (typeof operators)[number];

/** Whether a text fulfils a condition. A text that is JSON is looked into. */
export function fulfils(condition: Condition, text: string): boolean {
  return condition.every((clause) => holds(clause, text));
}

function holds(clause: Clause, text: string): boolean {
  if (clause.kind === "pattern") return clause.pattern.test(text);
  const value = jsonOf(text);
  if (clause.kind === "judge") return clause.holds(value, text);
  if (clause.kind === "like") return isLike(value, clause.value);
  const actual = clause.field === undefined ? value : memberOf(value, clause.field);
  return compare(actual, clause.operator, clause.value);
}

/** The value of a text that is JSON; other texts stand for themselves. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function memberOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, field)
    ? (value as Readonly<Record<string, unknown>>)[field]
    : undefined;
}

/** True and false compare as the 1 and 0 that apps publish for them. Order is that of numbers only. */
function compare(actual: unknown, operator: Operator, value: number | string | boolean): boolean {
  const [left, right] = [plain(actual), plain(value)];
  if (operator === "=") return left === right;
  if (operator === "!=") return left !== undefined && left !== right;
  if (typeof left !== "number" || typeof right !== "number") return false;
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

function plain(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : value;
}

/** Objects may have more fields than asked for; arrays and all else must be equal. */
function isLike(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, index) => isLike(actual[index], item))
    );
  if (typeof wanted === "object" && wanted !== null)
    return Object.entries(wanted).every(([key, value]) => isLike(memberOf(actual, key), value));
  return plain(actual) === plain(wanted);
}

/** A condition as it is written. */
export function conditionText(condition: Condition): string {
  return condition.map(clauseText).join(" and ");
}

function clauseText(clause: Clause): string {
  if (clause.kind === "pattern") return `matching ${String(clause.pattern)}`;
  if (clause.kind === "like") return `matching ${JSON.stringify(clause.value)}`;
  if (clause.kind === "judge") return "what the test asks for";
  const { field, operator, value } = clause;
  return `${field === undefined ? "" : `${field} `}${operator} ${typeof value === "string" ? JSON.stringify(value) : value}`;
}
