import { fold } from "./constants.js";
import { expectationOf } from "./expectation.js";
import { isFloat, isInteger } from "./inference.js";
import { bare, type Expression, type Node } from "./nodes.js";
import { row, type Context, type Found, type Row } from "./row.js";
import { outer } from "./unit.js";

const bitOperators = new Set(["|", "&", "^", "<<", ">>", ">>>"]);
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  i32: [-0x80000000, 0x7fffffff],
  u32: [0, 0xffffffff],
};

/** Arithmetic whose result is another one than in JavaScript. */
export const silentNumbers: readonly Row[] = [
  row("integer-division", ["binary", "assignment"], "", "", integerDivision),
  row("integer-overflow", ["binary"], "", "", integerOverflow),
  row("integer-overflow", ["number"], "", "", literalOverflow),
];

/**
 * Warned: `/` of two integers where an operand is a variable that is an integer only because it began as a literal, or where both are
 * literals that do not divide evenly. Silent where an operand's type was written or comes from a call; and where an integer was asked for: by an annotation, a cast, an index, a bit operation,
 * `Math.floor` or `Math.trunc`; where the surroundings do not tell; and where the quotient is exact.
 */
function integerDivision(
  node: Expression & { kind: "binary" | "assignment" },
  context: Context,
): Found | undefined {
  const { unit, types } = context;
  if (node.operator !== "/" && node.operator !== "/=") return undefined;
  const [left, right] =
    node.kind === "binary" ? [node.left, node.right] : [node.target, node.value];
  const place = node.kind === "binary" ? expectationOf(unit, types, node) : { sure: true };
  if (
    !place.sure ||
    (isInteger(place.type) && place.type!.origin === "written") ||
    asksForInteger(context, node)
  )
    return undefined;
  const leftType = types.of(left, place.type);
  const rightType = types.of(right, leftType);
  if (!isInteger(leftType) || !isInteger(rightType)) return undefined;
  if (leftType!.origin === "written" || rightType!.origin === "written") return undefined;
  const [dividend, divisor] = [fold(unit, left), fold(unit, right)];
  if (dividend !== undefined && divisor !== undefined && dividend % divisor === 0) return undefined;
  const text = unit.source.slice(node);
  if (leftType!.origin === "variable" || rightType!.origin === "variable") {
    const variable = variableIn(context, left) ?? variableIn(context, right);
    if (variable === undefined) return undefined;
    const { name, initializer, list } = variable;
    const holds = list ? "holds integers" : "is an integer";
    const [fraction, integer] = list ? ["f64[]", "i32[]"] : ["f64", "i32"];
    return {
      start: node.start,
      end: node.end,
      message: `\`${text}\` drops the fraction: \`${name}\` ${holds}, because it began as \`${initializer}\``,
      hint: `For fractions declare \`${name}: ${fraction} = ${initializer}\`; if whole numbers are meant, say so: \`${name}: ${integer} = ${initializer}\``,
    };
  }
  if (
    node.kind !== "binary" ||
    leftType!.origin !== "literal" ||
    rightType!.origin !== "literal" ||
    dividend === undefined ||
    divisor === undefined
  )
    return undefined;
  const quotient = Math.trunc(dividend / divisor);
  if (!Number.isFinite(quotient)) return undefined;
  return {
    start: node.start,
    end: node.end,
    message: `\`${text}\` is ${quotient} here: both numbers are integers`,
    hint: `Write a decimal point, \`${decimal(unit.source.slice(left))} / ${unit.source.slice(right)}\`, or the whole number itself`,
  };
}

function decimal(text: string): string {
  return /^\d+$/.test(text) ? `${text}.0` : `(${text}) * 1.0`;
}

function asksForInteger({ unit }: Context, node: Node): boolean {
  const parent = outer(unit, node);
  if (parent?.kind === "binary" || parent?.kind === "assignment")
    return bitOperators.has(parent.operator) || bitOperators.has(parent.operator.slice(0, -1));
  if (parent?.kind === "unary") return parent.operator === "~";
  if (parent?.kind !== "call") return false;
  const callee = bare(parent.callee);
  return (
    callee.kind === "member" &&
    callee.object.kind === "identifier" &&
    callee.object.name === "Math" &&
    (callee.name.text === "floor" || callee.name.text === "trunc")
  );
}

