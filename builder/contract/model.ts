import type { NeedKind } from "../../runtime/manifest/manifest.js";

/** The contract after lowering: what every generator reads. Names are those of the WIT, kebab-case. */
export interface Contract {
  /** `namespace:name` */
  readonly name: string;
  /** `major.minor.patch` */
  readonly version: string;
  readonly enums: readonly ContractEnum[];
  /** The kinds of the `@handle` tags in order of first appearance. */
  readonly needKinds: readonly NeedKind[];
  /** The interfaces that have functions, in the order of the file. */
  readonly interfaces: readonly ContractInterface[];
  readonly exports: readonly ContractExport[];
}

/** An enum of the contract; its cases are counted from 0, error codes from 1. */
export interface ContractEnum {
  readonly name: string;
  readonly docs: readonly string[];
  readonly cases: readonly { readonly name: string; readonly docs: readonly string[] }[];
  /** Whether a function takes or returns it. */
  readonly isUsed: boolean;
}

export interface ContractInterface {
  readonly name: string;
  readonly docs: readonly string[];
  /** Importing it needs no declared need. */
  readonly isFree: boolean;
  readonly functions: readonly ContractFunction[];
}

/** A function that the runtime offers to containers. */
export interface ContractFunction {
  /** Position in the file, counted from 0 over all interfaces. */
  readonly number: number;
  readonly interface: string;
  readonly name: string;
  readonly docs: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: Result;
  /** The WebAssembly parameters. */
  readonly flat: readonly FlatParameter[];
  /** Argument words the flat parameters take: an i64 takes two. At most `maxWords`. */
  readonly words: number;
  readonly flatResult: "i32" | "i64" | null;
}

export const maxWords = 4;

export type ScalarName = "bool" | "u8" | "u16" | "u32" | "s32" | "u64" | "s64";

/** A parameter as the WIT names it, before it is lowered. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
}

/** What a parameter can be. */
export type ParameterType =
  | {
      readonly kind: "scalar";
      readonly name: ScalarName;
      /** Of u32 only: other values end the container. */ readonly range?: ValueRange;
    }
  | { readonly kind: "enum"; readonly name: string }
  | {
      readonly kind: "handle";
      /** A call accepts any of these. */ readonly needKinds: readonly NeedKind[];
    }
  | { readonly kind: "handler" }
  | ListType;

/** Both ends belong to it. */
export interface ValueRange {
  readonly first: number;
  readonly last: number;
}

/** list<u8>, or string, whose elements are UTF-16 code units. */
export interface ListType {
  readonly kind: "list";
  readonly elementBytes: 1 | 2;
  /** Most elements. */
  readonly max: number;
  /** The core gets its offset in the container's memory, which it may use after the call. */
  readonly isKept: boolean;
}

/** What a function can return. */
export type Result =
  | { readonly kind: "none" }
  | { readonly kind: "scalar"; readonly name: Exclude<ScalarName, "s64"> }
  | { readonly kind: "enum"; readonly name: string }
  /** list<u8>; `isFallible` with other errors than `too-small`. */
  | {
      readonly kind: "bytes";
      /** Most bytes. */ readonly max: number;
      readonly isFallible: boolean;
    }
  /** result<value, error-code>; null is `_`. */
  | { readonly kind: "fallible"; readonly value: "u32" | "s32" | "u64" | null };

/** One WebAssembly parameter. */
export interface FlatParameter {
  readonly name: string;
  readonly type: "i32" | "i64";
  /** Its first argument word. */
  readonly word: number;
  readonly role: FlatRole;
}

export type FlatRole =
  | { readonly kind: "value"; readonly type: Exclude<ParameterType, ListType> }
  /** Where the list parameter starts. */
  | { readonly kind: "list"; readonly type: ListType }
  /** Elements of the list parameter. */
  | { readonly kind: "length" }
  /** Where the result goes. */
  | { readonly kind: "out" }
  /** Bytes that the result may take. */
  | { readonly kind: "capacity" }
  /** Both: length | capacity << 16. */
  | { readonly kind: "lengths" };

/** Number of the supervisor call of the first function; those below are the kernel's (SPEC.md, section 4). */
export const firstContractCall = 16;

/** A function a container exports. */
export interface ContractExport {
  readonly name: string;
  readonly docs: readonly string[];
  /** `table`: the entries of the exported table are the functions, chosen by a handler; `entry`: entry 0 of that table. */
  readonly kind: "entry" | "table";
  /** For a table: what an entry takes; an entry may also take nothing. */
  readonly flat: readonly { readonly name: string; readonly type: "i32" | "i64" }[];
}
