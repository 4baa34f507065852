import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { expectGolden } from "../helpers/golden.js";
import { packagePath } from "../helpers/root.js";
import { executors } from "../native/executors.js";
import { countsOf, countsTable, type Counts } from "./counts.js";
import { exceptions, unexpected } from "./exceptions.js";
import { scriptFiles, suiteFolder } from "./files.js";
import { runScript } from "./run.js";

const files = scriptFiles(suiteFolder);
const skip = files.length === 0 && "the WebAssembly test suite is not beside the repository";
const counts = new Map<string, Counts>();

for (const executor of Object.values(executors)) {
  describe(`the WebAssembly test suite: ${executor.name}`, { skip }, () => {
    for (const file of files) {
      const name = basename(file);
      test(name, () => {
        const results = runScript(readFileSync(file, "utf8"), executor);
        counts.set(name, countsOf(results));
        assert.deepEqual(unexpected(name, results), []);
      });
    }
  });
}

test("every exception is about a file of the suite", { skip }, () => {
  const names = new Set(files.map((file) => basename(file)));
  assert.deepEqual(
    exceptions.filter(({ file }) => !names.has(file)),
    [],
  );
});

test("the counts are those of the README", { skip }, () => {
  const path = "test/conformance/README.md";
  const text = readFileSync(packagePath(...path.split("/")), "utf8");
  const [before, after] = ["<!-- counts -->\n", "<!-- end of counts -->"];
  const [start, end] = [text.indexOf(before) + before.length, text.indexOf(after)];
  expectGolden(path, `${text.slice(0, start)}${countsTable(counts)}${text.slice(end)}`);
});
