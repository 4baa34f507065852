import assert from "node:assert/strict";
import { test } from "node:test";
import { expectGolden } from "../../test/helpers/golden.js";
import { checkLanguage } from "./check.js";
import { sourceView } from "./view.test-support.js";

/** Files that end, or break off a line, in the middle of something. */
const files: Readonly<Record<string, string>> = {
  "brace at the end": "export function t(): void {\n  led.toggle();\n",
  "brace in the middle":
    "function a(): void {\n  if (x) {\n    b();\n}\n\nfunction c(): void {\n  d();\n}\n",
  "brace of a handler": "every(1000, () => {\n  led.toggle();\n",
  "parenthesis before a brace": "if (a > (b + 1 {\n  c();\n}\n",
  "parenthesis at the end": "every(1000, () => {\n  led.toggle();\n}\n",
  bracket: "const list = [1, 2;\n",
  "closing brace too many": "function a(): void {\n  b();\n}\n}\n",
  "wrong closer": "const list = [1, 2);\n",
  string: 'const a = "text;\nconst b = "more";\n',
  "string with another quote": "const a = 'text\";\n",
  template: "const a = `text;\nconst b = 1;\n",
  "substitution of a template": "const a = `t ${b`;\n",
  comment: "const a = 1;\n/* about a\nconst b = 2;\n",
  "regular expression": "const a = /b;\n",
  "much else that is refused":
    "async function f(): Promise<void> {\n  const { a } = await g?.();\n",
};

test("a file that is not finished gives one error about that", () => {
  const views = Object.entries(files).map(([title, source]) => {
    const found = checkLanguage(source, "app.ts");
    assert.deepEqual(
      found.map(({ severity, code }) => [severity, code]),
      [["error", "language-unfinished"]],
      title,
    );
    return sourceView(title, source, found);
  });
  expectGolden("builder/language/unfinished.golden.txt", views.join("\n"));
});

test("carriage returns, a byte order mark and an empty file are nothing special", () => {
  assert.deepEqual(checkLanguage("", "app.ts"), []);
  assert.deepEqual(checkLanguage("\ufefflet a: i32 = 1;\r\n", "app.ts"), []);
  const [found] = checkLanguage("let a: i32 = 1;\r\nlet b = a ?? 2;\r\n", "app.ts");
  assert.deepEqual([found?.file, found?.line, found?.column, found?.length], ["app.ts", 2, 11, 2]);
});
