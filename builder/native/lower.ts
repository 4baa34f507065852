import type {
  Block,
  CallTarget,
  Edge,
  Instruction,
  IrFunction,
  LoadOp,
  Operation,
  StoreOp,
  Terminator,
  Value,
} from "./ir.js";
import type { HelperName } from "./helpers.js";
import { lowerBinary, lowerExtend, lowerPair } from "./arithmetic.js";
import { instanceResultWord } from "./build/layout.js";
import { compareOf } from "./compare.js";
import { lowerSelect, lowerTest, lowerTest64 } from "./decide.js";
import {
  argumentRegisters,
  callClobbers,
  helperRegister,
  type Constant,
  type Definition,
  type Emit,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type MachineTerminator,
  type Use,
} from "./machine.js";
import { shapeOf, type Shape } from "./select.js";
import { codeOfTrap } from "./traps.js";
import type { FormatName } from "./thumb/formats.js";

/** What lowering asks of the module around a function. */
export interface LowerContext {
  /** Position in the helper table. */
  helperIndex(name: HelperName): number;
  /** Number of the supervisor call for an imported function. */
  hostCall(index: number): number;
}

/** Blocks from which on constants are shared within a block only: live ranges over a whole big function would cost more than they save. */
const sharedConstantBlocks = 400;

/** Switches of at most this many cases compare one after the other. */
const chainedCases = 4;

/** Instruction selection: machine instructions over values without places. Critical edges are split before. */
export function lower(fn: IrFunction, context: LowerContext): MachineFunction {
  return new Lowering(fn, context).run();
}

/** The function under construction; arithmetic.ts and decide.ts add to it. */
export class Lowering {
  readonly shape: Shape;
  readonly #constants = new Map<Value, { constant: Constant; block: number }>();
  readonly #byConstant = new Map<string, Value>();
  #valueCount: number;
  #block = 0;
  #depth = 0;
  #wasmOffset = -1;
  #out: MachineInstruction[] = [];
  #outgoingWords = 0;
  readonly #callees = new Set<number>();
  readonly #addressCalls: { args: number; results: number }[] = [];
  readonly #helpers = new Set<HelperName>();
  readonly #hostCalls = new Set<number>();

  constructor(
    readonly fn: IrFunction,
    readonly context: LowerContext,
  ) {
    this.shape = shapeOf(fn);
    this.#valueCount = fn.valueCount;
  }

