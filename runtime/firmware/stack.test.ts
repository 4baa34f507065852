import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArmFunction } from "./arm.js";
import { stackDepths } from "./stack.js";

const roots = {
  thread: "main",
  hostCall: ["host"],
  tick: ["tick"],
  fault: ["fault"],
  interrupts: ["isr", "other"],
};

function program(
  ...lines: readonly [name: string, stack: number, calls?: ArmFunction["calls"], source?: string][]
): { functions: ArmFunction[] } {
  const rest = ["host", "tick", "fault", "isr", "other"]
    .filter((name) => !lines.some(([given]) => given === name))
    .map((name) => [name, 0] as const);
  return {
    functions: [...lines, ...rest].map(([name, stackBytes, calls = [], source = "a.c"]) => ({
      name,
      stackBytes,
      calls,
      source,
    })),
  };
}

test("stacks add up along the deepest calls, and what interrupts comes on top", () => {
  const graph = program(
    ["main", 8, ["deep", "flat"]],
    ["deep", 100, ["flat"]],
    ["flat", 16],
    ["host", 50],
    ["fault", 60],
    ["isr", 24],
    ["other", 40],
  );
  assert.deepEqual(stackDepths(graph, {}, roots), {
    thread: 124,
    hostCall: 50,
    tick: 0,
    fault: 60,
    interrupt: 40,
    worst: 124 + 60 + 36 + 40,
  });
});

test("a call by pointer may go to what nobody calls by name in its source, else anywhere", () => {
  const graph = (source: string) =>
    program(
      ["main", 8, [{ source }]],
      ["callback", 30, ["flat"]],
      ["flat", 16],
      ["other callback", 100, [], "b.c"],
    );
  assert.equal(stackDepths(graph("a.c"), {}, roots).thread, 54);
  assert.equal(stackDepths(graph("b.c"), {}, roots).thread, 108);
  assert.equal(stackDepths(graph("none.c"), {}, roots).thread, 108);
  assert.equal(stackDepths(graph("a.c"), { "pointers of a.c": 200 }, roots).thread, 208);
});

test("a name means the function of the same source first", () => {
  const graph = program(
    ["main", 8, ["finish", "far"]],
    ["finish", 16],
    ["far", 4, ["finish"], "b.c"],
    ["finish", 100, [], "b.c"],
  );
  assert.equal(stackDepths(graph, {}, roots).thread, 8 + 4 + 100);
});

test("assembly and libgcc are known by figures", () => {
  const graph = program(["main", 8, ["enter", "__aeabi_idiv"]]);
  assert.equal(stackDepths(graph, { enter: 72, libgcc: 64 }, roots).thread, 80);
  assert.throws(() => stackDepths(graph, { libgcc: 64 }, roots), /nobody knows .* enter/);
});

test("recursion is an error that names the cycle", () => {
  const graph = program(["main", 8, ["a"]], ["a", 8, ["b"]], ["b", 8, ["a"]]);
  assert.throws(() => stackDepths(graph, {}, roots), /main > a > b > a/);
});
