/**
 * The one table of WebAssembly instructions: 1.0 plus sign extension, non-trapping float-to-int conversion,
 * multi-value, mutable globals and bulk memory. Decoder, encoder, checks and tests read it.
 * Source: WebAssembly Core Specification 2.0, section 5.4 (binary format) and appendix A.7 (index of instructions).
 */

/** What follows the opcode. `memory` is alignment exponent and offset; `zero1`/`zero2` are reserved zero bytes. */
export type Immediate =
  | "none"
  | "block"
  | "label"
  | "labels"
  | "function"
  | "indirect"
  | "local"
  | "global"
  | "memory"
  | "zero1"
  | "zero2"
  | "dataIndexZero"
  | "dataIndex"
  | "elementTable"
  | "elementIndex"
  | "tableTable"
  | "i32"
  | "i64"
  | "f32"
  | "f64";

export interface Opcode {
  /** The opcode byte; for prefixed instructions 0xfc00 + the second number. */
  readonly code: number;
  readonly name: string;
  readonly immediate: Immediate;
  /** `parameters:results`, a letter a value: i (i32), I (i64), f (f32), F (f64); null where it depends on context. */
  readonly signature: string | null;
}

type Row = readonly [name: string, signature: string | null, immediate?: Immediate];

const rows = new Map<number, Opcode>();

/** Adds consecutive opcodes from `first` on. */
function add(first: number, ...list: readonly Row[]): void {
  list.forEach(([name, signature, immediate = "none"], k) =>
    rows.set(first + k, { code: first + k, name, immediate, signature }),
  );
}

