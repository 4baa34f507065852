import assert from "node:assert/strict";
import { test } from "node:test";
import type { Executor } from "../native/executor.js";
import { limited } from "../native/limited.js";
import { native } from "../native/native.js";
import { difference } from "./compare.js";
import { generate } from "./generate.js";
import { memoryBytes as pageBytes, type Program } from "./program.js";

const seeds = Array.from({ length: 60 }, (_, k) => k + 1);

function compareAll(executor: Executor, memoryBytes: number, reference?: Executor): void {
  for (const seed of seeds) {
    const program = withDataIn(memoryBytes, generate(seed, { inBounds: false }));
    assert.equal(
      difference(program, executor, reference),
      undefined,
      `seed ${seed}, ${executor.name}`,
    );
  }
}

/** A loader tells of data beyond the memory before anything runs. */
function withDataIn(memoryBytes: number, program: Program): Program {
  const data = program.data.filter(({ address, bytes }) => address + bytes.length <= memoryBytes);
  return { ...program, data };
}

test("random modules that count their time do what plain ones do", () => {
  compareAll(limited(pageBytes, "machine code"), pageBytes);
  compareAll(limited(pageBytes, "rough"), pageBytes);
});

test("random modules with less than a page end where machine code with checks does", () => {
  for (const memoryBytes of [0x1000, 0x8004])
    compareAll(
      limited(memoryBytes, "machine code"),
      memoryBytes,
      native({ bounds: "checked", memoryBytes, instructionsMax: 200_000_000 }),
    );
});
