import type { IrFunction, Operation, Value } from "../ir.js";
import { rewrite, type Outcome, type Rewriter } from "./rewrite.js";

/**
 * Divisions by a constant power of two become shifts: a helper takes 50 to 250 cycles. Signed quotients round toward zero, so a negative dividend
 * is first raised by the divisor less one (Hacker's Delight, section 10-1).
 */
export function shiftDivisions(fn: IrFunction): IrFunction {
  return rewrite(fn, { instruction: shiftDivision });
}

function shiftDivision(operation: Operation, rewriter: Rewriter): Outcome {
  if (operation.op !== "call" || operation.target.kind !== "helper") return operation;
  const [dividend, divisor] = operation.args;
  const power = divisor === undefined ? undefined : powerOfTwo(rewriter.constantOf(divisor));
  if (power === undefined || dividend === undefined) return operation;
  switch (operation.target.name) {
    case "i32.div_u":
      return { op: "shr_u", a: dividend, b: rewriter.constant(power) };
    case "i32.rem_u":
      return { op: "and", a: dividend, b: rewriter.constant((1 << power) - 1) };
    case "i32.div_s":
      return power === 0 ? { values: [dividend] } : quotient(dividend, power, rewriter);
    case "i32.rem_s":
      return power === 0 ? { op: "const", value: 0 } : remainder(dividend, power, rewriter);
    default:
      return operation;
  }
}

/** The exponent of a positive signed power of two. */
function powerOfTwo(divisor: number | undefined): number | undefined {
  if (divisor === undefined || divisor <= 0 || (divisor & (divisor - 1)) !== 0) return undefined;
  return 31 - Math.clz32(divisor);
}

/** The dividend, raised by 2^power - 1 if it is negative. */
function raised(dividend: Value, power: number, rewriter: Rewriter): Value {
  const sign = rewriter.emit({ op: "shr_s", a: dividend, b: rewriter.constant(31) });
  const raise = rewriter.emit({ op: "shr_u", a: sign, b: rewriter.constant(32 - power) });
  return rewriter.emit({ op: "add", a: dividend, b: raise });
}

function quotient(dividend: Value, power: number, rewriter: Rewriter): Operation {
  return { op: "shr_s", a: raised(dividend, power, rewriter), b: rewriter.constant(power) };
}

/** What is left when the multiple of the divisor, toward zero, is taken away. */
function remainder(dividend: Value, power: number, rewriter: Rewriter): Operation {
  const whole = rewriter.emit({
    op: "and",
    a: raised(dividend, power, rewriter),
    b: rewriter.constant(-(1 << power)),
  });
  return { op: "sub", a: dividend, b: whole };
}
