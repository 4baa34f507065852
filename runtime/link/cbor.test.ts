import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CborValue, decodeCbor, encodeCbor } from "./cbor.js";

const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** RFC 8949, appendix A: what the link uses of it. */
const examples: readonly (readonly [CborValue, string])[] = [
  [0, "00"],
  [1, "01"],
  [10, "0a"],
  [23, "17"],
  [24, "1818"],
  [25, "1819"],
  [100, "1864"],
  [1000, "1903e8"],
  [1_000_000, "1a000f4240"],
  [1_000_000_000_000, "1b000000e8d4a51000"],
  [-1, "20"],
  [-10, "29"],
  [-100, "3863"],
  [-1000, "3903e7"],
  [false, "f4"],
  [true, "f5"],
  [null, "f6"],
  [hex(""), "40"],
  [hex("01020304"), "4401020304"],
  ["", "60"],
  ["a", "6161"],
  ["IETF", "6449455446"],
  ['"\\', "62225c"],
  ["\u00fc", "62c3bc"],
  ["\u6c34", "63e6b0b4"],
  ["\ud800\udd51", "64f0908591"],
  [[], "80"],
  [[1, 2, 3], "83010203"],
  [[1, [2, 3], [4, 5]], "8301820203820405"],
  [
    Array.from({ length: 25 }, (_, i) => i + 1),
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
  ],
];

test("examples of RFC 8949, in both directions", () => {
  for (const [value, text] of examples) {
    assert.deepEqual(encodeCbor(value), hex(text));
    assert.deepEqual(decodeCbor(hex(text)), { ok: true, value });
  }
});

const refused: readonly (readonly [text: string, what: string, offset: number])[] = [
  ["", "the end is missing", 0],
  ["18", "the end is missing", 1],
  ["1901", "the end is missing", 2],
  ["41", "the end is missing", 0],
  ["61", "the end is missing", 0],
  ["5affffffff00", "the end is missing", 0],
  ["7bffffffffffffffff010203", "a number beyond 53 bits", 0],
  ["81", "the end is missing", 0],
  ["9affffffff00", "the end is missing", 0],
  ["820001 00", "bytes behind the value", 3],
  ["1c", "a length that is not stated", 0],
  ["5f42010243030405ff", "a length that is not stated", 0],
  ["9f01", "the end is missing", 2],
  ["7f6161ff", "a length that is not stated", 0],
  ["81ff", "a float or an unknown simple value", 1],
  ["1bffffffffffffffff", "a number beyond 53 bits", 0],
  ["f93c00", "a float or an unknown simple value", 0],
  ["f7", "a float or an unknown simple value", 0],
  ["ff", "a float or an unknown simple value", 0],
  ["8200 a0", "a map or a tag", 2],
  ["c11a514b67b0", "a map or a tag", 0],
  ["61ff", "a text that is not UTF-8", 0],
  ["62c080", "a text that is not UTF-8", 0],
  ["818181818180", "arrays nested too deep", 4],
];

test("what is wrong, and where", () => {
  for (const [text, what, offset] of refused)
    assert.deepEqual(decodeCbor(hex(text)), { ok: false, what, offset }, text);
});

/** RFC 8949, appendix A, and heads that are longer than needed. */
const readOnly: readonly (readonly [string, CborValue])[] = [
  ["9fff", []],
  ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
  ["83018202039f0405ff", [1, [2, 3], [4, 5]]],
  ["1817", 23],
  ["1900ff", 255],
  ["1a0000ffff", 65_535],
  ["1b00000000ffffffff", 0xffff_ffff],
  ["580100", hex("00")],
  ["79000161", "a"],
];

test("what is read, but written in another form", () => {
  for (const [text, value] of readOnly)
    assert.deepEqual(decodeCbor(hex(text)), { ok: true, value }, text);
});

test("a text keeps its byte order mark", () => {
  assert.deepEqual(decodeCbor(encodeCbor("\ufeffa")), { ok: true, value: "\ufeffa" });
});

test("numbers that are no integers of 53 bits cannot be written", () => {
  for (const value of [0.5, NaN, Infinity, 2 ** 53, -(2 ** 53)])
    assert.throws(() => encodeCbor(value), RangeError);
});

const leaf: fc.Arbitrary<CborValue> = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 70_000 }),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 300 }),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(
  leaf,
  fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxLength: 30 }),
);

test("there and back", () => {
  fc.assert(
    fc.property(value, (before) => {
      assert.deepEqual(decodeCbor(encodeCbor(before)), { ok: true, value: before });
    }),
  );
});

test("garbage is refused or says something that can be written; nothing throws", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(value.map(encodeCbor), fc.nat(), fc.nat(255)).map(([good, at, byte]) => {
      good[at % good.length] = byte;
      return good;
    }),
  );
  fc.assert(
    fc.property(bytes, (garbage) => {
      const result = decodeCbor(garbage);
      if (result.ok) assert.ok(encodeCbor(result.value).length <= garbage.length);
      else assert.ok(result.offset >= 0 && result.offset <= garbage.length);
    }),
    { numRuns: 2000 },
  );
});
