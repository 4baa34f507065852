import assert from "node:assert/strict";
import { test } from "node:test";
import { opcodes } from "../../wasm/opcodes.js";
import { assemble, type Source } from "../../../test/helpers/wasm-text.js";
import {
  compare,
  configurations,
  Interpreted,
  type Call,
} from "../../../test/helpers/differential.js";

const checked = configurations.find(({ name }) => name === "checked")!;
const memoryBytes = 65536;
const data = [{ at: 0, bytes: Array.from({ length: 64 }, (_, k) => (k * 37 + 129) & 0xff) }];

const accesses = [...opcodes.values()].filter(({ immediate }) => immediate === "memory");
const bytesOf = (name: string): number => {
  const width = /(8|16|32)(_[su])?$/.exec(name.split(".")[1]!)?.[1];
  return width ? Number(width) / 8 : name.includes("64") ? 8 : 4;
};

/** Loads return the value's bits; stores take them. */
function accessor(name: string, exponent: number, offset: number): { type: string; code: string } {
  const float = name.startsWith("f");
  const type = `i${name.slice(1, 3)}`;
  if (name.includes("load")) {
    const end = float ? `${type}.reinterpret_f${name.slice(1, 3)}` : "";
    return { type: `i32:${type}`, code: `local.get 0 ${name} ${exponent} ${offset} ${end}` };
  }
  const begin = float ? `f${name.slice(1, 3)}.reinterpret_${type}` : "";
  const code = `local.get 0 local.get 1 ${begin} ${name} ${exponent} ${offset}`;
  return { type: `i32 ${type}:`, code };
}

test("every load and store at every alignment, near zero and at the end of memory", () => {
  for (const { name } of accesses) {
    const bytes = bytesOf(name);
    for (let exponent = 0; 2 ** exponent <= bytes; exponent++) {
      const step = 2 ** exponent;
      const offsets = [0, 4, 24, memoryBytes - bytes, memoryBytes - bytes + 1, 0xffffffff];
      const functions = Object.fromEntries(
        offsets.map((offset) => [`${name} ${offset}`, accessor(name, exponent, offset)]),
      );
      const calls = Object.keys(functions).flatMap((name) =>
        [0, step, 3 * step, memoryBytes - bytes, memoryBytes - bytes + 1, memoryBytes, 0xffffffff]
          .concat(memoryBytes - bytes - 24, memoryBytes - bytes - 23, 0xffffffff - 3)
          .map((index): Call => {
            const value = 0x8192a3b4c5d6e7f8n + BigInt(index);
            const args = [BigInt(index), value];
            return { name, args: name.includes("load") ? args.slice(0, 1) : args };
          }),
      );
      const some = configurations.filter((x) => !/alone|without/.test(x.name));
      compare(assemble({ pages: 1, data, functions }), { calls, configurations: some });
    }
  }
});

test("memory.copy and memory.fill, overlapping, empty, at the end and beyond it", () => {
  const wasm = assemble({
    pages: 1,
    data,
    functions: {
      copy: { type: "i32 i32 i32:", code: "local.get 0 local.get 1 local.get 2 memory.copy" },
      fill: { type: "i32 i32 i32:", code: "local.get 0 local.get 1 local.get 2 memory.fill" },
    },
  });
  const places = [0n, 5n, 65530n, 65536n, 65537n, 0xffffffffn];
  const calls = places.flatMap((a) =>
    places.flatMap((b) =>
      [0n, 1n, 6n, 9n, 65536n, 65537n, 0xffffffffn].flatMap((bytes): Call[] => [
        { name: "copy", args: [a, b, bytes] },
        { name: "fill", args: [a, b, bytes] },
      ]),
    ),
  );
  compare(wasm, { calls });
});

test("memory.size is what the module says; memory.grow by nothing returns it, by more nothing", () => {
  const source: Source = {
    pages: 3,
    functions: {
      size: { type: ":i32", code: "memory.size" },
      stay: { type: ":i32", code: "i32.const 0 memory.grow" },
    },
  };
  compare(assemble(source), {
    calls: [
      { name: "size", args: [] },
      { name: "stay", args: [] },
    ],
  });
});

test("accesses that share an index, in a loop, across stores and calls", () => {
  const wasm = assemble({
    pages: 1,
    data,
    globals: [{ type: "i32", init: "i32.const 3" }],
    functions: {
      bump: {
        type: ":",
        code:
          "i32.const 8 i32.const 8 i32.load 2 0 i32.const 1 i32.add i32.store 2 0 " +
          "global.get 0 i32.const 2 i32.mul global.set 0",
      },
      mix: {
        type: "i32:i32",
        locals: "i32",
        code:
          "local.get 0 i32.load 2 0 local.get 0 i32.load 2 4 i32.add local.set 1 " +
          "local.get 0 local.get 1 i32.store 2 4 local.get 0 i32.load 2 4 " +
          "call 0 i32.const 8 i32.load 2 0 i32.add global.get 0 i32.add local.get 0 i32.load8_s 0 5 i32.add",
      },
      sum: {
        type: "i32 i32:i32",
        locals: "i32 i32",
        code:
          "loop local.get 2 local.get 1 i32.lt_u if " +
          "local.get 0 local.get 2 i32.const 2 i32.shl i32.add i32.load 2 8 local.get 3 i32.add local.set 3 " +
          "local.get 0 local.get 3 i32.store 2 1024 local.get 2 i32.const 4 i32.add i32.load8_u 0 100 local.get 3 i32.add local.set 3 " +
          "local.get 2 i32.const 1 i32.add local.set 2 br 1 end end local.get 3 local.get 0 i32.load 2 1024 i32.xor",
      },
    },
  });
  const calls = [0n, 4n, 8n, 60n, 65528n].flatMap((at): Call[] => [
    { name: "mix", args: [at] },
    { name: "sum", args: [at, 0n] },
    { name: "sum", args: [at, 11n] },
  ]);
  compare(wasm, { calls });
});

test("a memory of no whole number of pages ends where it ends", () => {
  const wasm = assemble({
    pages: 1,
    functions: { load: { type: "i32:i32", code: "local.get 0 i32.load 2 4" } },
  });
  const interpreted = new Interpreted(wasm, checked, undefined, 1000);
  assert.deepEqual(interpreted.call(0, [992n]), { results: [0n] });
  assert.deepEqual(interpreted.call(0, [993n]), { trap: "memory-bounds" });
});