  run(): MachineFunction {
    const blocks = this.fn.blocks.map((block, id) => this.#lowerBlock(block, id));
    return {
      index: this.fn.index,
      blocks,
      valueCount: this.#valueCount,
      constants: this.#constants,
      outgoingWords: this.#outgoingWords,
      callees: [...this.#callees],
      addressCalls: this.#addressCalls,
      helpers: this.#helpers,
      hostCalls: this.#hostCalls,
    };
  }

  /** A new value. */
  fresh(): Value {
    return this.#valueCount++;
  }

  /** The value of a constant, one per function, or per block in big ones. */
  constant(constant: Constant): Value {
    const local = this.fn.blocks.length >= sharedConstantBlocks;
    const block = local ? this.#block : 0;
    const key = `${block} ${constant.kind === "word" ? constant.word : constant.kind}`;
    let value = this.#byConstant.get(key);
    if (value === undefined) {
      value = this.fresh();
      this.#byConstant.set(key, value);
      this.#constants.set(value, { constant, block });
    }
    return value;
  }

  word(word: number): Value {
    return this.constant({ kind: "word", word: word | 0 });
  }

  /** The machine value of an IR value. */
  value(value: Value): Value {
    const operation = this.shape.definitions.get(value);
    switch (operation?.op) {
      case "const":
        return this.word(operation.value);
      case "memoryBase":
      case "instanceBase":
      case "codeBase":
        return this.constant({ kind: operation.op });
      case "tableBase":
        return this.constant({ kind: "codeBase" });
      default:
        return value;
    }
  }

  early(value: Value): Use {
    return { value: this.value(value), phase: "early" };
  }

  late(value: Value): Use {
    return { value: this.value(value), phase: "late" };
  }

  /** A use that is moved to the register of the instruction's definition `index` first. */
  tied(value: Value, index = 0): Use {
    return { value: this.value(value), phase: "before", to: { kind: "result", index } };
  }

  /** An instruction, not yet added. */
  make(uses: readonly Use[], definitions: readonly Definition[], emit: Emit): MachineInstruction {
    return { uses, definitions, clobbers: 0, emit, wasmOffset: this.#wasmOffset };
  }

  add(instruction: MachineInstruction): void {
    this.#out.push(instruction);
  }

  /** Whether the current block runs once at most per call. */
  get outsideLoops(): boolean {
    return this.#depth === 0;
  }

  #lowerBlock(
    { params, instructions, terminator, loopDepth, start }: Block,
    id: number,
  ): MachineBlock {
    this.#out = [];
    this.#block = id;
    this.#depth = loopDepth;
    for (const instruction of instructions) {
      this.#wasmOffset = instruction.wasmOffset;
      const [result] = instruction.results;
      if (result === undefined || !this.shape.folded.has(result)) this.#lower(instruction);
    }
    this.#wasmOffset = terminator.wasmOffset;
    const end = this.#terminator(terminator);
    return { params, instructions: this.#out, terminator: end, loopDepth, start };
  }

  #lower({ operation, results }: Instruction): void {
    switch (operation.op) {
      case "const":
      case "memoryBase":
      case "instanceBase":
      case "codeBase":
      case "tableBase":
        return;
      case "extend8_s":
      case "extend16_s":
        return lowerExtend(this, operation, results[0]!);
      case "test":
        return lowerTest(this, operation.test, results[0]!);
      case "select":
        return lowerSelect(this, operation, results[0]!);
      case "add64":
      case "sub64":
        return lowerPair(this, operation, results);
      case "test64":
        return lowerTest64(this, operation, results[0]!);
      case "trapIf":
        return this.#trapIf(operation);
      case "call":
        return this.#call(operation.target, operation.args, results);
      case "load8_s":
      case "load8_u":
      case "load16_s":
      case "load16_u":
      case "load32":
        return this.#load(operation, results[0]!);
      case "store8":
      case "store16":
      case "store32":
        return this.#store(operation);
      default:
        return lowerBinary(this, operation, results[0]!);
    }
  }

  #trapIf({ test, trap }: Operation & { op: "trapIf" }): void {
    const compare = compareOf(this, test);
    const code = codeOfTrap(trap);
    this.add(
      this.make(compare.uses, compare.definitions, (assembler, uses, definitions) =>
        assembler.trapIf(compare.emit(assembler, uses, definitions), code),
      ),
    );
  }

  #load(operation: Operation & { op: LoadOp }, result: Value): void {
    const { register, immediate } = accesses[operation.op];
    const [uses, offset] = this.#address(operation, immediate !== undefined);
    this.add(
      this.make(
        uses.map((value) => ({ value, phase: "early" })),
        [{ value: result, phase: "late" }],
        (assembler, [base, index], [to]) =>
          index === undefined
            ? assembler.emit(immediate!, to!, base!, offset)
            : assembler.emit(register, to!, base!, index),
      ),
    );
  }

