import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { printModule } from "../../builder/wasm/print.js";
import { scriptFiles } from "../conformance/files.js";
import { runScript } from "../conformance/run.js";
import { packagePath } from "../helpers/root.js";
import { executors } from "../native/executors.js";
import type { Executor } from "../native/executor.js";
import { difference } from "./compare.js";
import { generate } from "./generate.js";
import { explain, modes, tryModule } from "./modes.js";
import type { Program } from "./program.js";
import { encodeProgram } from "./encode.js";
import { shrink } from "./shrink.js";

const seeds = Array.from({ length: 100 }, (_, k) => k + 1);

describe("random modules do what the engine does", () => {
  for (const mode of modes)
    test(mode.name, () => {
      for (const seed of seeds) {
        const fault = tryModule(seed, mode);
        if (fault) assert.fail(explain(seed, mode, fault));
      }
    });
});

describe("faults of the past", () => {
  for (const file of scriptFiles(packagePath("test", "fuzz", "regressions")))
    for (const executor of Object.values(executors) as Executor[])
      test(`${basename(file)}: ${executor.name}`, () => {
        const results = runScript(readFileSync(file, "utf8"), executor);
        assert.deepEqual(
          results.filter(({ verdict }) => verdict !== "passed"),
          [],
        );
      });
});

test("modules are valid, differ by seed, and are the same again", () => {
  const bytes = (seed: number): Uint8Array =>
    encodeProgram(generate(seed, { inBounds: false })).wasm;
  for (const seed of seeds) assert.ok(WebAssembly.validate(bytes(seed)), `seed ${seed}`);
  assert.deepEqual(bytes(7), bytes(7));
  assert.notDeepEqual(bytes(7), bytes(8));
});

/** A wrong executor: xor is or. */
const wrong: Executor = {
  name: "wrong",
  load: (module, host) =>
    executors.engine.load(
      {
        ...module,
        code: module.code.map((body) => ({
          ...body,
          code: body.code.map((item) =>
            item.opcode.name === "i32.xor"
              ? { ...item, opcode: { ...item.opcode, code: 0x72 } }
              : item,
          ),
        })),
      },
      host,
    ),
};

test("a wrong instruction is found and its module made small", () => {
  // Few programs use xor and show what it gave.
  const program = Array.from({ length: 400 }, (_, k) => k + 1)
    .map((seed) => generate(seed, { inBounds: false }))
    .find((candidate) => difference(candidate, wrong) !== undefined);
  assert.ok(program);
  const small: Program = shrink(program, (candidate) => difference(candidate, wrong) !== undefined);
  assert.notEqual(difference(small, wrong), undefined);
  assert.equal(printModule(encodeProgram(small).module).split("i32.xor").length, 2);
  assert.ok(encodeProgram(small).wasm.length < 300);
});
