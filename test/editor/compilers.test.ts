import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { newFolder, thimbleProcess } from "../cli/thimble.js";
import { packagePath } from "../helpers/root.js";
import { editedExample } from "./app.js";

/** A folder with further compilers, one folder each: 5.9/node_modules/typescript, 7/node_modules/typescript. */
const others = process.env["THIMBLE_TYPESCRIPTS"];

/** Version by version: where the compiler is, or nothing where it is not at hand. */
const compilers = [
  ["6.0.3", packagePath("node_modules", "typescript")],
  ["5.9.3", others && join(others, "5.9", "node_modules", "typescript")],
  ["7.0.2", others && join(others, "7", "node_modules", "typescript")],
] as const;

const examples = readdirSync(packagePath("examples"), { withFileTypes: true })
  .filter((entry) => existsSync(packagePath("examples", entry.name, "thimble.json")))
  .map(({ name }) => name);

/** What `tsc --noEmit` reports on the app in a folder. */
function report(compiler: string, folder: string): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(compiler, "bin", "tsc"), "--noEmit", "-p", folder],
    { cwd: folder, encoding: "utf8" },
  );
  return `${stdout}${stderr}`;
}

function newApp(t: TestContext): string {
  const folder = newFolder(t);
  assert.equal(thimbleProcess(folder, "new", "fan").code, 0);
  return join(folder, "fan");
}

for (const [version, compiler] of compilers) {
  const skip = compiler === undefined ? "THIMBLE_TYPESCRIPTS is not set" : false;
  for (const example of examples) {
    test(`TypeScript ${version} reports nothing on examples/${example}`, { skip }, (t) => {
      assert.equal(report(compiler!, editedExample(t, example)), "");
    });
  }

  test(
    `TypeScript ${version} reports nothing on a new app, and an error that is made`,
    { skip },
    (t) => {
      const folder = newApp(t);
      assert.equal(report(compiler!, folder), "");
      appendFileSync(join(folder, "app.ts"), 'every("1s", measure);\n');
      assert.match(report(compiler!, folder), /app\.ts.*TS2345/);
    },
  );

  test(`the compiler called ${version} is that`, { skip }, () => {
    const args = [join(compiler!, "bin", "tsc"), "--version"];
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(stdout.trim(), `Version ${version}`);
  });
}
