import type { BinaryOp, IrFunction, Operation, Terminator, Test, Value } from "../ir.js";
import {
  arithmetic,
  comparisons,
  extensions,
  mirrored,
  wideCompare,
  wideSum,
} from "../semantics.js";
import { rewrite, type Outcome, type Rewriter } from "./rewrite.js";

/** Computes what is constant, takes out what changes nothing, puts constants on the right, and removes branches that are decided. */
export function foldConstants(fn: IrFunction): IrFunction {
  return rewrite(fn, { instruction: foldOperation, terminator: foldTerminator });
}

function foldOperation(operation: Operation, rewriter: Rewriter): Outcome {
  switch (operation.op) {
    case "extend8_s":
    case "extend16_s":
      return foldExtension(operation, rewriter);
    case "test":
      return foldTest(operation, rewriter);
    case "select":
      return foldSelect(operation, rewriter);
    case "trapIf": {
      const test = normalTest(operation.test, rewriter);
      const decided = decide(test, rewriter);
      if (decided === undefined) return { ...operation, test };
      return decided ? { trap: operation.trap } : null;
    }
    case "add64":
    case "sub64":
      return foldWideSum(operation, rewriter);
    case "test64":
      return foldWideTest(operation, rewriter);
    default:
      return "b" in operation ? foldBinary(operation, rewriter) : operation;
  }
}

function constants(args: readonly Value[], rewriter: Rewriter): number[] | undefined {
  const found = args.map((arg) => rewriter.constantOf(arg));
  return found.includes(undefined) ? undefined : (found as number[]);
}

type Binary = Operation & { op: BinaryOp };

const commutative: ReadonlySet<BinaryOp> = new Set(["add", "mul", "and", "or", "xor"]);

function foldBinary(operation: Binary, rewriter: Rewriter): Outcome {
  const { op, a, b } = operation;
  const left = rewriter.constantOf(a);
  const right = rewriter.constantOf(b);
  if (left !== undefined && right !== undefined)
    return { op: "const", value: arithmetic[op](left, right) };
  if (left !== undefined && commutative.has(op))
    return foldRight({ op, a: b, b: a }, left, rewriter);
  if (right !== undefined) return foldRight(operation, right, rewriter);
  if (left === 0 && (op === "shl" || op === "shr_s" || op === "shr_u" || op === "rotr"))
    return { op: "const", value: 0 };
  if (a !== b) return operation;
  if (op === "sub" || op === "xor") return { op: "const", value: 0 };
  return op === "and" || op === "or" ? { values: [a] } : operation;
}

/** With a constant on the right. */
function foldRight(operation: Binary, right: number, rewriter: Rewriter): Outcome {
  const { op, a } = operation;
  switch (op) {
    case "sub":
      return foldRight({ op: "add", a, b: rewriter.constant(-right) }, -right | 0, rewriter);
    case "add":
    case "xor":
      return right === 0 ? { values: [a] } : foldNested(operation, right, rewriter);
    case "or":
      if (right === -1) return { op: "const", value: -1 };
      return right === 0 ? { values: [a] } : foldNested(operation, right, rewriter);
    case "and":
      return foldMask(operation, right, rewriter);
    case "mul":
      return foldProduct(operation, right, rewriter);
    default:
      return foldShift(operation, right & 31, rewriter);
  }
}

/** (x op c) op d = x op (c op d). */
function foldNested(operation: Binary, right: number, rewriter: Rewriter): Outcome {
  const inner = rewriter.definition(operation.a);
  if (inner?.op !== operation.op) return operation;
  const { a, b } = inner as Binary;
  const constant = rewriter.constantOf(b);
  if (constant === undefined) return operation;
  const sum = arithmetic[operation.op](constant, right);
  return foldRight({ op: operation.op, a, b: rewriter.constant(sum) }, sum, rewriter);
}

function foldMask(operation: Binary, mask: number, rewriter: Rewriter): Outcome {
  if (mask === 0) return { op: "const", value: 0 };
  const { a } = operation;
  return (possibleBits(a, rewriter) & ~mask) === 0
    ? { values: [a] }
    : foldNested(operation, mask, rewriter);
}

/** Bits that may be set. */
function possibleBits(value: Value, rewriter: Rewriter): number {
  const operation = rewriter.definition(value);
  switch (operation?.op) {
    case "test":
    case "test64":
      return 1;
    case "load8_u":
      return 0xff;
    case "load16_u":
      return 0xffff;
    case "and":
      return rewriter.constantOf(operation.b) ?? -1;
    case "shr_u": {
      const count = rewriter.constantOf(operation.b);
      return count === undefined ? -1 : -1 >>> count;
    }
    default:
      return -1;
  }
}

function foldProduct(operation: Binary, factor: number, rewriter: Rewriter): Outcome {
  if (factor === 0) return { op: "const", value: 0 };
  const exponent = 31 - Math.clz32(factor);
  if (factor !== 1 << exponent) return foldNested(operation, factor, rewriter);
  if (exponent === 0) return { values: [operation.a] };
  return foldShift(
    { op: "shl", a: operation.a, b: rewriter.constant(exponent) },
    exponent,
    rewriter,
  );
}

