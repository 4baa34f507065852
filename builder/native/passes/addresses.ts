import type { IrFunction, LoadOp, Operation, StoreOp, Value } from "../ir.js";
import { useCounts } from "./operations.js";
import { rewrite, type Rewriter } from "./rewrite.js";

/**
 * Writes the address of each access to linear memory as a sum that shares well: constants go into the access's offset, or to the base where they are too long for
 * it; what comes from outside of loops is added to the base first, so that it can be computed there. Sums wrap and so does the addition of the offset: the sum
 * is the same word. Tests of bounds read the index, which stays as it was.
 */
export function shapeAddresses(fn: IrFunction): IrFunction {
  const uses = useCounts(fn);
  const depths = definitionDepths(fn);
  return rewrite(fn, {
    instruction: (operation, rewriter) => {
      if (!("address" in operation) || operation.kind !== "memory") return operation;
      const parts = takeApart(operation, rewriter, uses);
      return parts ? putTogether(operation, parts, rewriter, fn, depths) : operation;
    },
  });
}

type Access = Operation & { op: LoadOp | StoreOp };

/** Base + terms + offset. */
interface Parts {
  readonly terms: readonly Value[];
  readonly offset: number;
}

/** More terms than this are left as they are. */
const maxTerms = 4;

function takeApart(
  { address, offset }: Access,
  rewriter: Rewriter,
  uses: readonly number[],
): Parts | null {
  const terms: Value[] = [];
  let bases = 0;
  let sum = offset;
  const work = [address];
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (terms.length + work.length > maxTerms) return null;
    const operation = rewriter.definition(value);
    if (operation?.op === "memoryBase") bases++;
    else if (operation?.op === "const") sum += operation.value;
    else if (operation?.op === "add" && opens(value, operation, rewriter, uses, address))
      work.push(operation.a, operation.b);
    else {
      const shifted = takeShift(operation, rewriter);
      if (shifted) sum += shifted.constant;
      terms.push(shifted ? shifted.value : value);
    }
  }
  return bases === 1 ? { terms, offset: sum >>> 0 } : null;
}

/** Whether to look into a sum: it has a constant, or nothing else needs it. */
function opens(
  value: Value,
  { a, b }: { a: Value; b: Value },
  rewriter: Rewriter,
  uses: readonly number[],
  address: Value,
): boolean {
  if (value === address || (uses[value] ?? 1) === 1) return true;
  return rewriter.constantOf(b) !== undefined || rewriter.constantOf(a) !== undefined;
}

/** (x + c) << n = (x << n) + (c << n). */
function takeShift(
  operation: Operation | undefined,
  rewriter: Rewriter,
): { value: Value; constant: number } | null {
  if (operation?.op !== "shl") return null;
  const count = rewriter.constantOf(operation.b);
  const inner = rewriter.definition(operation.a);
  if (count === undefined || inner?.op !== "add") return null;
  const constant = rewriter.constantOf(inner.b);
  if (constant === undefined) return null;
  return {
    value: rewriter.emit({ op: "shl", a: inner.a, b: operation.b }),
    constant: constant << count,
  };
}

/** Bytes that the access covers, and so the scale of the offset in the machine's instruction, which has five bits. */
function accessBytes({ op }: Access): number {
  if (op.includes("8")) return 1;
  return op.includes("16") ? 2 : 4;
}

function putTogether(
  access: Access,
  { terms, offset }: Parts,
  rewriter: Rewriter,
  fn: IrFunction,
  depths: readonly number[],
): Operation {
  const bytes = accessBytes(access);
  const reach = 32 * bytes;
  const fits = offset < reach && offset % bytes === 0;
  const depth = (value: Value): number => depths[value] ?? fn.blocks[rewriter.block]!.loopDepth;
  const inLoop = fn.blocks[rewriter.block]!.loopDepth > 0;
  // Outside of loops a long offset is no cheaper at the base than in the access.
  if (!fits && !inLoop && terms.length > 0) return access;
  const short = offset % bytes === 0 ? offset & (reach - 1) : 0;
  const far = (offset - short) | 0;
  let address = rewriter.emit({ op: "memoryBase" });
  if (far !== 0) address = rewriter.emit({ op: "add", a: address, b: rewriter.constant(far) });
  const ordered = terms.toSorted((a, b) => depth(a) - depth(b) || a - b);
  for (const term of ordered) address = rewriter.emit({ op: "add", a: address, b: term });
  return { ...access, address, offset: short };
}

/** How deep in loops each value is defined. */
function definitionDepths({ blocks, valueCount }: IrFunction): number[] {
  const depths = Array<number>(valueCount).fill(0);
  for (const { params, instructions, loopDepth } of blocks) {
    for (const param of params) depths[param] = loopDepth;
    for (const { results } of instructions)
      for (const result of results) depths[result] = loopDepth;
  }
  return depths;
}