  #store(operation: Operation & { op: StoreOp }): void {
    const { register, immediate } = accesses[operation.op];
    const [uses, offset] = this.#address(operation, true);
    const stored = this.value(operation.value);
    this.add(
      this.make(
        [stored, ...uses].map((value) => ({ value, phase: "early" })),
        [],
        (assembler, [from, base, index]) =>
          index === undefined
            ? assembler.emit(immediate!, from!, base!, offset)
            : assembler.emit(register, from!, base!, index),
      ),
    );
  }

  /** Base and offset, or base and index register. */
  #address(
    { op, address, offset }: Operation & { op: LoadOp | StoreOp },
    hasImmediate: boolean,
  ): [uses: Value[], offset: number] {
    const folded = this.shape.folded.has(address) ? this.shape.definitions.get(address) : undefined;
    if (folded?.op === "add") return [[this.value(folded.a), this.value(folded.b)], 0];
    const { bytes } = accesses[op];
    if (hasImmediate && offset % bytes === 0 && offset / bytes < 32)
      return [[this.value(address)], offset];
    return [[this.value(address), this.word(offset)], 0];
  }

  #call(target: CallTarget, args: readonly Value[], results: readonly Value[]): void {
    const own = target.kind === "address" ? args.slice(1) : args;
    const uses = own.map((value, k): Use => this.#argument(value, k));
    this.#outgoingWords = Math.max(this.#outgoingWords, own.length - argumentRegisters);
    const definitions = results
      .slice(0, argumentRegisters)
      .map((value, register): Definition => ({ value, phase: "late", register }));
    this.add(this.#callInstruction(target, args, uses, definitions));
    results.slice(argumentRegisters).forEach((value, k) => {
      this.add(
        this.make(
          [{ value: this.constant({ kind: "instanceBase" }), phase: "early" }],
          [{ value, phase: "late" }],
          (assembler, [base], [to]) =>
            assembler.emit("ldr", to!, base!, 4 * (instanceResultWord + k)),
        ),
      );
    });
  }

  #argument(value: Value, k: number): Use {
    return {
      value: this.value(value),
      phase: "before",
      to:
        k < argumentRegisters
          ? { kind: "register", register: k }
          : { kind: "outgoing", word: k - argumentRegisters },
    };
  }

  #callInstruction(
    target: CallTarget,
    args: readonly Value[],
    uses: readonly Use[],
    definitions: readonly Definition[],
  ): MachineInstruction {
    const call = (instruction: MachineInstruction): MachineInstruction => ({
      ...instruction,
      clobbers: callClobbers,
      isCall: true,
    });
    switch (target.kind) {
      case "function":
        this.#callees.add(target.index);
        return call(this.make(uses, definitions, (assembler) => assembler.call(target.index)));
      case "host": {
        const number = this.context.hostCall(target.index);
        this.#hostCalls.add(number);
        const words = Math.min(argumentRegisters, Math.max(uses.length, definitions.length));
        return {
          ...this.make(uses, definitions, (assembler) => assembler.emit("svc", number)),
          clobbers: (1 << words) - 1,
        };
      }
      case "helper":
        this.#helpers.add(target.name);
        return call(this.#helperCall(this.context.helperIndex(target.name), uses, definitions));
      case "address":
        this.#addressCalls.push({ args: args.length - 1, results: definitions.length });
        return call(this.#addressCall(args, uses, definitions));
    }
  }

  /** Through r3 where no argument is in it, else through a register that calls keep. */
  #helperCall(
    index: number,
    uses: readonly Use[],
    definitions: readonly Definition[],
  ): MachineInstruction {
    const offset = 4 * index;
    const free = uses.length < argumentRegisters;
    const temporary: Definition[] = free ? [] : [{ value: this.fresh(), phase: "early" }];
    return this.make(uses, [...definitions, ...temporary], (assembler, _, registers) => {
      const through = free ? argumentRegisters - 1 : registers[definitions.length]!;
      if (offset < 128) {
        assembler.emit("mov", through, helperRegister);
        assembler.emit("ldr", through, through, offset);
      } else {
        assembler.emit("movsImm", through, offset >> 2);
        assembler.emit("lslsImm", through, through, 2);
        assembler.emit("addHigh", through, helperRegister);
        assembler.emit("ldr", through, through, 0);
      }
      assembler.emit("blx", through);
    });
  }

  #addressCall(
    args: readonly Value[],
    uses: readonly Use[],
    definitions: readonly Definition[],
  ): MachineInstruction {
    const target = this.value(args[0]!);
    const last = argumentRegisters - 1;
    if (uses.length <= last) {
      const address: Use = {
        value: target,
        phase: "before",
        to: { kind: "register", register: last },
      };
      return this.make([...uses, address], definitions, (assembler) => assembler.emit("blx", last));
    }
    const address: Use = { value: target, phase: "early" };
    return this.make([...uses, address], definitions, (assembler, registers) =>
      assembler.emit("blx", registers[uses.length]!),
    );
  }

  #terminator(terminator: Terminator): MachineTerminator {
    const { wasmOffset } = terminator;
    switch (terminator.kind) {
      case "jump":
        return { kind: "jump", edge: this.#edge(terminator.edge), wasmOffset };
      case "trap":
        return { kind: "trap", code: codeOfTrap(terminator.trap), wasmOffset };
      case "branch": {
        const { uses, definitions, emit } = compareOf(this, terminator.test);
        const instruction = this.make(uses, definitions, nothing);
        const [yes, no] = [this.#edge(terminator.then), this.#edge(terminator.otherwise)];
        return { kind: "branch", instruction, test: emit, yes, no, wasmOffset };
      }
      case "switch": {
        const instruction = this.#switch(terminator.value, terminator.edges.length);
        const edges = terminator.edges.map((edge) => this.#edge(edge));
        return { kind: "switch", instruction, edges, wasmOffset };
      }
      case "return":
        return { kind: "return", instruction: this.#return(terminator.values), wasmOffset };
    }
  }

  #edge({ target, args }: Edge): Edge {
    return { target, args: args.map((value) => this.value(value)) };
  }

  /** Values: what is switched on, then the number of cases where it fits no compare; a scratch register for tables. */
  #switch(value: Value, edges: number): MachineInstruction {
    const cases = edges - 1;
    const uses = [this.late(value)];
    if (cases > 255) uses.push({ value: this.word(cases), phase: "early" });
    const scratch: Definition[] =
      cases > chainedCases ? [{ value: this.fresh(), phase: "late" }] : [];
    return this.make(uses, scratch, nothing);
  }

  #return(values: readonly Value[]): MachineInstruction {
    values.slice(argumentRegisters).forEach((value, k) => {
      this.add(
        this.make(
          [
            { value: this.value(value), phase: "early" },
            { value: this.constant({ kind: "instanceBase" }), phase: "early" },
          ],
          [],
          (assembler, [from, base]) =>
            assembler.emit("str", from!, base!, 4 * (instanceResultWord + k)),
        ),
      );
    });
    const uses = values.slice(0, argumentRegisters).map((value, k) => this.#argument(value, k));
    return { ...this.make(uses, [], nothing), clobbers: (1 << uses.length) - 1 };
  }
}

const nothing: Emit = () => {};

interface Access {
  readonly bytes: number;
  readonly register: FormatName;
  /** Not there for loads that extend the sign. */
  readonly immediate?: FormatName;
}

const accesses: Readonly<Record<LoadOp | StoreOp, Access>> = {
  load8_s: { bytes: 1, register: "ldrsbIndexed" },
  load8_u: { bytes: 1, register: "ldrbIndexed", immediate: "ldrb" },
  load16_s: { bytes: 2, register: "ldrshIndexed" },
  load16_u: { bytes: 2, register: "ldrhIndexed", immediate: "ldrh" },
  load32: { bytes: 4, register: "ldrIndexed", immediate: "ldr" },
  store8: { bytes: 1, register: "strbIndexed", immediate: "strb" },
  store16: { bytes: 2, register: "strhIndexed", immediate: "strh" },
  store32: { bytes: 4, register: "strIndexed", immediate: "str" },
};
