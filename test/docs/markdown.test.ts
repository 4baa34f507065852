import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks, relativeLinks, thimbleCommands } from "./markdown.js";

const text = [
  "Text with `npx thimble build` and `thimble new FOLDER`, [a link](sdk/wit) and [one](https://example.org).",
  "",
  "    npm ci && npx thimble run examples/blink",
  "    npm test",
  "",
  "```console",
  "$ npx thimble run --for 1m",
  "output [no link](nowhere)",
  "```",
  "",
  "```ts",
  "const a = 1;",
  "```",
  "",
].join("\n");

test("blocks are found with their languages", () => {
  assert.deepEqual(blocks(text), [
    { language: "", text: "npm ci && npx thimble run examples/blink\nnpm test\n" },
    { language: "console", text: "$ npx thimble run --for 1m\noutput [no link](nowhere)\n" },
    { language: "ts", text: "const a = 1;\n" },
  ]);
});

test("commands are found in blocks and in backticks", () => {
  assert.deepEqual(thimbleCommands(text), ["run examples/blink", "run --for 1m", "build"]);
});

test("links into the repository are found, not those in code", () => {
  assert.deepEqual(relativeLinks(text), ["sdk/wit"]);
});
