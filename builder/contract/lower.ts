import { DiagnosticError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import type { NeedKind } from "../../runtime/manifest/manifest.js";
import { flatten, flatType } from "./flatten.js";
import {
  maxWords,
  type Contract,
  type ContractEnum,
  type ContractExport,
  type ContractFunction,
  type ContractInterface,
  type ListType,
  type Parameter,
  type Result,
} from "./model.js";
import { Scope, type Block } from "./scope.js";
import { FunctionTags } from "./tags.js";
import { refuse, type Place } from "./tokens.js";
import type { Name, WitEnum, WitFunction, WitInterface, WitPackage, WitWorld } from "./syntax.js";

/**
 * Lowers the contract to WebAssembly as SPEC.md section 1 states. Diagnostics: unknown names, types
 * without a lowering, lists without `@max`, calls of more than four argument words; the first of
 * each function, interface or world is reported.
 */
export function lower(
  wit: WitPackage,
  file: string,
): { contract?: Contract; diagnostics: readonly Diagnostic[] } {
  const lowering = new Lowering(wit, file);
  const contract = lowering.run();
  return lowering.diagnostics.length > 0
    ? { diagnostics: lowering.diagnostics }
    : { contract, diagnostics: [] };
}

class Lowering {
  readonly diagnostics: Diagnostic[] = [];
  private readonly scope: Scope;
  private readonly usedEnums = new Set<string>();
  private functionCount = 0;

  constructor(
    private readonly wit: WitPackage,
    private readonly file: string,
  ) {
    this.scope = new Scope(wit.interfaces, file);
  }

  run(): Contract {
    const { wit } = this;
    this.attempt(() =>
      this.checkUnique([...wit.interfaces, ...wit.worlds].map((item) => item.name)),
    );
    for (const item of wit.interfaces) this.attempt(() => this.checkInterface(item));
    const enums = wit.interfaces
      .flatMap((item) => item.types)
      .filter((type) => type.kind === "enum");
    this.attempt(() => this.checkUnique(enums.map((item) => item.name)));
    const interfaces = wit.interfaces
      .filter((item) => item.functions.length > 0)
      .map((item) => this.lowerInterface(item));
    const exports = this.attempt(() => this.lowerWorld()) ?? [];
    return {
      name: wit.name,
      version: wit.version,
      enums: this.lowerEnums(enums),
      needKinds: this.needKinds(),
      interfaces,
      exports,
    };
  }

  private attempt<Value>(step: () => Value): Value | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      for (const found of error.diagnostics) this.report(found);
      return undefined;
    }
  }

  /** A type at fault is met again in each function that uses it. */
  private report(found: Diagnostic): void {
    const isKnown = this.diagnostics.some(
      (known) => known.line === found.line && known.column === found.column,
    );
    if (!isKnown) this.diagnostics.push(found);
  }

  private checkInterface(item: WitInterface): void {
    const used = item.uses.flatMap((use) => use.names);
    this.checkUnique([
      ...used,
      ...item.types.map((type) => type.name),
      ...item.functions.map((func) => func.name),
    ]);
    this.scope.checkUses(item.uses);
    for (const type of item.types) {
      if (type.kind === "enum") this.checkUnique(type.cases.map((one) => one.name));
      else this.scope.needKindsOf(type);
    }
  }

  private lowerInterface(item: WitInterface): ContractInterface {
    const isFree = item.docs.tags.some((tag) => tag.name === "free");
    const functions: ContractFunction[] = [];
    for (const func of item.functions) {
      const lowered = this.attempt(() => this.lowerFunction(func, item, isFree));
      if (lowered !== undefined) functions.push(lowered);
    }
    return { name: item.name.text, docs: item.docs.lines, isFree, functions };
  }

  private lowerFunction(func: WitFunction, item: WitInterface, isFree: boolean): ContractFunction {
    const number = this.functionCount++;
    const tags = new FunctionTags(func, this.file);
    const parameters = this.lowerParameters(func, tags, item);
    const result = this.lowerResult(func, tags, item);
    tags.check(parameters, result);
    this.checkHandles(func, parameters, item.name.text, isFree);
    const lowered = flatten(parameters, result);
    if (lowered.words > maxWords) {
      const name = `${item.name.text}.${func.name.text}`;
      const message = `\`${name}\` takes ${lowered.words} argument words, ${maxWords} is the limit`;
      this.refuse(func.name, message, "Drop a parameter, or split it into two functions.");
    }
    const flatNames = lowered.flat.map((flat) => ({ ...func.name, text: flat.name }));
    this.checkUnique([{ ...func.name, text: "self" }, ...flatNames]);
    return {
      number,
      interface: item.name.text,
      name: func.name.text,
      docs: [...func.docs.lines, ...parameters.flatMap(rangeInWords)],
      parameters,
      result,
      ...lowered,
    };
  }

  private lowerParameters(func: WitFunction, tags: FunctionTags, block: Block): Parameter[] {
    this.checkUnique(func.parameters.map((parameter) => parameter.name));
    const lists: Name[] = [];
    const parameters = func.parameters.map(({ name, type }): Parameter => {
      const resolved = this.scope.resolve(type, block);
      if (resolved.kind === "result")
        this.refuse(type, "a result cannot be a parameter", "Pass the value.");
      if (resolved.kind === "enum") this.usedEnums.add(resolved.name);
      const range = tags.rangeOf(name.text);
      if (resolved.kind === "scalar" && range !== undefined)
        return { name: name.text, type: { ...resolved, range } };
      if (resolved.kind !== "bytes" && resolved.kind !== "string")
        return { name: name.text, type: resolved };
      lists.push(name);
      return { name: name.text, type: this.lowerList(tags, name, resolved.kind) };
    });
    // The core reads one list at a time through one bounce buffer.
    if (lists.length > 1)
      this.refuse(
        lists[1]!,
        "a function takes one list or string at most",
        "Split it into two functions.",
      );
    return parameters;
  }

  private lowerList(tags: FunctionTags, name: Name, kind: "bytes" | "string"): ListType {
    const { max, tag } = tags.maxOf(name.text, name);
    const isKept = tag.name === "kept";
    if (isKept && kind === "string")
      this.refuse(tag, "a kept list has bytes", `Write \`@max\`, or \`${name.text}: list<u8>\`.`);
    return { kind: "list", elementBytes: kind === "string" ? 2 : 1, max, isKept };
  }

  private lowerReturned(tags: FunctionTags, place: Place, isFallible: boolean): Result {
    const { max, tag } = tags.maxOf("return", place);
    if (tag.name === "kept")
      this.refuse(tag, "a returned list cannot be kept", "Write `@max return N`.");
    return { kind: "bytes", max, isFallible };
  }

  private lowerResult(func: WitFunction, tags: FunctionTags, block: Block): Result {
    if (func.result === null) return { kind: "none" };
    const resolved = this.scope.resolve(func.result, block);
    if (resolved.kind === "enum") this.usedEnums.add(resolved.name);
    if (resolved.kind === "enum") return resolved;
    if (resolved.kind === "scalar" && resolved.name !== "s64")
      return { kind: "scalar", name: resolved.name };
    if (resolved.kind === "bytes") return this.lowerReturned(tags, func.result, false);
    if (resolved.kind !== "result") {
      const hint = "Results are bool, u8, u16, u32, s32, u64, an enum, list<u8> or a result.";
      this.refuse(func.result, "this result type has no lowering", hint);
    }
    this.usedEnums.add("error-code");
    const ok = resolved.ok;
    if (ok === null) return { kind: "fallible", value: null };
    if (ok.kind === "bytes") return this.lowerReturned(tags, func.result, true);
    if (ok.kind === "scalar" && (ok.name === "u32" || ok.name === "s32" || ok.name === "u64"))
      return { kind: "fallible", value: ok.name };
    this.refuse(
      func.result,
      "this result type has no lowering",
      "In a result stand `_`, u32, s32, u64 or list<u8>.",
    );
  }

  /** Capabilities rest on this: a call outside a free interface names a need, in its first word. */
  private checkHandles(
    func: WitFunction,
    parameters: readonly Parameter[],
    name: string,
    isFree: boolean,
  ): void {
    for (const [index, parameter] of parameters.entries()) {
      if (parameter.type.kind !== "handle") continue;
      const place = func.parameters[index]!.name;
      if (isFree)
        this.refuse(
          place,
          `\`${name}\` is \`@free\`, but this parameter is a handle`,
          "Remove `@free`.",
        );
      if (index > 0)
        this.refuse(
          place,
          "a handle is the first parameter",
          "Move it to the front; a call names one need.",
        );
    }
    if (isFree || parameters[0]?.type.kind === "handle") return;
    this.refuse(
      func.name,
      `\`${name}.${func.name.text}\` takes no handle`,
      "Add one as the first parameter, or mark the interface `@free`.",
    );
  }

  private lowerWorld(): ContractExport[] {
    const [world, second] = this.wit.worlds;
    if (world === undefined)
      this.refuse(
        { line: 1, column: 1, length: 1 },
        "there is no world",
        "Write `world container { ... }`.",
      );
    if (second !== undefined) this.refuse(second.name, "there are two worlds", "Keep one.");
    this.checkUnique(world.imports);
    this.checkUnique([
      ...world.uses.flatMap((use) => use.names),
      ...world.exports.map((func) => func.name),
    ]);
    this.scope.checkUses(world.uses);
    this.checkImports(world);
    return world.exports.map((func) => this.lowerExport(func, world));
  }

  private checkImports(world: WitWorld): void {
    const known = this.wit.interfaces.filter((item) => item.functions.length > 0);
    for (const name of world.imports) {
      if (known.some((item) => item.name.text === name.text)) continue;
      this.refuse(
        name,
        `there is no interface \`${name.text}\` with functions`,
        "Import an interface of this file.",
      );
    }
    for (const item of known) {
      if (world.imports.some((name) => name.text === item.name.text)) continue;
      this.refuse(
        item.name,
        `the world does not import \`${item.name.text}\``,
        `Add \`import ${item.name.text};\` to it.`,
      );
    }
  }

  private lowerExport(func: WitFunction, world: WitWorld): ContractExport {
    if (func.result !== null)
      this.refuse(func.result, "an exported function returns nothing", "Report through a call.");
    const flat = func.parameters.map(({ name, type }) => {
      const resolved = this.scope.resolve(type, world);
      if (resolved.kind === "scalar")
        return { name: name.text, type: flatType(resolved), isHandler: false };
      if (resolved.kind === "handler")
        return { name: name.text, type: "i32" as const, isHandler: true };
      this.refuse(
        type,
        "a parameter of an exported function is a scalar or a handler",
        "Let the container read the rest.",
      );
    });
    const isTable = flat[0]?.isHandler === true;
    const taken = isTable ? flat.slice(1) : flat;
    return {
      name: func.name.text,
      docs: func.docs.lines,
      kind: isTable ? "table" : "entry",
      flat: taken.map(({ name, type }) => ({ name, type })),
    };
  }

  private lowerEnums(enums: readonly WitEnum[]): ContractEnum[] {
    return enums.map(({ name, docs, cases }) => ({
      name: name.text,
      docs: docs.lines,
      cases: cases.map((one) => ({ name: one.name.text, docs: one.docs.lines })),
      isUsed: this.usedEnums.has(name.text),
    }));
  }

  private needKinds(): NeedKind[] {
    const kinds = new Set<NeedKind>();
    for (const type of this.wit.interfaces.flatMap((item) => item.types)) {
      const own =
        type.kind === "alias" ? this.attempt(() => this.scope.needKindsOf(type)) : undefined;
      for (const kind of own ?? []) kinds.add(kind);
    }
    return [...kinds];
  }

  private checkUnique(names: readonly Name[]): void {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name.text))
        this.refuse(name, `the name \`${name.text}\` is taken`, "Choose another one.");
      seen.add(name.text);
    }
  }

  private refuse(place: Place, message: string, hint: string): never {
    refuse(this.file, place, message, hint);
  }
}

function rangeInWords({ name, type }: Parameter): string[] {
  if (type.kind !== "scalar" || type.range === undefined) return [];
  const [first, last] = [type.range.first, type.range.last].map((n) => n.toLocaleString("en-US"));
  return [`\`${name}\` is ${first} to ${last}.`];
}
