import type {
  Block,
  Instruction,
  IrFunction,
  Operation,
  Terminator,
  TrapName,
  Value,
} from "../ir.js";
import { dropUnreachable } from "./flow.js";
import { renameInstruction, renameTerminator, Replacements } from "./operations.js";

/** What becomes of an instruction: another operation for the same results, values that its results are, the end of its block, or nothing. */
export type Outcome =
  | Operation
  | { readonly values: readonly Value[] }
  | { readonly trap: TrapName; readonly op?: never }
  | null;

export interface Rules {
  readonly instruction?: (operation: Operation, rewriter: Rewriter) => Outcome;
  readonly terminator?: (terminator: Terminator, rewriter: Rewriter) => Terminator;
}

/** Goes through the blocks in order, so that operands come before their uses, and replaces instructions by what the rules make of them. */
export class Rewriter {
  private readonly replaced = new Replacements();
  private readonly found: (Operation | undefined)[] = [];
  private out: Instruction[] = [];
  private wasmOffset = -1;
  private valueCount: number;
  /** Position of the block in hand. */
  block = 0;

  constructor(private readonly fn: IrFunction) {
    this.valueCount = fn.valueCount;
  }

  /** What computes the value, if it is an instruction that was passed. */
  definition(value: Value): Operation | undefined {
    return this.found[value];
  }

  /** The number that the value always has. */
  constantOf(value: Value): number | undefined {
    const operation = this.found[value];
    return operation?.op === "const" ? operation.value : undefined;
  }

  /** Appends an instruction ahead of the one in hand. */
  emit(operation: Operation): Value {
    const value = this.valueCount++;
    this.out.push({ operation, results: [value], wasmOffset: this.wasmOffset });
    this.found[value] = operation;
    return value;
  }

  constant(number: number): Value {
    return this.emit({ op: "const", value: number | 0 });
  }

  run(rules: Rules): IrFunction {
    const blocks = this.fn.blocks.map((block, id) => {
      this.block = id;
      return this.rewriteBlock(block, rules);
    });
    const { resolve } = this.replaced;
    // Arguments on the way back may have been replaced after their block was done.
    const renamed = blocks.map((block) => ({
      ...block,
      terminator: renameTerminator(block.terminator, resolve),
    }));
    return dropUnreachable({ ...this.fn, valueCount: this.valueCount }, renamed);
  }

  private rewriteBlock(block: Block, { instruction: rule, terminator: last }: Rules): Block {
    this.out = [];
    for (const instruction of block.instructions) {
      const { wasmOffset } = instruction;
      this.wasmOffset = wasmOffset;
      const trap = this.rewriteInstruction(
        renameInstruction(instruction, this.replaced.resolve),
        rule,
      );
      if (trap !== null)
        return { ...block, instructions: this.out, terminator: { kind: "trap", trap, wasmOffset } };
    }
    this.wasmOffset = block.terminator.wasmOffset;
    const renamed = renameTerminator(block.terminator, this.replaced.resolve);
    const terminator = last ? last(renamed, this) : renamed;
    return { ...block, instructions: this.out, terminator };
  }

  /** The trap that ends the block here, or null. */
  private rewriteInstruction(
    instruction: Instruction,
    rule: Rules["instruction"],
  ): TrapName | null {
    const { operation, results } = instruction;
    const outcome = rule ? rule(operation, this) : operation;
    if (outcome === null) return null;
    if ("values" in outcome)
      results.forEach((result, k) => this.replaced.set(result, outcome.values[k]!));
    else if (outcome.op === undefined) return outcome.trap;
    else {
      this.out.push(outcome === operation ? instruction : { ...instruction, operation: outcome });
      for (const result of results) this.found[result] = outcome;
    }
    return null;
  }
}

export function rewrite(fn: IrFunction, rules: Rules): IrFunction {
  return new Rewriter(fn).run(rules);
}
