import { parseClass, parseInterface } from "./classes.js";
import { type Cursor, Unreadable } from "./cursor.js";
import { parseAssignment, parseExpression } from "./expressions.js";
import { parseBinding, parseDecorators, parseFunction, parsePropertyName } from "./functions.js";
import { parseExport, parseImport } from "./modules.js";
import type {
  Block,
  Case,
  Declarator,
  Decorator,
  Enum,
  EnumMember,
  Expression,
  ForEach,
  For,
  Statement,
  Variables,
} from "./nodes.js";
import { parseType, parseTypeParameters } from "./types.js";

/** Statements up to a `}`, a `case` or the end. One that cannot be read becomes `unparsed`, and reading goes on behind it. */
export function parseStatements(c: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (c.token.kind !== "end" && !c.is("}") && !inSwitch(c)) {
    if (c.accept(";")) continue;
    statements.push(tolerant(c));
  }
  return statements;
}

function inSwitch(c: Cursor): boolean {
  return c.is("case") || (c.is("default") && c.ahead(1).text === ":");
}

function tolerant(c: Cursor): Statement {
  const { at } = c;
  const { start } = c.token;
  try {
    return parseStatement(c);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    skipStatement(c, at);
    return { kind: "unparsed", start, end: c.lastEnd };
  }
}

/** Moves from the start of a statement to behind it, over whole brackets. */
function skipStatement(c: Cursor, start: number): void {
  let at = start;
  for (; at < c.tokens.length - 1; at++) {
    const token = c.tokens[at]!;
    if (token.match > at) {
      at = lastPart(c, at);
      if (token.text === "{" && c.tokens[at + 1]!.newline) break;
    } else if (token.text === ";") break;
    else if (token.match >= 0 || (token.text === "}" && at > start)) {
      at--;
      break;
    }
  }
  c.at = Math.min(Math.max(at, start) + 1, c.tokens.length - 1);
}

/** The closer of a bracket; for a template the part that has no further partner. */
function lastPart(c: Cursor, at: number): number {
  while (c.tokens[at]!.match > at) at = c.tokens[at]!.match;
  return at;
}

export function parseBlock(c: Cursor): Block {
  const { start } = c.expect("{");
  const statements = c.nest(() => parseStatements(c));
  c.expect("}");
  return { kind: "block", statements, start, end: c.lastEnd };
}

function parseStatement(c: Cursor): Statement {
  return c.nest(() => {
    const { kind, text, start } = c.token;
    if (text === "{") return parseBlock(c);
    if (text === "@") return declaration(c, start, parseDecorators(c)) ?? c.fail();
    if (kind !== "identifier") return expressionStatement(c);
    return declaration(c, start, []) ?? control(c) ?? expressionStatement(c);
  });
}

/** A declaration, if one starts here; words such as `type` and `namespace` are names elsewhere. */
function declaration(
  c: Cursor,
  start: number,
  decorators: readonly Decorator[],
): Statement | undefined {
  const next = c.ahead(1);
  const named = next.kind === "identifier" && !next.newline;
  switch (c.token.text) {
    case "import":
      return next.text === "(" || next.text === "." ? undefined : parseImport(c);
    case "export":
      return exported(c, start, decorators);
    case "const":
      return next.text === "enum" ? enumeration(c, start) : variables(c, start);
    case "let":
      return next.kind === "identifier" || next.text === "{" || next.text === "["
        ? variables(c, start)
        : undefined;
    case "var":
      return variables(c, start);
    case "function":
      return functionDeclaration(c, start, decorators);
    case "async":
      return next.text === "function" && named
        ? functionDeclaration(c, start, decorators)
        : undefined;
    case "class":
      return parseClass(c, start, decorators, "declaration");
    case "abstract":
      return next.text === "class" ? parseClass(c, start, decorators, "declaration") : undefined;
    case "interface":
      return named ? parseInterface(c, start) : undefined;
    case "enum":
      return named ? enumeration(c, start) : undefined;
    case "type":
      return named ? typeAlias(c, start) : undefined;
    case "namespace":
    case "module":
      return named ? namespace(c, start) : undefined;
    case "declare":
      if (!named) return undefined;
      return ambient(c, () => declaration(c, start, decorators));
    default:
      return undefined;
  }
}

