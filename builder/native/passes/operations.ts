import type {
  Block,
  Edge,
  Instruction,
  IrFunction,
  Operation,
  Terminator,
  Test,
  Value,
} from "../ir.js";

/** The values that an operation reads, in a fixed order. */
export function operands(operation: Operation): readonly Value[] {
  switch (operation.op) {
    case "const":
    case "memoryBase":
    case "instanceBase":
    case "codeBase":
    case "tableBase":
      return [];
    case "test":
    case "trapIf":
      return [operation.test.a, operation.test.b];
    case "select":
      return [operation.test.a, operation.test.b, operation.then, operation.otherwise];
    case "add64":
    case "sub64":
    case "test64":
    case "call":
      return operation.args;
    case "extend8_s":
    case "extend16_s":
      return [operation.a];
    case "store8":
    case "store16":
    case "store32":
      return [operation.address, operation.value];
    default:
      return "address" in operation ? [operation.address] : [operation.a, operation.b];
  }
}

/** The values that a terminator reads besides the arguments of its edges. */
export function terminatorOperands(terminator: Terminator): readonly Value[] {
  switch (terminator.kind) {
    case "branch":
      return [terminator.test.a, terminator.test.b];
    case "switch":
      return [terminator.value];
    case "return":
      return terminator.values;
    default:
      return [];
  }
}

/** All ways out of a block. */
export function edges(terminator: Terminator): readonly Edge[] {
  switch (terminator.kind) {
    case "jump":
      return [terminator.edge];
    case "branch":
      return [terminator.then, terminator.otherwise];
    case "switch":
      return terminator.edges;
    default:
      return [];
  }
}

type Rename = (value: Value) => Value;

export function renameTest({ condition, a, b }: Test, rename: Rename): Test {
  return { condition, a: rename(a), b: rename(b) };
}

/** The operation with its operands renamed. */
export function renameOperation(operation: Operation, rename: Rename): Operation {
  switch (operation.op) {
    case "const":
    case "memoryBase":
    case "instanceBase":
    case "codeBase":
    case "tableBase":
      return operation;
    case "test":
    case "trapIf":
      return { ...operation, test: renameTest(operation.test, rename) };
    case "select":
      return {
        ...operation,
        test: renameTest(operation.test, rename),
        then: rename(operation.then),
        otherwise: rename(operation.otherwise),
      };
    case "add64":
    case "sub64":
    case "test64": {
      const [a, b, c, d] = operation.args;
      return { ...operation, args: [rename(a), rename(b), rename(c), rename(d)] };
    }
    case "call":
      return { ...operation, args: operation.args.map(rename) };
    case "extend8_s":
    case "extend16_s":
      return { ...operation, a: rename(operation.a) };
    case "store8":
    case "store16":
    case "store32":
      return {
        ...operation,
        address: rename(operation.address),
        value: rename(operation.value),
      };
    default:
      return "address" in operation
        ? { ...operation, address: rename(operation.address) }
        : { ...operation, a: rename(operation.a), b: rename(operation.b) };
  }
}

/** The terminator with its edges replaced. */
export function mapEdges(terminator: Terminator, map: (edge: Edge) => Edge): Terminator {
  switch (terminator.kind) {
    case "jump":
      return { ...terminator, edge: map(terminator.edge) };
    case "branch":
      return { ...terminator, then: map(terminator.then), otherwise: map(terminator.otherwise) };
    case "switch":
      return { ...terminator, edges: terminator.edges.map(map) };
    default:
      return terminator;
  }
}

export function renameTerminator(terminator: Terminator, rename: Rename): Terminator {
  const renamed = mapEdges(terminator, ({ target, args }) => ({ target, args: args.map(rename) }));
  switch (renamed.kind) {
    case "branch":
      return { ...renamed, test: renameTest(renamed.test, rename) };
    case "switch":
      return { ...renamed, value: rename(renamed.value) };
    case "return":
      return { ...renamed, values: renamed.values.map(rename) };
    default:
      return renamed;
  }
}

export function renameInstruction(instruction: Instruction, rename: Rename): Instruction {
  return { ...instruction, operation: renameOperation(instruction.operation, rename) };
}

export function renameBlock(block: Block, rename: Rename): Block {
  return {
    ...block,
    instructions: block.instructions.map((instruction) => renameInstruction(instruction, rename)),
    terminator: renameTerminator(block.terminator, rename),
  };
}

/** Whether it does no more than compute its results: it may be left out, and done earlier where its operands are there. */
export function isPure({ op }: Operation): boolean {
  return op !== "call" && op !== "trapIf" && !isStore(op) && !op.startsWith("load");
}

export function isStore(op: Operation["op"]): op is "store8" | "store16" | "store32" {
  return op === "store8" || op === "store16" || op === "store32";
}

/** Whether it matters only through its results. Loads that nobody reads may go: where they have to trap, a test stands before them. */
export function isRemovable(operation: Operation): boolean {
  if (operation.op !== "call") return operation.op !== "trapIf" && !isStore(operation.op);
  const { target } = operation;
  return target.kind === "helper" && !target.name.startsWith("memory.");
}

/** The instruction that defines each value; undefined for parameters. */
export function definitions({ blocks, valueCount }: IrFunction): (Instruction | undefined)[] {
  const found = Array<Instruction | undefined>(valueCount).fill(undefined);
  for (const { instructions } of blocks)
    for (const instruction of instructions)
      for (const result of instruction.results) found[result] = instruction;
  return found;
}

/** A forest of replacements: `resolve` follows them to the end. */
export class Replacements {
  private readonly next = new Map<Value, Value>();

  get size(): number {
    return this.next.size;
  }

  /** From now on, `value` is `by`. */
  set(value: Value, by: Value): void {
    this.next.set(value, by);
  }

  has(value: Value): boolean {
    return this.next.has(value);
  }

  readonly resolve = (value: Value): Value => {
    let last = value;
    for (let next = this.next.get(last); next !== undefined; next = this.next.get(last))
      last = next;
    // Later walks over the same values are short.
    for (let at = value; at !== last;) {
      const next = this.next.get(at)!;
      this.next.set(at, last);
      at = next;
    }
    return last;
  };
}

/** How often each value is read, arguments of edges included. */
export function useCounts({ blocks, valueCount }: IrFunction): number[] {
  const counts = Array<number>(valueCount).fill(0);
  const use = (value: Value): void => void (counts[value]! += 1);
  for (const { instructions, terminator } of blocks) {
    for (const { operation } of instructions) operands(operation).forEach(use);
    terminatorOperands(terminator).forEach(use);
    for (const { args } of edges(terminator)) args.forEach(use);
  }
  return counts;
}
