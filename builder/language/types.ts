import type { Cursor } from "./cursor.js";
import type { OtherType, Parameter, Type, TypeParameter } from "./nodes.js";
import { parseParameters } from "./functions.js";

/** A type as it stands behind a colon, in a type argument, or behind `as`. */
export function parseType(c: Cursor): Type {
  return c.nest(() => {
    const { start } = c.token;
    if (startsFunctionType(c)) return functionType(c);
    const type = union(c);
    if (c.is("extends") && !c.token.newline) {
      c.take();
      const parts = [type, startsFunctionType(c) ? functionType(c) : union(c)];
      c.expect("?");
      parts.push(parseType(c));
      c.expect(":");
      parts.push(parseType(c));
      return other(c, start, "conditional", parts);
    }
    return type;
  });
}

/** The type behind the colon of a function: `x is T` and `asserts x` too. */
export function parseReturnType(c: Cursor): Type {
  const { start } = c.token;
  const asserts = c.is("asserts") && c.ahead(1).kind === "identifier" && !c.ahead(1).newline;
  const is = c.isWord() && c.ahead(1).text === "is" && !c.ahead(1).newline;
  if (!asserts && !is) return parseType(c);
  if (asserts) c.take();
  c.word();
  return other(c, start, "predicate", c.accept("is") ? [parseType(c)] : []);
}

function other(c: Cursor, start: number, form: OtherType["form"], parts: Type[] = []): OtherType {
  return { kind: "other-type", form, parts, start, end: c.lastEnd };
}

function startsFunctionType(c: Cursor): boolean {
  if (c.is("<")) return true;
  if (c.is("new") || (c.is("abstract") && c.ahead(1).text === "new")) return true;
  if (!c.is("(")) return false;
  const close = c.token.match;
  return c.tokens[close + 1]?.text === "=>";
}

function functionType(c: Cursor): Type {
  const { start } = c.token;
  c.accept("abstract");
  const constructs = c.accept("new") !== undefined;
  parseTypeParameters(c);
  const parameters: Parameter[] = parseParameters(c);
  c.expect("=>");
  const result = parseReturnType(c);
  return { kind: "function-type", constructs, parameters, result, start, end: c.lastEnd };
}

function union(c: Cursor): Type {
  const { start } = c.token;
  c.accept("|");
  const members = [intersection(c)];
  while (c.accept("|")) members.push(intersection(c));
  return members.length === 1
    ? members[0]!
    : { kind: "union-type", members, start, end: c.lastEnd };
}

function intersection(c: Cursor): Type {
  const { start } = c.token;
  c.accept("&");
  const members = [postfix(c)];
  while (c.accept("&")) members.push(postfix(c));
  return members.length === 1 ? members[0]! : other(c, start, "intersection", members);
}

function postfix(c: Cursor): Type {
  const { start, text } = c.token;
  if ((text === "keyof" || text === "unique" || text === "infer") && c.isWord() && startsType(c)) {
    c.take();
    return c.nest(() => other(c, start, text, [postfix(c)]));
  }
  if (text === "readonly" && c.isWord() && startsType(c)) c.take();
  let type = primary(c);
  for (let length = 0; c.is("[") && !c.token.newline; c.checkChain(++length)) {
    c.take();
    if (c.accept("]")) type = { kind: "array-type", element: type, start, end: c.lastEnd };
    else {
      const index = parseType(c);
      c.expect("]");
      type = other(c, start, "indexed", [type, index]);
    }
  }
  return type;
}

/** Whether the token behind the current word begins a type, so that the word is an operator. */
function startsType(c: Cursor): boolean {
  const next = c.ahead(1);
  return next.kind === "identifier" || next.kind === "string" || "({[".includes(next.text || " ");
}

function primary(c: Cursor): Type {
  const { start, kind, text } = c.token;
  if (kind === "string" || kind === "number" || kind === "bigint" || kind === "template") {
    c.take();
    return {
      kind: "literal-type",
      form: kind === "bigint" ? "number" : kind,
      start,
      end: c.lastEnd,
    };
  }
  if (kind === "template-head") return templateType(c);
  if (text === "-" && c.ahead(1).kind === "number") {
    c.at += 2;
    return { kind: "literal-type", form: "number", start, end: c.lastEnd };
  }
  if (text === "(") {
    c.take();
    const type = parseType(c);
    c.expect(")");
    return type;
  }
  if (text === "[")
    return other(
      c,
      start,
      "tuple",
      c.nest(() => c.list("[", "]", () => tupleElement(c))),
    );
  if (text === "{") return objectType(c);
  if (kind !== "identifier") c.fail();
  if (text === "typeof") return typeofType(c);
  if (text === "import" && c.ahead(1).text === "(") return importType(c);
  return reference(c);
}

function templateType(c: Cursor): Type {
  const { start } = c.take();
  while (c.token.kind !== "template-tail") {
    if (c.token.kind === "template-middle") c.take();
    else parseType(c);
  }
  c.take();
  return { kind: "literal-type", form: "template", start, end: c.lastEnd };
}

function tupleElement(c: Cursor): Type {
  c.accept("...");
  if (
    c.isWord() &&
    (c.ahead(1).text === ":" || (c.ahead(1).text === "?" && c.ahead(2).text === ":"))
  ) {
    c.take();
    c.accept("?");
    c.expect(":");
  }
  const type = parseType(c);
  c.accept("?");
  return type;
}

/** `{ x: i32 }` and mapped types: only that it is one matters, so its tokens are passed over. */
function objectType(c: Cursor): Type {
  const { start, match } = c.token;
  const mapped = c.ahead(1).text === "[" && c.ahead(3).text === "in";
  if (match < 0) c.fail();
  c.at = match + 1;
  return other(c, start, mapped ? "mapped" : "object");
}

function typeofType(c: Cursor): Type {
  const { start } = c.take();
  if (c.is("import")) importType(c);
  else reference(c);
  return other(c, start, "typeof");
}

function importType(c: Cursor): Type {
  const { start } = c.take();
  c.at = c.token.match + 1;
  while (c.accept(".")) c.word();
  if (c.is("<")) parseTypeArguments(c);
  return other(c, start, "import");
}

function reference(c: Cursor): Type {
  const { start } = c.token;
  let name = c.word().text;
  while (c.accept(".")) name += "." + c.word().text;
  const args = c.is("<") && !c.token.newline ? parseTypeArguments(c) : [];
  return { kind: "type-reference", name, arguments: args, start, end: c.lastEnd };
}

/** `<A, B>` behind a name. */
export function parseTypeArguments(c: Cursor): Type[] {
  return c.nest(() => c.list("<", ">", () => parseType(c)));
}

/** `<T extends Base = Default>` of a declaration, or nothing. */
export function parseTypeParameters(c: Cursor): TypeParameter[] {
  if (!c.is("<")) return [];
  return c.list("<", ">", () => {
    const { start } = c.token;
    while ((c.is("const") || c.is("in") || c.is("out")) && c.ahead(1).kind === "identifier")
      c.take();
    const name = c.word().text;
    const constraint = c.accept("extends") ? { constraint: parseType(c) } : {};
    const fallback = c.accept("=") ? { fallback: parseType(c) } : {};
    return { kind: "type-parameter", name, ...constraint, ...fallback, start, end: c.lastEnd };
  });
}
