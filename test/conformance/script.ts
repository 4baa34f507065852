import type { ValueType } from "../../builder/wasm/module.js";
import type { Bits } from "../native/executor.js";
import { literalBits } from "./number.js";
import { readNodes, type List, type Node, type Word } from "./text.js";

/** A module as a script has it. */
export interface ModuleSource {
  /** `$name`. */
  readonly name: string | undefined;
  readonly line: number;
  readonly source:
    | { readonly kind: "text"; readonly node: List; readonly text: string }
    | { readonly kind: "quote"; readonly text: string }
    | { readonly kind: "binary"; readonly bytes: Uint8Array };
}

/** A value that a script passes; `other` is one of a type that has no bits here. */
export type Value =
  | { readonly type: ValueType; readonly bits: Bits }
  | { readonly type: "other"; readonly text: string };

/** What a result must be; `either` is a choice. */
export type Expected =
  | Value
  | { readonly type: "f32" | "f64"; readonly nan: "canonical" | "arithmetic" }
  | { readonly type: "either"; readonly choices: readonly Expected[] };

export type Action =
  | {
      readonly kind: "invoke";
      readonly module: string | undefined;
      readonly name: string;
      readonly args: readonly Value[];
    }
  | { readonly kind: "get"; readonly module: string | undefined; readonly name: string };

/** Assertions about modules that must not run: the engine that validates them is held to these, not native code. */
export const validationKinds = [
  "assert_invalid",
  "assert_malformed",
  "assert_unlinkable",
  "assert_invalid_custom",
  "assert_malformed_custom",
] as const;
export type ValidationKind = (typeof validationKinds)[number];

export type Command = { readonly line: number } & CommandBody;

type CommandBody =
  | { readonly kind: "module"; readonly module: ModuleSource }
  /** A module that later ones are instances of. */
  | { readonly kind: "definition"; readonly module: ModuleSource }
  | {
      readonly kind: "instance";
      readonly name: string | undefined;
      readonly definition: string | undefined;
    }
  | { readonly kind: "register"; readonly as: string; readonly module: string | undefined }
  | { readonly kind: "action"; readonly action: Action }
  | {
      readonly kind: "assert_return";
      readonly action: Action;
      readonly expected: readonly Expected[];
    }
  | {
      readonly kind: "assert_trap" | "assert_exhaustion";
      readonly action: Action;
      readonly message: string;
    }
  | { readonly kind: "assert_trap_module"; readonly module: ModuleSource; readonly message: string }
  | { readonly kind: ValidationKind }
  | { readonly kind: "unknown"; readonly name: string };

const moduleFields = new Set(
  "type rec import func table memory global export start elem data tag".split(" "),
);

/** The commands of a .wast script. Throws a SyntaxError with the line where it is none. */
export function readScript(source: string): Command[] {
  const nodes = readNodes(source).filter((node): node is List => node.kind === "list");
  if (nodes.length > 0 && moduleFields.has(headOf(nodes[0]!))) return [inlineModule(source, nodes)];
  return nodes.map((node) => ({ line: node.line, ...command(source, node) }));
}

/** A whole file that is the fields of one module. */
function inlineModule(source: string, nodes: readonly List[]): Command {
  const [{ line }, last] = [nodes[0]!, nodes.at(-1)!];
  const text = `(module ${source.slice(nodes[0]!.start, last.end)})`;
  const node = readNodes(text)[0] as List;
  return {
    line,
    kind: "module",
    module: { name: undefined, line, source: { kind: "text", node, text } },
  };
}

