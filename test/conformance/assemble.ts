import binaryen from "assemblyscript/binaryen";
import { exactLiteral, literalBits } from "./number.js";
import { headOf, type ModuleSource } from "./script.js";
import { readNodes, type List, type Node } from "./text.js";

export interface Assembled {
  readonly wasm: Uint8Array;
  /** Exports of functions that were taken out, with the word that native code does not know. */
  readonly missing: ReadonlyMap<string, string>;
}

const { Features } = binaryen;
const features =
  Features.MutableGlobals |
  Features.SignExt |
  Features.NontrappingFPToInt |
  Features.Multivalue |
  Features.BulkMemory;

/** Words of what lies beyond WebAssembly 1.0 and the extensions that native code knows. */
const unknown = new RegExp(
  `^(${[
    "(any|eq|i31|struct|array|extern|func|exn|null|none)ref|null(extern|func|exn)ref|v128",
    "ref(\\..*)?|table\\..+|elem\\.drop|memory\\.init|data\\.drop",
    "return_call.*|call_ref|br_on_.*|throw.*|try.*",
    "(struct|array|i31|extern|any)\\..*|[if]\\d+x\\d+\\..*",
  ].join("|")})$`,
);

/** The binary format of a module, its text reduced to what native code knows. Throws an Error that tells why there is none. */
export function assemble({ source, line }: ModuleSource): Assembled {
  if (source.kind === "binary") return { wasm: source.bytes, missing: new Map() };
  const isQuote = source.kind === "quote";
  // A carriage return ends a comment too, which binaryen does not know.
  const text = isQuote ? `(module ${source.text.replaceAll("\r", "\n")})` : source.text;
  const node = isQuote ? (readNodes(text)[0] as List) : source.node;
  const { cuts, missing } = reduce(node);
  const kept = node.items.filter((item) => cuts.every((cut) => cut.node !== item));
  const slice = (part: Node): string => text.slice(part.start - node.start, part.end - node.start);
  const all = [
    ...cuts,
    ...kept.flatMap(roundedLiterals),
    ...kept.flatMap((item) => offsets(item, slice)),
  ];
  all.sort((a, b) => a.node.start - b.node.start);
  return { wasm: parse(cut(text, node.start, all), line), missing };
}

function parse(text: string, line: number): Uint8Array {
  let module: binaryen.Module | undefined;
  try {
    module = binaryen.parseText(escaped(text));
    module.setFeatures(features);
    return module.emitBinary();
  } catch {
    throw new Error(`binaryen does not read the module of line ${line}`);
  } finally {
    module?.dispose();
  }
}

/** The text in ASCII, for binaryen takes no other: names are in strings, where bytes may be written out. */
function escaped(text: string): string {
  return text.replaceAll(/[^\0-\x7f]+/g, (part) =>
    Array.from(new TextEncoder().encode(part), (byte) => `\\${byte.toString(16)}`).join(""),
  );
}

/** A piece of text to be replaced. */
interface Cut {
  readonly node: Node;
  readonly by: string;
}

function cut(text: string, base: number, cuts: readonly Cut[]): string {
  let at = 0;
  let result = "";
  for (const { node, by } of cuts) {
    result += text.slice(at, node.start - base) + by;
    at = node.end - base;
  }
  return result + text.slice(at);
}

/** Finds the fields of a module that native code does not know. Where one goes another stands in its place, so that indices stay. */
function reduce(module: List): { cuts: Cut[]; missing: Map<string, string> } {
  const cuts: Cut[] = [];
  const missing = new Map<string, string>();
  const gone = new Map<string, string>();
  for (const field of module.items) {
    if (field.kind !== "list") continue;
    const head = headOf(field);
    const name = nameOf(field);
    const word = unknownWord(field, head === "table" ? "funcref" : "");
    if (word === undefined || field.items.some((item) => headOf(item) === "import")) continue;
    if (head === "table") cuts.push({ node: field, by: "" });
    if (head === "global") cuts.push({ node: field, by: `(global ${name} i32 (i32.const 0))` });
    if (head !== "func") continue;
    cuts.push({ node: field, by: `(func ${name})` });
    gone.set(name, word);
    for (const item of field.items)
      if (headOf(item) === "export") missing.set(exportName(item), word);
  }
  cuts.push(...unusedTables(module));
  for (const field of module.items) {
    if (headOf(field) !== "export" || field.kind !== "list") continue;
    const subject = field.items[2];
    const word = subject?.kind === "list" ? gone.get(nameOf(subject)) : undefined;
    if (word !== undefined) missing.set(exportName(field), word);
  }
  return { cuts, missing };
}

/** Offsets of segments that are computed, in the long form: binaryen takes the short one only with a single instruction. */
function offsets(field: Node, slice: (node: Node) => string): Cut[] {
  if (field.kind !== "list" || headOf(field) !== "data") return [];
  const computed = field.items.find((item) => /^i32\.(add|sub|mul)$/.test(headOf(item)));
  return computed ? [{ node: computed, by: `(offset ${slice(computed)})` }] : [];
}

/** Float literals in a form that cannot be rounded: binaryen rounds those of f32 twice. */
function roundedLiterals(node: Node): Cut[] {
  if (node.kind !== "list") return [];
  const type = /^(f32|f64)\.const$/.exec(headOf(node))?.[1] as "f32" | "f64" | undefined;
  const literal = node.items[1];
  if (!type) return node.items.flatMap(roundedLiterals);
  if (literal?.kind !== "word" || /inf|nan/.test(literal.text)) return [];
  return [{ node: literal, by: exactLiteral(type, literalBits(type, literal.text)) }];
}

function nameOf({ items: [, second] }: List): string {
  return second?.kind === "word" && second.text.startsWith("$") ? second.text : "";
}

function exportName(node: Node): string {
  const name = node.kind === "list" ? node.items[1] : undefined;
  return name?.kind === "text"
    ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(name.bytes)
    : "";
}

/** Tables beside the one in use, where every instruction names its table. */
function unusedTables(module: List): Cut[] {
  const tables = module.items.filter(
    (item): item is List => headOf(item) === "table" && unknownWord(item, "funcref") === undefined,
  );
  const named = new Set<string>();
  const look = (node: Node): boolean => {
    if (node.kind !== "list") return true;
    const isCall = headOf(node) === "call_indirect";
    if (isCall && nameOf(node) === "") return false;
    if (isCall || headOf(node) === "elem") named.add(nameOf(node));
    return node.items.every(look);
  };
  if (tables.length < 2 || !look(module)) return [];
  return tables.filter((table) => !named.has(nameOf(table))).map((node) => ({ node, by: "" }));
}

function unknownWord(node: Node, allowed = ""): string | undefined {
  if (node.kind === "word")
    return node.text !== allowed && unknown.test(node.text) ? node.text : undefined;
  if (node.kind === "text") return undefined;
  for (const item of node.items) {
    const found = unknownWord(item, allowed);
    if (found !== undefined) return found;
  }
  return undefined;
}
