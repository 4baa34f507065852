import type { FunctionType } from "../wasm/module.js";
import type { HelperName } from "./helpers.js";

/**
 * The compiler's intermediate representation: control-flow graphs in SSA form over 32-bit words. Wider values are pairs of words, floats their bits, so that
 * nothing below knows a wasm type. Blocks take parameters in place of phi instructions.
 */

/** A word, defined once in its function: a parameter of a block or a result of an instruction. Dense from 0. */
export type Value = number;

/** Position of a block in `IrFunction.blocks`. Block 0 is the entry and has no predecessor. */
export type BlockId = number;

/** How two words compare; `_s` signed, `_u` unsigned. */
export type Condition =
  | "eq"
  | "ne"
  | "lt_s"
  | "le_s"
  | "gt_s"
  | "ge_s"
  | "lt_u"
  | "le_u"
  | "gt_u"
  | "ge_u";

/** `a condition b` over words. */
export interface Test {
  readonly condition: Condition;
  readonly a: Value;
  readonly b: Value;
}

/** Operations on two words. */
export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr_s"
  | "shr_u"
  | "rotr";

/** Operations on one word. */
export type UnaryOp = "extend8_s" | "extend16_s";

/** A memory access by its width; `load8_s` and `load16_s` extend the sign. */
export type LoadOp = "load8_s" | "load8_u" | "load16_s" | "load16_u" | "load32";
/** A store by its width. */
export type StoreOp = "store8" | "store16" | "store32";

/**
 * One instruction. Shift and rotate counts are taken modulo 32. `offset` of an access is a constant number of bytes added to the
 * address, 0 to 2^32 - 1, and the addition wraps (the checks in `checked` mode stand before it).
 */
export type Operation =
  | { readonly op: "const"; /** As a signed 32-bit number. */ readonly value: number }
  | { readonly op: BinaryOp; readonly a: Value; readonly b: Value }
  | { readonly op: UnaryOp; readonly a: Value }
  /** 1 if the test holds, else 0. */
  | { readonly op: "test"; readonly test: Test }
  | { readonly op: "select"; readonly test: Test; readonly then: Value; readonly otherwise: Value }
  /** (aLow, aHigh) + or - (bLow, bHigh), two results: low, high. */
  | { readonly op: "add64" | "sub64"; readonly args: readonly [Value, Value, Value, Value] }
  /** 1 if (aLow, aHigh) condition (bLow, bHigh), else 0; the condition is an ordering, lt or ge, signed or unsigned. */
  | {
      readonly op: "test64";
      readonly condition: "lt_s" | "ge_s" | "lt_u" | "ge_u";
      readonly args: readonly [Value, Value, Value, Value];
    }
  /** The address of linear memory, of the instance block, of the first byte of code, of the table of functions. */
  | { readonly op: "memoryBase" | "instanceBase" | "codeBase" | "tableBase" }
  | {
      readonly op: LoadOp;
      readonly address: Value;
      readonly offset: number;
      readonly kind: AccessKind;
    }
  | {
      readonly op: StoreOp;
      readonly address: Value;
      readonly offset: number;
      readonly value: Value;
      readonly kind: AccessKind;
    }
  /** Ends the container with this code if the test holds. */
  | { readonly op: "trapIf"; readonly test: Test; readonly trap: TrapName }
  | { readonly op: "call"; readonly target: CallTarget; readonly args: readonly Value[] };

/** What an access touches: linear memory (which calls and other stores may change), the instance block, or constant tables. */
export type AccessKind = "memory" | "instance" | "constant";

/** What a call calls. */
export type CallTarget =
  /** A function defined in the module, by wasm index. */
  | { readonly kind: "function"; readonly index: number }
  /** The code at the address in the first argument, its bit 0 set as the entries of the table have it; the rest are the call's own. */
  | { readonly kind: "address" }
  /** An imported function, by wasm index. */
  | { readonly kind: "host"; readonly index: number }
  /** A routine of the helper table; helpers.ts says what it takes and returns. */
  | { readonly kind: "helper"; readonly name: HelperName };

/** A case of `trap-code` in the contract. */
export type TrapName =
  | "unreachable"
  | "memory-bounds"
  | "divide-by-zero"
  | "integer-overflow"
  | "invalid-conversion"
  | "bad-indirect-call"
  | "stack-overflow";

/** An operation, what it defines, and where it comes from. */
export interface Instruction {
  readonly operation: Operation;
  readonly results: readonly Value[];
  /** Offset in the wasm module of the instruction that it comes from. */
  readonly wasmOffset: number;
}

/** A way to another block, with the arguments for its parameters. */
export interface Edge {
  readonly target: BlockId;
  readonly args: readonly Value[];
}

/** How a block ends. */
export type Terminator = { readonly wasmOffset: number } & (
  | { readonly kind: "jump"; readonly edge: Edge }
  | { readonly kind: "branch"; readonly test: Test; readonly then: Edge; readonly otherwise: Edge }
  /** Edge `value` of the list, the last for all values beyond it (unsigned). */
  | { readonly kind: "switch"; readonly value: Value; readonly edges: readonly Edge[] }
  | { readonly kind: "return"; readonly values: readonly Value[] }
  | { readonly kind: "trap"; readonly trap: TrapName }
);

/** Instructions without a branch between them. */
export interface Block {
  readonly params: readonly Value[];
  readonly instructions: readonly Instruction[];
  readonly terminator: Terminator;
  /** Loops around it: 0 outside of all. */
  readonly loopDepth: number;
  /** Offset in the wasm module of the instruction in front of which it begins, as often as which it runs; -1 if there is none: it stands on an edge. */
  readonly start: number;
}

/** A function. Passes return a new one and leave theirs as it was. */
export interface IrFunction {
  /** wasm function index. */
  readonly index: number;
  readonly name: string;
  readonly type: FunctionType;
  /** In an order in which every block comes after its dominators; the parameters of block 0 are those of the function, as words. */
  readonly blocks: readonly Block[];
  /** One more than the greatest value. */
  readonly valueCount: number;
}
