import { bare, type Expression } from "./nodes.js";
import type { Unit } from "./unit.js";

const known = new WeakMap<Unit, Map<Expression, number | undefined>>();

/** The exact value of arithmetic over number literals and constants that hold such, as JavaScript counts; else undefined. */
export function fold(unit: Unit, expression: Expression, depth = 0): number | undefined {
  const node = bare(expression);
  const values = known.get(unit) ?? new Map<Expression, number | undefined>();
  known.set(unit, values);
  // Constants that name each other in a circle find themselves here without a value.
  if (values.has(node) || depth > 500) return values.get(node);
  values.set(node, undefined);
  const value = evaluate(unit, node, depth);
  values.set(node, value);
  return value;
}

function evaluate(unit: Unit, node: Expression, depth: number): number | undefined {
  switch (node.kind) {
    case "number":
      return node.bigint ? undefined : Number(node.text.replaceAll("_", ""));
    case "unary": {
      const value = fold(unit, node.operand, depth + 1);
      if (value === undefined) return undefined;
      return node.operator === "-" ? -value : node.operator === "+" ? value : undefined;
    }
    case "binary": {
      const [left, right] = [fold(unit, node.left, depth + 1), fold(unit, node.right, depth + 1)];
      return left === undefined || right === undefined
        ? undefined
        : compute(node.operator, left, right);
    }
    case "identifier": {
      const declaration = unit.scopes.declarationOf.get(node);
      if (
        declaration?.kind !== "constant" ||
        declaration.node.kind !== "declarator" ||
        declaration.node.initializer === undefined
      )
        return undefined;
      return fold(unit, declaration.node.initializer, depth + 1);
    }
    default:
      return undefined;
  }
}

function compute(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "**":
      return left ** right;
    default:
      return undefined;
  }
}
