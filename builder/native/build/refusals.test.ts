import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../../test/helpers/wasm-text.js";
import { decode } from "../../wasm/decode.js";
import type { Module } from "../../wasm/module.js";
import { buildIr } from "./build.js";
import { maxResultWords } from "./layout.js";

function messages(wasm: Uint8Array, change: Partial<Module> = {}): string[] {
  const { module } = decode(wasm);
  const options = { bounds: "mpu", memoryBytes: 65536 } as const;
  const { functions, diagnostics } = buildIr({ ...module!, ...change }, options);
  assert.equal(functions.length, 0);
  return diagnostics.map(({ message }) => message);
}

test("what would change the table or the data is refused with its place", () => {
  const code = "i32.const 0 i32.const 0 i32.const 0 table.copy 0 0 elem.drop 0";
  const wasm = assemble({ functions: { f: { type: ":", code } } });
  const at = wasm.indexOf(0xfc);
  assert.deepEqual(messages(wasm), [
    `native code does not support table.copy at byte ${at}`,
    `native code does not support elem.drop at byte ${at + 4}`,
  ]);
});

test("imported memories, tables and globals are refused by name", () => {
  const wasm = assemble({ functions: {} });
  const imports: Module["imports"] = [
    { module: "env", name: "memory", kind: "memory", limits: { min: 1 } },
    { module: "env", name: "g", kind: "global", type: "i32", mutable: false },
  ];
  assert.deepEqual(messages(wasm, { imports }), [
    "native code does not support the imported memory env.memory",
    "native code does not support the imported global env.g",
  ]);
});

test("more words of results than there is room for are refused", () => {
  const returning = (words: number): Uint8Array =>
    assemble({
      functions: {
        f: { type: `:${"i32 ".repeat(words)}`, code: "i32.const 1 ".repeat(words) },
      },
    });
  assert.deepEqual(messages(returning(maxResultWords + 1)), [
    `native code does not support the results of function 0, which are more than ${maxResultWords} words`,
  ]);
  const { module } = decode(returning(maxResultWords));
  const { diagnostics } = buildIr(module!, { bounds: "mpu", memoryBytes: 0 });
  assert.deepEqual(diagnostics, []);
});

test("a table of functions of too many types is refused", () => {
  const types = ["i32", "i64", "f32", "f64"];
  const functions = Object.fromEntries(
    Array.from({ length: 256 }, (_, k) => {
      const params = [0, 2, 4, 6].map((shift) => types[(k >> shift) & 3]).join(" ");
      return [`f${k}`, { type: `${params}:`, code: "nop" }];
    }),
  );
  const table = { functions: Array.from({ length: 256 }, (_, k) => k), empty: 0 };
  assert.deepEqual(messages(assemble({ functions, table })), [
    "native code does not support a table of functions of more than 255 types",
  ]);
});
