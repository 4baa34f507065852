import { importedFunctions, type Module } from "../wasm/module.js";
import { instanceHeaderWords, layoutOf, type Layout } from "./build/layout.js";
import type { Edge, IrFunction, Operation, Test, TrapName } from "./ir.js";
import { arithmetic, comparisons, extensions, wideCompare, wideSum } from "./semantics.js";
import { referenceHelpers, type HelperMemory } from "./reference-helpers.js";

/** The end of a run by a trap. */
export class Trap extends Error {
  constructor(readonly trap: TrapName) {
    super(trap);
    this.name = "Trap";
  }
}

export interface InterpreterOptions {
  readonly module: Module;
  /** Those defined in the module. */
  readonly functions: readonly IrFunction[];
  readonly memoryBytes: number;
  /** Answers calls of imported functions, by index, words in and out. */
  readonly host?: (index: number, words: readonly number[]) => readonly number[];
}

/** Where things lie: far from each other, so that a wrong address is outside of all. Functions are four bytes long. */
const codeBase = 0x10000000;
const tableBase = 0x18000000;
const memoryBase = 0x20000000;
const instanceBase = 0x30000000;
const deepest = 1000;

/**
 * Runs intermediate code, word by word and slowly, to hold the compiler's front half against an engine before there is machine code. Addresses outside of the
 * memory trap as the hardware would have it.
 */
export class Interpreter {
  readonly memory: Uint8Array;
  /** The instance block. */
  readonly instance: Uint8Array;
  private readonly table: Uint8Array;
  private readonly functions: ReadonlyMap<number, IrFunction>;
  private readonly layout: Layout;
  private readonly bytes: HelperMemory;
  private depth = 0;

  constructor(private readonly options: InterpreterOptions) {
    const { module, functions, memoryBytes } = options;
    this.layout = layoutOf(module);
    this.functions = new Map(functions.map((fn) => [fn.index, fn]));
    this.memory = new Uint8Array(memoryBytes);
    const last = module.globals.length - 1;
    this.instance = new Uint8Array(
      (this.layout.globalOffsets[last] ?? 4 * instanceHeaderWords) + 8,
    );
    this.table = new Uint8Array(4 * this.layout.tableEntries);
    this.bytes = {
      copy: (to, from, bytes) => {
        const target = this.range(to, bytes);
        target.set(this.range(from, bytes).slice());
      },
      fill: (to, byte, bytes) => void this.range(to, bytes).fill(byte),
    };
    this.initialize();
  }

  private initialize(): void {
    const { module } = this.options;
    const instance = new DataView(this.instance.buffer);
    module.globals.forEach(({ init, type }, k) => {
      const [instruction] = init;
      const bits = instruction!.wide ?? BigInt(instruction!.immediates[0] ?? 0);
      const offset = this.layout.globalOffsets[k]!;
      instance.setUint32(offset, Number(BigInt.asUintN(32, bits)), true);
      if (type === "i64" || type === "f64")
        instance.setUint32(offset + 4, Number(BigInt.asUintN(32, bits >> 32n)), true);
    });
    const table = new DataView(this.table.buffer);
    for (const { offset, functions } of module.elements) {
      const start = offset?.[0]?.immediates[0];
      functions.forEach((index, k) => {
        if (start === undefined) return;
        table.setUint32(4 * (start + k), this.entry(index), true);
      });
    }
    for (const { offset, bytes } of module.data)
      if (offset) this.memory.set(bytes, offset[0]!.immediates[0]! >>> 0);
  }

  /** The word in the table for a function. */
  private entry(index: number): number {
    const { module } = this.options;
    const imported = importedFunctions(module);
    const type = imported[index]?.typeIndex ?? module.functions[index - imported.length]!;
    return (this.layout.signatureIds[type]! << 24) | (4 * index + 1);
  }

  /** Calls a function, imported or not, by index. */
  call(index: number, words: readonly number[]): readonly number[] {
    const fn = this.functions.get(index);
    if (!fn) return this.options.host?.(index, words) ?? [];
    if (this.depth === deepest) throw new Trap("stack-overflow");
    this.depth++;
    try {
      return this.run(fn, words);
    } finally {
      this.depth--;
    }
  }

