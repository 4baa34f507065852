import type { Cursor } from "./cursor.js";
import { parseAssignment } from "./expressions.js";
import type {
  Block,
  Decorator,
  Expression,
  FunctionNode,
  Name,
  Parameter,
  Pattern,
  PropertyName,
  Spread,
} from "./nodes.js";
import { parseBlock } from "./statements.js";
import { parseReturnType, parseType, parseTypeParameters } from "./types.js";

const parameterModifiers = new Set(["public", "private", "protected", "readonly", "override"]);

/** What a variable, parameter or `catch` binds: a name or a pattern. */
export function parseBinding(c: Cursor): Name | Pattern {
  return c.is("{") || c.is("[") ? c.nest(() => pattern(c)) : c.word();
}

function pattern(c: Cursor): Pattern {
  const { start } = c.token;
  const form = c.is("{") ? "object" : "array";
  const names: Name[] = [];
  const defaults: Expression[] = [];
  const bind = (): void => {
    const bound = parseBinding(c);
    if (bound.kind === "name") names.push(bound);
    else {
      names.push(...bound.names);
      defaults.push(...bound.defaults);
    }
    if (c.accept("=")) defaults.push(parseAssignment(c));
  };
  c.list(form === "object" ? "{" : "[", form === "object" ? "}" : "]", () => {
    if (form === "array" && (c.is(",") || c.is("]"))) return;
    if (
      c.accept("...") === undefined &&
      form === "object" &&
      !(c.isWord() && [",", "}", "="].includes(c.ahead(1).text))
    ) {
      const name = parsePropertyName(c);
      if (name.expression !== undefined) defaults.push(name.expression);
      c.expect(":");
    }
    bind();
  });
  return { kind: "pattern", form, names, defaults, start, end: c.lastEnd };
}

export function parsePropertyName(c: Cursor): PropertyName {
  const { start, kind, text } = c.take();
  if (kind === "punctuation" && text === "[") {
    const expression = parseAssignment(c);
    c.expect("]");
    return { kind: "property-name", form: "computed", text: "", expression, start, end: c.lastEnd };
  }
  const form = kind === "number" || kind === "bigint" ? "number" : kind;
  if (form !== "identifier" && form !== "string" && form !== "number" && form !== "private")
    c.fail();
  return {
    kind: "property-name",
    form,
    text: form === "string" ? text.slice(1, -1) : text,
    start,
    end: c.lastEnd,
  };
}

export function parseDecorators(c: Cursor): Decorator[] {
  const decorators: Decorator[] = [];
  while (c.is("@")) {
    const { start } = c.take();
    let name = c.word().text;
    while (c.accept(".")) name += "." + c.word().text;
    const args = c.is("(") ? parseArguments(c) : [];
    decorators.push({ kind: "decorator", name, arguments: args, start, end: c.lastEnd });
  }
  return decorators;
}

export function parseArguments(c: Cursor): Expression[] {
  return c.list("(", ")", () => parseSpreadable(c));
}

/** An argument or array element: `...list` too. */
export function parseSpreadable(c: Cursor): Expression {
  const { start } = c.token;
  if (c.accept("...") === undefined) return parseAssignment(c);
  const value = parseAssignment(c);
  return { kind: "spread", value, start, end: c.lastEnd } satisfies Spread;
}

export function parseParameters(c: Cursor): Parameter[] {
  return c.list("(", ")", () => parameter(c));
}

function parameter(c: Cursor): Parameter {
  const { start } = c.token;
  const decorators = parseDecorators(c);
  const modifiers: string[] = [];
  while (
    parameterModifiers.has(c.token.text) &&
    (c.ahead(1).kind === "identifier" || "[{".includes(c.ahead(1).text || " "))
  )
    modifiers.push(c.take().text);
  const rest = c.accept("...") !== undefined;
  const binding = parseBinding(c);
  const question = c.accept("?");
  const type = c.accept(":") ? { type: parseType(c) } : {};
  const initializer = c.accept("=") ? { initializer: parseAssignment(c) } : {};
  const optional = question === undefined ? {} : { optional: question.start };
  return {
    kind: "parameter",
    binding,
    modifiers,
    decorators,
    rest,
    ...optional,
    ...type,
    ...initializer,
    start,
    end: c.lastEnd,
  };
}

