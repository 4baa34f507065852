import type { Cursor } from "./cursor.js";
import { parseArrow, startsArrow } from "./functions.js";
import type { Expression } from "./nodes.js";
import { parseOperand } from "./operands.js";
import { parseType, parseTypeArguments } from "./types.js";

const precedences: Readonly<Record<string, number>> = {
  "??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6,
  "==": 7, "!=": 7, "===": 7, "!==": 7,
  "<": 8, ">": 8, "<=": 8, ">=": 8, instanceof: 8, in: 8, as: 8, satisfies: 8,
  "<<": 9, ">>": 9, ">>>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11, "**": 12,
}; // prettier-ignore
const assignments = new Set([
  "=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "**=",
  "<<=",
  ">>=",
  ">>>=",
  "&=",
  "|=",
  "^=",
  "&&=",
  "||=",
  "??=",
]);
const prefixes = new Set(["!", "~", "+", "-", "typeof", "void", "delete"]);

/** An expression, commas included. `noIn` in the head of a `for`. */
export function parseExpression(c: Cursor, noIn = false): Expression {
  const { start } = c.token;
  const first = parseAssignment(c, noIn);
  if (!c.is(",")) return first;
  const values = [first];
  while (c.accept(",")) values.push(parseAssignment(c, noIn));
  return { kind: "sequence", values, start, end: c.lastEnd };
}

/** An expression without a comma at its top. */
export function parseAssignment(c: Cursor, noIn = false): Expression {
  return c.nest(() => {
    const { start } = c.token;
    if (startsArrow(c)) return parseArrow(c);
    if (c.is("yield")) return yielded(c, noIn);
    const left = conditional(c, noIn);
    const operator = operatorAt(c);
    if (!assignments.has(operator.text)) return left;
    const operatorStart = c.token.start;
    c.at += operator.tokens;
    const value = parseAssignment(c, noIn);
    return {
      kind: "assignment",
      operator: operator.text,
      operatorStart,
      target: left,
      value,
      start,
      end: c.lastEnd,
    };
  });
}

/** The operator that starts here, with `>` joined to what follows it. */
function operatorAt(c: Cursor): { text: string; tokens: number } {
  const { kind, text } = c.token;
  if (kind !== "punctuation" && kind !== "identifier") return { text: "", tokens: 0 };
  if (text !== ">") return { text, tokens: 1 };
  let joined = ">";
  let tokens = 1;
  while (tokens < 4 && c.joined(tokens) && [">", "=", "==", "==="].includes(c.ahead(tokens).text)) {
    joined += c.ahead(tokens).text;
    tokens++;
  }
  return { text: joined, tokens };
}

function yielded(c: Cursor, noIn: boolean): Expression {
  const { start } = c.take();
  c.accept("*");
  const ends =
    c.token.newline ||
    c.token.kind === "end" ||
    [")", "]", "}", ",", ";", ":"].includes(c.token.text);
  const value = ends ? {} : { value: parseAssignment(c, noIn) };
  return { kind: "suspension", form: "yield", ...value, start, end: c.lastEnd };
}

function conditional(c: Cursor, noIn: boolean): Expression {
  const { start } = c.token;
  const test = binary(c, 1, noIn);
  if (c.accept("?") === undefined) return test;
  const yes = parseAssignment(c);
  c.expect(":");
  const no = parseAssignment(c, noIn);
  return { kind: "conditional", test, yes, no, start, end: c.lastEnd };
}

function binary(c: Cursor, least: number, noIn: boolean): Expression {
  const { start } = c.token;
  let left = unary(c);
  for (let length = 0; ; c.checkChain(++length)) {
    const { text: operator, tokens } = operatorAt(c);
    const precedence = Object.hasOwn(precedences, operator) ? precedences[operator]! : 0;
    if (precedence < least || precedence === 0 || (operator === "in" && noIn)) return left;
    const operatorStart = c.token.start;
    if (operator === "as" || operator === "satisfies") {
      if (c.token.newline) return left;
      c.take();
      left = cast(c, left, operator, operatorStart, start);
      continue;
    }
    c.at += tokens;
    const right = c.nest(() => binary(c, operator === "**" ? precedence : precedence + 1, noIn));
    // The right side of `instanceof` may be a type: `list instanceof Array<i32>`.
    if (operator === "instanceof" && c.is("<") && c.guess("type", () => endsType(c)))
      parseTypeArguments(c);
    left = { kind: "binary", operator, operatorStart, left, right, start, end: c.lastEnd };
  }
}

function endsType(c: Cursor): boolean {
  parseTypeArguments(c);
  return [")", "]", "}", ";", ",", "?", ":", "&&", "||"].includes(c.token.text);
}

function cast(
  c: Cursor,
  value: Expression,
  form: "as" | "satisfies",
  operatorStart: number,
  start: number,
): Expression {
  if (form === "as" && c.accept("const"))
    return { kind: "cast", form: "as const", value, operatorStart, start, end: c.lastEnd };
  const type = parseType(c);
  return { kind: "cast", form, value, type, operatorStart, start, end: c.lastEnd };
}

function unary(c: Cursor): Expression {
  return c.nest(() => {
    const { start, text, kind } = c.token;
    if (kind === "punctuation" && (text === "++" || text === "--")) {
      c.take();
      return { kind: "update", operand: unary(c), start, end: c.lastEnd };
    }
    if (prefixes.has(text) && (kind === "punctuation" || kind === "identifier")) {
      c.take();
      return { kind: "unary", operator: text, operand: unary(c), start, end: c.lastEnd };
    }
    if (c.is("await") && startsOperand(c)) {
      c.take();
      return { kind: "suspension", form: "await", value: unary(c), start, end: c.lastEnd };
    }
    if (c.is("<")) {
      c.take();
      const type = parseType(c);
      c.expect(">");
      return {
        kind: "cast",
        form: "angle",
        type,
        operatorStart: start,
        value: unary(c),
        start,
        end: c.lastEnd,
      };
    }
    return postfix(c);
  });
}

function startsOperand(c: Cursor): boolean {
  const next = c.ahead(1);
  return (
    !next.newline &&
    (next.kind !== "punctuation" || next.text === "(" || next.text === "[") &&
    next.kind !== "end" &&
    !["in", "of", "as", "instanceof"].includes(next.text)
  );
}

function postfix(c: Cursor): Expression {
  const { start } = c.token;
  const operand = parseOperand(c);
  if ((c.is("++") || c.is("--")) && !c.token.newline) {
    c.take();
    return { kind: "update", operand, start, end: c.lastEnd };
  }
  return operand;
}
