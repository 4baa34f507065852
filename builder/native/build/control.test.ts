import { test } from "node:test";
import { assemble, type Source } from "../../../test/helpers/wasm-text.js";
import { compare, type Call } from "../../../test/helpers/differential.js";

const calls = (name: string, ...lists: readonly (readonly number[])[]): Call[] =>
  lists.map((args) => ({ name, args: args.map((arg) => BigInt(arg)) }));

const small = [[0], [1], [2], [3], [4], [5], [7], [-1]];

function check(functions: Source["functions"], rest: Partial<Source>, list: readonly Call[]): void {
  compare(assemble({ functions, ...rest }), { calls: list });
}

test("blocks with results and branches that carry values", () => {
  check(
    {
      block: {
        type: "i32:i32",
        code: "block i32 i32.const 7 local.get 0 br_if 0 drop i32.const 9 end",
      },
      wide: {
        type: "i32:i64",
        code: "block i64 i64.const -5 local.get 0 br_if 0 i64.const 3 i64.mul end i64.const 1 i64.add",
      },
      nested: {
        type: "i32:i32",
        code:
          "block i32 block i32 i32.const 1 local.get 0 i32.const 1 i32.eq br_if 1 " +
          "local.get 0 i32.const 2 i32.eq br_if 0 drop i32.const 30 end i32.const 10 i32.add end",
      },
      function: { type: "i32:i32", code: "i32.const 3 local.get 0 br_if 0 drop i32.const 4 br 0" },
      early: { type: "i32:i32", code: "local.get 0 if i32.const 1 return end i32.const 2" },
    },
    {},
    ["block", "wide", "nested", "function", "early"].flatMap((name) => calls(name, ...small)),
  );
});

test("if with and without else, with parameters and results", () => {
  check(
    {
      plain: {
        type: "i32:i32",
        locals: "i32",
        code: "local.get 0 if i32.const 5 local.set 1 end local.get 1",
      },
      both: { type: "i32:i32", code: "local.get 0 if i32 i32.const 5 else i32.const 6 end" },
      params: {
        type: "i32:i32",
        code: "i32.const 40 local.get 0 local.get 0 if #0 i32.sub else i32.add i32.const 1 i32.add end",
      },
      through: {
        type: "i32:i32 i32",
        code: "i32.const 40 local.get 0 local.get 0 if #1 i32.const 3 i32.mul end",
      },
      oneSide: { type: "i32:i32", code: "local.get 0 if i32 i32.const 1 else unreachable end" },
      neither: {
        type: "i32:i32",
        code: "local.get 0 if unreachable else i32.const 4 return end unreachable",
      },
    },
    { types: ["i32 i32:i32", "i32 i32:i32 i32"] },
    ["plain", "both", "params", "through", "oneSide", "neither"].flatMap((name) =>
      calls(name, ...small),
    ),
  );
});

test("loops with parameters, several back edges, and locals that change or do not", () => {
  check(
    {
      factorial: {
        type: "i64:i64",
        code:
          "i64.const 1 local.get 0 loop #0 local.set 0 local.get 0 i64.eqz if #1 else local.get 0 i64.mul " +
          "local.get 0 i64.const 1 i64.sub br 1 end end",
      },
      twoWays: {
        type: "i32 i32:i32",
        locals: "i32 i32",
        code:
          "loop local.get 3 i32.const 1 i32.add local.set 3 local.get 2 local.get 1 i32.add local.set 2 " +
          "local.get 3 i32.const 1 i32.and local.get 3 i32.const 20 i32.lt_u i32.and br_if 0 " +
          "local.get 2 local.get 0 i32.lt_s br_if 0 end local.get 2 local.get 3 i32.const 1000 i32.mul i32.add",
      },
      nested: {
        type: "i32:i32",
        locals: "i32 i32 i32",
        code:
          "loop i32.const 0 local.set 2 loop local.get 1 local.get 2 i32.mul local.get 3 i32.add local.set 3 " +
          "local.get 2 i32.const 1 i32.add local.tee 2 local.get 0 i32.lt_s br_if 0 end " +
          "local.get 1 i32.const 1 i32.add local.tee 1 local.get 0 i32.lt_s br_if 0 end local.get 3",
      },
      swap: {
        type: "i32 i32 i32:i32",
        locals: "i32",
        code:
          "loop local.get 2 if local.get 0 local.set 3 local.get 1 local.set 0 local.get 3 local.set 1 " +
          "local.get 2 i32.const 1 i32.sub local.set 2 br 1 end end local.get 0 i32.const 100 i32.mul local.get 1 i32.add",
      },
      never: { type: "i32:i32", code: "loop i32 local.get 0 end i32.const 1 i32.add" },
      unused: {
        type: "i32:i32",
        locals: "i64",
        code: "loop local.get 1 i64.const 1 i64.add local.set 1 local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0 end local.get 0",
      },
    },
    { types: ["i64 i64:i64", "i64:i64"] },
    [
      ...calls("factorial", [0], [1], [5], [21]),
      ...calls("twoWays", [0, 1], [100, 3], [10, 30]),
      ...["nested", "never", "unused"].flatMap((name) => calls(name, [0], [1], [2], [7])),
      ...calls("swap", [1, 2, 0], [1, 2, 1], [1, 2, 8], [3, 4, 7]),
    ],
  );
});

