import type { Cursor } from "./cursor.js";
import { parseClass } from "./classes.js";
import { parseAssignment, parseExpression } from "./expressions.js";
import { parseArguments, parseFunction, parsePropertyName, parseSpreadable } from "./functions.js";
import type {
  Expression,
  FunctionNode,
  Index,
  Member,
  ObjectLiteral,
  Property,
  Spread,
} from "./nodes.js";
import { parseTypeArguments } from "./types.js";

/** Words that cannot begin an expression: whatever has one here is not read. */
const notExpressions = new Set(
  "if else for while do switch case default return throw try catch finally var let const break continue enum extends export with debugger".split(
    " ",
  ),
);

/** What operators stand between: a literal, name, function or group, with all members, indices and calls behind it. */
export function parseOperand(c: Cursor): Expression {
  const { start } = c.token;
  return chain(c, primary(c), start, true);
}

/** Members, indices, calls, tags and `!` behind an operand. */
function chain(c: Cursor, operand: Expression, start: number, calls: boolean): Expression {
  let result = operand;
  for (let length = 0; ; c.checkChain(++length)) {
    const { text, kind } = c.token;
    if (kind === "template" || kind === "template-head") result = template(c, start, result);
    else if (kind !== "punctuation") return result;
    else if (text === "." || text === "?.") result = dotted(c, result, start);
    else if (text === "[") result = indexed(c, result, start);
    else if (text === "!" && !c.token.newline) {
      const operatorStart = c.take().start;
      result = {
        kind: "cast",
        form: "non-null",
        value: result,
        operatorStart,
        start,
        end: c.lastEnd,
      };
    } else if (calls && text === "(")
      result = {
        kind: "call",
        callee: result,
        typeArguments: [],
        arguments: parseArguments(c),
        constructs: false,
        start,
        end: c.lastEnd,
      };
    else if (calls && text === "<" && startsGenericCall(c)) {
      const typeArguments = parseTypeArguments(c);
      result = {
        kind: "call",
        callee: result,
        typeArguments,
        arguments: parseArguments(c),
        constructs: false,
        start,
        end: c.lastEnd,
      };
    } else return result;
  }
}

function dotted(c: Cursor, object: Expression, start: number): Expression {
  const dot = c.take();
  const optional = dot.text === "?." ? { optional: dot.start } : {};
  if (dot.text === "?." && c.is("("))
    return {
      kind: "call",
      callee: object,
      typeArguments: [],
      arguments: parseArguments(c),
      constructs: false,
      ...optional,
      start,
      end: c.lastEnd,
    };
  if (dot.text === "?." && c.is("[")) return { ...indexed(c, object, start), ...optional };
  if (c.token.kind !== "private" && !c.isWord()) c.fail();
  const word = c.take();
  const name = { kind: "name", text: word.text, start: word.start, end: word.end } as const;
  return { kind: "member", object, name, ...optional, start, end: c.lastEnd } satisfies Member;
}

function indexed(c: Cursor, object: Expression, start: number): Index {
  c.expect("[");
  const index = parseExpression(c);
  c.expect("]");
  return { kind: "index", object, index, start, end: c.lastEnd };
}

function startsGenericCall(c: Cursor): boolean {
  return c.guess("call", () => {
    parseTypeArguments(c);
    return c.is("(");
  });
}

function primary(c: Cursor): Expression {
  const { start, end, kind, text } = c.token;
  switch (kind) {
    case "number":
    case "bigint":
      c.take();
      return { kind: "number", text, bigint: kind === "bigint", start, end };
    case "string":
      c.take();
      return { kind: "string", start, end };
    case "regexp":
      c.take();
      return { kind: "regexp", start, end };
    case "template":
    case "template-head":
      return template(c, start);
    case "private":
      c.take();
      return { kind: "identifier", name: text, start, end };
    case "identifier":
      return word(c);
    default:
      if (text === "(") return parenthesized(c);
      if (text === "[") return array(c);
      if (text === "{") return object(c);
      if (text === "@") return parseClass(c, start);
      return c.fail();
  }
}

function template(c: Cursor, start: number, tag?: Expression): Expression {
  const substitutions: Expression[] = [];
  if (c.take().kind === "template-head") {
    do substitutions.push(parseExpression(c));
    while (c.take().kind === "template-middle");
    if (c.tokens[c.at - 1]!.kind !== "template-tail") c.fail();
  }
  return {
    kind: "template",
    substitutions,
    ...(tag === undefined ? {} : { tag }),
    start,
    end: c.lastEnd,
  };
}

