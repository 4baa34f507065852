import { bare, type Expression, type Node } from "./nodes.js";
import type { Known, Types } from "./inference.js";
import { ancestor, isFunction, type Unit } from "./unit.js";

/** What the place of an expression asks for. Not `sure`: the file does not tell. Sure without a type: the place asks for nothing. */
export interface Expectation {
  readonly sure: boolean;
  readonly type?: Known;
}

const unknown: Expectation = { sure: false };
const nothing: Expectation = { sure: true };
const arithmetic = new Set(["+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", ">>>"]);
const comparing = new Set(["==", "!=", "===", "!==", "<", ">", "<=", ">="]);

/** The type the surroundings of an expression give to literals in it. */
export function expectationOf(unit: Unit, types: Types, node: Node): Expectation {
  const parent = unit.parents.get(node);
  switch (parent?.kind) {
    case "parenthesized":
    case "unary":
      return expectationOf(unit, types, parent);
    case "conditional":
      return node === parent.test ? nothing : expectationOf(unit, types, parent);
    case "declarator":
    case "parameter":
    case "field":
      return parent.type === undefined ? nothing : certain(types.read(parent.type));
    case "assignment":
      return node === parent.value ? certain(types.of(parent.target)) : unknown;
    case "cast":
      return parent.type === undefined ? unknown : certain(types.read(parent.type));
    case "template":
    case "expression-statement":
      return nothing;
    case "index":
      return node === parent.index
        ? { sure: true, type: { name: "i32", arguments: [], nullable: false, origin: "written" } }
        : unknown;
    case "call":
      return argumentOf(types, parent, node);
    case "leave":
      return certain(types.read(ancestor(unit, parent, isFunction)?.returnType));
    case "function":
      return node === parent.body ? certain(types.read(parent.returnType)) : unknown;
    case "binary":
      if (comparing.has(parent.operator))
        return node === parent.left ? nothing : certain(types.of(parent.left));
      if (!arithmetic.has(parent.operator)) return unknown;
      return node === parent.left
        ? expectationOf(unit, types, parent)
        : certain(types.of(parent.left, expectationOf(unit, types, parent).type));
    default:
      return unknown;
  }
}

function certain(type: Known | undefined): Expectation {
  return type === undefined ? unknown : { sure: true, type };
}

function argumentOf(types: Types, call: Node & { kind: "call" }, node: Node): Expectation {
  const index = call.arguments.indexOf(node as Expression);
  if (index < 0) return unknown;
  const callee = bare(call.callee);
  if (
    callee.kind === "member" &&
    callee.object.kind === "identifier" &&
    callee.object.name === "Math"
  )
    return certain(types.of(call));
  return certain(types.parameterTypes(call)?.[index]);
}
