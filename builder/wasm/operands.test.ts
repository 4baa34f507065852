import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleOf, op, wide } from "../../test/helpers/modules.js";
import { encode } from "./encode.js";
import type { Expression, FunctionType, Module } from "./module.js";
import { operandBytes } from "./operands.js";

const one = op("i32.const", 1);
const long = wide("i64.const", 1n);
const [end, add, drop] = [op("end"), op("i32.add"), op("drop")];

interface Case {
  readonly name: string;
  readonly type?: FunctionType;
  readonly code: Expression;
  readonly parts?: Partial<Module>;
  readonly bytes: number;
}

const nothing: FunctionType = { params: [], results: [] };
const results = (...types: FunctionType["results"]): FunctionType => ({
  params: [],
  results: types,
});

const cases: readonly Case[] = [
  { name: "nothing", code: [], bytes: 0 },
  { name: "a constant", type: results("i32"), code: [one], bytes: 4 },
  { name: "a 64-bit constant", type: results("i64"), code: [long], bytes: 8 },
  { name: "a sum takes two", type: results("i32"), code: [one, one, add], bytes: 8 },
  { name: "a sum of sums", type: results("i32"), code: [one, one, one, add, add], bytes: 12 },
  { name: "one after the other", code: [one, drop, one, drop], bytes: 4 },
  {
    name: "a comparison leaves 4 of 16",
    type: results("i32"),
    code: [long, long, op("i64.eq")],
    bytes: 16,
  },
  { name: "select of i64", type: results("i64"), code: [long, long, one, op("select")], bytes: 20 },
  {
    name: "what select leaves has the size of what it chose from",
    type: results("i64"),
    code: [long, long, one, op("select"), long, long, op("i64.add"), op("i64.add")],
    bytes: 24,
  },
  {
    name: "tee keeps",
    type: { params: ["i32"], results: ["i32"] },
    code: [one, op("local.tee", 0)],
    bytes: 4,
  },
  {
    name: "parameters are locals, not operands",
    type: { params: ["i64", "i64"], results: [] },
    code: [],
    bytes: 0,
  },
  {
    name: "local.get of a 64-bit parameter",
    type: { params: ["i64"], results: ["i64"] },
    code: [op("local.get", 0)],
    bytes: 8,
  },
  {
    name: "a block with its result",
    type: results("i64"),
    code: [op("block", -2), long, end],
    bytes: 8,
  },
  {
    name: "a block above what is there",
    type: results("i32"),
    code: [one, op("block", -1), one, one, add, end, add],
    bytes: 12,
  },
  {
    name: "a block with parameters takes them along",
    type: results("i32"),
    code: [one, one, op("block", 1), add, one, add, end],
    parts: { types: [{ params: ["i32", "i32"], results: ["i32"] }] },
    bytes: 8,
  },
  {
    name: "if and else each begin with the parameters",
    type: results("i32"),
    code: [one, one, op("if", 1), one, add, op("else"), one, one, add, add, end],
    parts: { types: [{ params: ["i32"], results: ["i32"] }] },
    bytes: 12,
  },
  {
    name: "unreachable code takes what is not there",
    type: results("i32"),
    code: [op("unreachable"), add],
    bytes: 4,
  },
  {
    name: "after a branch the stack is that of the block",
    type: results("i32"),
    code: [one, op("block", -64), one, op("br", 0), op("drop"), end],
    bytes: 8,
  },
  {
    name: "after return nothing is on the stack",
    type: results("i32"),
    code: [one, op("return"), one, one, add],
    bytes: 8,
  },
  {
    name: "br_table ends the block",
    code: [op("block", -64), one, op("br_table", 0, 0), one, one, drop, drop, end],
    bytes: 8,
  },
  {
    name: "a call takes its arguments and leaves its result",
    type: results("i64"),
    code: [one, long, op("call", 1)],
    parts: {
      types: [{ params: ["i32", "i64"], results: ["i64"] }],
      functions: [1],
      code: [{ locals: [], code: [op("local.get", 1), end] }],
    },
    bytes: 12,
  },
  {
    name: "a call through the table takes the index too",
    code: [long, one, op("call_indirect", 1, 0)],
    parts: { types: [{ params: ["i64"], results: [] }], tables: [{ min: 1 }] },
    bytes: 12,
  },
  {
    name: "globals of each type",
    code: [op("global.get", 0), drop, one, op("global.set", 1)],
    parts: {
      imports: [{ module: "m", name: "g", kind: "global", type: "f64", mutable: false }],
      globals: [{ type: "i32", mutable: true, init: [one, end] }],
    },
    bytes: 8,
  },
];

for (const { name, type = nothing, code, parts = {}, bytes } of cases) {
  test(name, () => {
    const module = moduleOf(type, code, parts);
    assert.ok(WebAssembly.validate(encode(module).bytes), "the case is not a valid module");
    const imported = module.imports.filter(({ kind }) => kind === "function").length;
    assert.equal(operandBytes(module, imported, module.code[0]!), bytes);
  });
}
