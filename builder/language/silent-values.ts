import { elementOf, isList, isString } from "./inference.js";
import { fold } from "./constants.js";
import { bare, type Expression, type Node } from "./nodes.js";
import { row, type Context, type Found, type Row } from "./row.js";
import type { Declaration } from "./scopes.js";
import { outer, type Unit } from "./unit.js";

const equality = new Set(["==", "!=", "===", "!=="]);
/** What may be done with a list without changing how many elements it has. */
const keepsLength = new Set(
  "length map filter forEach some every includes indexOf lastIndexOf join slice reduce reduceRight findIndex sort reverse fill concat".split(
    " ",
  ),
);

/** Tests and reads that act otherwise than in JavaScript. */
export const silentValues: readonly Row[] = [
  row("string-truth", ["if", "while", "for", "conditional", "binary"], "", "", stringTruth),
  row("missing-key", ["call"], "", "", missingKey),
  row("missing-element", ["binary"], "", "", missingElement),
  row("index-range", ["index"], "", "", indexRange),
];

/**
 * Warned: a string as the condition of `if`, `while`, `for` or `?:`, or on the left of `&&` or `||`. AssemblyScript tests there only
 * whether it is null, so the empty string counts as true. `!s` tests for empty as JavaScript does, and is silent.
 */
function stringTruth(
  node: Node & { kind: "if" | "while" | "for" | "conditional" | "binary" },
  { unit, types }: Context,
): Found | undefined {
  if (node.kind === "binary" && node.operator !== "&&" && node.operator !== "||") return undefined;
  const test = node.kind === "binary" ? node.left : node.test;
  if (test === undefined) return undefined;
  const value = bare(test);
  // The operands of `a && b` are looked at one by one.
  if (value.kind === "binary" && (value.operator === "&&" || value.operator === "||"))
    return undefined;
  const type = types.of(value);
  if (!isString(type)) return undefined;
  const text = unit.source.slice(value);
  const simple = value.kind === "identifier" || value.kind === "member" ? text : `(${text})`;
  const filled = type!.nullable
    ? `${simple} != null && ${simple}.length > 0`
    : `${simple}.length > 0`;
  const hint =
    node.kind === "binary" && node.operator === "||"
      ? `Write the choice out: \`${filled} ? ${simple} : ...\``
      : `Write the test out: \`${filled}\`${type!.nullable ? `, or \`${simple} != null\` if that is meant` : ""}`;
  return {
    start: value.start,
    end: value.end,
    message: "The empty string counts as true here",
    hint,
  };
}

/**
 * Warned: `map.get(key)` of a known `Map` where neither `has` nor `set` is called with the same key before it, in the same function or at
 * module level, and the key does not come out of `keys()`. A missing key ends the container.
 */
function missingKey(
  node: Expression & { kind: "call" },
  { unit, types }: Context,
): Found | undefined {
  const callee = bare(node.callee);
  const [key] = node.arguments;
  if (
    callee.kind !== "member" ||
    callee.name.text !== "get" ||
    key === undefined ||
    types.of(callee.object)?.name !== "Map"
  )
    return undefined;
  const [map, keyText] = [unit.source.slice(callee.object), unit.source.slice(key)];
  if (knownKeys(unit).has(unit, node, map, keyText) || isListedKey(unit, types, key))
    return undefined;
  return {
    start: callee.name.start,
    end: node.end,
    message: `If \`${map}\` has no such key, this ends the container`,
    hint: `Test it first: \`${map}.has(${keyText}) ? ${map}.get(${keyText}) : ...\``,
  };
}

/** A key read out of a list, as `keys[i]` with `keys = map.keys()`. */
function isListedKey(unit: Unit, types: Context["types"], key: Expression): boolean {
  const node = bare(key);
  if (node.kind === "index") return isList(types.of(node.object));
  if (node.kind !== "identifier") return false;
  const declaration = unit.scopes.declarationOf.get(node);
  const initializer =
    declaration?.kind === "constant" && declaration.node.kind === "declarator"
      ? declaration.node.initializer
      : undefined;
  return initializer !== undefined && bare(initializer).kind === "index";
}

/** Offsets of `map.has(key)` and `map.set(key, ...)`, by their text. */
class KnownKeys {
  private readonly calls = new Map<string, Node[]>();

  constructor(unit: Unit) {
    for (const node of unit.nodes) {
      if (node.kind !== "call") continue;
      const callee = bare(node.callee);
      const [key] = node.arguments;
      if (
        callee.kind !== "member" ||
        key === undefined ||
        (callee.name.text !== "has" && callee.name.text !== "set")
      )
        continue;
      const text = `${unit.source.slice(callee.object)} ${unit.source.slice(key)}`;
      const list = this.calls.get(text);
      if (list === undefined) this.calls.set(text, [node]);
      else if (list.length < 20) list.push(node);
    }
  }

