import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { newFolder, thimble } from "../cli/thimble.js";
import { buildExample, exampleNames } from "../helpers/examples.js";
import { packagePath, root } from "../helpers/root.js";
import { readTree } from "../house/tree.js";
import { blocks, relativeLinks, thimbleCommands } from "./markdown.js";

const tree = readTree(root);
const documents = [...tree].filter(([path]) => path.endsWith(".md"));
const readme = tree.get("README.md") ?? "";

describe("links lead somewhere", () => {
  for (const [path, text] of documents) {
    test(path, () => {
      const folder = dirname(packagePath(path));
      const broken = relativeLinks(text).filter((target) => !existsSync(join(folder, target)));
      assert.deepEqual(broken, []);
    });
  }
});

/** Folders with code of ours: builder/compile, runtime/rig, examples/blink and so on. */
function rooms(): string[] {
  return ["builder", "runtime", "examples"].flatMap((floor) =>
    readdirSync(packagePath(floor), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${floor}/${name}`),
  );
}

test("the tour of the README leaves out no room", () => {
  const linked = new Set(relativeLinks(readme).map((target) => target.replace(/\/$/, "")));
  const floors = ["sdk", "builder", "runtime", "examples", "test"];
  assert.deepEqual(
    [...floors, ...rooms()].filter((room) => !linked.has(room)),
    [],
  );
});

test("the page on the suites leaves out none", () => {
  const linked = relativeLinks(tree.get("test/README.md") ?? "");
  const folders = readdirSync(packagePath("test"), { withFileTypes: true });
  assert.deepEqual(
    linked.toSorted(),
    folders.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted(),
  );
});

test("the README starts with the two commands, each also line by line", () => {
  const [both, separate] = blocks(readme);
  assert.equal(both!.text, "npm ci && npx thimble run examples/thermostat\nnpm ci && npm test\n");
  assert.equal(separate!.text, "npm ci\nnpx thimble run examples/thermostat\n");
});

/** The app that the README writes out, in `folder`/fan. */
function writeReadmeApp(folder: string): string {
  const found = blocks(readme);
  const at = found.findIndex(({ language }) => language === "ts");
  const [app, project, rig] = found.slice(at, at + 3);
  assert.deepEqual(
    [app, project, rig].map((block) => block?.language),
    ["ts", "json", "json"],
  );
  mkdirSync(join(folder, "fan"));
  writeFileSync(join(folder, "fan", "app.ts"), app!.text);
  writeFileSync(join(folder, "fan", "thimble.json"), project!.text);
  writeFileSync(join(folder, "fan", "rig.json"), rig!.text);
  return join(folder, "fan");
}

test("the app of the README has ten lines, builds without a warning, runs, and switches its fan", async (t) => {
  const app = writeReadmeApp(newFolder(t));
  const lines = readFileSync(join(app, "app.ts"), "utf8").split("\n");
  assert.ok(lines.filter((line) => line !== "").length <= 10);
  const built = await thimble(app, "build");
  assert.deepEqual({ code: built.code, err: built.err }, { code: 0, err: "" });
  const { code, out, err } = await thimble(app, "run");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  assert.match(out, /pin +fan on/);
  assert.match(out, /pin +fan off/);
});

/** A folder as a user stands in it: the examples, and the record that the documents speak of. */
function workplace(t: TestContext): string {
  const folder = join(newFolder(t), "thimble");
  const ours = (path: string): boolean => !/^(dist|\.thimble)$/.test(path.split(sep).at(-1)!);
  cpSync(packagePath("examples"), join(folder, "examples"), { recursive: true, filter: ours });
  cpSync(packagePath("examples", "thermostat", "room.csv"), join(folder, "office.csv"));
  return folder;
}

describe("commands that the documents show", () => {
  const shown = new Map(
    documents
      .filter(([path]) => path === "README.md" || path.startsWith("examples/"))
      .flatMap(([path, text]) => thimbleCommands(text).map((command) => [command, path] as const)),
  );
  for (const [command, path] of shown) {
    test(`thimble ${command} (${path})`, async (t) => {
      const folder = workplace(t);
      // A command that names no app is one for the app that the README writes.
      const isForApp = /^(build|run)$/.test(command);
      const { code, err } = await thimble(
        isForApp ? writeReadmeApp(folder) : folder,
        ...command.split(/\s+/),
      );
      assert.deepEqual({ code, err }, { code: 0, err: "" });
    });
  }
});

/** Without what depends on the machine: how long it took. */
function timeless(line: string): string {
  return line.replace(/ in \d[\d.,]* m?s, [\d,.]+ times real time/, "").trimEnd();
}

test("what the README shows as output is the output", async (t) => {
  const shown = blocks(readme).filter(({ text }) => text.startsWith("$ npx thimble "));
  assert.ok(shown.length > 0);
  for (const { text } of shown) {
    const [command, ...lines] = text.trimEnd().split("\n");
    const { out } = await thimble(workplace(t), ...command!.split(/\s+/).slice(3));
    const real = out.split("\n").map(timeless);
    let at = 0;
    for (const line of lines.map(timeless)) {
      if (line === "...") continue;
      const found = real.indexOf(line, at);
      assert.ok(found >= 0, `${command}\ndoes not print\n${line}\nbut\n${out}`);
      at = found + 1;
    }
  }
});

describe("sizes that an example speaks of are those of its container", () => {
  for (const name of exampleNames()) {
    test(name, async () => {
      const { container } = await buildExample(name);
      const text = tree.get(`examples/${name}/README.md`)!;
      const said = [...text.matchAll(/([\d,]+) bytes/g)].map(([, bytes]) => bytes);
      assert.ok(said.length > 0);
      assert.deepEqual([...new Set(said)], [container.wasm.length.toLocaleString("en-US")]);
    });
  }
});

test("the message that the README shows is the one for that line", async (t) => {
  const shown = blocks(readme).filter(({ text }) => /^app\.ts:\d+:\d+: error/.test(text));
  assert.ok(shown.length > 0);
  for (const { text } of shown) {
    const [, number, source] = /^ *(\d+) \| (.*)$/m.exec(text)!;
    const app = writeReadmeApp(newFolder(t));
    writeFileSync(join(app, "app.ts"), `${"\n".repeat(Number(number) - 1)}${source}\n`);
    const { code, err } = await thimble(app, "build");
    assert.equal(code, 1);
    assert.equal(err.slice(0, text.length), text);
  }
});