/** What stands behind `declare`. */
function ambient<T>(c: Cursor, rule: () => T): T {
  const before = c.ambient;
  c.take();
  c.ambient = true;
  try {
    return rule();
  } finally {
    c.ambient = before;
  }
}

function exported(c: Cursor, start: number, decorators: readonly Decorator[]): Statement {
  return parseExport(c, () => {
    const more = parseDecorators(c);
    return declaration(c, start, [...decorators, ...more]);
  });
}

function variables(c: Cursor, start: number): Variables {
  const node = declarators(c, start, false);
  c.semicolon();
  return node;
}

function declarators(c: Cursor, start: number, noIn: boolean): Variables {
  const form = c.take().text as Variables["form"];
  const list: Declarator[] = [];
  do {
    const at = c.token.start;
    const binding = parseBinding(c);
    c.accept("!");
    const type = c.accept(":") ? { type: parseType(c) } : {};
    const initializer = c.accept("=") ? { initializer: parseAssignment(c, noIn) } : {};
    list.push({ kind: "declarator", binding, ...type, ...initializer, start: at, end: c.lastEnd });
  } while (c.accept(","));
  return { kind: "variables", form, declared: c.ambient, declarators: list, start, end: c.lastEnd };
}

function functionDeclaration(
  c: Cursor,
  start: number,
  decorators: readonly Decorator[],
): Statement {
  const word = c.accept("async");
  c.expect("function");
  const star = c.accept("*");
  const name = c.word();
  const async = word === undefined ? {} : { async: { start: word.start, end: word.end } };
  const generator = star === undefined ? {} : { generator: { start: star.start, end: star.end } };
  return parseFunction(c, {
    form: "declaration",
    name,
    head: { start: name.start, end: name.end },
    start,
    declared: c.ambient,
    decorators,
    ...async,
    ...generator,
  });
}

function enumeration(c: Cursor, start: number): Enum {
  const constant = c.accept("const") !== undefined;
  c.expect("enum");
  const name = c.word();
  const members = c.list("{", "}", (): EnumMember => {
    const at = c.token.start;
    const member = parsePropertyName(c);
    const value = c.accept("=") ? { value: parseAssignment(c) } : {};
    return { kind: "enum-member", name: member, ...value, start: at, end: c.lastEnd };
  });
  return { kind: "enum", constant, name, members, start, end: c.lastEnd };
}

function typeAlias(c: Cursor, start: number): Statement {
  c.take();
  const name = c.word();
  const typeParameters = parseTypeParameters(c);
  c.expect("=");
  const type = parseType(c);
  c.semicolon();
  return { kind: "type-alias", name, typeParameters, type, start, end: c.lastEnd };
}

function namespace(c: Cursor, start: number): Statement {
  c.take();
  const name = c.word();
  while (c.accept(".")) c.word();
  return { kind: "namespace", name, body: parseBlock(c), start, end: c.lastEnd };
}

function control(c: Cursor): Statement | undefined {
  const { start, text } = c.token;
  switch (text) {
    case "if":
      return conditional(c);
    case "for":
      return loop(c);
    case "while": {
      c.take();
      const test = condition(c);
      return { kind: "while", test, body: parseStatement(c), start, end: c.lastEnd };
    }
    case "do":
      return doWhile(c);
    case "return":
    case "throw": {
      c.take();
      const ends = c.is(";") || c.is("}") || c.token.newline || c.token.kind === "end";
      const value = ends ? {} : { value: parseExpression(c) };
      c.semicolon();
      return { kind: "leave", form: text, ...value, start, end: c.lastEnd };
    }
    case "break":
    case "continue":
      c.take();
      if (c.isWord() && !c.token.newline) c.take();
      c.semicolon();
      return { kind: "jump", start, end: c.lastEnd };
    case "try":
      return attempt(c);
    case "switch":
      return choice(c);
    default:
      return oddStatement(c);
  }
}

