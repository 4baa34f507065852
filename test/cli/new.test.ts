import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packagePath } from "../helpers/root.js";
import { filesBelow, newFolder, thimble } from "./thimble.js";

const appFiles = [
  ".gitignore",
  ".thimble/needs.ts",
  ".thimble/tsconfig.json",
  "README.md",
  "app.ts",
  "package.json",
  "rig.json",
  "tests/fan.scenario",
  "thimble.json",
  "tsconfig.json",
];

test("new writes an app and prints three lines to follow", async (t) => {
  const folder = newFolder(t);
  const { code, out, err } = await thimble(folder, "new", "my-app");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  assert.match(out, /\n {2}cd my-app\n {2}npm install\n {2}npx thimble run\n$/);
  assert.deepEqual(filesBelow(join(folder, "my-app")), appFiles);
  for (const file of appFiles) {
    assert.doesNotMatch(
      readFileSync(join(folder, "my-app", file), "utf8"),
      /APP_NAME|THIMBLE_DEPENDENCY/,
      file,
    );
  }
});

test("the new app depends on this clone, builds without a finding and soon does something", async (t) => {
  const folder = newFolder(t);
  await thimble(folder, "new", "Green House");
  const app = join(folder, "Green House");
  const { dependencies, name } = JSON.parse(readFileSync(join(app, "package.json"), "utf8")) as {
    name: string;
    dependencies: { thimble: string };
  };
  assert.equal(name, "green-house");
  assert.equal(join(app, dependencies.thimble.replace(/^file:/, "")), packagePath());
  const built = await thimble(app, "build");
  assert.deepEqual({ code: built.code, err: built.err }, { code: 0, err: "" });
  const ran = await thimble(app, "run", "--for", "1m");
  assert.deepEqual({ code: ran.code, err: ran.err }, { code: 0, err: "" });
  const lines = ran.out.split("\n");
  const soon = lines.filter((line) => line.startsWith("00:00:0"));
  assert.ok(
    soon.some((line) => line.includes("message room {")),
    ran.out,
  );
  assert.ok(
    lines.some((line) => / pin {5}fan on$/.test(line)),
    ran.out,
  );
});

test("the new app holds what its scenarios say", async (t) => {
  const folder = newFolder(t);
  await thimble(folder, "new", "app");
  const { code, out, err } = await thimble(join(folder, "app"), "test");
  assert.deepEqual({ code, err }, { code: 0, err: "" }, out);
  assert.match(out, /\n2 scenarios: 2 passed;/);
});

test("a path with blanks is quoted in the lines to follow", async (t) => {
  const folder = newFolder(t);
  mkdirSync(join(folder, "my apps"));
  assert.match(
    (await thimble(folder, "new", join("my apps", "one"))).out,
    /\n {2}cd "my apps.one"\n/,
  );
});

test("a folder that holds something, and a file, are refused and left alone", async (t) => {
  const folder = newFolder(t);
  mkdirSync(join(folder, "used"));
  writeFileSync(join(folder, "used", "notes.txt"), "mine");
  writeFileSync(join(folder, "file"), "mine");
  const used = await thimble(folder, "new", "used");
  assert.deepEqual({ code: used.code, out: used.out }, { code: 1, out: "" });
  assert.match(used.err, /^used: error: this folder is not empty: it holds notes\.txt\n {2}hint: /);
  assert.match(
    (await thimble(folder, "new", "file")).err,
    /^file: error: a file of this name is there\n/,
  );
  assert.deepEqual(filesBelow(folder), ["file", "used/notes.txt"]);
});

test("an empty folder will do", async (t) => {
  const folder = newFolder(t);
  assert.equal((await thimble(folder, "new", ".")).code, 0);
  assert.deepEqual(filesBelow(folder), appFiles);
});

test("a folder that cannot be made: exit code 3, nothing is left", async (t) => {
  const folder = newFolder(t);
  writeFileSync(join(folder, "file"), "mine");
  const { code, out, err } = await thimble(folder, "new", join("file", "deep", "app"), "--json");
  assert.deepEqual({ code, err }, { code: 3, err: "" });
  const document = JSON.parse(out) as {
    ok: boolean;
    exitCode: number;
    diagnostics: { code: string }[];
  };
  assert.equal(document.diagnostics[0]?.code, "cannot-write");
  assert.equal(document.exitCode, 3);
  assert.deepEqual(filesBelow(folder), ["file"]);
});