function command(source: string, node: List): CommandBody {
  const kind = headOf(node);
  const [, first, second] = node.items;
  if (kind === "module") return moduleCommand(source, node);
  if (kind === "register") return { kind, as: stringOf(first), module: second && wordOf(second) };
  if (kind === "invoke" || kind === "get") return { kind: "action", action: action(node) };
  if (kind === "assert_return")
    return { kind, action: action(listOf(first)), expected: node.items.slice(2).map(expectedOf) };
  if (kind === "assert_trap" || kind === "assert_exhaustion") {
    const message = stringOf(second);
    const subject = listOf(first);
    if (headOf(subject) === "module")
      return {
        kind: "assert_trap_module",
        module: moduleSource(source, subject, subject.items.slice(1)),
        message,
      };
    return { kind, action: action(subject), message };
  }
  if (validationKinds.some((name) => name === kind)) return { kind: kind as ValidationKind };
  return { kind: "unknown", name: kind };
}

function moduleCommand(source: string, node: List): CommandBody {
  const [, first] = node.items;
  const what = first?.kind === "word" ? first.text : "";
  if (what === "definition")
    return { kind: "definition", module: moduleSource(source, node, node.items.slice(2)) };
  if (what === "instance") {
    const names = node.items.slice(2).map(wordOf);
    return { kind: "instance", name: names[0], definition: names[1] };
  }
  return { kind: "module", module: moduleSource(source, node, node.items.slice(1)) };
}

function moduleSource(source: string, node: List, rest: readonly Node[]): ModuleSource {
  const items = [...rest];
  const takeWord = (matches: (text: string) => boolean): string | undefined => {
    const [next] = items;
    if (next?.kind !== "word" || !matches(next.text)) return undefined;
    items.shift();
    return next.text;
  };
  const name = takeWord((text) => text.startsWith("$"));
  const form = takeWord((text) => text === "binary" || text === "quote");
  const place = { name, line: node.line };
  const bytes = Uint8Array.from(
    items.flatMap((item) => (item.kind === "text" ? [...item.bytes] : [])),
  );
  if (form === "binary") return { ...place, source: { kind: "binary", bytes } };
  if (form === "quote")
    return {
      ...place,
      source: { kind: "quote", text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) },
    };
  return { ...place, source: { kind: "text", node, text: source.slice(node.start, node.end) } };
}

function action(node: List): Action {
  const items = node.items.slice(1);
  const module = items[0]?.kind === "word" ? wordOf(items.shift()) : undefined;
  const name = stringOf(items.shift());
  if (headOf(node) === "get") return { kind: "get", module, name };
  return { kind: "invoke", module, name, args: items.map(valueOf) };
}

function valueOf(node: Node): Value {
  const found = expectedOf(node);
  if (found.type !== "either" && !("nan" in found)) return found;
  throw new SyntaxError(`line ${node.line}: a choice is no value`);
}

function expectedOf(node: Node): Expected {
  const list = listOf(node);
  const head = headOf(list);
  if (head === "either") return { type: "either", choices: list.items.slice(1).map(expectedOf) };
  const type = /^([if](?:32|64))\.const$/.exec(head)?.[1] as ValueType | undefined;
  const [, literal] = list.items;
  if (!type || literal?.kind !== "word") return { type: "other", text: head };
  const nan = /^nan:(canonical|arithmetic)$/.exec(literal.text)?.[1];
  if (nan !== undefined && (type === "f32" || type === "f64"))
    return { type, nan: nan as "canonical" | "arithmetic" };
  return { type, bits: literalBits(type, literal.text) };
}

/** The first word of a list. */
export function headOf(node: Node): string {
  const first = node.kind === "list" ? node.items[0] : undefined;
  return first?.kind === "word" ? first.text : "";
}

function listOf(node: Node | undefined): List {
  if (node?.kind === "list") return node;
  throw new SyntaxError(`line ${node?.line ?? 0}: a list is missing`);
}

function wordOf(node: Node | undefined): string {
  if (node?.kind === "word") return (node satisfies Word).text;
  throw new SyntaxError(`line ${node?.line ?? 0}: a word is missing`);
}

function stringOf(node: Node | undefined): string {
  if (node?.kind === "text")
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(node.bytes);
  throw new SyntaxError(`line ${node?.line ?? 0}: a string is missing`);
}