type Head = Pick<FunctionNode, "form" | "head" | "start" | "declared"> &
  Partial<Pick<FunctionNode, "name" | "async" | "generator" | "decorators">>;

/** Type parameters, parameters, result and body behind the head of anything but an arrow function. A missing body is a signature. */
export function parseFunction(c: Cursor, head: Head): FunctionNode {
  return c.nest(() => {
    const typeParameters = parseTypeParameters(c);
    const parameters = parseParameters(c);
    const returnType = c.accept(":") ? { returnType: parseReturnType(c) } : {};
    const body: { body?: Block } = c.is("{") ? { body: parseBlock(c) } : {};
    if (body.body === undefined) c.semicolon();
    return {
      kind: "function",
      decorators: [],
      ...head,
      typeParameters,
      parameters,
      ...returnType,
      ...body,
      end: c.lastEnd,
    };
  });
}

/** Whether an arrow function starts here: `x =>`, `(a: i32): i32 =>`, `<T>(a: T) =>`, each with `async` before it too. */
export function startsArrow(c: Cursor): boolean {
  const skip =
    c.is("async") &&
    !c.ahead(1).newline &&
    (c.ahead(1).kind === "identifier" || c.ahead(1).text === "(" || c.ahead(1).text === "<")
      ? 1
      : 0;
  const token = c.ahead(skip);
  if (token.kind === "identifier") return c.ahead(skip + 1).text === "=>";
  if (token.text === "<") return c.guess("arrow", () => arrowBehindTypeParameters(c, skip));
  if (token.text !== "(" || token.match < 0) return false;
  const behind = c.tokens[token.match + 1]!;
  if (behind.text === "=>") return true;
  if (behind.text !== ":" || !looksLikeParameters(c, c.at + skip + 1)) return false;
  return c.guess("arrow", () => {
    c.at = token.match + 2;
    parseReturnType(c);
    return c.is("=>");
  });
}

function arrowBehindTypeParameters(c: Cursor, skip: number): boolean {
  c.at += skip;
  parseTypeParameters(c);
  const { match } = c.token;
  if (!c.is("(") || match < 0) return false;
  const behind = c.tokens[match + 1]!.text;
  return behind === "=>" || behind === ":";
}

function looksLikeParameters(c: Cursor, at: number): boolean {
  const [first, second] = [c.tokens[at]!, c.tokens[at + 1]];
  if ([")", "...", "{", "[", "@"].includes(first.text)) return true;
  return (
    first.kind === "identifier" &&
    second !== undefined &&
    [":", ",", ")", "?", "="].includes(second.text)
  );
}

export function parseArrow(c: Cursor): FunctionNode {
  return c.nest(() => {
    const { start } = c.token;
    const word = c.is("async") && c.ahead(1).text !== "=>" ? c.take() : undefined;
    const typeParameters = parseTypeParameters(c);
    const parameters = c.is("(") ? parseParameters(c) : [loneParameter(c)];
    const returnType = c.accept(":") ? { returnType: parseReturnType(c) } : {};
    const head = c.expect("=>");
    const body = c.is("{") ? parseBlock(c) : parseAssignment(c);
    const async = word === undefined ? {} : { async: { start: word.start, end: word.end } };
    const shape = {
      form: "arrow",
      head: { start: head.start, end: head.end },
      declared: false,
      decorators: [],
    } as const;
    return {
      kind: "function",
      ...shape,
      ...async,
      typeParameters,
      parameters,
      ...returnType,
      body,
      start,
      end: c.lastEnd,
    };
  });
}

function loneParameter(c: Cursor): Parameter {
  const binding = c.word();
  return {
    kind: "parameter",
    binding,
    modifiers: [],
    decorators: [],
    rest: false,
    start: binding.start,
    end: binding.end,
  };
}