test("br_table with values, repeated labels, a loop among them, and only a default", () => {
  check(
    {
      values: {
        type: "i32:i32",
        code:
          "block i32 block i32 block i32 i32.const 100 local.get 0 br_table 0 1 2 1 0 2 end " +
          "i32.const 1 i32.add end i32.const 2 i32.mul end",
      },
      loop: {
        type: "i32:i32",
        locals: "i32",
        code:
          "block loop local.get 1 i32.const 3 i32.add local.set 1 local.get 0 i32.const 1 i32.sub local.tee 0 " +
          "br_table 1 0 0 1 end end local.get 1",
      },
      default: { type: "i32:i32", code: "block i32 local.get 0 i32.const 2 br_table 0 end" },
      out: { type: "i32:i32", code: "i32.const 11 local.get 0 br_table 0 0 0" },
    },
    {},
    ["values", "loop", "default", "out"].flatMap((name) => calls(name, ...small)),
  );
});

test("code that cannot be reached, blocks and all, is passed over", () => {
  check(
    {
      after: {
        type: "i32:i32",
        code:
          "block i32 i32.const 3 br 0 block i32 unreachable end if i32 i32.const 1 else loop br 0 end unreachable end " +
          "i32.add drop i64.const 1 drop i32.const 9 end",
      },
      arms: {
        type: "i32:i32",
        code: "block local.get 0 if br 1 else local.get 0 i32.const 5 i32.add return end unreachable end i32.const 77",
      },
      trap: { type: "i32:i32", code: "unreachable i32.add drop local.get 0" },
      forever: {
        type: "i32:i32",
        code: "loop local.get 0 if i32.const 4 return end unreachable end i32.const 1",
      },
    },
    {},
    ["after", "arms", "trap", "forever"].flatMap((name) => calls(name, ...small)),
  );
});

test("select of every type, and tests that feed branches and selects", () => {
  check(
    {
      i32: { type: "i32 i32 i32:i32", code: "local.get 0 local.get 1 local.get 2 select" },
      i64: { type: "i64 i64 i32:i64", code: "local.get 0 local.get 1 local.get 2 i32.eqz select" },
      f64: {
        type: "i64 i64 i32:i64",
        code: "local.get 0 f64.reinterpret_i64 local.get 1 f64.reinterpret_i64 local.get 2 i32.const 3 i32.gt_s select i64.reinterpret_f64",
      },
      least: {
        type: "i32 i32 i32:i32",
        code: "local.get 0 local.get 1 local.get 0 local.get 1 i32.lt_s select",
      },
      both: {
        type: "i32 i32 i32:i32",
        code: "local.get 0 local.get 1 i32.lt_u if i32 local.get 1 local.get 2 i32.lt_u else i32.const 0 end if i32 i32.const 5 else i32.const 6 end",
      },
      either: {
        type: "i32 i32 i32:i32",
        code: "local.get 0 i32.eqz if i32 i32.const 1 else local.get 1 local.get 2 i32.eq end i32.eqz if i32.const 3 return end i32.const 4",
      },
      twice: {
        type: "i32 i32 i32:i32",
        code: "local.get 0 i32.eqz i32.eqz i32.eqz if i32 local.get 1 else local.get 2 end",
      },
      less: {
        type: "i32 i32 i32:i32",
        code: "local.get 0 local.get 1 i32.sub i32.eqz if i32 i32.const 1 else local.get 0 local.get 2 i32.xor i32.eqz end",
      },
    },
    {},
    ["i32", "i64", "f64", "least", "both", "either", "twice", "less"].flatMap((name) =>
      calls(
        name,
        [1, 2, 0],
        [1, 2, 3],
        [1, 2, 4],
        [5, 5, 5],
        [-1, 1, 2],
        [0, 0, 1],
        [0, 1, 0],
        [2, 1, 2],
      ),
    ),
  );
});