  has(unit: Unit, use: Node, map: string, key: string): boolean {
    const { functionOf } = unit.scopes;
    return (this.calls.get(`${map} ${key}`) ?? []).some((call) => {
      const within = functionOf.get(call);
      return within === undefined || (within === functionOf.get(use) && call.start < use.start);
    });
  }
}

const knownKeysOf = new WeakMap<Unit, KnownKeys>();

function knownKeys(unit: Unit): KnownKeys {
  const known = knownKeysOf.get(unit) ?? new KnownKeys(unit);
  knownKeysOf.set(unit, known);
  return known;
}

/**
 * Warned: an element of a list, or what `map.get` gives, compared with null, where the elements cannot be null. What does not exist is
 * not null: reading it ends the container.
 */
function missingElement(
  node: Expression & { kind: "binary" },
  { unit, types }: Context,
): Found | undefined {
  if (!equality.has(node.operator)) return undefined;
  const [left, right] = [bare(node.left), bare(node.right)];
  const value = isNull(right) ? left : isNull(left) ? right : undefined;
  if (value?.kind !== "index") return undefined;
  const element = elementOf(types.of(value.object));
  if (element === undefined || element.nullable) return undefined;
  const [list, index] = [unit.source.slice(value.object), unit.source.slice(value.index)];
  return {
    start: node.start,
    end: node.end,
    message: "An element that does not exist is not null: reading it ends the container",
    hint: `Test the index: \`${index} < ${list}.length\``,
  };
}

function isNull(node: Expression): boolean {
  return node.kind === "keyword" && node.name === "null";
}

/**
 * Warned: an index that is certainly outside: `list[list.length]` and negative literals where read, and literals beyond a list that is
 * written as a literal and never grows. Reading outside ends the container.
 */
function indexRange(
  node: Expression & { kind: "index" },
  { unit, types }: Context,
): Found | undefined {
  const type = types.of(node.object);
  if (!isList(type)) return undefined;
  const [list, index] = [unit.source.slice(node.object), bare(node.index)];
  const value = fold(unit, index);
  const finding = (hint: string): Found => ({
    start: node.index.start,
    end: node.index.end,
    message: "No element has this index: using it ends the container",
    hint,
  });
  if (value !== undefined && value < 0)
    return finding(
      value === -1
        ? `Write \`${list}[${list}.length - 1]\` for the last element`
        : "Indices count from 0",
    );
  const parent = outer(unit, node);
  const appends =
    type!.name === "Array" && parent?.kind === "assignment" && bare(parent.target) === node;
  if (appends) return undefined;
  if (
    index.kind === "member" &&
    index.name.text === "length" &&
    unit.source.slice(index.object) === list
  )
    return finding(`The last element is \`${list}[${list}.length - 1]\``);
  const length = fixedLength(unit, node.object, type!.name === "Array");
  if (value === undefined || length === undefined || value < length) return undefined;
  return finding(
    length === 0 ? "The list is empty" : `The last element has the index ${length - 1}`,
  );
}

/** The number of elements of a constant list that nothing in the file lengthens or hands on. */
function fixedLength(unit: Unit, list: Expression, grows: boolean): number | undefined {
  const node = bare(list);
  if (node.kind === "array") return node.elements.length;
  const declaration = node.kind === "identifier" ? unit.scopes.declarationOf.get(node) : undefined;
  if (declaration?.node.kind !== "declarator" || declaration.node.initializer === undefined)
    return undefined;
  const value = bare(declaration.node.initializer);
  return value.kind === "array" &&
    staysFixed(unit, declaration, grows) &&
    !value.elements.some((element) => element?.kind === "spread")
    ? value.elements.length
    : undefined;
}

const fixed = new WeakMap<Declaration, boolean>();

function staysFixed(unit: Unit, declaration: Declaration, grows: boolean): boolean {
  const known = fixed.get(declaration);
  if (known !== undefined) return known;
  const result = (unit.scopes.usesOf.get(declaration) ?? []).every((use) => {
    const parent = outer(unit, use);
    if (!grows) return parent?.kind !== "assignment" || bare(parent.target) !== use;
    const next = parent === undefined ? undefined : outer(unit, parent);
    const written = next?.kind === "assignment" && bare(next.target) === parent;
    if (written) return false;
    if (parent?.kind === "index") return bare(parent.object) === use;
    return parent?.kind === "member" && keepsLength.has(parent.name.text);
  });
  fixed.set(declaration, result);
  return result;
}
