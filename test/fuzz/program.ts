import type { FunctionType, ValueType } from "../../builder/wasm/module.js";
import type { Bits } from "../native/executor.js";

/**
 * A program as a tree, which is easier to make smaller than instructions are. Whatever nodes are exchanged for others of the same
 * results, it stays a module that is valid, or one that `encodeProgram` refuses.
 */
export interface Node {
  /** The instruction; `set` writes the results of its only operand to the locals in `numbers`. */
  readonly op: string;
  /** Results. */
  readonly types: readonly ValueType[];
  readonly args: readonly Node[];
  /** Immediates: an index, or [alignment exponent, offset]. */
  readonly numbers: readonly number[];
  readonly wide?: bigint;
  /** Of `block`, `loop` and `if`: bodies, and the name of the label in its function. */
  readonly bodies?: readonly (readonly Node[])[];
  readonly label?: number;
  /** Of branches, by name, the default of br_table last. */
  readonly targets?: readonly number[];
}

export interface ProgramFunction extends FunctionType {
  /** Beside the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: readonly Node[];
}

export interface ProgramGlobal {
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly bits: Bits;
}

export interface Call {
  /** Position of the function. */
  readonly target: number;
  readonly args: readonly Bits[];
}

export interface Program {
  /** Imported functions. */
  readonly imports: readonly FunctionType[];
  readonly functions: readonly ProgramFunction[];
  /** The first one is the fuel: each function takes of it at its entry and returns at once when there is none. */
  readonly globals: readonly ProgramGlobal[];
  /** Positions of functions, those imported first; null for an entry that stays empty. */
  readonly table: readonly (number | null)[];
  readonly data: readonly { readonly address: number; readonly bytes: readonly number[] }[];
  /** What is called from outside, in order. */
  readonly calls: readonly Call[];
}

/** Pages of memory of every program. */
export const pages = 1;
export const memoryBytes = 65536 * pages;

/** Levels of calls and calls together that one call from outside may take. */
export const fuel = 40;

/** Parameters of block types come as operands. */
export function node(op: string, types: readonly ValueType[], rest: Partial<Node> = {}): Node {
  return { op, types, args: [], numbers: [], ...rest };
}

export function constant(type: ValueType, bits: Bits): Node {
  if (type === "i32")
    return node("i32.const", [type], { numbers: [Number(BigInt.asIntN(32, bits))] });
  return node(`${type}.const`, [type], { wide: type === "i64" ? BigInt.asIntN(64, bits) : bits });
}