/** The unannotated variable that made an expression an integer. */
function variableIn(
  { unit, types }: Context,
  expression: Expression,
): { name: string; initializer: string; list: boolean } | undefined {
  const node = bare(expression);
  if (node.kind === "binary")
    return variableIn({ unit, types }, node.left) ?? variableIn({ unit, types }, node.right);
  if (node.kind === "unary" || node.kind === "update")
    return variableIn({ unit, types }, node.operand);
  if (node.kind === "index") return variableIn({ unit, types }, node.object);
  if (
    node.kind !== "identifier" ||
    (types.of(node)?.origin !== "variable" && types.of(node)?.name !== "Array")
  )
    return undefined;
  const declaration = unit.scopes.declarationOf.get(node);
  const inner = declaration?.node.kind === "declarator" ? declaration.node.initializer : undefined;
  return inner === undefined
    ? undefined
    : {
        name: node.name,
        initializer: unit.source.slice(inner),
        list: types.of(node)?.name === "Array",
      };
}

/**
 * Warned: arithmetic over literals, and constants made of them, whose result does not fit i32 or u32, the type such literals have where
 * nothing asks for another. Silent where the surroundings do not tell, and where they ask for i64, u64 or a float.
 */
function integerOverflow(
  node: Expression & { kind: "binary" },
  { unit, types }: Context,
): Found | undefined {
  const place = expectationOf(unit, types, node);
  const value = fold(unit, node);
  if (value === undefined || !place.sure) return undefined;
  const type = types.of(node, place.type);
  if (type === undefined || !outside(type.name, value) || outsideOperand(unit, type.name, node))
    return undefined;
  const wide = Number.isSafeInteger(value) ? "i64" : "f64";
  const text = unit.source.slice(node);
  const parent = unit.parents.get(node);
  const name =
    parent?.kind === "declarator" && parent.binding.kind === "name" ? parent.binding.text : "total";
  const constant = constantIn(node);
  const hint =
    constant === undefined
      ? `Give the place the type ${wide}: \`const ${name}: ${wide} = ${text}\``
      : `Give \`${constant}\` the type ${wide}: \`const ${constant}: ${wide} = ...\``;
  return {
    start: node.start,
    end: node.end,
    message: `\`${text}\` does not fit ${type.name} and wraps around`,
    hint,
  };
}

/** The first constant that arithmetic names: its type is what the result has. */
function constantIn(expression: Expression): string | undefined {
  const node = bare(expression);
  if (node.kind === "binary") return constantIn(node.left) ?? constantIn(node.right);
  return node.kind === "identifier" ? node.name : undefined;
}

function outside(type: string, value: number): boolean {
  const range = Object.hasOwn(ranges, type) ? ranges[type] : undefined;
  return range !== undefined && Number.isInteger(value) && (value < range[0] || value > range[1]);
}

function outsideOperand(
  unit: Context["unit"],
  type: string,
  node: Expression & { kind: "binary" },
): boolean {
  return [node.left, node.right].some((operand) => outside(type, fold(unit, operand) ?? 0));
}

/** Warned: a decimal literal where an annotation asks for i32 or u32 and the value does not fit; the compiler takes it modulo 2^32. */
function literalOverflow(
  node: Expression & { kind: "number" },
  { unit, types }: Context,
): Found | undefined {
  const parent = unit.parents.get(node);
  if (
    node.bigint ||
    !/^[\d_]+$/.test(node.text) ||
    (parent?.kind === "unary" && parent.operator === "-")
  )
    return undefined;
  const value = Number(node.text.replaceAll("_", ""));
  if (value <= 0x7fffffff) return undefined;
  const { sure, type } = expectationOf(unit, types, node);
  if (!sure || type === undefined || isFloat(type) || !outside(type.name, value)) return undefined;
  return {
    start: node.start,
    end: node.end,
    message: `\`${node.text}\` does not fit ${type.name} and wraps around`,
    hint: value <= 0xffffffff ? "Use u32 or i64" : "Use i64",
  };
}
