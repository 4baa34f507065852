import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { root } from "../helpers/root.js";
import * as layers from "./layers.js";
import * as manifest from "./manifest.js";
import * as texts from "./texts.js";
import { readTree, type Rule } from "./tree.js";

const tree = readTree(root);

/** Each rule with a small tree that breaks it and what it then says. */
const rules: readonly [title: string, rule: Rule, broken: Record<string, string>, says: string][] =
  [
    [
      "the builder leaves the emulator to its command line",
      layers.layers,
      {
        "builder/compile/a.ts": 'import { Board } from "../../runtime/emulator/board.js";\n',
        "builder/cli/a.ts": 'import { Board } from "../../runtime/emulator/board.js";\n',
        "runtime/emulator/board.ts": "export class Board {}\n",
      },
      "builder/compile/a.ts: imports runtime/emulator/board.ts, but only builder/cli imports runtime/emulator",
    ],
    [
      "the runtime does not know the builder",
      layers.layers,
      {
        "runtime/rig/a.ts": 'export * from "../../builder/project/project.js";\n',
        "builder/project/project.ts": 'import type { B } from "../../runtime/rig/a.js";\n',
      },
      "runtime/rig/a.ts: imports builder/project/project.ts, but runtime imports no builder",
    ],
    [
      "the SDK imports nothing but itself",
      layers.sdkAlone,
      {
        "sdk/assembly/a.ts": 'import { b } from "./b";\nimport { c } from "../wit/c";\n',
        "sdk/assembly/b.ts": "export const b = 1;\n",
      },
      "sdk/assembly/a.ts: imports ../wit/c, which is outside sdk/assembly",
    ],
    [
      "disk, process and console stay in the command line",
      layers.noMachine,
      {
        "builder/cli/a.ts": 'import fs from "node:fs";\n',
        "builder/wasm/a.ts": '// console.log\nconst text = "process.exit";\nconsole.log(text);\n',
      },
      "builder/wasm/a.ts: uses console",
    ],
    [
      "no module of node outside the command line",
      layers.noMachine,
      { "runtime/rig/a.ts": 'import {\n  join,\n} from "node:path";\n' },
      "runtime/rig/a.ts: imports node:path",
    ],
    [
      "time and chance come from outside",
      layers.deterministic,
      { "runtime/emulator/a.ts": "export const now = () => Date.now();\n" },
      "runtime/emulator/a.ts: uses Date.now",
    ],
    [
      "no circle between rooms",
      layers.noRoomCircle,
      {
        "runtime/rig/a.ts": 'import { B } from "../manifest/b.js";\n',
        "runtime/manifest/b.ts": 'import { C } from "../document/c.js";\n',
        "runtime/document/c.ts": 'import { A } from "../rig/a.js";\n',
      },
      "runtime/document: circle runtime/document -> runtime/rig -> runtime/manifest -> runtime/document",
    ],
    [
      "no file is long",
      texts.notTooLong,
      { "builder/a.ts": "a\n".repeat(601), "builder/b.ts": "b\n".repeat(600) },
      "builder/a.ts: 601 lines, at most 600",
    ],
    [
      "what others import has a docstring",
      texts.documented,
      {
        "builder/wasm/a.ts":
          "export const a = 1;\nexport const own = 2;\n/** It. */\nexport const b = 3;\n",
        "builder/compile/c.ts": 'import { a, type b } from "../wasm/a.js";\n',
      },
      "builder/wasm/a.ts:1: a has no docstring",
    ],
    [
      "what apps import has a docstring",
      texts.documented,
      {
        "sdk/assembly/a.ts":
          "/** It. */\n@inline\nexport function a(): void {}\nexport class B {}\n",
      },
      "sdk/assembly/a.ts:4: B has no docstring",
    ],
    [
      "no path of one machine",
      texts.noMachinePaths,
      { "README.md": `at home\nin ${["", "home", "ada", "thimble"].join("/")}\n` },
      "README.md:2: names a place of one machine",
    ],
    [
      "lines end with a line feed",
      texts.lineFeeds,
      { "a.md": "a\r\n" },
      "a.md: has a carriage return",
    ],
    ["the last line too", texts.lineFeeds, { "a.md": "a" }, "a.md: does not end with a line feed"],
    [
      "git keeps line feeds on every system",
      texts.attributes,
      { ".gitattributes": "* text=auto\n" },
      ".gitattributes: does not set LF for all text",
    ],
    [
      "scripts need no shell",
      manifest.plainScripts,
      { "package.json": '{ "scripts": { "a": "node a.js", "b": "tsc && node b.js" } }\n' },
      "package.json: script b is more than one of our programs with arguments",
    ],
    [
      "dependencies are pinned",
      manifest.exactVersions,
      {
        "package.json":
          '{ "dependencies": { "a": "1.0.0" }, "devDependencies": { "b": "^1.0.0" } }\n',
      },
      "package.json: b ^1.0.0 is not an exact version",
    ],
    [
      "dependencies are explained",
      manifest.explainedDependencies,
      {
        "package.json": '{ "dependencies": { "a": "1.0.0", "b": "1.0.0" } }\n',
        "README.md": "| a 1.0.0 | 2 MB | reads what users write on its line |\n| b 1.0.0 |\n",
      },
      "README.md: no line names b 1.0.0 with its installed size",
    ],
    [
      "the lock file names no host",
      manifest.hostlessLock,
      { "package-lock.json": '{\n  "resolved": "https://example.org/a.tgz"\n}\n' },
      "package-lock.json:2: names a host",
    ],
  ];

describe("rules of the house", () => {
  const titles = new Map(rules.toReversed().map(([title, rule]) => [rule, title]));
  for (const [rule, title] of titles) test(title, () => assert.deepEqual(rule(tree), []));
});

describe("each rule can fail", () => {
  for (const [title, rule, broken, says] of rules) {
    test(title, () => assert.deepEqual(rule(new Map(Object.entries(broken))), [says]));
  }
});

test("the tree that is judged is the real one", () => {
  assert.ok(tree.has("package.json") && tree.has("sdk/wit/thimble.wit"));
  assert.ok(tree.size > 150);
});
