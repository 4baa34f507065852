import binaryen from "assemblyscript/binaryen";
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import type { Instruction } from "./module.js";
import { opcode } from "./opcodes.js";
import { printInstruction, printModule } from "./print.js";

const make = (name: string, immediates: readonly number[], wide?: bigint): Instruction => ({
  opcode: opcode(name),
  offset: -1,
  immediates,
  ...(wide !== undefined && { wide }),
});

const lines: readonly [Instruction, string][] = [
  [make("i32.const", [-5]), "i32.const -5"],
  [make("i64.const", [], -(2n ** 63n)), "i64.const -9223372036854775808"],
  [make("f32.const", [], 0x3fc0_0000n), "f32.const 0xc00000p-23"],
  [make("f32.const", [], 0x4040_0000n), "f32.const 3"],
  [make("f32.const", [], 0x8000_0000n), "f32.const -0"],
  [make("f32.const", [], 1n), "f32.const 0x1p-149"],
  [make("f64.const", [], 0xfff0_0000_0000_0000n), "f64.const -inf"],
  [make("f64.const", [], 0x7ff4_0000_0000_0000n), "f64.const nan:0x4000000000000"],
  [make("block", [-64]), "block"],
  [make("loop", [-1]), "loop (result i32)"],
  [make("if", [3]), "if (type 3)"],
  [make("br_table", [2, 0, 1]), "br_table 2 0 1"],
  [make("call_indirect", [7, 0]), "call_indirect (type 7)"],
  [make("i32.load16_s", [1, 0]), "i32.load16_s"],
  [make("i64.store", [2, 8]), "i64.store offset=8 align=4"],
  [make("memory.copy", [0, 0]), "memory.copy"],
  [make("local.tee", [4]), "local.tee 4"],
];

for (const [instruction, text] of lines)
  test(text, () => assert.equal(printInstruction(instruction), text));

test("calls name their function if it has a name", () => {
  const call = make("call", [2]);
  assert.equal(printInstruction(call, { functionName: (index) => `$f${index}` }), "call $f2");
});

test("a printed module is the same module to binaryen", () => {
  const text = `(module (type (func (param i32 f64) (result i64)))
    (import "a" "b" (func (param i32)))
    (memory 1) (table 2 funcref) (elem (i32.const 1) 1)
    (global (mut f32) (f32.const 0x1.8p-149)) (data (i32.const 8) "a\\00\\ff\\"\\\\")
    (func (export "f\\22") (param i32 f64) (result i64) (local i32 i64)
      (if (local.get 0) (then (call 0 (i32.load offset=4 align=1 (local.get 0)))))
      (loop $l (br_if $l (i32.eqz (local.get 2))))
      (i64.trunc_sat_f64_s (f64.add (local.get 1) (f64.const 0.1)))))`;
  const wasm = binaryen.parseText(text).emitBinary();
  const printed = printModule(decode(wasm).module!);
  const again = binaryen.parseText(printed).emitBinary();
  const canonical = (bytes: Uint8Array): Uint8Array => encode(decode(bytes).module!).bytes;
  assert.deepEqual(canonical(again), canonical(wasm));
});
