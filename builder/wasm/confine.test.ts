import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleOf, op } from "../../test/helpers/modules.js";
import { confine, memoryBaseExport } from "./confine.js";
import { encode } from "./encode.js";
import type { Expression, Module, ValueType } from "./module.js";
import { opcodes } from "./opcodes.js";

const memoryBytes = 1000;
const letters: Readonly<Record<string, ValueType>> = { i: "i32", I: "i64", f: "f32", F: "f64" };
const beyond = /out of bounds/;

interface Confined {
  readonly f: (...args: number[]) => unknown;
  /** The memory that the module knows. */
  readonly bytes: Uint8Array;
}

function confined(params: number, code: Expression, parts: Partial<Module> = {}): Confined {
  const type = { params: Array.from({ length: params }, () => "i32" as const), results: [] };
  const module = moduleOf(type, code, {
    memories: [{ min: 1 }],
    exports: [
      { name: "f", kind: "function", index: 0 },
      { name: "memory", kind: "memory", index: 0 },
    ],
    ...parts,
  });
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(encode(confine(module, memoryBytes)).bytes),
  );
  const memory = exports["memory"] as WebAssembly.Memory;
  const base = exports[memoryBaseExport] as WebAssembly.Global;
  return {
    f: exports["f"] as Confined["f"],
    bytes: new Uint8Array(memory.buffer, Number(base.value)),
  };
}

/** Every load and store, with the bytes that it takes. */
const accesses = [...opcodes.values()]
  .filter(({ immediate }) => immediate === "memory")
  .map(({ name, signature }) => {
    const [params = "", results = ""] = signature!.split(":");
    const value = letters[params[1] ?? results]!;
    const bytes = Number(/(8|16|32)(_|$)/.exec(name)?.[1] ?? value.slice(1)) / 8;
    return { name, value, bytes, isLoad: results !== "" };
  });

test("every load and store reaches the last byte, and none beyond", () => {
  assert.equal(accesses.length, 23);
  for (const { name, value, bytes, isLoad } of accesses)
    for (const offset of [0, 1, 3, 996, 65_535, 2 ** 31, 2 ** 32 - 1]) {
      const zero = value === "i32" ? op("i32.const", 0) : { ...op(`${value}.const`), wide: 0n };
      const { f } = confined(1, [
        op("local.get", 0),
        ...(isLoad ? [op(name, 0, offset), op("drop")] : [zero, op(name, 0, offset)]),
      ]);
      const last = memoryBytes - bytes - offset;
      if (last >= 0) f(last);
      // The address and the offset are added without wrapping.
      for (const address of [last + 1, last + bytes, 1000, 65_536 - bytes, 65_535, -1, -bytes])
        if (address > last || address < 0)
          assert.throws(() => f(address), beyond, `${name} ${address} + ${offset}`);
    }
});

test("what is stored is found where it belongs", () => {
  const { f, bytes } = confined(2, [
    op("local.get", 0),
    op("local.get", 1),
    op("i32.store8", 0, 2),
  ]);
  assert.equal(bytes.length, memoryBytes);
  f(0, 11);
  f(997, 22);
  assert.deepEqual([bytes[2], bytes[999]], [11, 22]);
});

test("data lies where it did, and beyond the memory there is none", () => {
  const segment = (start: number): Partial<Module> => ({
    data: [{ offset: [op("i32.const", start), op("end")], bytes: Uint8Array.of(1, 2, 3) }],
  });
  assert.deepEqual([...confined(0, [], segment(997)).bytes.subarray(996)], [0, 1, 2, 3]);
  for (const start of [998, 65_000, -1, -3])
    assert.throws(() => confined(0, [], segment(start)), beyond);
});

/** [first, second, bytes]: within and not. Empty ranges may stand at the end. */
const ranges = [
  { args: [0, 500, 500], isWithin: true },
  { args: [500, 0, 500], isWithin: true },
  { args: [1000, 1000, 0], isWithin: true },
  { args: [501, 0, 500], isWithin: false },
  { args: [1001, 0, 0], isWithin: false },
  { args: [0, 0, 1001], isWithin: false },
  { args: [65_535, 0, 1], isWithin: false },
  { args: [-1, 0, 0], isWithin: false },
  { args: [-1, 0, 1], isWithin: false },
  { args: [-64_536, 0, 1], isWithin: false },
  { args: [0, 0, -1], isWithin: false },
] as const;

test("copies, fills and what is taken from passive data stay inside", () => {
  const three = [0, 1, 2].map((k) => op("local.get", k));
  const copy = confined(3, [...three, op("memory.copy", 0, 0)]);
  const fill = confined(3, [...three, op("memory.fill", 0)]);
  const init = confined(3, [...three, op("memory.init", 0, 0)], {
    data: [{ offset: null, bytes: new Uint8Array(2000).fill(9) }],
    dataCount: true,
  });
  for (const { args, isWithin } of ranges)
    for (const { f } of [copy, fill, init])
      if (isWithin) f(...args);
      else assert.throws(() => f(...args), beyond, String(args));
  for (const outside of [
    [0, 501, 500],
    [0, 1001, 0],
    [0, -1, 1],
    [0, -64_536, 1],
  ])
    assert.throws(() => copy.f(...outside), beyond, String(outside));
  copy.bytes.set([1, 2, 3], 997);
  copy.f(0, 997, 3);
  fill.f(998, 7, 2);
  assert.deepEqual([...copy.bytes.subarray(0, 4)], [1, 2, 3, 0]);
  assert.deepEqual([...fill.bytes.subarray(997)], [0, 7, 7]);
});

test("the memory tells its pages and does not grow", () => {
  const { f } = confined(1, [
    op("memory.size", 0),
    op("i32.const", 1),
    op("i32.ne"),
    op("local.get", 0),
    op("memory.grow", 0),
    op("i32.const", -1),
    op("i32.ne"),
    op("i32.or"),
    op("if", -64),
    op("unreachable"),
    op("end"),
  ]);
  f(1);
});

test("a module without memory, or with less, stays as it is", () => {
  const none = moduleOf({ params: [], results: [] }, []);
  assert.equal(confine(none, memoryBytes), none);
  const small = { ...none, memories: [{ min: 1 }] };
  assert.equal(confine(small, 65_537), small);
});
