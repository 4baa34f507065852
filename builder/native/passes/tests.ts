import type { Condition, IrFunction, Operation, Test, Value } from "../ir.js";
import { inverse } from "../semantics.js";
import { useCounts } from "./operations.js";
import { rewrite, type Outcome, type Rewriter } from "./rewrite.js";

/**
 * Lets branches, selections and traps test what their condition was made from: a branch on `x < y` being not 0 becomes one on `x < y`. A difference that
 * is compared to 0 and used for nothing else becomes a comparison of its two sides.
 */
export function fuseTests(fn: IrFunction): IrFunction {
  const uses = useCounts(fn);
  return rewrite(fn, {
    instruction: (operation, rewriter) => fuseOperation(operation, rewriter, uses),
    terminator: (terminator, rewriter) =>
      terminator.kind === "branch"
        ? { ...terminator, test: fuse(terminator.test, rewriter, uses) }
        : terminator,
  });
}

function fuseOperation(operation: Operation, rewriter: Rewriter, uses: readonly number[]): Outcome {
  if (operation.op === "select" || operation.op === "trapIf")
    return { ...operation, test: fuse(operation.test, rewriter, uses) };
  if (operation.op !== "test") return operation;
  const test = fuse(operation.test, rewriter, uses);
  const isOne = test.condition === "ne" && rewriter.constantOf(test.b) === 0;
  if (isOne && isFlag(test.a, rewriter)) return { values: [test.a] };
  return { op: "test", test };
}

/** Whether the value is 0 or 1. */
function isFlag(value: Value, rewriter: Rewriter): boolean {
  const operation = rewriter.definition(value);
  if (operation?.op === "test" || operation?.op === "test64") return true;
  return (
    operation?.op === "call" &&
    operation.target.kind === "helper" &&
    /\.(eq|lt|le)$/.test(operation.target.name)
  );
}

function fuse(test: Test, rewriter: Rewriter, uses: readonly number[]): Test {
  for (let found: Test | null = test; found; found = step(test, rewriter, uses)) test = found;
  return test;
}

/** A test that says the same of what the operand was made from, or null. */
function step(test: Test, rewriter: Rewriter, uses: readonly number[]): Test | null {
  const wanted = againstZero(test, rewriter);
  if (!wanted) return null;
  const inner = rewriter.definition(test.a);
  switch (inner?.op) {
    case "test":
      return wanted === "ne" ? inner.test : invert(inner.test);
    case "select":
      return stepSelect(inner, wanted, rewriter);
    case "sub":
    case "xor":
      if (uses[test.a] !== 1) return null;
      return { condition: wanted, a: inner.a, b: inner.b };
    default:
      return wanted === test.condition
        ? null
        : { ...test, condition: wanted, b: rewriter.constant(0) };
  }
}

/** `eq` or `ne` if the test asks whether its operand is 0. */
function againstZero({ condition, a, b }: Test, rewriter: Rewriter): "eq" | "ne" | null {
  const right = rewriter.constantOf(b);
  if (right === 0) {
    if (condition === "eq" || condition === "le_u") return "eq";
    return condition === "ne" || condition === "gt_u" ? "ne" : null;
  }
  if (right !== 1) return null;
  if (condition === "lt_u") return "eq";
  if (condition === "ge_u") return "ne";
  if (!isFlag(a, rewriter)) return null;
  if (condition === "eq") return "ne";
  return condition === "ne" ? "eq" : null;
}

function stepSelect(
  { test, then, otherwise }: Operation & { op: "select" },
  wanted: Condition,
  rewriter: Rewriter,
): Test | null {
  const yes = rewriter.constantOf(then);
  const no = rewriter.constantOf(otherwise);
  if (yes === undefined || no === undefined || (yes === 0) === (no === 0)) return null;
  return (yes !== 0) === (wanted === "ne") ? test : invert(test);
}

function invert({ condition, a, b }: Test): Test {
  return { condition: inverse[condition], a, b };
}
