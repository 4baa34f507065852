import assert from "node:assert/strict";
import { test } from "node:test";
import { generate as program } from "../../test/fuzz/generate.js";
import { encodeProgram } from "../../test/fuzz/encode.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { checkPlacement } from "../../test/helpers/placement.js";
import { assemble, type Source } from "../../test/helpers/wasm-text.js";
import { engine } from "../../test/native/engine.js";
import type { Host, Outcome } from "../../test/native/executor.js";
import { native } from "../../test/native/native.js";
import { decode } from "../wasm/decode.js";
import type { Module } from "../wasm/module.js";
import { buildIr } from "./build/build.js";
import { compileNative } from "./compile.js";
import type { IrFunction } from "./ir.js";
import { livenessOf } from "./liveness.js";
import { lower } from "./lower.js";
import { runPasses } from "./passes/passes.js";
import { placeValues } from "./resolve.js";
import { splitCriticalEdges } from "./split.js";
import { disassemble } from "./thumb/disassemble.js";

function moduleOf(wasm: Uint8Array): Module {
  const { module } = decode(wasm);
  assert.ok(module);
  return module;
}

const noHost: Host = () => ({ results: [] });

/** Calls in the engine and in machine code; both must end alike. */
function compare(source: Source, calls: readonly [name: string, ...args: bigint[]][]): void {
  const module = moduleOf(assemble(source));
  const outcomes = [engine, native({ bounds: "checked" })].map((executor): Outcome[] => {
    const loaded = executor.load(module, noHost);
    assert.ok("instance" in loaded);
    return calls.map(([name, ...args]) => loaded.instance.call(name, args));
  });
  assert.deepEqual(outcomes[1], outcomes[0]);
}

const context = { helperIndex: () => 0, hostCall: () => 16 };

function functionsOf(module: Module): readonly IrFunction[] {
  const options = { bounds: "checked" as const, memoryBytes: 65536 };
  return buildIr(module, options).functions.map((fn) => runPasses(fn));
}

test("every use finds its value, on all paths, whatever is switched off", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const module = moduleOf(encodeProgram(program(seed, { inBounds: false })).wasm);
    for (const fn of functionsOf(module)) {
      const liveness = livenessOf(lower(splitCriticalEdges(fn), context));
      for (const hints of [true, false])
        for (const highRegisters of [true, false]) {
          const placement = placeValues(liveness, { hints, highRegisters, link: highRegisters });
          assert.deepEqual(checkPlacement(liveness, placement), [], `seed ${seed}, ${fn.name}`);
        }
    }
  }
});

const many = (n: number, each: (k: number) => string): string =>
  Array.from({ length: n }, (_, k) => each(k)).join(" ");

test("many values at once: spills, big frames, arguments and results on the stack", () => {
  const n = 450;
  const source: Source = {
    pages: 1,
    functions: {
      // All loads are needed until the end.
      wide: {
        type: "i32:i32",
        locals: many(n, () => "i32"),
        code:
          many(n, (k) => `local.get 0 i32.load 2 ${4 * k} local.set ${k + 1}`) +
          " local.get 0 call 1 local.set 0 " +
          many(
            n,
            (k) => `local.get ${k + 1} local.get 0 i32.rotl local.get 0 i32.add local.set 0`,
          ) +
          " local.get 0",
      },
      next: { type: "i32:i32", code: "local.get 0 i32.const 17 i32.mul i32.const 5 i32.add" },
      pass: {
        type: "i32 i64 i32 i32 i64 i32:i64 i32 i64 i32 i32",
        code:
          "local.get 4 local.get 5 local.get 1 local.get 0 i64.extend_i32_u i64.add " +
          "local.get 2 local.get 3 i32.sub local.get 0",
      },
      through: {
        type: "i32 i64:i64 i32 i64 i32 i32",
        code: "local.get 0 local.get 1 i32.const 3 local.get 0 i64.const -9 i32.const 8 call 2",
      },
    },
  };
  compare(source, [
    ["wide", 0n],
    ["wide", 8n],
    ["through", 5n, 0x123456789n],
    ["through", 0xffffffffn, 0n],
  ]);
});

