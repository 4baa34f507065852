import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { listSuites, pruneEmitted } from "./suites.js";

/** A folder with these files, gone after the test. */
function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "thimble-run-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const suiteUrl = pathToFileURL(fileURLToPath(new URL("suite.js", import.meta.url))).href;

/** Runs files as a suite in a process of its own: one that runs tests cannot start others. */
function runFiles(folder: string, ...names: string[]): { out: string; tally: unknown } {
  const files = JSON.stringify(names.map((name) => join(folder, name)));
  const script = `import { runSuite } from ${JSON.stringify(suiteUrl)};
    const tally = await runSuite({ name: "here", files: ${files} });
    console.log("TALLY " + JSON.stringify(tally));`;
  writeFileSync(join(folder, "run.mjs"), script);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, [join(folder, "run.mjs")], {
    encoding: "utf8",
    env,
  });
  const [out, tally] = stdout.split("TALLY ");
  return { out: out!, tally: JSON.parse(tally!) as unknown };
}

const imports = 'import { describe, test } from "node:test";\n';

test("a suite counts what passed, failed and was skipped, and shows why", (t) => {
  const folder = folderWith(t, {
    "a.test.mjs": `${imports}describe("group", () => { test("good", () => {}); });
      test("later", { skip: "no board here" }, () => {});`,
    "b.test.mjs": `${imports}test("bad", () => { throw new Error("the reason"); });
      describe("group", () => { test("bad too", () => { throw new Error("another"); }); });`,
  });
  const { out, tally } = runFiles(folder, "a.test.mjs", "b.test.mjs");
  assert.deepEqual(tally, { passed: 1, failed: 2, skipped: ["here: later (no board here)"] });
  assert.match(out, /FAILED bad\n.*\n.*the reason/);
  assert.match(out, /to run it alone: npm test -- here/);
});

test("a file that does not even load is a failure", (t) => {
  const folder = folderWith(t, { "a.test.mjs": 'import "./nowhere.mjs";\n' });
  const { out, tally } = runFiles(folder, "a.test.mjs");
  assert.deepEqual(tally, { passed: 0, failed: 1, skipped: [] });
  assert.match(out, /nowhere/);
});

test("a file that ends its process is a failure", (t) => {
  const folder = folderWith(t, {
    "a.test.mjs": `${imports}test("good", () => {});\nsetImmediate(() => process.exit(2));\n`,
  });
  const { failed } = runFiles(folder, "a.test.mjs").tally as { failed: number };
  assert.equal(failed, 1);
});

test("suites are folders with tests, by name, and those of a folder alone", (t) => {
  const root = folderWith(t, {
    "out/builder/wasm/b.test.js": "",
    "out/builder/wasm/a.test.js": "",
    "out/builder/wasm/a.js": "",
    "out/builder/wasmer/c.test.js": "",
    "out/test/house/d.test.js": "",
  });
  const build = { root, emitted: join(root, "out") };
  const names = (filter?: string): string[] => listSuites(build, filter).map(({ name }) => name);
  assert.deepEqual(names(), ["builder/wasm", "builder/wasmer", "test/house"]);
  assert.deepEqual(names("builder/wasm"), ["builder/wasm"]);
  assert.deepEqual(names("builder/"), ["builder/wasm", "builder/wasmer"]);
  assert.deepEqual(names("nowhere"), []);
  const files = ["a", "b"].map((name) => join(root, "out", "builder", "wasm", `${name}.test.js`));
  assert.deepEqual(listSuites(build, "builder/wasm")[0]?.files, files);
});

test("what was emitted for a source that is gone goes too", (t) => {
  const root = folderWith(t, {
    "builder/a.ts": "",
    "out/builder/a.js": "",
    "out/builder/a.js.map": "",
    "out/builder/a.d.ts": "",
    "out/builder/gone.test.js": "",
    "out/builder/gone.test.d.ts": "",
    "out/builder/kept.txt": "",
  });
  pruneEmitted({ root, emitted: join(root, "out") });
  const there = ["a.js", "a.js.map", "a.d.ts", "gone.test.js", "gone.test.d.ts", "kept.txt"].filter(
    (name) => existsSync(join(root, "out", "builder", name)),
  );
  assert.deepEqual(there, ["a.js", "a.js.map", "a.d.ts", "kept.txt"]);
});
