import type { BlockId, Instruction, IrFunction, Operation, Test, Value } from "../ir.js";
import { dominators, predecessors } from "./flow.js";
import { isPure, renameInstruction, renameTerminator, Replacements } from "./operations.js";

/** Of the linear memory and of the instance block: what was loaded in the same epoch is still what is there. */
interface Epochs {
  memory: number;
  instance: number;
}

/**
 * Gives equal computations one value where one dominates the other: arithmetic, constants, bases, loads of constants, tests that trap. Loads of memory and globals
 * are shared along blocks with one way in, as long as nothing is stored or called between; a word stored is known without loading it.
 */
export function shareValues(fn: IrFunction): IrFunction {
  return new Numbering(fn).run();
}

class Numbering {
  private readonly replaced = new Replacements();
  private readonly known = new Map<string, Value>();
  /** How to forget what holds in the blocks on the way down the dominator tree only. */
  private readonly undo: (() => void)[] = [];
  private readonly ends: Epochs[] = [];
  private readonly blocks: IrFunction["blocks"][number][];
  private epochs: Epochs = { memory: 0, instance: 0 };
  private lastEpoch = 0;

  constructor(private readonly fn: IrFunction) {
    this.blocks = [...fn.blocks];
  }

  run(): IrFunction {
    const before = predecessors(this.fn);
    const children = this.fn.blocks.map((): BlockId[] => []);
    dominators(this.fn).forEach((above, id) => children[above]?.push(id));
    /** Blocks to enter, and places in `undo` to return to, as negative numbers. */
    const work: number[] = [0];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (next < 0) {
        while (this.undo.length > ~next) this.undo.pop()!();
        continue;
      }
      work.push(~this.undo.length, ...children[next]!);
      this.enter(next, before[next]!);
    }
    const { resolve } = this.replaced;
    const blocks = this.blocks.map((block) => ({
      ...block,
      terminator: renameTerminator(block.terminator, resolve),
    }));
    return { ...this.fn, blocks };
  }

  private enter(id: BlockId, [only, ...others]: readonly BlockId[]): void {
    const before = only === undefined || others.length > 0 ? undefined : this.ends[only];
    this.epochs = before ? { ...before } : { memory: ++this.lastEpoch, instance: ++this.lastEpoch };
    const block = this.fn.blocks[id]!;
    const instructions: Instruction[] = [];
    for (const each of block.instructions) {
      const instruction = renameInstruction(each, this.replaced.resolve);
      if (this.number(instruction.operation, instruction.results)) instructions.push(instruction);
    }
    this.blocks[id] = { ...block, instructions };
    this.ends[id] = this.epochs;
  }

  /** Whether the instruction has to stay. */
  private number(operation: Operation, results: readonly Value[]): boolean {
    this.forget(operation);
    const key = this.keyOf(operation);
    if (key === null) return true;
    if (results.length === 0) return this.numberEffect(operation, key);
    const known = results.map((_, k) => this.known.get(`${key} ${k}`));
    if (known.includes(undefined)) {
      results.forEach((result, k) => this.remember(`${key} ${k}`, result));
      return true;
    }
    results.forEach((result, k) => this.replaced.set(result, known[k]!));
    return false;
  }

  private numberEffect(operation: Operation, key: string): boolean {
    if (operation.op === "store32") {
      this.remember(`${key} 0`, operation.value);
      return true;
    }
    if (this.known.has(key)) return false;
    this.remember(key, 0);
    return true;
  }

  private remember(key: string, value: Value): void {
    const { known } = this;
    const before = known.get(key);
    this.undo.push(() => (before === undefined ? known.delete(key) : known.set(key, before)));
    known.set(key, value);
  }

  /** Starts new epochs where the operation may change what was loaded. Globals do not overlap, so their stores only say what is there now. */
  private forget(operation: Operation): void {
    if (operation.op === "call") {
      const { target } = operation;
      const memory = target.kind !== "helper" || target.name.startsWith("memory.");
      if (memory) this.epochs.memory = ++this.lastEpoch;
      if (target.kind === "function" || target.kind === "address")
        this.epochs.instance = ++this.lastEpoch;
    } else if (
      operation.op.startsWith("store") &&
      "kind" in operation &&
      operation.kind === "memory"
    )
      this.epochs.memory = ++this.lastEpoch;
  }

  /** What the same text for means the same results; null for what is done each time. A word store has the text of its load. */
  private keyOf(operation: Operation): string | null {
    switch (operation.op) {
      case "const":
        return `const ${operation.value}`;
      case "trapIf":
        return `${operation.trap} ${testKey(operation.test)}`;
      case "test":
        return `test ${testKey(operation.test)}`;
      case "select":
        return `select ${testKey(operation.test)} ${operation.then} ${operation.otherwise}`;
      case "test64":
        return `test64 ${operation.condition} ${operation.args.join(" ")}`;
      case "add64":
      case "sub64":
        return `${operation.op} ${operation.args.join(" ")}`;
      case "call":
        return helperKey(operation);
      case "store8":
      case "store16":
        return null;
      case "store32":
        return this.accessKey("load32", operation);
      default:
        if ("address" in operation) return this.accessKey(operation.op, operation);
        return isPure(operation) && "a" in operation ? arithmeticKey(operation) : operation.op;
    }
  }

  private accessKey(
    op: string,
    { address, offset, kind }: { address: Value; offset: number; kind: string },
  ): string {
    const epoch = kind === "constant" ? 0 : this.epochs[kind as keyof Epochs];
    return `${op} ${kind} ${epoch} ${address} ${offset}`;
  }
}

function testKey({ condition, a, b }: Test): string {
  return `${condition} ${a} ${b}`;
}

/** Helpers that compute; those that write are done each time. */
function helperKey({ target, args }: Operation & { op: "call" }): string | null {
  if (target.kind !== "helper" || target.name.startsWith("memory.")) return null;
  return `${target.name} ${args.join(" ")}`;
}

const commutative = /^(add|mul|and|or|xor)$/;

function arithmeticKey(operation: Operation & { a: Value }): string {
  const { op, a } = operation;
  if (!("b" in operation)) return `${op} ${a}`;
  const { b } = operation;
  return commutative.test(op) && b < a ? `${op} ${b} ${a}` : `${op} ${a} ${b}`;
}
