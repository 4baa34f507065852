import assert from "node:assert/strict";
import { test } from "node:test";
import ts from "typescript";
import { compileEntries, refusedFiles } from "../../test/helpers/assemblyscript.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { checkLanguage } from "./check.js";
import { silent } from "./silent.js";
import { quietPrograms, silentCases } from "./silent.cases.js";
import { sourceView } from "./view.test-support.js";

test("every row of the table has a case", () => {
  assert.deepEqual(
    [...new Set(silentCases.map(({ code }) => code))].sort(),
    [...new Set(silent.map(({ code }) => code))].sort(),
  );
});

test("each case gives one warning, of its own row", () => {
  for (const { code, source } of silentCases) {
    const found = checkLanguage(source, "app.ts");
    assert.deepEqual(
      found.map((diagnostic) => [diagnostic.severity, diagnostic.code]),
      [["warning", `language-${code}`]],
      source,
    );
  }
});

test("messages, places and hints", () => {
  const views = silentCases.map(({ code, source }) =>
    sourceView(code, source, checkLanguage(source, "app.ts")),
  );
  expectGolden("builder/language/silent.golden.txt", views.join("\n"));
});

test("the results here and in JavaScript are those of the cases", async () => {
  const files = new Map(
    silentCases.map(({ source }, index) => [
      `case${index}.ts`,
      source.replace("function t(", `function t${index}(`),
    ]),
  );
  const { wasm, errors } = await compileEntries(files);
  assert.ok(wasm !== undefined, [...errors].join());
  const { exports } = await WebAssembly.instantiate(new WebAssembly.Module(wasm), {});
  for (const [index, { source, here, javascript }] of silentCases.entries()) {
    const run = exports[`t${index}`] as () => number;
    if (here === "ends") assert.throws(run, WebAssembly.RuntimeError);
    else assert.equal(run(), here, source);
    assert.equal(Number(runJavaScript(source) ?? 0), javascript, source);
    assert.notEqual(here, javascript, source);
  }
});

function runJavaScript(source: string): unknown {
  const { outputText } = ts.transpileModule(source.replace("export function t(", "function t("), {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  return new Function(`${outputText}\nreturn t();`)() as unknown;
}

test("close programs give no warning and compile", async () => {
  for (const source of quietPrograms) assert.deepEqual(checkLanguage(source, "app.ts"), [], source);
  const errors = await refusedFiles(
    new Map(quietPrograms.map((source, index) => [`quiet${index}.ts`, source])),
  );
  assert.deepEqual([...errors], []);
});
