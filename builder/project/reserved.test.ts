import assert from "node:assert/strict";
import { test } from "node:test";
import asc from "assemblyscript/asc";
import { reservedReason, reservedWords } from "./reserved.js";

/** True if AssemblyScript takes a need of that name, beside code that uses the common types. */
async function compiles(name: string): Promise<boolean> {
  const sources: Readonly<Record<string, string>> = {
    "needs.ts": `export class Pin { constructor(readonly handle: u32) {} }\nexport const ${name}: Pin = new Pin(1);`,
    "app.ts": `import { ${name} } from "./needs";\nexport function start(): u32 { let a: i32 = 1; let b: bool = a > 0; return ${name}.handle + u32(b); }`,
  };
  const host = {
    readFile: (file: string) => sources[file] ?? null,
    writeFile: () => {},
    listFiles: () => [],
  };
  const { error } = await asc.main(["app.ts", "--noEmit", "--runtime", "stub"], host);
  return error === null;
}

test("words that the compiler refuses are reserved, ordinary ones are not", async () => {
  for (const word of ["class", "of", "async", "override", "i32", "bool"]) {
    assert.ok(!(await compiles(word)), word);
    assert.notEqual(reservedReason(word), undefined, word);
  }
  for (const word of ["heater", "store", "memory", "type", "get", "from"]) {
    assert.ok(await compiles(word), word);
    assert.equal(reservedReason(word), undefined, word);
  }
});

test("each reserved word stands once", () => {
  assert.equal(new Set(reservedWords).size, reservedWords.length);
  assert.equal(reservedReason("toString"), undefined);
});
