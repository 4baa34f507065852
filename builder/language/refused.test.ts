import assert from "node:assert/strict";
import { test } from "node:test";
import { compileEntries, refusedFiles } from "../../test/helpers/assemblyscript.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { checkLanguage } from "./check.js";
import { refused } from "./refused.js";
import { refusedCases } from "./refused.cases.js";
import { sourceView } from "./view.test-support.js";

const fileOf = (index: number): string => `case${index}.ts`;

test("every row of the table has a case, and every case its row", () => {
  const rows = new Set(refused.map(({ code }) => code));
  assert.deepEqual([...new Set(refusedCases.map(({ code }) => code))].sort(), [...rows].sort());
});

test("each case gives errors of its own row only", () => {
  for (const { code, source } of refusedCases) {
    const found = checkLanguage(source, "app.ts").filter(({ severity }) => severity === "error");
    assert.deepEqual(
      [...new Set(found.map((diagnostic) => diagnostic.code))],
      [`language-${code}`],
      source,
    );
    for (const { message, hint } of found) {
      assert.match(message, /^[A-Z`].*[^.]$/, source);
      assert.match(hint ?? "", /^[A-Z`].*[^.]\.$/, source);
    }
  }
});

test("messages, places and hints", () => {
  const views = refusedCases.map(({ code, source }) =>
    sourceView(code, source, checkLanguage(source, "app.ts")),
  );
  expectGolden("builder/language/refused.golden.txt", views.join("\n"));
});

test("the compiler refuses what is said to be refused", async () => {
  const files = new Map(
    refusedCases.flatMap(({ source, differs }, index) =>
      differs === undefined ? [[fileOf(index), source] as const] : [],
    ),
  );
  const errors = await refusedFiles(files);
  const accepted = [...files].filter(([file]) => !errors.has(file)).map(([, source]) => source);
  assert.deepEqual(accepted, []);
});

test("the compiler accepts what is said to differ, and it does differ", async () => {
  for (const kind of ["ignores", "traps", "import"] as const) {
    const cases = refusedCases.filter(({ differs }) => differs === kind);
    const sources = cases.map(({ source }, index) =>
      source.replace("function t(", `function t${index}(`),
    );
    const { wasm, errors } = await compileEntries(
      new Map(sources.map((source, index) => [fileOf(index), source])),
    );
    assert.ok(wasm !== undefined, [...errors].join());
    const module = new WebAssembly.Module(wasm);
    const imports = WebAssembly.Module.imports(module).map(({ name }) => name);
    if (kind === "import") {
      assert.deepEqual(imports.sort(), [
        "Date.now",
        "console.log",
        "crypto.getRandomValuesN",
        "performance.now",
        "process.exit",
        "seed",
      ]);
      continue;
    }
    assert.deepEqual(imports, []);
    const { exports } = await WebAssembly.instantiate(module, {});
    for (const [index, source] of sources.entries()) {
      const run = exports[`t${index}`] as () => unknown;
      if (kind === "traps") assert.throws(run, WebAssembly.RuntimeError);
      else assert.equal(run(), 1, source);
    }
  }
});
