import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import type { TrapName } from "../../builder/native/ir.js";
import {
  functionType,
  type Expression,
  type FunctionType,
  type Module,
  type ValueType,
} from "../../builder/wasm/module.js";

/** A value by its bits, not negative. */
export type Bits = bigint;

/** What ends a run. `conversion` is what V8 says where a number cannot be converted: `integer-overflow` or `invalid-conversion`. */
export type End = TrapName | "conversion" | "time-budget";

export type Outcome = { readonly results: readonly Bits[] } | { readonly trap: End };

/** Answers a call of an imported function. */
export type Host = (module: string, name: string, args: readonly Bits[]) => Outcome;

/** A module that is running. */
export interface Instance {
  readonly module: Module;
  /** Calls an exported function. */
  call(name: string, args: readonly Bits[]): Outcome;
  /** Linear memory as it is now; empty if there is none. */
  memory(): Uint8Array;
  /** All globals in index order. */
  globals(): readonly Bits[];
}

/** What became of a module: it runs, its start trapped, or it was refused. */
export type Loaded =
  | { readonly instance: Instance }
  | { readonly trap: End }
  | { readonly refused: readonly Diagnostic[] };

/** A way to run a module whose imports are functions only. */
export interface Executor {
  readonly name: string;
  load(module: Module, host: Host): Loaded;
}

/** The index and type of an exported function, which must exist. */
export function exportedFunction(
  module: Module,
  name: string,
): { readonly index: number; readonly type: FunctionType } {
  const found = module.exports.find((item) => item.kind === "function" && item.name === name);
  if (!found) throw new RangeError(`no function is exported as ${name}`);
  return { index: found.index, type: functionType(module, found.index) };
}

const words: Readonly<Record<ValueType, number>> = { i32: 1, f32: 1, i64: 2, f64: 2 };

/** Values as unsigned 32-bit words, the low one first. */
export function toWords(types: readonly ValueType[], bits: readonly Bits[]): number[] {
  return types.flatMap((type, k) => {
    const low = Number(BigInt.asUintN(32, bits[k]!));
    return words[type] === 1 ? [low] : [low, Number(BigInt.asUintN(32, bits[k]! >> 32n))];
  });
}

/** Values from words, signed or not. */
export function fromWords(types: readonly ValueType[], list: readonly number[]): Bits[] {
  let at = 0;
  return types.map((type) => {
    const low = BigInt(list[at++]! >>> 0);
    return words[type] === 1 ? low : low | (BigInt(list[at++]! >>> 0) << 32n);
  });
}

/** Whether two runs ended for the same reason. */
export function isSameEnd(a: End, b: End): boolean {
  const isConversion = (end: End): boolean =>
    end === "integer-overflow" || end === "invalid-conversion" || end === "conversion";
  return (
    a === b || ((a === "conversion" || b === "conversion") && isConversion(a) && isConversion(b))
  );
}

/** Words of several values together. */
export function wordCount(types: readonly ValueType[]): number {
  return types.reduce((sum, type) => sum + words[type], 0);
}

/**
 * The trap that segments which do not fit end a module with before it runs: those of tables come first. Their offsets are constants.
 * On a device the loader knows all segments beforehand; that is why executors without an engine ask here.
 */
export function segmentTrap({ elements, data, tables, memories }: Module): End | undefined {
  const entries = tables[0]?.min ?? 0;
  const bytes = 65536 * (memories[0]?.min ?? 0);
  const ends = (offset: Expression | null, length: number): number =>
    (offset ? offset[0]!.immediates[0]! >>> 0 : 0) + (offset ? length : 0);
  if (elements.some(({ offset, functions }) => ends(offset, functions.length) > entries))
    return "bad-indirect-call";
  if (data.some((segment) => ends(segment.offset, segment.bytes.length) > bytes))
    return "memory-bounds";
  return undefined;
}
