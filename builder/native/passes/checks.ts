import type { BlockId, Instruction, IrFunction, Value } from "../ir.js";
import { dominators } from "./flow.js";
import { definitions, isRemovable } from "./operations.js";

/**
 * Removes tests of bounds that others make needless: `x > 90` traps nothing after `x > 80` has not. Before that, tests of the same index in one block become the
 * strictest of them at the place of the first, if only computing lies between them: whichever of them traps, nothing has happened yet.
 */
export function mergeChecks(fn: IrFunction): IrFunction {
  return new Checks(fn).run();
}

/** A test that ends the container if `index` is above `limit`, unsigned. */
interface Check {
  readonly index: Value;
  readonly limit: number;
}

class Checks {
  private readonly constants: (number | undefined)[];
  private readonly known = new Map<Value, number>();
  private readonly undo: (() => void)[] = [];
  private valueCount: number;

  constructor(private readonly fn: IrFunction) {
    this.constants = definitions(fn).map((found) =>
      found?.operation.op === "const" ? found.operation.value : undefined,
    );
    this.valueCount = fn.valueCount;
  }

  run(): IrFunction {
    const blocks = [...this.fn.blocks];
    const children = blocks.map((): BlockId[] => []);
    dominators(this.fn).forEach((above, id) => children[above]?.push(id));
    /** Blocks to enter, and places in `undo` to return to, as negative numbers. */
    const work: number[] = [0];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (next < 0) {
        while (this.undo.length > ~next) this.undo.pop()!();
        continue;
      }
      work.push(~this.undo.length, ...children[next]!);
      const block = blocks[next]!;
      const instructions = this.strictest(block.instructions).filter((each) => this.isNeeded(each));
      blocks[next] = { ...block, instructions };
    }
    return { ...this.fn, blocks, valueCount: this.valueCount };
  }

  private checkOf({ operation }: Instruction): Check | null {
    if (operation.op !== "trapIf" || operation.trap !== "memory-bounds") return null;
    const { condition, a, b } = operation.test;
    const limit = this.constants[b];
    return condition !== "gt_u" || limit === undefined ? null : { index: a, limit: limit >>> 0 };
  }

  private isNeeded(instruction: Instruction): boolean {
    const check = this.checkOf(instruction);
    if (!check) return true;
    const { index, limit } = check;
    const before = this.known.get(index);
    if (before !== undefined && before <= limit) return false;
    this.undo.push(() =>
      before === undefined ? this.known.delete(index) : this.known.set(index, before),
    );
    this.known.set(index, limit);
    return true;
  }

  /** Replaces the first test of each index between two effects by the strictest, and leaves the others to `isNeeded`. */
  private strictest(instructions: readonly Instruction[]): Instruction[] {
    const limits = new Map<Instruction, number>();
    /** The first test of each index since the last effect. */
    const first = new Map<Value, Instruction>();
    for (const instruction of instructions) {
      const check = this.checkOf(instruction);
      if (!check) {
        if (!isRemovable(instruction.operation)) first.clear();
        continue;
      }
      const earlier = first.get(check.index);
      if (!earlier) first.set(check.index, instruction);
      else if (check.limit < (limits.get(earlier) ?? this.checkOf(earlier)!.limit))
        limits.set(earlier, check.limit);
    }
    return instructions.flatMap((instruction) => {
      const limit = limits.get(instruction);
      return limit === undefined ? [instruction] : this.withLimit(instruction, limit);
    });
  }

  /** The test with a limit of its own: the constant of the other may come later. */
  private withLimit(instruction: Instruction, limit: number): Instruction[] {
    const { operation } = instruction;
    if (operation.op !== "trapIf") return [instruction];
    const value = this.valueCount++;
    this.constants[value] = limit;
    const test = { ...operation.test, b: value };
    return [
      { ...instruction, operation: { op: "const", value: limit | 0 }, results: [value] },
      { ...instruction, operation: { ...operation, test } },
    ];
  }
}
