import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedPrograms } from "./accepted.cases.js";
import { checkLanguage } from "./check.js";
import { refusedCases } from "./refused.cases.js";

const programs = [...Object.values(acceptedPrograms), ...refusedCases.map(({ source }) => source)];
const pieces = [
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "<",
  ">",
  "`",
  "${",
  '"',
  "'",
  "/",
  "/*",
  "*/",
  "//",
  "\\",
  "\n",
  "?",
  "?.",
  "=>",
  "...",
  "@",
  "#a",
  ";",
  ",",
  ":",
  "=",
  "async ",
  "class ",
  "new ",
  "import ",
  "export ",
  "function ",
  "case ",
  "as ",
  "let ",
  "enum ",
  "\u{1f321}",
  "\ud800",
  "\u2028",
  "0x",
  "1e",
  ".5",
  "1n",
];

/** xorshift32: numbers from 0 to 2^32 - 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function mutate(random: () => number): string {
  let text = programs[random() % programs.length]!;
  for (let changes = 1 + (random() % 4); changes > 0; changes--) {
    const at = random() % (text.length + 1);
    const length = random() % 9;
    const piece = pieces[random() % pieces.length]!;
    const other = programs[random() % programs.length]!;
    const from = random() % other.length;
    const inserted = [piece, "", other.slice(from, from + 30), text.slice(at, at + length)][
      random() % 4
    ]!;
    text = text.slice(0, at) + inserted + text.slice(random() % 2 === 0 ? at : at + length);
  }
  return text;
}

test("no input makes the check throw, and every place is inside the text", () => {
  const seed = 20_260;
  const random = generator(seed);
  for (let count = 0; count < 6000; count++) {
    const source = mutate(random);
    const lines = source.split("\n");
    const where = `seed ${seed}, input ${count}: ${JSON.stringify(source)}`;
    let found: ReturnType<typeof checkLanguage>;
    try {
      found = checkLanguage(source, "app.ts");
    } catch (error) {
      throw new Error(where, { cause: error });
    }
    for (const { line, column, length, message, hint } of found) {
      const text = lines[line! - 1];
      assert.ok(
        text !== undefined && column! >= 1 && length! >= 1 && column! - 1 <= text.length,
        where,
      );
      assert.ok(message.length > 0 && (hint ?? "").length > 0, where);
    }
  }
});

/** Chains of 200 links in as many statements as it takes. */
function chains(size: number, start: string, link: string): string {
  return `x = ${start}${link.repeat(200)};\n`.repeat(size / 200);
}

/** Texts that are deep, long or ambiguous, each grown to `size` repetitions. */
const hard: Readonly<Record<string, (size: number) => string>> = {
  parentheses: (size) => `x = ${"(".repeat(size)}1${")".repeat(size)};`,
  brackets: (size) => `x = ${"[".repeat(size)}1${"]".repeat(size)};`,
  blocks: (size) => "{".repeat(size) + "}".repeat(size),
  "arrow functions": (size) => `x = ${"(a) => (".repeat(size)}1${")".repeat(size)};`,
  "arrow results": (size) => `x = ${"c ? (a) : ".repeat(size)}1;`,
  "nested conditionals": (size) => `x = ${"c ? (a, (b) : (".repeat(size)}1${"))".repeat(size)};`,
  "type arguments": (size) => `x = ${"a<".repeat(size)}1${">".repeat(size)}(1);`,
  "types of types": (size) => `let x: ${"A<".repeat(size)}i32${">".repeat(size)};`,
  "function types": (size) => `let x: ${"(a: ".repeat(size)}i32${") => i32".repeat(size)};`,
  sums: (size) => `x = ${"1 + ".repeat(size)}1;`,
  powers: (size) => `x = ${"2 ** ".repeat(size)}1;`,
  members: (size) => `x = a${".b".repeat(size)};`,
  calls: (size) => `x = a${"(1)".repeat(size)};`,
  "rows of members": (size) => chains(size, "a", ".b"),
  "rows of calls": (size) => chains(size, "a", ".b(1)"),
  "rows of sums": (size) => chains(size, "1", " + a / 2"),
  "rows of choices": (size) => chains(size, "a", " || b"),
  "rows of conditionals": (size) => `x = ${"a ? 1 : ".repeat(100)}1;\n`.repeat(size / 100),
  "rows of lists": (size) => `x = ${"[".repeat(50)}1${"]".repeat(50)};\n`.repeat(size / 50),
  "rows of functions": (size) =>
    `x = ${"f(() => ".repeat(40)}1${")".repeat(40)};\n`.repeat(size / 40),
  "constants backwards": (size) =>
    Array.from({ length: size }, (_, i) => `const c${i} = c${i + 1} + c${i + 1};`).join("\n"),
  "captured constants": (size) =>
    `function f(): void {\n${Array.from({ length: size }, (_, i) => `const c${i} = c${i + 1} + c${i + 1};`).join("\n")}\ng(() => c0);\n}`,
  signs: (size) => `x = ${"- ".repeat(size)}1;`,
  "else ifs": (size) => `${"if (a) b(); else ".repeat(size)}c();`,
  templates: (size) => `x = ${"`${".repeat(size)}1${"}`".repeat(size)};`,
  functions: (size) => `${"function f(): void { let a = 1; ".repeat(size)}${"}".repeat(size)}`,
  "broken statements": (size) => "let = ;\n".repeat(size),
  "broken classes": (size) => "class { a b c }\n".repeat(size),
  "open generics": (size) => "a < b, ".repeat(size),
  constants: (size) =>
    Array.from({ length: size }, (_, i) => `const c${i + 1} = c${i} + c${i};`).join("\n"),
  "map reads": (size) => `const m = new Map<i32, i32>();\n${"m.get(1);\n".repeat(size)}`,
  "list reads": (size) => `const a = [1];\n${"a[2];\n".repeat(size)}`,
  strings: (size) => '"a" + '.repeat(size) + "1",
  lines: (size) => "\n".repeat(size * 10),
};

test("hard texts are checked to their end", (context) => {
  for (const [title, make] of Object.entries(hard)) {
    const time = (size: number): number => {
      const start = performance.now();
      assert.ok(Array.isArray(checkLanguage(make(size), "app.ts")));
      return performance.now() - start;
    };
    time(1000);
    const ratio = time(16_000) / time(2000);
    // Linear is 8, quadratic 64: to be read, since a shared machine is no clock.
    context.diagnostic(`${title}: 8 times the text takes ${ratio.toFixed(1)} times as long`);
  }
});

test("a file of 200 lines takes a few milliseconds", (context) => {
  const source = Array.from(
    { length: 10 },
    (_, i) =>
      acceptedPrograms["list methods"]! +
      "\n" +
      acceptedPrograms["sensor app"]! +
      `\nlet n${i} = ${i};`,
  ).join("\n");
  for (let i = 0; i < 20; i++) checkLanguage(source, "app.ts");
  const start = performance.now();
  checkLanguage(source, "app.ts");
  context.diagnostic(
    `${source.split("\n").length} lines, ${source.length} characters: ${(performance.now() - start).toFixed(2)} ms warm`,
  );
});
