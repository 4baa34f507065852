import type { Assembler } from "./thumb/assembler.js";
import type { ConditionCode } from "./thumb/formats.js";
import type { HelperName } from "./helpers.js";
import type { BlockId, Edge, Value } from "./ir.js";

/** r0-r15 by number. */
export type Register = number;

/** Registers with a fixed part in compiled code. */
export const scratchRegister = 12;
export const stackPointer = 13;
export const linkRegister = 14;
export const memoryRegister = 8;
export const helperRegister = 9;
export const instanceRegister = 10;
/** Call-saved high register that holds values which found no low one. */
export const highHome = 11;

/** r0-r3 carry arguments and results and are lost in calls. */
export const argumentRegisters = 4;
export const lowRegisters = 8;
export const callClobbers = 0b1111;

/** When a use ends, or a definition begins, relative to its instruction. */
export type Phase = "before" | "early" | "late";

/**
 * How an instruction reads a value. `before`: it is moved to where the instruction wants it, together with all that moves in front of the
 * instruction, so it may lie anywhere. `early`: in a low register that results may overwrite. `late`: in a low register until the results are there.
 */
export interface Use {
  readonly value: Value;
  readonly phase: Phase;
  /** Of a `before` use: where it goes. `result` is the register of an early definition. */
  readonly to?:
    | { readonly kind: "register"; readonly register: Register }
    | { readonly kind: "outgoing"; readonly word: number }
    | { readonly kind: "result"; readonly index: number };
}

/**
 * What an instruction gives. `early`: written before uses are done with, also by the move of a `before` use. `late`: a low register, written last.
 * With `register` it comes in that one and is moved on.
 */
export interface Definition {
  readonly value: Value;
  readonly phase: "early" | "late";
  readonly register?: Register;
}

/** Values made anew where they are needed instead of being kept. */
export type Constant =
  | { readonly kind: "word"; readonly word: number }
  | { readonly kind: "memoryBase" | "instanceBase" | "codeBase" };

/** Writes the instruction with the registers of its uses and definitions, in their order; -1 for `before` uses. */
export type Emit = (
  assembler: Assembler,
  uses: readonly number[],
  definitions: readonly number[],
) => void;

export interface MachineInstruction {
  readonly uses: readonly Use[];
  readonly definitions: readonly Definition[];
  /** Mask of registers that do not outlive it. */
  readonly clobbers: number;
  readonly emit: Emit;
  readonly wasmOffset: number;
  /**
   * The same, of the same values, with another use moved to its result: better where the one that is now lives on and the other does not.
   */
  readonly swapped?: MachineInstruction;
  /** Whether it overwrites lr. */
  readonly isCall?: true;
}

/** Sets the flags; the condition under which its test holds. */
export type EmitTest = (
  assembler: Assembler,
  uses: readonly number[],
  definitions: readonly number[],
) => ConditionCode;

/** How a block ends. The instruction of one reads its values; a branch's `test` writes it, the others' writing is the emitter's. */
export type MachineTerminator = { readonly wasmOffset: number } & (
  | { readonly kind: "jump"; readonly edge: Edge }
  | {
      readonly kind: "branch";
      readonly instruction: MachineInstruction;
      readonly test: EmitTest;
      readonly yes: Edge;
      readonly no: Edge;
    }
  | {
      readonly kind: "switch";
      readonly instruction: MachineInstruction;
      readonly edges: readonly Edge[];
    }
  | { readonly kind: "return"; readonly instruction: MachineInstruction }
  | { readonly kind: "trap"; readonly code: number }
);

export interface MachineBlock {
  readonly params: readonly Value[];
  readonly instructions: readonly MachineInstruction[];
  readonly terminator: MachineTerminator;
  readonly loopDepth: number;
  /** As in the intermediate code. */
  readonly start: number;
}

/** A function of machine instructions over values without places. */
export interface MachineFunction {
  readonly index: number;
  readonly blocks: readonly MachineBlock[];
  readonly valueCount: number;
  /** What can be made anew, by value. They have no definition, and are live from the start of the block. */
  readonly constants: ReadonlyMap<Value, { readonly constant: Constant; readonly block: BlockId }>;
  /** Words below the spill slots for arguments of calls that take more than four. */
  readonly outgoingWords: number;
  readonly callees: readonly number[];
  readonly addressCalls: readonly { readonly args: number; readonly results: number }[];
  readonly helpers: ReadonlySet<HelperName>;
  readonly hostCalls: ReadonlySet<number>;
}

/** Blocks that a block may go to, with arguments. */
export function edgesOf(terminator: MachineTerminator): readonly Edge[] {
  switch (terminator.kind) {
    case "jump":
      return [terminator.edge];
    case "branch":
      return [terminator.yes, terminator.no];
    case "switch":
      return terminator.edges;
    default:
      return [];
  }
}

export type { BlockId, Value };