function oddStatement(c: Cursor): Statement | undefined {
  const { start, text } = c.token;
  const next = c.ahead(1).text;
  if (next === ":") {
    const label = c.word();
    c.take();
    return { kind: "labeled", label, body: parseStatement(c), start, end: c.lastEnd };
  }
  if (text === "debugger") {
    c.take();
    c.semicolon();
    return { kind: "debugger", start, end: c.lastEnd };
  }
  if (text === "with" && next === "(") {
    c.take();
    const value = condition(c);
    return { kind: "with", value, body: parseStatement(c), start, end: start + text.length };
  }
  return undefined;
}

function condition(c: Cursor): Expression {
  c.expect("(");
  const test = parseExpression(c);
  c.expect(")");
  return test;
}

/** The body of an `if` or a loop: an empty statement is an empty block. */
function body(c: Cursor): Statement {
  const semicolon = c.accept(";");
  if (semicolon === undefined) return parseStatement(c);
  return { kind: "block", statements: [], start: semicolon.start, end: semicolon.end };
}

function conditional(c: Cursor): Statement {
  const { start } = c.take();
  const test = condition(c);
  const yes = body(c);
  const no = c.accept("else") ? { no: body(c) } : {};
  return { kind: "if", test, yes, ...no, start, end: c.lastEnd };
}

function doWhile(c: Cursor): Statement {
  const { start } = c.take();
  const inner = body(c);
  c.expect("while");
  const test = condition(c);
  c.accept(";");
  return { kind: "while", test, body: inner, start, end: c.lastEnd };
}

function loop(c: Cursor): For | ForEach {
  const { start } = c.take();
  const awaits = c.accept("await") !== undefined;
  c.expect("(");
  const declares = c.is("let") || c.is("const") || c.is("var");
  const first = c.is(";")
    ? undefined
    : declares
      ? declarators(c, c.token.start, true)
      : parseExpression(c, true);
  if (first !== undefined && (c.is("of") || c.is("in"))) {
    const word = c.take();
    const value = parseExpression(c);
    c.expect(")");
    const form = word.text as "of" | "in";
    return {
      kind: "for-each",
      form,
      awaits,
      word: { start: word.start, end: word.end },
      target: first,
      value,
      body: body(c),
      start,
      end: c.lastEnd,
    };
  }
  c.expect(";");
  const test = c.is(";") ? {} : { test: parseExpression(c) };
  c.expect(";");
  const step = c.is(")") ? {} : { step: parseExpression(c) };
  c.expect(")");
  return {
    kind: "for",
    ...(first === undefined ? {} : { first }),
    ...test,
    ...step,
    body: body(c),
    start,
    end: c.lastEnd,
  };
}

function attempt(c: Cursor): Statement {
  const { start } = c.take();
  const block = parseBlock(c);
  let handler: { binding?: ReturnType<typeof parseBinding>; handler?: Block } = {};
  if (c.accept("catch")) {
    if (c.accept("(")) {
      handler = { binding: parseBinding(c) };
      if (c.accept(":")) parseType(c);
      c.expect(")");
    }
    handler = { ...handler, handler: parseBlock(c) };
  }
  const finalizer = c.accept("finally") ? { finalizer: parseBlock(c) } : {};
  return { kind: "try", block, ...handler, ...finalizer, start, end: c.lastEnd };
}

function choice(c: Cursor): Statement {
  const { start } = c.take();
  const value = condition(c);
  const cases: Case[] = [];
  c.expect("{");
  while (!c.is("}")) {
    const at = c.token.start;
    const test = c.accept("default") ? {} : (c.expect("case"), { test: parseExpression(c) });
    c.expect(":");
    cases.push({
      kind: "case",
      ...test,
      statements: parseStatements(c),
      start: at,
      end: c.lastEnd,
    });
  }
  c.expect("}");
  return { kind: "switch", value, cases, start, end: c.lastEnd };
}

function expressionStatement(c: Cursor): Statement {
  const { start } = c.token;
  const value = parseExpression(c);
  c.semicolon();
  return { kind: "expression-statement", value, start, end: c.lastEnd };
}