/** By 0 to 31. */
function foldShift(operation: Binary, count: number, rewriter: Rewriter): Outcome {
  const { op, a } = operation;
  if (count === 0) return { values: [a] };
  const inner = rewriter.definition(a);
  if (inner?.op !== "shl" && inner?.op !== "shr_s" && inner?.op !== "shr_u") return operation;
  const first = rewriter.constantOf(inner.b);
  if (first === undefined) return operation;
  const sum = (first & 31) + count;
  if (inner.op === op && sum < 32) return { op, a: inner.a, b: rewriter.constant(sum) };
  // Up and down again by the same count: the bits of a byte or halfword, with their sign.
  if (op === "shr_s" && inner.op === "shl" && (first & 31) === count) {
    if (count === 24) return { op: "extend8_s", a: inner.a };
    if (count === 16) return { op: "extend16_s", a: inner.a };
  }
  return operation;
}

function foldExtension(
  operation: Operation & { op: "extend8_s" | "extend16_s" },
  rewriter: Rewriter,
): Outcome {
  const { op, a } = operation;
  const constant = rewriter.constantOf(a);
  if (constant !== undefined) return { op: "const", value: extensions[op](constant) };
  const inner = rewriter.definition(a)?.op;
  const narrow = inner === "load8_s" || inner === "extend8_s";
  const fits = narrow || (op === "extend16_s" && (inner === "load16_s" || inner === "extend16_s"));
  return fits ? { values: [a] } : operation;
}

/** With a constant, if there is one, on the right. */
function normalTest(test: Test, rewriter: Rewriter): Test {
  const { condition, a, b } = test;
  if (rewriter.constantOf(a) === undefined || rewriter.constantOf(b) !== undefined) return test;
  return { condition: mirrored[condition], a: b, b: a };
}

function decide({ condition, a, b }: Test, rewriter: Rewriter): boolean | undefined {
  if (a === b) return comparisons[condition](0, 0);
  const right = rewriter.constantOf(b);
  if (right === undefined) return undefined;
  const left = rewriter.constantOf(a);
  if (left !== undefined) return comparisons[condition](left, right);
  if (condition === "lt_u" && right === 0) return false;
  if (condition === "ge_u" && right === 0) return true;
  if (condition === "gt_u" && right === -1) return false;
  return condition === "le_u" && right === -1 ? true : undefined;
}

function foldTest(operation: Operation & { op: "test" }, rewriter: Rewriter): Outcome {
  const test = normalTest(operation.test, rewriter);
  const decided = decide(test, rewriter);
  return decided === undefined ? { op: "test", test } : { op: "const", value: decided ? 1 : 0 };
}

function foldSelect(operation: Operation & { op: "select" }, rewriter: Rewriter): Outcome {
  const test = normalTest(operation.test, rewriter);
  const { then, otherwise } = operation;
  if (then === otherwise) return { values: [then] };
  const decided = decide(test, rewriter);
  if (decided !== undefined) return { values: [decided ? then : otherwise] };
  const arms = constants([then, otherwise], rewriter);
  if (arms && arms[0] === arms[1]) return { values: [then] };
  return arms?.[0] === 1 && arms[1] === 0 ? { op: "test", test } : { ...operation, test };
}

function foldWideSum(
  operation: Operation & { op: "add64" | "sub64" },
  rewriter: Rewriter,
): Outcome {
  const { op, args } = operation;
  const known = constants(args, rewriter);
  if (known) return { values: wideSum(op, known).map((word) => rewriter.constant(word)) };
  const [aLow, aHigh, bLow, bHigh] = args;
  const isZero = (low: Value, high: Value): boolean =>
    rewriter.constantOf(low) === 0 && rewriter.constantOf(high) === 0;
  if (isZero(bLow, bHigh)) return { values: [aLow, aHigh] };
  if (op === "add64" && isZero(aLow, aHigh)) return { values: [bLow, bHigh] };
  return operation;
}

function foldWideTest(operation: Operation & { op: "test64" }, rewriter: Rewriter): Outcome {
  const { condition, args } = operation;
  const known = constants(args, rewriter);
  if (known) return { op: "const", value: wideCompare(condition, known) ? 1 : 0 };
  const [aLow, aHigh, bLow, bHigh] = args;
  const [, a, low, b] = args.map((arg) => rewriter.constantOf(arg));
  // The sign alone decides against 0.
  if (condition.endsWith("_s") && low === 0 && b === 0)
    return foldTest({ op: "test", test: { condition, a: aHigh, b: bHigh } }, rewriter);
  // Equal high words leave it to the low ones.
  if (aHigh !== bHigh && (a === undefined || a !== b)) return operation;
  const unsigned = condition.startsWith("lt") ? "lt_u" : "ge_u";
  return foldTest({ op: "test", test: { condition: unsigned, a: aLow, b: bLow } }, rewriter);
}

function foldTerminator(terminator: Terminator, rewriter: Rewriter): Terminator {
  const { wasmOffset } = terminator;
  if (terminator.kind === "branch") {
    const test = normalTest(terminator.test, rewriter);
    const decided = decide(test, rewriter);
    if (decided === undefined) return { ...terminator, test };
    return { kind: "jump", edge: decided ? terminator.then : terminator.otherwise, wasmOffset };
  }
  if (terminator.kind !== "switch") return terminator;
  const value = rewriter.constantOf(terminator.value);
  if (value === undefined) return terminator;
  const edge = terminator.edges[value >>> 0] ?? terminator.edges.at(-1)!;
  return { kind: "jump", edge, wasmOffset };
}
