import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cycles } from "../../builder/native/thumb/cycles.js";
import { expectGolden } from "../helpers/golden.js";
import { thimble, withExample } from "./thimble.js";

test("inspect --native shows blink as sources, module, machine code and cycles", async (t) => {
  const folder = withExample(t, "blink");
  const { code, out, err } = await thimble(folder, "inspect", "--native", "blink");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  expectGolden("test/cli/inspect.golden.txt", out);
});

test("--json gives the lines as data, and --bounds another mode", async (t) => {
  const folder = withExample(t, "thermostat");
  for (const bounds of ["mpu", "checked"]) {
    const options = ["--native", "--bounds", bounds, "--json"];
    const { code, out } = await thimble(folder, "inspect", ...options, "thermostat");
    assert.equal(code, 0);
    const document = JSON.parse(out) as Document;
    assert.equal(document.bounds, bounds);
    const lines = document.functions.flatMap((item) => item.lines);
    const bytes = lines.reduce((sum, { words }) => sum + 2 * words.length, 0);
    // The table and what aligns functions are no lines of a function.
    assert.ok(bytes <= document.bytes && bytes > document.bytes - 64);
    assert.ok(lines.some(({ cycles }) => cycles?.least === 2));
  }
});

interface Document {
  readonly bounds: string;
  readonly bytes: number;
  readonly functions: readonly {
    readonly lines: readonly { readonly words: readonly number[]; readonly cycles?: Cycles }[];
  }[];
}

test("what cannot be shown is said", async (t) => {
  const folder = withExample(t, "blink");
  const nothing = await thimble(folder, "inspect", "blink");
  assert.equal(nothing.code, 2);
  assert.match(nothing.err, /Add "--native" for machine code/);
  const bounds = await thimble(folder, "inspect", "--native", "--bounds", "none", "blink");
  assert.equal(bounds.code, 2);
  assert.match(bounds.err, /Write "mpu" or "checked"/);
});