function word(c: Cursor): Expression {
  const { start, end, text } = c.token;
  switch (text) {
    case "this":
    case "super":
    case "null":
    case "true":
    case "false":
      c.take();
      return { kind: "keyword", name: text, start, end };
    case "function":
      return functionExpression(c, start);
    case "async":
      if (c.ahead(1).text === "function" && !c.ahead(1).newline)
        return functionExpression(c, start);
      break;
    case "class":
      return parseClass(c, start);
    case "new":
      return created(c);
    case "import":
      return imported(c);
    default:
      if (notExpressions.has(text)) c.fail();
  }
  c.take();
  return { kind: "identifier", name: text, start, end };
}

function functionExpression(c: Cursor, start: number): FunctionNode {
  const word = c.accept("async");
  const head = c.expect("function");
  const star = c.accept("*");
  const name = c.is("(") || c.is("<") ? {} : { name: c.word() };
  const async = word === undefined ? {} : { async: { start: word.start, end: word.end } };
  const generator = star === undefined ? {} : { generator: { start: star.start, end: star.end } };
  const node = parseFunction(c, {
    form: "expression",
    head: { start: head.start, end: head.end },
    start,
    declared: false,
    ...name,
    ...async,
    ...generator,
  });
  if (node.body === undefined) c.fail();
  return node;
}

function created(c: Cursor): Expression {
  const { start } = c.take();
  if (c.accept(".")) {
    c.word();
    return { kind: "keyword", name: "new.target", start, end: c.lastEnd };
  }
  return c.nest(() => {
    const at = c.token.start;
    const callee = chain(c, c.is("new") ? created(c) : primary(c), at, false);
    const typeArguments =
      c.is("<") && c.guess("call", () => (parseTypeArguments(c), true))
        ? parseTypeArguments(c)
        : [];
    const args = c.is("(") ? parseArguments(c) : [];
    return {
      kind: "call",
      callee,
      typeArguments,
      arguments: args,
      constructs: true,
      start,
      end: c.lastEnd,
    };
  });
}

function imported(c: Cursor): Expression {
  const { start } = c.take();
  if (c.accept(".")) {
    c.word();
    return { kind: "keyword", name: "import.meta", start, end: c.lastEnd };
  }
  return { kind: "dynamic-import", arguments: parseArguments(c), start, end: c.lastEnd };
}

function parenthesized(c: Cursor): Expression {
  const { start } = c.expect("(");
  const value = parseExpression(c);
  c.expect(")");
  return { kind: "parenthesized", value, start, end: c.lastEnd };
}

function array(c: Cursor): Expression {
  const { start } = c.token;
  const elements = c.list("[", "]", () => (c.is(",") ? undefined : parseSpreadable(c)));
  return { kind: "array", elements, start, end: c.lastEnd };
}

function object(c: Cursor): ObjectLiteral {
  const { start } = c.token;
  const properties = c.list("{", "}", () => property(c));
  return { kind: "object", properties, start, end: c.lastEnd };
}

function property(c: Cursor): Property | Spread {
  const { start } = c.token;
  if (c.accept("...")) return { kind: "spread", value: parseAssignment(c), start, end: c.lastEnd };
  const modifier =
    (c.is("async") || c.is("get") || c.is("set")) &&
    ![":", ",", "(", "}", "<", "="].includes(c.ahead(1).text)
      ? c.take().text
      : undefined;
  const star = c.accept("*");
  const name = parsePropertyName(c);
  if (c.accept(":"))
    return { kind: "property", name, value: parseAssignment(c), start, end: c.lastEnd };
  if (c.is("(") || c.is("<")) {
    const form = modifier === "get" ? "getter" : modifier === "set" ? "setter" : "method";
    const async = modifier === "async" ? { async: { start, end: start + 5 } } : {};
    const generator = star === undefined ? {} : { generator: { start: star.start, end: star.end } };
    const value = parseFunction(c, {
      form,
      head: { start: name.start, end: name.end },
      start,
      declared: false,
      ...async,
      ...generator,
    });
    return { kind: "property", name, value, start, end: c.lastEnd };
  }
  if (name.form !== "identifier") c.fail();
  // `{ x = 1 }` is only legal in an assignment pattern.
  if (c.accept("="))
    return { kind: "property", name, value: parseAssignment(c), start, end: c.lastEnd };
  return {
    kind: "property",
    name,
    value: { kind: "identifier", name: name.text, start, end: name.end },
    start,
    end: c.lastEnd,
  };
}
