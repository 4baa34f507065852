import { DiagnosticError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import type {
  Docs,
  Name,
  Tag,
  WitAlias,
  WitEnum,
  WitFunction,
  WitInterface,
  WitPackage,
  WitType,
  WitUse,
  WitWorld,
} from "./syntax.js";
import { placeOf, readTokens, refuse, type DocLine, type Token } from "./tokens.js";

/** Constructs of WIT that a container on a chip has no use for, with what to write instead. */
const refusedTypes: Readonly<Record<string, string>> = {
  option: "Use `result<..., error-code>` and answer `not-found`.",
  tuple: "Use one function per value.",
  own: "Use a handle: `type NAME = u32` with `@handle KIND`.",
  borrow: "Use a handle: `type NAME = u32` with `@handle KIND`.",
  stream: "Call a `handler` and let it read.",
  future: "Call a `handler`.",
  "error-context": "Use `error-code`.",
  map: "Use `list<u8>`.",
};

const refusedItems: Readonly<Record<string, string>> = {
  record: "Pass its fields as parameters.",
  variant: "Use an `enum` and parameters.",
  flags: "Use u32 and say what each bit means.",
  resource: "Use a handle: `type NAME = u32` with `@handle KIND`.",
  union: "Use an `enum` and parameters.",
  include: "Name the interfaces one by one with `import`.",
  static: "Write a plain function.",
  constructor: "Write a plain function.",
};

/**
 * Reads the subset of WIT that the contract is written in: package, interface, world, use, type,
 * enum, func, import, export, documentation comments with the tags `@handle`, `@max`, `@kept`, `@range` and `@free`.
 * Everything else is refused by name. Names and types are checked by `lower`.
 * @param file the name the diagnostics give the text
 */
export function readWit(
  text: string,
  file: string,
): { wit?: WitPackage; diagnostics: readonly Diagnostic[] } {
  try {
    return { wit: new Reader(readTokens(text, file), file).readPackage(), diagnostics: [] };
  } catch (error) {
    if (error instanceof DiagnosticError) return { diagnostics: error.diagnostics };
    throw error;
  }
}

class Reader {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly file: string,
  ) {}

  readPackage(): WitPackage {
    const docs = this.docs([]);
    this.keyword("package", "The file starts with `package namespace:name@major.minor.patch;`.");
    const namespace = this.name("a namespace");
    this.punctuation(":");
    const name = `${namespace.text}:${this.name("a package name").text}`;
    const version = this.next();
    if (version.kind !== "version")
      this.unexpected(version, "a version", "Write `@0.1.0` after the package name.");
    this.punctuation(";");
    const interfaces: WitInterface[] = [];
    const worlds: WitWorld[] = [];
    while (this.peek().kind !== "end") {
      const start = this.peek();
      if (start.text === "interface") interfaces.push(this.readInterface());
      else if (start.text === "world") worlds.push(this.readWorld());
      else
        this.unexpected(
          start,
          "`interface` or `world`",
          "At the top level stand interfaces and worlds only.",
        );
    }
    this.next();
    return { name, version: version.text.slice(1), docs, interfaces, worlds };
  }

  private readInterface(): WitInterface {
    const docs = this.docs(["free"]);
    this.keyword("interface", "");
    const name = this.name("the name of the interface");
    const uses: WitUse[] = [];
    const types: (WitAlias | WitEnum)[] = [];
    const functions: WitFunction[] = [];
    this.punctuation("{");
    while (this.peek().text !== "}") {
      const start = this.peek();
      if (start.kind !== "name")
        this.unexpected(
          start,
          "an item of the interface or `}`",
          "Items are `use`, `type`, `enum` and functions.",
        );
      if (start.text === "use") uses.push(this.readUse());
      else if (start.text === "type") types.push(this.readAlias());
      else if (start.text === "enum") types.push(this.readEnum());
      else functions.push(this.readFunction(["max", "kept", "range"]));
    }
    this.next();
    return { name, docs, uses, types, functions };
  }

  private readWorld(): WitWorld {
    const docs = this.docs([]);
    this.keyword("world", "");
    const name = this.name("the name of the world");
    const uses: WitUse[] = [];
    const imports: Name[] = [];
    const exports: WitFunction[] = [];
    this.punctuation("{");
    while (this.peek().text !== "}") {
      const start = this.peek();
      if (start.text === "use") uses.push(this.readUse());
      else if (start.text === "import") imports.push(this.readImport());
      else if (start.text === "export") exports.push(this.readExport());
      else
        this.unexpected(
          start,
          "`use`, `import`, `export` or `}`",
          "A world names what a container imports and exports.",
        );
    }
    this.next();
    return { name, docs, uses, imports, exports };
  }

  private readUse(): WitUse {
    this.keyword("use", "");
    const from = this.name("an interface of this file");
    this.punctuation(".");
    this.punctuation("{");
    const names = this.list("}", () => this.name("the name of a type"));
    this.punctuation(";");
    return { from, names };
  }

  private readAlias(): WitAlias {
    const docs = this.docs(["handle"]);
    this.keyword("type", "");
    const name = this.name("the name of the type");
    this.punctuation("=");
    const type = this.readType();
    this.punctuation(";");
    return { kind: "alias", name, docs, type };
  }

  private readEnum(): WitEnum {
    const docs = this.docs([]);
    this.keyword("enum", "");
    const name = this.name("the name of the enum");
    this.punctuation("{");
    const cases = this.list("}", () => {
      const caseDocs = this.docs([]);
      return { docs: caseDocs, name: this.name("the name of a case") };
    });
    return { kind: "enum", name, docs, cases };
  }

  private readFunction(tags: readonly string[]): WitFunction {
    const docs = this.docs(tags);
    const name = this.name("the name of a function");
    const hint = refusedItems[name.text];
    if (hint !== undefined && this.peek().text !== ":") this.refuseConstruct(name, hint);
    this.punctuation(":");
    const start = this.peek();
    if (start.text === "async" || start.text === "static")
      this.refuseConstruct(start, "Write a plain `func`; what takes long calls a `handler`.");
    this.keyword("func", "A function is written `name: func(parameter: type) -> type;`.");
    this.punctuation("(");
    const parameters = this.list(")", () => {
      const parameter = this.name("the name of a parameter");
      this.punctuation(":");
      return { name: parameter, type: this.readType() };
    });
    const hasResult = this.peek().text === "->";
    if (hasResult) this.next();
    const result = hasResult ? this.readType() : null;
    this.punctuation(";");
    return { name, docs, parameters, result };
  }

  private readImport(): Name {
    this.keyword("import", "");
    const name = this.name("an interface of this file");
    this.punctuation(";");
    return name;
  }

  private readExport(): WitFunction {
    const docs = this.docs([]);
    this.keyword("export", "");
    return { ...this.readFunction([]), docs };
  }

  private readType(): WitType {
    const start = this.name("a type");
    const hint = refusedTypes[start.text];
    if (hint !== undefined && this.peek().text === "<") this.refuseConstruct(start, hint);
    if (start.text === "list") {
      this.punctuation("<");
      const element = this.readType();
      if (this.peek().text === ",")
        this.refuseConstruct(
          { ...start, text: "list<type, length>" },
          "Use `list<u8>` and `@max`.",
        );
      this.punctuation(">");
      return { kind: "list", element, ...placeOf(start) };
    }
    if (start.text === "result") return this.readResult(start);
    return { kind: "name", name: start.text, ...placeOf(start) };
  }

  private readResult(start: Name): WitType {
    if (this.peek().text !== "<")
      return { kind: "result", ok: null, error: null, ...placeOf(start) };
    this.next();
    let ok: WitType | null = null;
    if (this.peek().text === "_") this.next();
    else ok = this.readType();
    let error: WitType | null = null;
    if (this.peek().text === ",") {
      this.next();
      error = this.readType();
    }
    this.punctuation(">");
    return { kind: "result", ok, error, ...placeOf(start) };
  }

  /** Items separated by commas, a comma after the last one allowed, up to and including `end`. */
  private list<Item>(end: string, readItem: () => Item): Item[] {
    const items: Item[] = [];
    while (this.peek().text !== end) {
      items.push(readItem());
      if (this.peek().text === ",") this.next();
      else if (this.peek().text !== end)
        this.unexpected(this.peek(), `\`,\` or \`${end}\``, "Separate the items with commas.");
    }
    this.next();
    return items;
  }

  /** The documentation of the item that starts at the next token. */
  private docs(tags: readonly string[]): Docs {
    const token = this.peek();
    const lines: string[] = [];
    const found: Tag[] = [];
    for (const line of token.docs) {
      if (line.text.startsWith("@")) found.push(this.readTag(line, tags));
      else lines.push(line.text);
    }
    this.documented = token;
    return { lines, tags: found };
  }

  private documented: Token | undefined;

  private readTag(line: DocLine, allowed: readonly string[]): Tag {
    const start = line.column + line.length - line.text.length;
    const words = [...line.text.matchAll(/\S+/g)].map((match) => ({
      text: match[0],
      line: line.line,
      column: start + match.index,
      length: match[0].length,
    }));
    const tag = words[0]!;
    const name = tag.text.slice(1);
    if (!allowed.includes(name)) {
      const hint =
        "`@handle` stands on a type, `@max`, `@kept` and `@range` on a function, `@free` on an interface.";
      refuse(this.file, tag, `the tag \`${tag.text}\` is unknown here`, hint);
    }
    return { ...placeOf(tag), name, words: words.slice(1) };
  }

  private peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  private next(): Token {
    const token = this.peek();
    const doc = token.docs[0];
    if (doc !== undefined && this.documented !== token) {
      refuse(
        this.file,
        doc,
        "this documentation comment documents nothing",
        "Put it directly before an item, or write `//`.",
      );
    }
    this.at += 1;
    return token;
  }

  private name(what: string): Name {
    const token = this.next();
    if (token.kind !== "name") this.unexpected(token, what, "Names are kebab-case in lower case.");
    return { text: token.text, ...placeOf(token) };
  }

  private keyword(text: string, hint: string): void {
    const token = this.next();
    if (token.text !== text) this.unexpected(token, `\`${text}\``, hint);
  }

  private punctuation(text: string): void {
    const token = this.next();
    if (token.text !== text) this.unexpected(token, `\`${text}\``, `Write \`${text}\` here.`);
  }

  private unexpected(token: Token, expected: string, hint: string): never {
    const refused = refusedItems[token.text];
    if (refused !== undefined) this.refuseConstruct(token, refused);
    const found = token.kind === "end" ? "the end of the file" : `\`${token.text}\``;
    refuse(this.file, token, `expected ${expected}, found ${found}`, hint);
  }

  private refuseConstruct(name: Name, hint: string): never {
    refuse(this.file, name, `\`${name.text}\` is not part of the WIT subset of the contract`, hint);
  }
}