  private run(fn: IrFunction, args: readonly number[]): readonly number[] {
    const values = new Int32Array(fn.valueCount);
    let block = fn.blocks[0]!;
    block.params.forEach((param, k) => (values[param] = args[k]!));
    for (;;) {
      for (const { operation, results } of block.instructions) {
        const found = this.execute(operation, values);
        for (let k = 0; k < results.length; k++) values[results[k]!] = found[k]!;
      }
      const { terminator } = block;
      let edge: Edge;
      switch (terminator.kind) {
        case "return":
          return terminator.values.map((value) => values[value]!);
        case "trap":
          throw new Trap(terminator.trap);
        case "jump":
          edge = terminator.edge;
          break;
        case "branch":
          edge = holds(terminator.test, values) ? terminator.then : terminator.otherwise;
          break;
        case "switch":
          edge = terminator.edges[values[terminator.value]! >>> 0] ?? terminator.edges.at(-1)!;
      }
      block = fn.blocks[edge.target]!;
      const passed = edge.args.map((arg) => values[arg]!);
      block.params.forEach((param, k) => (values[param] = passed[k]!));
    }
  }

  private execute(operation: Operation, values: Int32Array): readonly number[] {
    switch (operation.op) {
      case "const":
        return [operation.value];
      case "memoryBase":
        return [memoryBase];
      case "instanceBase":
        return [instanceBase];
      case "codeBase":
        return [codeBase];
      case "tableBase":
        return [tableBase];
      case "extend8_s":
      case "extend16_s":
        return [extensions[operation.op](values[operation.a]!)];
      case "test":
        return [holds(operation.test, values) ? 1 : 0];
      case "select":
        return [values[holds(operation.test, values) ? operation.then : operation.otherwise]!];
      case "add64":
      case "sub64":
        return wideSum(operation.op, words(operation.args, values));
      case "test64":
        return [wideCompare(operation.condition, words(operation.args, values)) ? 1 : 0];
      case "trapIf":
        if (holds(operation.test, values)) throw new Trap(operation.trap);
        return [];
      case "call":
        return this.callTarget(operation, values);
      case "load8_s":
      case "load8_u":
      case "load16_s":
      case "load16_u":
      case "load32":
      case "store8":
      case "store16":
      case "store32":
        return this.access(operation, values);
      default:
        return [arithmetic[operation.op](values[operation.a]!, values[operation.b]!)];
    }
  }

  private callTarget(
    { target, args }: Operation & { op: "call" },
    values: Int32Array,
  ): readonly number[] {
    const passed = words(args, values);
    if (target.kind === "helper") return referenceHelpers[target.name](passed, this.bytes);
    if (target.kind !== "address") return this.call(target.index, passed);
    const offset = passed.shift()! - codeBase;
    if ((offset & 3) !== 1) throw new Error(`call of address ${offset}`);
    return this.call((offset - 1) / 4, passed);
  }

  private access(
    operation: Operation & { address: number; offset: number },
    values: Int32Array,
  ): readonly number[] {
    const address = (values[operation.address]! + operation.offset) >>> 0;
    const size = operation.op.includes("8") ? 1 : operation.op.includes("16") ? 2 : 4;
    const bytes = this.range(address, size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    switch (operation.op) {
      case "load8_s":
        return [view.getInt8(0)];
      case "load8_u":
        return [view.getUint8(0)];
      case "load16_s":
        return [view.getInt16(0, true)];
      case "load16_u":
        return [view.getUint16(0, true)];
      case "load32":
        return [view.getInt32(0, true)];
      case "store8":
        view.setUint8(0, values[operation.value]!);
        return [];
      case "store16":
        view.setUint16(0, values[operation.value]!, true);
        return [];
      default:
        view.setInt32(0, values[(operation as { value: number }).value]!, true);
        return [];
    }
  }

  private range(address: number, bytes: number): Uint8Array {
    for (const [base, area] of [
      [memoryBase, this.memory],
      [instanceBase, this.instance],
      [tableBase, this.table],
    ] as const) {
      const start = address - base;
      if (start >= 0 && start + bytes <= area.length) return area.subarray(start, start + bytes);
    }
    throw new Trap("memory-bounds");
  }
}

function words(args: readonly number[], values: Int32Array): number[] {
  return args.map((arg) => values[arg]!);
}

function holds({ condition, a, b }: Test, values: Int32Array): boolean {
  return comparisons[condition](values[a]!, values[b]!);
}
