import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyModule, op } from "../../test/helpers/modules.js";
import { encode } from "../wasm/encode.js";
import type { Expression, Module } from "../wasm/module.js";
import { callGraph, reachable, stackBytes } from "./callgraph.js";

const [one, drop, end] = [op("i32.const", 1), op("drop"), op("end")];

/** Functions of type () -> () with these bodies and locals; those in `handlers` stand in the table. */
function moduleOf(
  bodies: readonly Expression[],
  handlers: readonly number[],
  parts: Partial<Module> = {},
): Module {
  const module: Module = {
    ...emptyModule,
    types: [
      { params: [], results: [] },
      { params: ["i64"], results: [] },
    ],
    functions: bodies.map(() => 0),
    code: bodies.map((code) => ({ locals: [{ count: 2, type: "i32" }], code: [...code, end] })),
    tables: [{ min: handlers.length }],
    elements: [{ offset: [op("i32.const", 0), end], functions: handlers }],
    ...parts,
  };
  assert.ok(WebAssembly.validate(encode(module).bytes));
  return module;
}

/** A frame of 20 bytes and two locals. */
const frame = 28;
const call = (index: number): Expression => [op("call", index)];

test("the deepest chain counts, not the sum", () => {
  const module = moduleOf(
    [[...call(1), ...call(2)], call(3), [one, drop], [one, one, drop, drop]],
    [0],
  );
  // 0 calls 1, which calls 3, which has two operands.
  assert.equal(stackBytes(module), 3 * frame + 8);
});

test("functions that nothing calls do not count, exported ones do", () => {
  const bodies = [[], call(2), [one, drop]];
  assert.equal(stackBytes(moduleOf(bodies, [0])), frame);
  const exports = [{ name: "collect", kind: "function", index: 1 }] as const;
  assert.equal(stackBytes(moduleOf(bodies, [0], { exports })), 2 * frame + 4);
});

test("a call through the table is one of each entry of its type, which can be the caller", () => {
  const indirect = (type: number): Expression => [op("unreachable"), op("call_indirect", type, 0)];
  assert.equal(stackBytes(moduleOf([indirect(0), []], [0, 1])), null);
  assert.equal(typeof stackBytes(moduleOf([indirect(0), []], [1])), "number");
  assert.equal(typeof stackBytes(moduleOf([indirect(1), []], [0, 1])), "number");
});

for (const [what, bodies] of [
  ["a function that calls itself", [call(0)]],
  ["two that call each other", [call(1), call(0)]],
  ["a ring of three below a handler", [call(1), call(2), call(3), call(1)]],
  ["a ring that is met again on another way", [[...call(1), ...call(2)], call(2), call(1)]],
] as const) {
  test(`${what}: no bound`, () => {
    const module = moduleOf(bodies, [0]);
    assert.equal(stackBytes(module), null);
  });
}

test("100,000 functions in a chain need no recursion here", () => {
  const length = 100_000;
  const bodies = Array.from({ length }, (_, k) => (k + 1 < length ? call(k + 1) : []));
  assert.equal(stackBytes(moduleOf(bodies, [0])), length * frame);
});

test("what a root reaches, and what it does not", () => {
  const graph = callGraph(moduleOf([call(1), [], call(1), call(2)], [0]));
  assert.deepEqual(graph.handlers, [0]);
  assert.deepEqual([...reachable(graph, [0])], [0, 1]);
  assert.deepEqual([...reachable(graph, [3])].sort(), [1, 2, 3]);
});
