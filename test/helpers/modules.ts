import asc from "assemblyscript/asc";
import type { Expression, FunctionType, Instruction, Module } from "../../builder/wasm/module.js";
import { opcode } from "../../builder/wasm/opcodes.js";

/** An instruction by name, as the encoder takes it. */
export function op(name: string, ...immediates: readonly number[]): Instruction {
  return { opcode: opcode(name), offset: -1, immediates };
}

/** i64.const, or the bits of f32.const and f64.const. */
export function wide(name: string, value: bigint): Instruction {
  return { opcode: opcode(name), offset: -1, immediates: [], wide: value };
}

export const emptyModule: Module = {
  types: [],
  imports: [],
  functions: [],
  tables: [],
  memories: [],
  globals: [],
  exports: [],
  start: null,
  elements: [],
  code: [],
  data: [],
  dataCount: false,
  custom: [],
};

/** A module of one function, exported as `f`; `code` is without its last `end`. */
export function moduleOf(
  type: FunctionType,
  code: Expression,
  parts: Partial<Module> = {},
): Module {
  return {
    ...emptyModule,
    exports: [{ name: "f", kind: "function", index: 0 }],
    ...parts,
    types: [type, ...(parts.types ?? [])],
    functions: [0, ...(parts.functions ?? [])],
    code: [{ locals: [], code: [...code, op("end")] }, ...(parts.code ?? [])],
  };
}

/** What AssemblyScript emits for a program, with names. */
export async function compileProgram(
  source: string,
  options: Readonly<Record<string, string | number | boolean>> = {},
): Promise<Uint8Array> {
  const { binary, error, stderr } = await asc.compileString(source, {
    optimizeLevel: 3,
    shrinkLevel: 2,
    runtime: "stub",
    debug: true,
    exportTable: true,
    ...options,
  });
  if (error || !binary) throw new Error(`${error?.message}\n${stderr}`);
  return binary;
}

/** Programs that between them use much of the language and of the instruction set. */
export const programs: Readonly<Record<string, { source: string; runtime: string }>> = {
  arithmetic: {
    runtime: "stub",
    source: `
export function mix(a: i64, b: f64, c: f32, d: u8): f64 {
  let s: f64 = 0;
  for (let i: i64 = 0; i < a; i++) s += sqrt(b * <f64>i) + <f64>nearest(c) - <f64>(<i8>d) + <f64>rotl<u32>(<u32>i, 3);
  return s > 1e9 ? copysign(s, -0.0) : trunc(s) + <f64>reinterpret<i32>(c) + <f64>clz<i64>(a);
}
export function write(at: usize): void {
  store<u8>(at, 1); store<i16>(at, load<i8>(at)); store<f32>(at, <f32>load<f64>(at)); memory.fill(at, 3, 9); memory.copy(at, 0, 9);
}`,
  },
  control: {
    runtime: "stub",
    source: `
let table: StaticArray<(x: i32) => i32> = [(x: i32): i32 => x + 1, (x: i32): i32 => x * 2, (x: i32): i32 => -x];
export function run(k: i32, x: i32): i32 {
  switch (k) { case 0: case 1: case 2: return table[k](x); case 3: return x / k; case 4: while (x > 10) { x -= k; if (x == 17) break; } return x; case 5: return x % 7; default: unreachable(); }
  return 0;
}`,
  },
  objects: {
    runtime: "minimal",
    source: `
abstract class Shape { abstract area(): f64; name: string = "shape"; }
class Circle extends Shape { constructor(public r: f64) { super(); } area(): f64 { return Math.PI * this.r * this.r; } }
class Square extends Shape { constructor(public a: f64) { super(); } area(): f64 { return this.a * this.a; } }
const seen = new Map<string, i32>();
export function count(word: string): string {
  seen.set(word, (seen.has(word) ? seen.get(word) : 0) + 1);
  const shapes: Shape[] = [new Circle(2), new Square(3)];
  let text = \`\${word}=\${seen.get(word)} \`;
  for (let i = 0; i < shapes.length; i++) text += shapes[i].name + shapes[i].area().toString();
  return text.split(" ").sort().join(",").toUpperCase();
}`,
  },
};