test("functions of many parameters and results, direct and through the table", () => {
  check(
    {
      many: {
        type: "i32 i64 i32 i64 i32:i64 i32 i64 i32 i64",
        code: "local.get 3 local.get 0 local.get 1 local.get 4 local.get 2 i64.extend_i32_u",
      },
      direct: {
        type: "i32:i64",
        locals: "i64 i64",
        code:
          "local.get 0 i64.const 10 i32.const 20 i64.const 30 i32.const 40 call 0 local.set 1 local.set 0 local.set 2 drop " +
          "local.get 1 i64.sub local.get 2 i64.add local.get 0 i64.extend_i32_u i64.mul br 0",
      },
      one: { type: "i32:i32", code: "local.get 0 i32.const 1 i32.add" },
      other: { type: "i32:i32", code: "local.get 0 i32.const 2 i32.mul" },
      none: { type: ":", code: "nop" },
      indirect: { type: "i32 i32:i32", code: "local.get 1 local.get 0 call_indirect 0" },
      missing: { type: "i32:i32", code: "local.get 0 call_indirect 1" },
    },
    { types: ["i32:i32", ":i32", ":i64"], table: { functions: [2, 3, 4, 2], empty: 2 } },
    [
      ...calls("many", [1, 2, 3, 4, 5], [-1, -2, -3, -4, -5]),
      ...calls("direct", [1], [-1]),
      ...[0, 1, 2, 3, 4, 5, 6, -1].flatMap((k) => [
        ...calls("indirect", [k, 21]),
        ...calls("missing", [k]),
      ]),
    ],
  );
});

test("imports are called with their words and give theirs; globals keep every type", () => {
  check(
    {
      host: {
        type: "i32 i64:i64",
        code: "local.get 0 local.get 1 call 0 local.get 1 local.get 0 call 1 i64.extend_i32_u i64.add i32.const 5 call 2",
      },
      set: {
        type: "i32 i64:i64",
        code:
          "global.get 0 local.get 0 i32.add global.set 0 global.get 1 local.get 1 i64.sub global.set 1 " +
          "global.get 2 i64.reinterpret_f64 global.get 1 i64.add f64.reinterpret_i64 global.set 2 " +
          "global.get 3 i64.extend_i32_s global.get 1 i64.add global.get 4 i32.reinterpret_f32 i64.extend_i32_u i64.add",
      },
    },
    {
      imports: [
        { module: "a", name: "b", type: "i32 i64:i64" },
        { module: "a", name: "c", type: "i64 i32:i32" },
        { module: "d", name: "e", type: "i32:" },
      ],
      globals: [
        { type: "i32", init: "i32.const -3" },
        { type: "i64", init: "i64.const -4000000000" },
        { type: "f64", init: "f64.const 4614256656552045848" },
        { type: "i32", init: "i32.const 99", constant: true },
        { type: "f32", init: "f32.const 2143289345", constant: true },
      ],
    },
    ["host", "set"].flatMap((name) => calls(name, [0, 0], [1, -1], [-7, 1_000_000_000_000])),
  );
});

test("recursion runs, and ends where it never ends", () => {
  check(
    {
      fibonacci: {
        type: "i32:i32",
        code:
          "local.get 0 i32.const 2 i32.lt_s if i32 local.get 0 else local.get 0 i32.const 1 i32.sub call 0 " +
          "local.get 0 i32.const 2 i32.sub call 0 i32.add end",
      },
      endless: { type: "i32:i32", code: "local.get 0 call 1 i32.const 1 i32.add" },
    },
    {},
    [...calls("fibonacci", [0], [1], [9]), ...calls("endless", [0])],
  );
});

test("nesting as deep as you like", () => {
  const depth = 20_000;
  const deep = `${"block ".repeat(depth)} local.get 0 br_if ${depth - 1} local.get 0 i32.const 3 i32.add local.set 0 ${"end ".repeat(depth)} local.get 0`;
  const ifs = `${"local.get 0 if ".repeat(3000)} local.get 0 i32.const 3 i32.add local.set 0 ${"end ".repeat(3000)} local.get 0`;
  check(
    { deep: { type: "i32:i32", code: deep }, ifs: { type: "i32:i32", code: ifs } },
    {},
    ["deep", "ifs"].flatMap((name) => calls(name, [0], [1])),
  );
});
