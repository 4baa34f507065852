import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesBelow, newFolder, thimble, withExample } from "./thimble.js";

const outputs = [
  "blink.manifest.json",
  "blink.oci.tar",
  "blink.wasm",
  "debug/blink.wasm",
  "debug/blink.wasm.map",
];

test("build writes the container, its manifest and its debug build, and tells the sizes", async (t) => {
  const folder = withExample(t, "blink");
  const { code, out, err } = await thimble(folder, "build", "blink");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  assert.deepEqual(filesBelow(join(folder, "blink", "dist")), outputs);
  const bytes = statSync(join(folder, "blink", "dist", "blink.wasm")).size;
  assert.match(out, new RegExp(`^blink {2}${bytes} B {2}blink.dist.blink\\.wasm\\n`));
  assert.match(out, new RegExp(`total +${bytes} B`));
  assert.match(out, /memory \d+ B/);
  assert.match(
    out,
    new RegExp(
      `\\n {2}image blink.dist.blink\\.oci\\.tar: module ${bytes} B, machine code \\d+ B\\n$`,
    ),
  );
  assert.ok(existsSync(join(folder, "blink", ".thimble", "needs.ts")));
});

test("a build that changes nothing touches no file", async (t) => {
  const folder = withExample(t, "blink");
  await thimble(folder, "build", "blink");
  const files = filesBelow(folder).map((file) => join(folder, file));
  const before = files.map((file) => statSync(file).mtimeMs);
  await thimble(join(folder, "blink"), "build");
  assert.deepEqual(
    files.map((file) => statSync(file).mtimeMs),
    before,
  );
});

test("--out chooses the folder and --json gives one document", async (t) => {
  const folder = withExample(t, "blink");
  const { code, out, err } = await thimble(
    folder,
    "build",
    "blink",
    "--out",
    "elsewhere/deep",
    "--json",
  );
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const document = JSON.parse(out) as {
    ok: boolean;
    app: string;
    files: string[];
    sizes: { totalBytes: number };
  };
  assert.equal(document.ok, true);
  assert.equal(document.app, "blink");
  assert.deepEqual(filesBelow(join(folder, "elsewhere", "deep")), outputs);
  assert.equal(document.sizes.totalBytes, statSync(join(folder, document.files[0]!)).size);
  assert.ok(!existsSync(join(folder, "blink", "dist")));
});

test("an app that does not compile: its place in the user's file, exit code 1, the old outputs stay", async (t) => {
  const folder = withExample(t, "blink");
  await thimble(folder, "build", "blink");
  const old = readFileSync(join(folder, "blink", "dist", "blink.wasm"));
  const app = join(folder, "blink", "app.ts");
  writeFileSync(app, readFileSync(app, "utf8") + "\nled.wriet(true);\n");
  const line = readFileSync(app, "utf8").split("\n").indexOf("led.wriet(true);") + 1;
  const { code, out, err } = await thimble(folder, "build", "blink");
  assert.deepEqual({ code, out }, { code: 1, out: "" });
  assert.match(err, new RegExp(`^blink.app\\.ts:${line}:5: error: `));
  assert.match(err, new RegExp(`\\n {2}${line} \\| led\\.wriet\\(true\\);\\n +\\| {5}\\^{5}\\n`));
  assert.deepEqual(readFileSync(join(folder, "blink", "dist", "blink.wasm")), old);
  const json = await thimble(folder, "build", "blink", "--json");
  assert.deepEqual({ code: json.code, err: json.err }, { code: 1, err: "" });
  const document = JSON.parse(json.out) as {
    ok: boolean;
    diagnostics: { file: string; line: number }[];
  };
  assert.equal(document.ok, false);
  assert.equal(document.diagnostics[0]?.line, line);
});

test("a folder without thimble.json, and one that does not exist", async (t) => {
  const folder = newFolder(t);
  assert.deepEqual(await thimble(folder, "build"), {
    code: 1,
    out: "",
    err: '.: error: there is no thimble.json in this folder\n  hint: Name the folder of an app, or start one with "thimble new FOLDER".\n',
  });
  assert.match(
    (await thimble(folder, "build", "nowhere")).err,
    /^nowhere: error: there is no such folder\n/,
  );
});

test("a field of thimble.json that is not known brings the near one", async (t) => {
  const folder = withExample(t, "blink");
  writeFileSync(
    join(folder, "blink", "thimble.json"),
    '{\n  "name": "blink",\n  "need": { "led": { "gpio": "out" } }\n}\n',
  );
  const { code, err } = await thimble(folder, "build", "blink");
  assert.equal(code, 1);
  assert.match(err, /^blink.thimble\.json:3:3: error: .*need.*\n {2}3 \| {3}"need"[^]*needs/);
});

test("where the files for editors cannot be written, the app is built all the same", async (t) => {
  const folder = withExample(t, "blink");
  writeFileSync(join(folder, "blink", ".thimble"), "a file");
  const { code, err } = await thimble(folder, "build", "blink");
  assert.equal(code, 0);
  assert.match(
    err,
    /^blink.\.thimble.needs\.ts: warning: cannot write this: a part of the path is a file/,
  );
  assert.deepEqual(filesBelow(join(folder, "blink", "dist")), outputs);
});

test("a file where the output folder should be: exit code 3, nothing is left", async (t) => {
  const folder = withExample(t, "blink");
  writeFileSync(join(folder, "taken"), "a file");
  const before = filesBelow(folder);
  const { code, err } = await thimble(folder, "build", "blink", "--out", "taken");
  assert.equal(code, 3);
  assert.match(
    err,
    /^taken.blink\.wasm: error: cannot write this: a part of the path is a file, not a folder\n/,
  );
  rmSync(join(folder, "blink", ".thimble"), { recursive: true });
  assert.deepEqual(filesBelow(folder), before);
});
