import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { helperShapes } from "../../../builder/native/helpers.js";
import { references } from "../../../test/helpers/arithmetic.js";
import { packagePath, root } from "../../../test/helpers/root.js";
import { NativeMachine } from "../../emulator/cortex/machine.js";
import { helpersSourceSha256, helperTable } from "../../firmware/helpers.js";
import { helperStackMax } from "./describe.js";
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
    assert.ok(deepest <= stackBytes, `${deepest} bytes of stack, described as ${stackBytes}`);
  });
}
