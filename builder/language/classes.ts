import type { Cursor } from "./cursor.js";
import { parseAssignment } from "./expressions.js";
import { parseDecorators, parseFunction, parseParameters, parsePropertyName } from "./functions.js";
import type { ClassMember, ClassNode, Decorator, FunctionNode, Type } from "./nodes.js";
import { parseBlock } from "./statements.js";
import { parseReturnType, parseType, parseTypeParameters } from "./types.js";

const modifierWords = new Set([
  "public",
  "private",
  "protected",
  "static",
  "readonly",
  "abstract",
  "override",
  "declare",
  "accessor",
  "async",
]);

/** A class declaration or expression, from its decorators or from `abstract` or `class` on. */
export function parseClass(
  c: Cursor,
  start: number,
  before: readonly Decorator[] = [],
  form: "declaration" | "expression" = "expression",
): ClassNode {
  return c.nest(() => {
    const decorators = [...before, ...parseDecorators(c)];
    c.accept("abstract");
    c.expect("class");
    const name = c.isWord() && !c.is("extends") && !c.is("implements") ? { name: c.word() } : {};
    const typeParameters = parseTypeParameters(c);
    const parents = c.accept("extends") ? heritage(c) : [];
    const interfaces = c.accept("implements") ? heritage(c) : [];
    const members = parseMembers(c);
    return {
      kind: "class",
      form,
      decorators,
      ...name,
      typeParameters,
      extends: parents,
      implements: interfaces,
      members,
      start,
      end: c.lastEnd,
    };
  });
}

export function parseInterface(c: Cursor, start: number): ClassNode {
  c.expect("interface");
  const name = c.word();
  const typeParameters = parseTypeParameters(c);
  const parents = c.accept("extends") ? heritage(c) : [];
  const members = parseMembers(c);
  return {
    kind: "class",
    form: "interface",
    decorators: [],
    name,
    typeParameters,
    extends: parents,
    implements: [],
    members,
    start,
    end: c.lastEnd,
  };
}

function heritage(c: Cursor): Type[] {
  const types = [parseType(c)];
  while (c.accept(",")) types.push(parseType(c));
  return types;
}

function parseMembers(c: Cursor): ClassMember[] {
  const members: ClassMember[] = [];
  c.expect("{");
  while (!c.is("}")) {
    if (c.accept(";") ?? c.accept(",")) continue;
    members.push(member(c));
  }
  c.expect("}");
  return members;
}

/** Whether the current word is a name, not a modifier: `static = 1`, `get(): i32`. */
function isName(c: Cursor): boolean {
  const next = c.ahead(1);
  return (
    next.kind === "end" ||
    ["(", "<", "=", ":", ";", "}", "?", "!", ","].includes(next.text) ||
    (next.newline && !c.is("static") && !modifierWords.has(c.token.text))
  );
}

function member(c: Cursor): ClassMember {
  const { start } = c.token;
  const decorators = parseDecorators(c);
  const modifiers: string[] = [];
  let async: { async?: { start: number; end: number } } = {};
  while (c.isWord() && modifierWords.has(c.token.text) && !isName(c)) {
    if (c.is("static") && c.ahead(1).text === "{") {
      c.take();
      return { kind: "static-block", body: parseBlock(c), start, end: start + "static".length };
    }
    const word = c.take();
    modifiers.push(word.text);
    if (word.text === "async") async = { async: { start: word.start, end: word.end } };
  }
  const signature = signatureAt(c, start);
  if (signature !== undefined) return signature;
  const star = c.accept("*");
  const generator = star === undefined ? {} : { generator: { start: star.start, end: star.end } };
  const accessor =
    (c.is("get") || c.is("set")) && !isName(c) && !c.ahead(1).newline ? c.take().text : undefined;
  const name = parsePropertyName(c);
  const question = c.accept("?");
  const optional = question === undefined ? {} : { optional: question.start };
  if (c.is("(") || c.is("<")) {
    const form = methodForm(accessor, name.text);
    const declared = c.ambient || modifiers.includes("abstract") || modifiers.includes("declare");
    const named = { kind: "name", text: name.text, start: name.start, end: name.end } as const;
    const node: FunctionNode = parseFunction(c, {
      form,
      name: named,
      head: { start: name.start, end: name.end },
      start,
      declared,
      decorators,
      ...async,
      ...generator,
    });
    return { kind: "method", name, modifiers, ...optional, function: node, start, end: c.lastEnd };
  }
  c.accept("!");
  const type = c.accept(":") ? { type: parseType(c) } : {};
  const initializer = c.accept("=") ? { initializer: parseAssignment(c) } : {};
  if (!c.accept(",")) c.semicolon();
  return {
    kind: "field",
    name,
    modifiers,
    decorators,
    ...optional,
    ...type,
    ...initializer,
    start,
    end: c.lastEnd,
  };
}

function methodForm(accessor: string | undefined, name: string): FunctionNode["form"] {
  if (accessor === "get") return "getter";
  if (accessor === "set") return "setter";
  return name === "constructor" ? "constructor" : "method";
}

/** `[key: string]: T` and `(a: T): R`. */
function signatureAt(c: Cursor, start: number): ClassMember | undefined {
  if (c.is("[") && c.ahead(1).kind === "identifier" && c.ahead(2).text === ":") {
    c.take();
    const key = c.word();
    c.expect(":");
    const types = [parseType(c)];
    c.expect("]");
    if (c.accept(":")) types.push(parseType(c));
    if (!c.accept(",")) c.semicolon();
    return { kind: "signature", form: "index", key: key.text, types, start, end: c.lastEnd };
  }
  if (!c.is("(") && !c.is("<")) return undefined;
  parseTypeParameters(c);
  const types = parseParameters(c).flatMap((parameter) => parameter.type ?? []);
  if (c.accept(":")) types.push(parseReturnType(c));
  if (!c.accept(",")) c.semicolon();
  return { kind: "signature", form: "call", key: "", types, start, end: c.lastEnd };
}