test("functions of 300 B, 3 kB and 200 kB: branches, literals and loops over all of it", () => {
  for (const [n, least] of [
    [20, 200],
    [300, 3000],
    [20000, 200000],
  ] as const) {
    const source: Source = {
      functions: {
        run: {
          type: "i32 i32:i32",
          code:
            "loop block " +
            many(n, (k) => {
              const skip = k % 50 === 7 ? "local.get 0 i32.const 1000 i32.gt_u br_if 0 " : "";
              const word = Math.imul(k + 1, 0x9e3779b1);
              return `${skip}local.get 0 i32.const ${word} i32.xor local.get 1 i32.add local.set 0`;
            }) +
            " end local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0 end local.get 0",
        },
      },
    };
    const wasm = assemble(source);
    const { native: compiled } = compileNative(wasm, { bounds: "checked" });
    assert.ok(compiled && compiled.code.length >= least, `${compiled?.code.length} bytes`);
    compare(source, [
      ["run", 1n, 3n],
      ["run", 5000n, 2n],
    ]);
  }
});

test("a switch of many cases, some of which go back", () => {
  for (const cases of [2, 5, 40, 300]) {
    const source: Source = {
      functions: {
        run: {
          type: "i32:i32",
          locals: "i32",
          code:
            "loop " +
            many(cases, () => "block ") +
            `local.get 0 br_table ${many(cases, (k) => String(k % 7 === 3 ? cases : k))} 0 ` +
            many(
              cases,
              (k) =>
                `end local.get 1 i32.const ${k + 1} i32.add local.set 1 ` +
                `local.get 0 i32.const ${k % 5} i32.sub local.set 0 `,
            ) +
            "end local.get 1",
        },
      },
    };
    // Case k % 7 === 3 goes back to the loop without an end: leave those out.
    const calls = [0, 1, 2, 4, 5, 9, 39, 41, 299, 1000, -1]
      .filter((value) => value % 7 !== 3 || value >= cases)
      .map((value): [string, bigint] => ["run", BigInt(value >>> 0)]);
    compare(source, calls);
  }
});

test("recursion ends in a trap before the stack does", () => {
  const module = moduleOf(
    assemble({
      functions: {
        deep: { type: "i32:i32", code: "local.get 0 i32.const 1 i32.add call 0" },
        fib: {
          type: "i32:i32",
          code:
            "local.get 0 i32.const 2 i32.lt_u if i32 local.get 0 else local.get 0 i32.const 1 i32.sub call 1 " +
            "local.get 0 i32.const 2 i32.sub call 1 i32.add end",
        },
      },
    }),
  );
  const loaded = native({ bounds: "checked", stackBytes: 2048 }).load(module, noHost);
  assert.ok("instance" in loaded);
  assert.deepEqual(loaded.instance.call("deep", [0n]), { trap: "stack-overflow" });
  assert.deepEqual(loaded.instance.call("fib", [12n]), { results: [144n] });
});

test("listings of small functions", () => {
  const wasm = assemble({
    pages: 1,
    globals: [{ type: "i32", init: "i32.const 5" }],
    functions: {
      sum: {
        type: "i32 i32:i32",
        locals: "i32",
        code:
          "loop local.get 0 i32.load 2 0 local.get 2 i32.add local.set 2 local.get 0 i32.const 4 i32.add local.set 0 " +
          "local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0 end local.get 2",
      },
      clamp: {
        type: "i32:i32",
        code: "i32.const 100 local.get 0 local.get 0 i32.const 100 i32.gt_s select",
      },
      add64: { type: "i64 i64:i64", code: "local.get 0 local.get 1 i64.add" },
      below: { type: "i32 i32:i32", code: "local.get 0 local.get 1 i32.lt_u" },
      count: { type: ":i32", code: "global.get 0 i32.const 1 i32.add global.set 0 global.get 0" },
      divide: { type: "i32 i32:i32", code: "local.get 0 local.get 1 i32.div_u" },
    },
  });
  const { native: compiled } = compileNative(wasm, { bounds: "mpu" });
  assert.ok(compiled);
  const starts = new Map(compiled.functions.map(({ offset, index }) => [offset, index]));
  const lines = disassemble(compiled.code).flatMap(({ address, text }) => {
    const line = `${address.toString(16).padStart(4)}  ${text.replace("\t", " ")}`;
    return starts.has(address) ? ["", `function ${starts.get(address)}`, line] : [line];
  });
  expectGolden("builder/native/generate.golden.txt", `${lines.join("\n").trim()}\n`);
});