add(
  0x00,
  ["unreachable", null],
  ["nop", ":"],
  ["block", null, "block"],
  ["loop", null, "block"],
  ["if", null, "block"],
  ["else", null],
);
add(
  0x0b,
  ["end", null],
  ["br", null, "label"],
  ["br_if", null, "label"],
  ["br_table", null, "labels"],
  ["return", null],
);
add(0x10, ["call", null, "function"], ["call_indirect", null, "indirect"]);
add(0x1a, ["drop", null], ["select", null]);
add(0x20, ["local.get", null, "local"], ["local.set", null, "local"], ["local.tee", null, "local"]);
add(0x23, ["global.get", null, "global"], ["global.set", null, "global"]);
add(
  0x28,
  ["i32.load", "i:i", "memory"],
  ["i64.load", "i:I", "memory"],
  ["f32.load", "i:f", "memory"],
  ["f64.load", "i:F", "memory"],
);
add(
  0x2c,
  ["i32.load8_s", "i:i", "memory"],
  ["i32.load8_u", "i:i", "memory"],
  ["i32.load16_s", "i:i", "memory"],
);
add(
  0x2f,
  ["i32.load16_u", "i:i", "memory"],
  ["i64.load8_s", "i:I", "memory"],
  ["i64.load8_u", "i:I", "memory"],
);
add(
  0x32,
  ["i64.load16_s", "i:I", "memory"],
  ["i64.load16_u", "i:I", "memory"],
  ["i64.load32_s", "i:I", "memory"],
);
add(
  0x35,
  ["i64.load32_u", "i:I", "memory"],
  ["i32.store", "ii:", "memory"],
  ["i64.store", "iI:", "memory"],
);
add(
  0x38,
  ["f32.store", "if:", "memory"],
  ["f64.store", "iF:", "memory"],
  ["i32.store8", "ii:", "memory"],
);
add(
  0x3b,
  ["i32.store16", "ii:", "memory"],
  ["i64.store8", "iI:", "memory"],
  ["i64.store16", "iI:", "memory"],
);
add(
  0x3e,
  ["i64.store32", "iI:", "memory"],
  ["memory.size", ":i", "zero1"],
  ["memory.grow", "i:i", "zero1"],
);
add(
  0x41,
  ["i32.const", ":i", "i32"],
  ["i64.const", ":I", "i64"],
  ["f32.const", ":f", "f32"],
  ["f64.const", ":F", "f64"],
);
add(0x45, ...compare("i32", "i", "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"));
add(0x50, ...compare("i64", "I", "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"));
add(0x5b, ...compare("f32", "f", "eq ne lt gt le ge"));
add(0x61, ...compare("f64", "F", "eq ne lt gt le ge"));
add(
  0x67,
  ...arithmetic(
    "i32",
    "i",
    "clz ctz popcnt",
    "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr",
  ),
);
add(
  0x79,
  ...arithmetic(
    "i64",
    "I",
    "clz ctz popcnt",
    "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr",
  ),
);
add(
  0x8b,
  ...arithmetic(
    "f32",
    "f",
    "abs neg ceil floor trunc nearest sqrt",
    "add sub mul div min max copysign",
  ),
);
add(
  0x99,
  ...arithmetic(
    "f64",
    "F",
    "abs neg ceil floor trunc nearest sqrt",
    "add sub mul div min max copysign",
  ),
);
add(
  0xa7,
  ["i32.wrap_i64", "I:i"],
  ["i32.trunc_f32_s", "f:i"],
  ["i32.trunc_f32_u", "f:i"],
  ["i32.trunc_f64_s", "F:i"],
);
add(
  0xab,
  ["i32.trunc_f64_u", "F:i"],
  ["i64.extend_i32_s", "i:I"],
  ["i64.extend_i32_u", "i:I"],
  ["i64.trunc_f32_s", "f:I"],
);
add(
  0xaf,
  ["i64.trunc_f32_u", "f:I"],
  ["i64.trunc_f64_s", "F:I"],
  ["i64.trunc_f64_u", "F:I"],
  ["f32.convert_i32_s", "i:f"],
);
add(
  0xb3,
  ["f32.convert_i32_u", "i:f"],
  ["f32.convert_i64_s", "I:f"],
  ["f32.convert_i64_u", "I:f"],
  ["f32.demote_f64", "F:f"],
);
add(
  0xb7,
  ["f64.convert_i32_s", "i:F"],
  ["f64.convert_i32_u", "i:F"],
  ["f64.convert_i64_s", "I:F"],
  ["f64.convert_i64_u", "I:F"],
);
add(
  0xbb,
  ["f64.promote_f32", "f:F"],
  ["i32.reinterpret_f32", "f:i"],
  ["i64.reinterpret_f64", "F:I"],
);
add(0xbe, ["f32.reinterpret_i32", "i:f"], ["f64.reinterpret_i64", "I:F"]);
add(
  0xc0,
  ["i32.extend8_s", "i:i"],
  ["i32.extend16_s", "i:i"],
  ["i64.extend8_s", "I:I"],
  ["i64.extend16_s", "I:I"],
  ["i64.extend32_s", "I:I"],
);
add(
  0xfc00,
  ["i32.trunc_sat_f32_s", "f:i"],
  ["i32.trunc_sat_f32_u", "f:i"],
  ["i32.trunc_sat_f64_s", "F:i"],
  ["i32.trunc_sat_f64_u", "F:i"],
);
add(
  0xfc04,
  ["i64.trunc_sat_f32_s", "f:I"],
  ["i64.trunc_sat_f32_u", "f:I"],
  ["i64.trunc_sat_f64_s", "F:I"],
  ["i64.trunc_sat_f64_u", "F:I"],
);
add(
  0xfc08,
  ["memory.init", "iii:", "dataIndexZero"],
  ["data.drop", ":", "dataIndex"],
  ["memory.copy", "iii:", "zero2"],
  ["memory.fill", "iii:", "zero1"],
);
add(
  0xfc0c,
  ["table.init", "iii:", "elementTable"],
  ["elem.drop", ":", "elementIndex"],
  ["table.copy", "iii:", "tableTable"],
);

function compare(type: string, letter: string, names: string): readonly Row[] {
  return names
    .split(" ")
    .map((name) => [`${type}.${name}`, `${name === "eqz" ? letter : letter + letter}:i`] as const);
}

function arithmetic(type: string, letter: string, unary: string, binary: string): readonly Row[] {
  const one = unary.split(" ").map((name) => [`${type}.${name}`, `${letter}:${letter}`] as const);
  const two = binary
    .split(" ")
    .map((name) => [`${type}.${name}`, `${letter}${letter}:${letter}`] as const);
  return [...one, ...two];
}

/** All instructions, by code. */
export const opcodes: ReadonlyMap<number, Opcode> = rows;

const byName = new Map([...rows.values()].map((opcode) => [opcode.name, opcode]));

/** The instruction of this name, which must exist. */
export function opcode(name: string): Opcode {
  const found = byName.get(name);
  if (!found) throw new RangeError(`no WebAssembly instruction is named ${name}`);
  return found;
}
