import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble, type Source } from "../../../test/helpers/wasm-text.js";
import { decode } from "../../wasm/decode.js";
import { buildIr } from "../build/build.js";
import type { IrFunction } from "../ir.js";
import { printFunction } from "../print.js";
import { passes, runPasses } from "./passes.js";

function built(functions: Source["functions"], bounds: "mpu" | "checked" = "mpu"): IrFunction {
  const globals = [{ type: "i32", init: "i32.const 0" }] as const;
  const { module } = decode(assemble({ functions, pages: 1, globals }));
  return buildIr(module!, { bounds, memoryBytes: 65536 }).functions[0]!;
}

/** The lines of the function after all passes. */
function lines(type: string, code: string, bounds?: "mpu" | "checked"): string[] {
  return printFunction(runPasses(built({ f: { type, locals: "i32 i32", code } }, bounds)))
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

test("constants are computed, and branches on them decided", () => {
  const code =
    "i32.const 6 i32.const 7 i32.mul i32.const 42 i32.eq if i32 local.get 0 else unreachable end";
  assert.deepEqual(lines("i32:i32", code), ["b0(v0)", "return v0"]);
});

test("a branch takes its test from where its condition was made", () => {
  const code = "local.get 0 local.get 1 i32.lt_s i32.eqz if i32.const 4 return end i32.const 5";
  assert.equal(lines("i32 i32:i32", code)[1], "branch v0 ge_s v1 b1() else b2()");
});

test("a branch to a trap is a test that traps", () => {
  const text = lines(
    "i32 i32:i32",
    "local.get 0 local.get 1 i32.ge_u if unreachable end local.get 0",
  );
  assert.deepEqual(text, ["b0(v0 v1)", "trapIf v0 ge_u v1 unreachable", "return v0"]);
});

test("both sides of a boolean join go on to where it leads", () => {
  const text = lines(
    "i32 i32 i32:i32",
    "local.get 0 local.get 1 i32.lt_u if i32 local.get 1 local.get 2 i32.lt_u else i32.const 0 end if i32 i32.const 5 else i32.const 6 end",
  );
  assert.equal(text.filter((line) => line.startsWith("branch")).length, 2);
  assert.ok(!text.some((line) => line.includes("test")));
});

test("accesses of one index share its sum with the base; constants go into the offset", () => {
  const text = lines(
    "i32:i32",
    "local.get 0 i32.const 8 i32.add i32.load 2 4 local.get 0 i32.load 2 16 i32.add i32.const 100 i32.load8_u 0 0 i32.add",
  );
  const accesses = text
    .filter((line) => line.includes("load"))
    .map((line) => line.split(" ").at(-1)!);
  const [first, second, third] = accesses.map((access) => access.split("+"));
  assert.equal(first![0], second![0]);
  assert.deepEqual([first![1], second![1]], ["12", "16"]);
  assert.equal(third![1], "4");
  assert.equal(text.filter((line) => line.includes("memoryBase")).length, 1);
});

test("in a loop, base and array are added ahead of it, and a global that stays is read there", () => {
  const text = lines(
    "i32:i32",
    "loop local.get 1 global.get 0 local.get 0 i32.const 2 i32.shl i32.add i32.load 2 0 i32.add local.set 1 " +
      "local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 1",
  );
  const header = text.findIndex((line) => line.endsWith("loop"));
  const before = text.slice(0, header).join("\n");
  const inside = text.slice(header).join("\n");
  assert.match(before, /memoryBase/);
  assert.match(before, /load32 instance/);
  assert.doesNotMatch(inside, /memoryBase|instance/);
  assert.equal(inside.match(/ = add /g)?.length, 3);
});

test("checks of one index are one, the strictest", () => {
  const text = lines(
    "i32:i32",
    "local.get 0 i32.load 2 0 local.get 0 i32.load 2 8 i32.add local.get 0 i32.load 2 4 i32.add",
    "checked",
  );
  assert.equal(text.filter((line) => line.startsWith("trapIf")).length, 1);
  assert.ok(text.some((line) => line.endsWith("const 65524")));
});

test("a check does not move over an effect", () => {
  const text = lines(
    "i32:",
    "local.get 0 i32.const 1 i32.store 2 0 local.get 0 i32.const 2 i32.store 2 8",
    "checked",
  );
  assert.equal(text.filter((line) => line.startsWith("trapIf")).length, 2);
});

test("a loop that only keeps itself busy is left without it", () => {
  const text = lines(
    "i32:i32",
    "loop local.get 1 i32.const 3 i32.mul local.set 1 local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 0",
  );
  assert.ok(!text.some((line) => line.includes("mul") || line.includes("shl")));
});

test("passes leave the function that they get as it was", () => {
  const fn = built({
    f: {
      type: "i32:i32",
      code: "loop local.get 0 i32.load 2 4 local.get 0 i32.load 2 4 i32.add local.tee 0 br_if 0 end local.get 0",
    },
  });
  let current = fn;
  for (const { run } of passes) {
    const before = printFunction(current);
    const next = run(current);
    assert.equal(printFunction(current), before);
    current = next;
  }
});
