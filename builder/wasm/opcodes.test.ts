import assert from "node:assert/strict";
import { test } from "node:test";
import binaryen from "assemblyscript/binaryen";
import { op, moduleOf, wide } from "../../test/helpers/modules.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import type { Expression, FunctionType, Instruction, Module, ValueType } from "./module.js";
import { opcode, opcodes, type Immediate, type Opcode } from "./opcodes.js";

const letters: Readonly<Record<string, ValueType>> = { i: "i32", I: "i64", f: "f32", F: "f64" };

const constants: Readonly<Record<ValueType, Instruction>> = {
  i32: op("i32.const", 1),
  i64: wide("i64.const", 1n),
  f32: wide("f32.const", 0x3f800000n),
  f64: wide("f64.const", 0x3ff0000000000000n),
};

/** Everything an instruction can name: a memory, a table, a mutable global, a passive segment of data and one of elements. */
const surroundings: Partial<Module> = {
  tables: [{ min: 1 }],
  memories: [{ min: 1 }],
  globals: [{ type: "i32", mutable: true, init: [op("i32.const", 0), op("end")] }],
  elements: [{ offset: null, functions: [0] }],
  data: [{ offset: null, bytes: Uint8Array.of(1) }],
  dataCount: true,
};

const immediatesOf: Partial<Record<Immediate, readonly number[]>> = {
  none: [],
  memory: [0, 5],
  zero1: [0],
  zero2: [0, 0],
  dataIndexZero: [0, 0],
  dataIndex: [0],
  elementTable: [0, 0],
  elementIndex: [0],
  tableTable: [0, 0],
};

function instructionOf({ name, immediate }: Opcode): Instruction {
  const constant = constants[immediate as ValueType];
  return constant?.opcode.name === name ? constant : op(name, ...(immediatesOf[immediate] ?? []));
}

/** A function that does this one thing, its operands constants and its results returned. */
function moduleFor(one: Opcode): Module {
  const [params = "", results = ""] = one.signature?.split(":") ?? [];
  const type: FunctionType = { params: [], results: [...results].map((l) => letters[l]!) };
  const operands = [...params].map((letter) => constants[letters[letter]!]);
  return moduleOf(type, [...operands, instructionOf(one)], surroundings);
}

const one = constants.i32;
const nothing: FunctionType = { params: [], results: [] };
const number: FunctionType = { params: [], results: ["i32"] };

/** Those whose operands depend on where they stand: a body of type () -> i32 that holds each. */
const inContext: Readonly<Record<string, Expression>> = {
  unreachable: [op("unreachable")],
  // binaryen leaves out a block that nothing branches to.
  block: [op("block", -1), one, one, op("br_if", 0), op("end")],
  loop: [op("loop", -1), one, op("end")],
  if: [one, op("if", -1), one, op("else"), one, op("end")],
  else: [one, op("if", -64), op("else"), op("end"), one],
  end: [one],
  br: [op("block", -64), op("br", 0), op("end"), one],
  br_if: [one, one, op("br_if", 0)],
  br_table: [
    op("block", -64),
    op("block", -64),
    one,
    op("br_table", 0, 1, 0),
    op("end"),
    op("end"),
    one,
  ],
  return: [one, op("return")],
  call: [op("call", 0)],
  call_indirect: [one, op("call_indirect", 0, 0)],
  drop: [one, one, op("drop")],
  select: [one, one, one, op("select")],
  "local.get": [op("local.get", 0)],
  "local.set": [one, op("local.set", 0), one],
  "local.tee": [one, op("local.tee", 0)],
  "global.get": [op("global.get", 0)],
  "global.set": [one, op("global.set", 0), one],
};

function contextModule(name: string): Module {
  const module = moduleOf(number, inContext[name] ?? [], surroundings);
  const locals = name.startsWith("local.") ? [{ count: 1, type: "i32" as const }] : [];
  return { ...module, code: module.code.map((body) => ({ ...body, locals })) };
}

for (const one of opcodes.values()) {
  test(`0x${one.code.toString(16)} is ${one.name}`, () => {
    const module = one.signature === null ? contextModule(one.name) : moduleFor(one);
    const { bytes } = encode(module);
    assert.ok(WebAssembly.validate(bytes), "the engine refuses it");
    const decoded = decode(bytes).module;
    assert.ok(decoded);
    assert.deepEqual(encode(decoded).bytes, bytes);
    assert.ok(decoded.code[0]?.code.some((instruction) => instruction.opcode === one));
    if (one.name === "end") return;
    const text = binaryenText(bytes);
    assert.match(text, new RegExp(`\\(${one.name.replace(".", "\\.")}[\\s)]`));
  });
}

function binaryenText(bytes: Uint8Array): string {
  const module = binaryen.readBinary(bytes);
  const text = module.emitText();
  module.dispose();
  return text;
}

test("every context-dependent instruction is tried", () => {
  const names = [...opcodes.values()].filter((o) => o.signature === null).map((o) => o.name);
  assert.deepEqual(names.sort(), Object.keys(inContext).sort());
});

test("names and codes are unique", () => {
  assert.equal(new Set([...opcodes.values()].map(({ name }) => name)).size, opcodes.size);
  for (const [code, one] of opcodes) assert.equal(code, one.code);
});

test("a byte that is no instruction here is refused", () => {
  for (let code = 0; code < 256; code++) {
    if (opcodes.has(code) || code === 0xfc) continue;
    const bytes = encode(moduleOf(nothing, [])).bytes;
    const at = bytes.length - 1;
    const { error } = decode(Uint8Array.of(...bytes.slice(0, at), code));
    assert.equal(error?.offset, at);
    assert.match(error?.message ?? "", /is not supported/);
  }
});

test("an instruction that does not exist is an error of the caller", () => {
  assert.equal(opcode("i32.add").code, 0x6a);
  assert.throws(() => opcode("i32.plus"), RangeError);
});
