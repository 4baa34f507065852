import type {
  Expression,
  Global,
  ImportKind,
  Limits,
  Module,
  ValueType,
} from "../../builder/wasm/module.js";
import { opcode } from "../../builder/wasm/opcodes.js";
import type { Bits } from "../native/executor.js";

/** What a module may find beside functions: the value of a global that does not change, a table or a memory of its own. */
export type Found =
  | { readonly kind: "global"; readonly type: ValueType; readonly bits: Bits }
  | { readonly kind: "table" | "memory"; readonly limits: Limits };

export type Resolve = (module: string, name: string) => Found | undefined;

/**
 * The module with imported globals, tables and memories defined in it, as a linker would put them there: a container imports functions only. Indices stay, for
 * imports come first in each index space. What nothing is found for stays imported. Where something is set up, constant expressions are computed.
 */
export function link(module: Module, resolve: Resolve): Module {
  const globals: Global[] = [];
  const tables: Limits[] = [];
  const memories: Limits[] = [];
  const imports = module.imports.filter((entry) => {
    const found = entry.kind === "function" ? undefined : resolve(entry.module, entry.name);
    if (!found || !fits(entry, found)) return true;
    if (found.kind === "global")
      globals.push({ type: found.type, mutable: false, init: constant(found.type, found.bits) });
    else (found.kind === "table" ? tables : memories).push(found.limits);
    return false;
  });
  const inPlace = (init: Expression): Expression => fold(init, globals) ?? init;
  for (const global of module.globals) globals.push({ ...global, init: inPlace(global.init) });
  return {
    ...module,
    imports,
    tables: [...tables, ...module.tables],
    memories: [...memories, ...module.memories],
    globals,
    elements: module.elements.map((item) => ({
      ...item,
      offset: item.offset && inPlace(item.offset),
    })),
    data: module.data.map((item) => ({ ...item, offset: item.offset && inPlace(item.offset) })),
  };
}

type Arithmetic = (a: bigint, b: bigint) => bigint;

const arithmetic: Readonly<Record<string, Arithmetic>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
};

/** What an extended constant expression gives; undefined where it is none over globals that are known. */
function fold(init: Expression, globals: readonly Global[]): Expression | undefined {
  const stack: { type: ValueType; bits: bigint }[] = [];
  for (const instruction of init.slice(0, -1)) {
    const { opcode, immediates } = instruction;
    const [type, name] = opcode.name.split(".") as [ValueType, string];
    const global = opcode.name === "global.get" ? globals[immediates[0]!] : undefined;
    const step = arithmetic[name];
    if (global && !global.mutable && global.init[0]!.opcode.name.endsWith(".const"))
      stack.push({ type: global.type, bits: valueOf(global.init[0]!) });
    else if (name === "const") stack.push({ type, bits: valueOf(instruction) });
    else if (step && stack.length >= 2) {
      const b = stack.pop()!;
      const a = stack.pop()!;
      stack.push({ type, bits: step(a.bits, b.bits) });
    } else return undefined;
  }
  return stack.length === 1 ? constant(stack[0]!.type, stack[0]!.bits) : undefined;
}

function valueOf({ wide, immediates }: Expression[number]): bigint {
  return wide ?? BigInt(immediates[0]!);
}

function fits(wanted: ImportKind, found: Found): boolean {
  if (wanted.kind === "global")
    return found.kind === "global" && !wanted.mutable && wanted.type === found.type;
  return wanted.kind === found.kind;
}

function constant(type: ValueType, bits: Bits): Expression {
  const isInteger = type === "i32" || type === "i64";
  const value = isInteger ? BigInt.asIntN(type === "i32" ? 32 : 64, bits) : bits;
  return [
    {
      opcode: opcode(`${type}.const`),
      offset: -1,
      ...(type === "i32" ? { immediates: [Number(value)] } : { immediates: [], wide: value }),
    },
    { opcode: opcode("end"), offset: -1, immediates: [] },
  ];
}

/** The module `spectest` of the test suite's interpreter, functions apart. */
export const spectest: Readonly<Record<string, Found>> = {
  global_i32: { kind: "global", type: "i32", bits: 666n },
  global_i64: { kind: "global", type: "i64", bits: 666n },
  global_f32: { kind: "global", type: "f32", bits: 0x4426a666n },
  global_f64: { kind: "global", type: "f64", bits: 0x4084d4cccccccccdn },
  table: { kind: "table", limits: { min: 10, max: 20 } },
  memory: { kind: "memory", limits: { min: 1, max: 2 } },
};

/** Its functions, which only print. */
export const spectestPrints: ReadonlySet<string> = new Set([
  "print",
  "print_i32",
  "print_i64",
  "print_f32",
  "print_f64",
  "print_i32_f32",
  "print_f64_f64",
]);
