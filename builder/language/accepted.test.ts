import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { refusedFiles } from "../../test/helpers/assemblyscript.js";
import { packagePath } from "../../test/helpers/root.js";
import { acceptedPrograms } from "./accepted.cases.js";
import { checkLanguage } from "./check.js";

test("nothing is said about what is accepted", () => {
  for (const [title, source] of Object.entries(acceptedPrograms)) {
    assert.deepEqual(checkLanguage(source, "app.ts"), [], `${title}\n${source}`);
  }
});

test("the compiler compiles what is accepted", async () => {
  const files = Object.values(acceptedPrograms).map(
    (source, index) => [`case${index}.ts`, source] as const,
  );
  assert.deepEqual([...(await refusedFiles(new Map(files)))], []);
});

test("nothing but its package imports is said about the compiler's own library", () => {
  const folder = "node_modules/assemblyscript/std/assembly";
  for (const name of [
    "array",
    "map",
    "set",
    "date",
    "math",
    "number",
    "typedarray",
    "staticarray",
    "util/number",
    "util/sort",
    "rt/tlsf",
    "rt/itcms",
    "iterator",
    "builtins",
  ]) {
    const source = readFileSync(packagePath(folder, `${name}.ts`), "utf8");
    const found = checkLanguage(source, name).filter(
      ({ code }) => code !== "language-import-package",
    );
    assert.deepEqual(found, [], name);
  }
});
