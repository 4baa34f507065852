import type { Cursor } from "./cursor.js";
import { parseAssignment } from "./expressions.js";
import type { Expression, Import, Name, Statement } from "./nodes.js";

/** `import` in all its forms. */
export function parseImport(c: Cursor): Import {
  const { start } = c.take();
  const names: Name[] = [];
  if (c.token.kind === "string") return finish(c, start, names, undefined);
  let typeOnly =
    c.is("type") &&
    (c.ahead(1).text === "{" ||
      c.ahead(1).text === "*" ||
      (c.ahead(1).kind === "identifier" && c.ahead(1).text !== "from"))
      ? place(c)
      : undefined;
  if (typeOnly !== undefined) c.take();
  if (c.isWord()) names.push(c.word());
  if (c.accept("=")) {
    const value = parseAssignment(c);
    c.semicolon();
    return { kind: "import", names, equals: true, start, end: Math.max(value.end, c.lastEnd) };
  }
  c.accept(",");
  if (c.accept("*")) {
    c.expect("as");
    names.push(c.word());
  } else if (c.is("{")) {
    typeOnly = specifiers(c, names) ?? typeOnly;
  }
  c.expect("from");
  return finish(c, start, names, typeOnly);
}

function place(c: Cursor): { start: number; end: number } {
  return { start: c.token.start, end: c.token.end };
}

/** `{ a, b as c, type d }`: the local names; gives the place of a word `type`. */
function specifiers(c: Cursor, names: Name[]): { start: number; end: number } | undefined {
  let typeOnly: { start: number; end: number } | undefined;
  c.list("{", "}", () => {
    if (c.is("type") && c.ahead(1).kind === "identifier" && c.ahead(1).text !== "as") {
      typeOnly ??= place(c);
      c.take();
    }
    let name = specifier(c);
    if (c.accept("as")) name = specifier(c);
    names.push(name);
  });
  return typeOnly;
}

function specifier(c: Cursor): Name {
  if (c.token.kind !== "string") return c.word();
  const { text, start, end } = c.take();
  return { kind: "name", text, start, end };
}

function finish(
  c: Cursor,
  start: number,
  names: Name[],
  typeOnly: { start: number; end: number } | undefined,
): Import {
  if (c.token.kind !== "string") c.fail();
  const quoted = c.take();
  const from: Name = {
    kind: "name",
    text: quoted.text.slice(1, -1),
    start: quoted.start,
    end: quoted.end,
  };
  if (c.is("with") || c.is("assert")) {
    c.take();
    c.at = c.token.match + 1;
  }
  c.semicolon();
  return {
    kind: "import",
    names,
    ...(typeOnly === undefined ? {} : { typeOnly }),
    from,
    equals: false,
    start,
    end: c.lastEnd,
  };
}

/** `export` in all its forms; gives the declaration itself where it exports one. */
export function parseExport(c: Cursor, declaration: () => Statement | undefined): Statement {
  const { start } = c.take();
  const typeOnly =
    c.is("type") && (c.ahead(1).text === "{" || c.ahead(1).text === "*") ? place(c) : undefined;
  if (typeOnly !== undefined) c.take();
  if (c.accept("*")) {
    if (c.accept("as")) c.word();
    c.expect("from");
    return finish(c, start, [], typeOnly);
  }
  if (c.is("{")) {
    const names: Name[] = [];
    const inner = exportSpecifiers(c, names) ?? typeOnly;
    if (c.accept("from")) return finish(c, start, [], inner);
    c.semicolon();
    const values = names.map((name): Expression => ({
      kind: "identifier",
      name: name.text,
      start: name.start,
      end: name.end,
    }));
    return {
      kind: "export",
      values,
      ...(inner === undefined ? {} : { typeOnly: inner }),
      start,
      end: c.lastEnd,
    };
  }
  if (!c.accept("default")) return declaration() ?? c.fail();
  return declaration() ?? defaultValue(c, start);
}

function exportSpecifiers(c: Cursor, names: Name[]): { start: number; end: number } | undefined {
  let typeOnly: { start: number; end: number } | undefined;
  c.list("{", "}", () => {
    if (c.is("type") && c.ahead(1).kind === "identifier" && c.ahead(1).text !== "as") {
      typeOnly ??= place(c);
      c.take();
    }
    names.push(specifier(c));
    if (c.accept("as")) specifier(c);
  });
  return typeOnly;
}

function defaultValue(c: Cursor, start: number): Statement {
  const value = parseAssignment(c);
  c.semicolon();
  return { kind: "export", values: [value], start, end: c.lastEnd };
}
