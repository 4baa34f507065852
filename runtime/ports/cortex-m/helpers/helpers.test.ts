import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { helperShapes } from "../../../../builder/native/helpers.js";
import { references } from "../../../../test/helpers/arithmetic.js";
import { packagePath, root } from "../../../../test/helpers/root.js";
import { layout } from "../../../emulator/cortex/layout.js";
import { NativeMachine } from "../../../emulator/cortex/machine.js";
import { helpersSourceSha256, helperTable } from "../../../firmware/helpers.js";
import { helperStackMax } from "./describe.js";
import { helpersTable } from "./measure.js";
import { corners, Operands, operandsOf } from "./operands.js";
import { sourceDigest } from "./sources.js";

const image = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));
const seed = 3;
const randomRounds = 1500;

const machine = new NativeMachine();
machine.load({
  code: new Uint8Array(4),
  helpers: image,
  helperCount: helperTable.length,
  memoryBytes: 1024,
});

const hex = (words: readonly number[]): string =>
  words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

/** Operands for which the instruction traps, so that the compiler calls no helper. */
function traps(name: string, words: readonly number[]): boolean {
  if (!/\.(div|rem)_/.test(name)) return false;
  const isWide = name.startsWith("i64");
  const divisor = words.slice(isWide ? 2 : 1);
  if (divisor.every((word) => word === 0)) return true;
  const least = words[isWide ? 1 : 0] === 0x8000_0000 && (!isWide || words[0] === 0);
  return name.endsWith("div_s") && least && divisor.every((word) => word === 0xffff_ffff);
}

/** Calls one and compares; returns the deepest stack. */
function check(index: number, words: readonly number[]): number {
  const { name } = helperTable[index]!;
  if (traps(name, words)) return 0;
  const expected = references[name]!(...words);
  const result = machine.callHelper(index, words, { resultWords: expected.length });
  if (hex(result.words) !== hex(expected))
    assert.fail(`${name}(${hex(words)}) = ${hex(result.words)}, not ${hex(expected)}`);
  return result.stackBytes;
}

test("helpers.bin has been made from the sources as they are: else run `npm run helpers`", () => {
  assert.equal(helpersSourceSha256, sourceDigest(root));
});

test("the compiler and the table agree on names and order", () => {
  assert.deepEqual(
    helperTable.map(({ name }) => name),
    Object.keys(helperShapes),
  );
});

test("placing the image leaves its bytes as they are, also those of a Buffer", () => {
  const other = new NativeMachine();
  const helpers = Buffer.from(image);
  for (let i = 0; i < 2; i++) {
    other.load({
      code: new Uint8Array(4),
      helpers,
      helperCount: helperTable.length,
      memoryBytes: 0,
    });
    assert.deepEqual(other.callHelper(0, [84, 2], { resultWords: 1 }).words, [42]);
  }
  assert.ok(helpers.equals(image));
});

test("no helper takes more stack than the reserve", () => {
  for (const { name, stackBytes } of helperTable) assert.ok(stackBytes <= helperStackMax, name);
});

for (const [index, { name, stackBytes }] of helperTable.entries()) {
  if (name.startsWith("memory")) continue;
  test(`${name} computes what JavaScript does, seed ${seed}`, () => {
    const [first, second] = operandsOf(name);
    let deepest = 0;
    for (const a of corners(first!))
      for (const b of second === undefined ? [[]] : corners(second))
        deepest = Math.max(deepest, check(index, [...a, ...b]));
    const operands = new Operands(seed, name);
    for (let round = 0; round < randomRounds; round++) {
      const words = operandsOf(name).flatMap((kind) => operands.next(kind));
      deepest = Math.max(deepest, check(index, words));
    }
    const [kind, operation] = name.split(".") as ["f32" | "f64", string];
    if (first === kind && second === kind && kind.startsWith("f"))
      for (let round = 0; round < randomRounds; round++)
        deepest = Math.max(deepest, check(index, operands.hardPair(kind, operation)));
    assert.ok(deepest <= stackBytes, `${deepest} bytes of stack, described as ${stackBytes}`);
  });
}

const copy = helperTable.findIndex(({ name }) => name === "memory.copy");
const fill = helperTable.findIndex(({ name }) => name === "memory.fill");
const base = layout.memory;

/** Bytes that all differ from their neighbours, at most 251 apart. */
function pattern(): Uint8Array {
  return Uint8Array.from({ length: 1024 }, (_, i) => (i * 7 + 3) % 251);
}

function checkCopy(to: number, from: number, length: number): void {
  const expected = pattern();
  machine.memory.set(expected);
  expected.copyWithin(to, from, from + length);
  const { trap, misaligned, stackBytes } = machine.callHelper(copy, [
    base + to,
    base + from,
    length,
  ]);
  assert.equal(trap, undefined);
  assert.equal(misaligned, 0);
  assert.ok(stackBytes <= helperTable[copy]!.stackBytes);
  assert.deepEqual(machine.memory, expected, `${length} bytes from ${from} to ${to}`);
}

test("memory.copy copies every length at every alignment, apart and overlapping either way", () => {
  for (let length = 0; length <= 40; length++) {
    for (let align = 0; align < 16; align++) {
      checkCopy(512 + (align >> 2), 64 + (align & 3), length);
      checkCopy(64 + (align >> 2), 512 + (align & 3), length);
    }
    for (let from = 128; from < 132; from++)
      for (let to = from - 9; to <= from + 9; to++) checkCopy(to, from, length);
  }
});

test("memory.copy reaches both ends of memory and nothing beyond", () => {
  checkCopy(0, 1, 1023);
  checkCopy(1, 0, 1023);
  checkCopy(0, 4, 1020);
  checkCopy(4, 0, 1020);
  checkCopy(0, 512, 512);
  for (const [to, from] of [
    [1, 0],
    [0, 1],
    [4, 0],
    [0, 4],
  ] as const) {
    const { trap } = machine.callHelper(copy, [base + to, base + from, 1024]);
    assert.deepEqual(trap, { code: "memory-bounds", codeOffset: null });
  }
});

test("memory.fill fills every length at every alignment with the low byte", () => {
  for (let length = 0; length <= 70; length++) {
    for (let to = 100; to < 104; to++) {
      const expected = pattern();
      machine.memory.set(expected);
      expected.fill(0xa5, to, to + length);
      const result = machine.callHelper(fill, [base + to, 0xffff_ffa5, length]);
      assert.equal(result.trap, undefined);
      assert.ok(result.stackBytes <= helperTable[fill]!.stackBytes);
      assert.deepEqual(machine.memory, expected, `${length} bytes at ${to}`);
    }
  }
  assert.equal(machine.callHelper(fill, [base, 0, 1024]).trap, undefined);
  assert.equal(machine.callHelper(fill, [base, 0, 1025]).trap?.code, "memory-bounds");
});

test("README.md has the table that `npm run helpers -- --table` prints", () => {
  const readme = readFileSync(
    packagePath("runtime", "ports", "cortex-m", "helpers", "README.md"),
    "utf8",
  );
  assert.ok(readme.endsWith(`\n${helpersTable(image)}`), "print it again");
});
