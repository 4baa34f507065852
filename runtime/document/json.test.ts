import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { goldenCase } from "../../test/helpers/diagnostics.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { deepestNesting, longestDocument, parseJson } from "./json.js";
import type { JsonNode, Place } from "./node.js";

/** What JSON.parse makes of the same text. */
function plain(node: JsonNode): unknown {
  if (node.kind === "array") return node.items.map(plain);
  if (node.kind !== "object") return node.value;
  return Object.fromEntries(node.members.map(({ key, value }) => [key, plain(value)]));
}

/** Every place in the document with the text that must stand there once it is parsed. */
function* places(node: JsonNode): Generator<readonly [Place, unknown]> {
  yield [node.place, plain(node)];
  if (node.kind === "array") for (const item of node.items) yield* places(item);
  if (node.kind !== "object") return;
  for (const { key, keyPlace, value } of node.members) {
    yield [keyPlace, key];
    yield* places(value);
  }
}

const documents = fc
  .json({ maxDepth: 6, stringUnit: "binary" })
  .map((text) => JSON.parse(text) as unknown);
const indents = fc.constantFrom("", "  ", "\t");
const lineBreaks = fc.constantFrom("\n", "\r\n", "\r");

test("reads what JSON.parse reads, and every place names its text", () => {
  fc.assert(
    fc.property(documents, indents, lineBreaks, (document, indent, lineBreak) => {
      const text = JSON.stringify(document, null, indent).replaceAll("\n", lineBreak);
      const { value, diagnostics } = parseJson(text, "x.json");
      assert.deepEqual(diagnostics, []);
      assert.deepEqual(plain(value!), JSON.parse(text));
      const lines = text.split(lineBreak);
      for (const [place, expected] of places(value!)) {
        const { offset, line, column, length } = place;
        assert.deepEqual(JSON.parse(text.slice(offset, offset + length)), expected);
        assert.ok(lines[line - 1]!.startsWith(text[offset]!, column - 1));
      }
    }),
  );
});

test("refuses what JSON.parse refuses", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b"',
    '"\\u00e9"',
    '"\\x"',
    "'",
    "1",
    "-0",
    "01",
    "1.",
    ".5",
    "1e3",
    "1E+",
    "0x1",
    "true",
    "null",
    "nul",
    " ",
    "\n",
    "//",
    "\\",
  );
  const soups = fc.array(pieces, { maxLength: 12 }).map((list) => list.join(""));
  const damaged = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), pieces).map(([text, at, piece]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + piece + text.slice(cut + 1);
  });
  fc.assert(
    fc.property(fc.oneof(soups, damaged), (text) => {
      let accepted = true;
      try {
        // Unlike JSON.parse, the parser refuses numbers that only infinity can stand for.
        JSON.parse(
          text,
          (_, value) => ((accepted &&= value !== Infinity && value !== -Infinity), value),
        );
      } catch {
        accepted = false;
      }
      const { value, diagnostics } = parseJson(text, "x.json");
      const others = diagnostics.filter((diagnostic) => diagnostic.code !== "duplicate-field");
      assert.equal(value !== undefined, accepted, text);
      assert.equal(others.length, accepted ? 0 : 1, text);
      for (const { line, column, length, hint } of diagnostics) {
        const row = text.split("\n")[line! - 1]!;
        assert.ok(column! >= 1 && column! - 1 + length! <= row.length + 1, text);
        assert.match(hint!, /\.$/, text);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a byte order mark is skipped", () => {
  const { value, diagnostics } = parseJson('\uFEFF{"a": 1}', "x.json");
  assert.deepEqual(diagnostics, []);
  assert.equal(value?.place.column, 1);
});

test("depth and length are bounded", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.notEqual(parseJson(nested(deepestNesting), "x.json").value, undefined);
  assert.equal(parseJson(nested(deepestNesting + 1), "x.json").value, undefined);
  assert.equal(parseJson("[".repeat(100_000), "x.json").value, undefined);
  assert.equal(parseJson(" ".repeat(longestDocument) + "1", "x.json").value, undefined);
});

test("keys of Object.prototype are ordinary", () => {
  const { value, diagnostics } = parseJson(
    '{"__proto__": 1, "constructor": 2, "toString": 3}',
    "x.json",
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(value?.kind === "object" && value.members.map((member) => member.key), [
    "__proto__",
    "constructor",
    "toString",
  ]);
});

const malformed: readonly string[] = [
  "",
  "{",
  '{ "a"',
  '{ "a" 1 }',
  '{ "a" = 1 }',
  '{ "a": }',
  '{ "a": 1, }',
  '{ "a": 1,, "b": 2 }',
  '{ , "a": 1 }',
  '{ "a": 1 "b": 2 }',
  '{ "a": 1 ]',
  '{\n  "a": [1, 2\n}',
  "[1, 2,]",
  "[1 2]",
  "[1, 2",
  '{ "a": 1 } 2',
  '{ "a": 1 }}',
  "{ a: 1 }",
  "{ 'a': 1 }",
  "{ \"a\": 'b' }",
  '{ "a": `b` }',
  '{ "a": b }',
  '{ "a": True }',
  '{ "a": None }',
  '{ "a": undefined }',
  '{ "a": NaN }',
  '{ "a": -Infinity }',
  '{ "a": constructor }',
  '{ "a": 007 }',
  '{ "a": 0x76 }',
  '{ "a": +1 }',
  '{ "a": .5 }',
  '{ "a": -.5 }',
  '{ "a": 1. }',
  '{ "a": - }',
  '{ "a": 1e }',
  '{ "a": 1e999 }',
  '{ "a": 1_000 }',
  '{ "a": 1, // one\n  "b": 2 }',
  '{ /* one */ "a": 1 }',
  '{ "a": 1 } # one',
  '{ "a": "b }',
  '{ "a": "b\n" }',
  '{ "a": "b\tc" }',
  '{ "a": "C:\\dir" }',
  '{ "a": "\\u12" }',
  '{ "a": { "b": 1, "c": 2, "b": 3 } }',
  "{ “a”: 1 }",
];

test("messages about malformed JSON", () => {
  const cases = malformed.map((text) =>
    goldenCase(JSON.stringify(text), text, parseJson(text, "x.json").diagnostics),
  );
  expectGolden("runtime/document/json.golden.txt", cases.join(""));
});
