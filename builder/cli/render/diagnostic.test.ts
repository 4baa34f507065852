import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { renderDiagnostics } from "./diagnostic.js";
import { colours, plain } from "./style.js";

const source = ["let a = 3;", "\tconst half = a / 2;", "", `const wide = "温度"; oops();`].join(
  "\n",
);

function render(diagnostics: readonly Diagnostic[], columns = 80): string {
  return renderDiagnostics(diagnostics, {
    style: plain,
    source: (file) => (file === "app.ts" ? source : undefined),
    columns,
  });
}

test("a finding shows its place, its line, a caret and what to do", () => {
  const text = render([
    {
      severity: "warning",
      code: "integer-division",
      message: "this division drops the fraction",
      file: "app.ts",
      line: 2,
      column: 15,
      length: 5,
      hint: "Write a / 2.0.",
    },
  ]);
  assert.equal(
    text,
    `app.ts:2:15: warning: this division drops the fraction
  2 |   const half = a / 2;
    |                ^^^^^
  hint: Write a / 2.0.
`,
  );
});

test("wide characters before the place move the caret", () => {
  const text = render([
    {
      severity: "error",
      code: "x",
      message: "no such function",
      file: "app.ts",
      line: 4,
      column: 20,
      length: 4,
    },
  ]);
  assert.equal(
    text,
    `app.ts:4:20: error: no such function
  4 | const wide = "温度"; oops();
    |                      ^^^^
`,
  );
});

test("a place beyond the line, the file or all files is survived", () => {
  const text = render([
    {
      severity: "error",
      code: "x",
      message: "too far right",
      file: "app.ts",
      line: 1,
      column: 99,
      length: 9,
    },
    { severity: "error", code: "x", message: "too far down", file: "app.ts", line: 99, column: 1 },
    { severity: "warning", code: "x", message: "in no file" },
    { severity: "error", code: "x", message: "in another file", file: "rig.json", line: 2 },
  ]);
  assert.equal(
    text,
    `app.ts:1:99: error: too far right
  1 | let a = 3;
    |           ^

app.ts:99:1: error: too far down

warning: in no file

rig.json:2: error: in another file

3 errors, 1 warning
`,
  );
});

test("a long line is cut around the place", () => {
  const text = renderDiagnostics(
    [{ severity: "error", code: "x", message: "here", file: "f", line: 1, column: 501, length: 4 }],
    {
      style: plain,
      source: () => "a".repeat(500) + "HERE" + "b".repeat(500),
      columns: 47,
    },
  );
  const [, line, caret] = text.split("\n");
  assert.equal(line, `  1 | …${"a".repeat(13)}HERE${"b".repeat(23)}…`);
  assert.equal(caret!.indexOf("^"), line!.indexOf("HERE"));
  assert.equal(caret!.trim().split(" ").at(-1), "^^^^");
});

test("what files and apps say cannot steer the terminal", () => {
  const text = renderDiagnostics(
    [
      {
        severity: "error",
        code: "x",
        message: "bad \x1b[2J name\u202e",
        file: "a\x07.ts",
        line: 1,
        column: 1,
      },
    ],
    {
      style: plain,
      source: () => "\x1b]0;title\x07",
      columns: 80,
    },
  );
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\u202e]/);
  assert.match(text, /bad \\x1b\[2J name\\u\{202e\}/);
});

test("colours are added only around the text", () => {
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "x",
    message: "wrong",
    file: "app.ts",
    line: 1,
    column: 5,
    length: 1,
    hint: "Right it.",
  };
  const coloured = renderDiagnostics([diagnostic], {
    style: colours,
    source: () => source,
    columns: 80,
  });
  assert.notEqual(coloured, render([diagnostic]));
  // oxlint-disable-next-line no-control-regex
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), render([diagnostic]));
});
