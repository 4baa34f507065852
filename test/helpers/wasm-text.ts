import { encode } from "../../builder/wasm/encode.js";
import type {
  Expression,
  FunctionType,
  Instruction,
  Module,
  ValueType,
} from "../../builder/wasm/module.js";
import { opcode } from "../../builder/wasm/opcodes.js";

/**
 * Instructions in the order of the binary format, as `local.get 0 i32.const 5 i32.add`. A block's type is `i32` or `#3`, a type's index; loads and stores take
 * the alignment exponent and the offset; float constants their bits; call_indirect the index of a type. The last `end` is added.
 */
export function code(text: string): Expression {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const list: Instruction[] = [];
  for (let at = 0; at < words.length;) {
    const found = opcode(words[at++]!);
    const rest: string[] = [];
    while (at < words.length && /^(-?\d|#|[if]\d\d$)/.test(words[at]!)) rest.push(words[at++]!);
    list.push({ opcode: found, offset: -1, ...immediates(found.immediate, rest) });
  }
  return [...list, { opcode: opcode("end"), offset: -1, immediates: [] }];
}

const blockTypes: Readonly<Record<string, number>> = { i32: -1, i64: -2, f32: -3, f64: -4 };

function immediates(
  kind: string,
  words: readonly string[],
): Pick<Instruction, "immediates" | "wide"> {
  const [first] = words;
  switch (kind) {
    case "block":
      if (first === undefined) return { immediates: [-64] };
      return { immediates: [first.startsWith("#") ? Number(first.slice(1)) : blockTypes[first]!] };
    case "i64":
    case "f32":
    case "f64":
      return { immediates: [], wide: BigInt(first!) };
    case "indirect":
      return { immediates: [Number(first), 0] };
    case "zero1":
      return { immediates: [0] };
    case "zero2":
      return { immediates: [0, 0] };
    default:
      return { immediates: words.map(Number) };
  }
}

/** Types as `i32 i64:f32`, parameters and results. */
export function type(text: string): FunctionType {
  const [params, results] = text.split(":").map((side) => side.split(" ").filter(Boolean));
  return { params: params as ValueType[], results: (results ?? []) as ValueType[] };
}

export interface Source {
  /** Types that blocks and call_indirect name by index; those of functions are added. */
  readonly types?: readonly string[];
  readonly imports?: readonly {
    readonly module: string;
    readonly name: string;
    readonly type: string;
  }[];
  /** By name; indices count on from the imports. */
  readonly functions: Readonly<
    Record<string, { readonly type: string; readonly locals?: string; readonly code: string }>
  >;
  readonly pages?: number;
  readonly data?: readonly { readonly at: number; readonly bytes: readonly number[] }[];
  /** Mutable unless `constant`, with the instruction that sets it up. */
  readonly globals?: readonly {
    readonly type: ValueType;
    readonly init: string;
    readonly constant?: boolean;
  }[];
  /** Function indices from entry 0 on, and entries that stay empty. */
  readonly table?: { readonly functions: readonly number[]; readonly empty: number };
}

/** A module that exports all its functions by name, its memory as `memory`, and its globals as `global 0` and so on. */
export function assemble(source: Source): Uint8Array {
  const types = (source.types ?? []).map(type);
  const typeIndex = (text: string): number => types.push(type(text)) - 1;
  const imports = (source.imports ?? []).map((entry) => ({
    module: entry.module,
    name: entry.name,
    kind: "function" as const,
    typeIndex: typeIndex(entry.type),
  }));
  const functions = Object.entries(source.functions);
  const { globals = [], table, pages } = source;
  const module: Module = {
    types,
    imports,
    functions: functions.map(([, item]) => typeIndex(item.type)),
    tables: table ? [{ min: table.functions.length + table.empty }] : [],
    memories: pages === undefined ? [] : [{ min: pages }],
    globals: globals.map((item) => ({
      type: item.type,
      mutable: !item.constant,
      init: code(item.init),
    })),
    exports: [
      ...functions.map(([name], k) => ({
        name,
        kind: "function" as const,
        index: imports.length + k,
      })),
      ...globals.map((_, index) => ({ name: `global ${index}`, kind: "global" as const, index })),
      ...(pages === undefined ? [] : [{ name: "memory", kind: "memory" as const, index: 0 }]),
    ],
    start: null,
    elements: table ? [{ offset: code("i32.const 0"), functions: table.functions }] : [],
    code: functions.map(([, item]) => ({
      locals: (item.locals ?? "")
        .split(" ")
        .filter(Boolean)
        .map((each) => ({ count: 1, type: each as ValueType })),
      code: code(item.code),
    })),
    data: (source.data ?? []).map(({ at, bytes }) => ({
      offset: code(`i32.const ${at}`),
      bytes: Uint8Array.from(bytes),
    })),
    dataCount: false,
    custom: [],
  };
  return encode(module).bytes;
}
