import type { Opcode } from "./opcodes.js";

/** The type of a value on the operand stack. */
export type ValueType = "i32" | "i64" | "f32" | "f64";

/** Types of the parameters and results of a function. */
export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** One instruction. `offset` is its first byte in the module it was decoded from, or -1 if it was made here. */
export interface Instruction {
  readonly opcode: Opcode;
  readonly offset: number;
  /**
   * The immediates as numbers, in binary order: a label, an index, [alignment exponent, offset] of a memory access, the value
   * of i32.const (signed). A block type is its signed 33-bit number. br_table: the labels, the default last.
   */
  readonly immediates: readonly number[];
  /** The value of i64.const (signed), or the raw bits of f32.const and f64.const. */
  readonly wide?: bigint;
}

/** Instructions up to and with the `end` that closes them. */
export type Expression = readonly Instruction[];

/** The locals and the code of a function that the module defines. */
export interface FunctionBody {
  /** Runs of equal locals, parameters apart. */
  readonly locals: readonly { readonly count: number; readonly type: ValueType }[];
  /** Ends with `end`. */
  readonly code: Expression;
}

export interface Limits {
  readonly min: number;
  readonly max?: number;
}

export type ImportKind =
  | { readonly kind: "function"; readonly typeIndex: number }
  | { readonly kind: "table"; readonly limits: Limits }
  | { readonly kind: "memory"; readonly limits: Limits }
  | { readonly kind: "global"; readonly type: ValueType; readonly mutable: boolean };

/** Something that the module wants from its host. */
export type Import = { readonly module: string; readonly name: string } & ImportKind;

/** Something that the host can reach by its name. */
export interface Export {
  readonly name: string;
  readonly kind: "function" | "table" | "memory" | "global";
  readonly index: number;
}

export interface Global {
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly init: Expression;
}

/** `offset` is null for a passive segment. */
export interface DataSegment {
  readonly offset: Expression | null;
  readonly bytes: Uint8Array;
}

export interface ElementSegment {
  readonly offset: Expression | null;
  readonly functions: readonly number[];
}

export interface CustomSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A decoded module. Fields are replaced, never edited in place. */
export interface Module {
  readonly types: readonly FunctionType[];
  readonly imports: readonly Import[];
  /** Type indices of the functions defined here. */
  readonly functions: readonly number[];
  readonly tables: readonly Limits[];
  readonly memories: readonly Limits[];
  readonly globals: readonly Global[];
  readonly exports: readonly Export[];
  readonly start: number | null;
  readonly elements: readonly ElementSegment[];
  readonly code: readonly FunctionBody[];
  readonly data: readonly DataSegment[];
  /** Whether the data count section is there. */
  readonly dataCount: boolean;
  readonly custom: readonly CustomSection[];
}

/** The imported functions, in index order. */
export function importedFunctions(
  module: Module,
): readonly (Import & { readonly kind: "function" })[] {
  return module.imports.filter((entry) => entry.kind === "function");
}

/** The type of the function with this index, imported or defined. */
export function functionType(module: Module, index: number): FunctionType {
  const imported = importedFunctions(module);
  const typeIndex =
    index < imported.length
      ? imported[index]?.typeIndex
      : module.functions[index - imported.length];
  const type = typeIndex === undefined ? undefined : module.types[typeIndex];
  if (!type) throw new RangeError(`function ${index} has no type`);
  return type;
}

/** The one result of a block whose type is a value type, by its signed number. */
export const blockValues: Readonly<Record<number, ValueType>> = {
  [-1]: "i32",
  [-2]: "i64",
  [-3]: "f32",
  [-4]: "f64",
};

/** The type of a block: empty (-64), a value type (-1 to -4), or an index (Core Specification, section 5.3.5). */
export function blockType(module: Module, immediate: number): FunctionType {
  const value = blockValues[immediate];
  if (value) return { params: [], results: [value] };
  return module.types[immediate] ?? { params: [], results: [] };
}
