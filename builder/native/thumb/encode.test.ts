import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { objdumpLines, withoutObjdump } from "../../../test/helpers/objdump.js";
import fc from "fast-check";
import { decodeInstruction, encode, encodes } from "./encode.js";
import { disassemble } from "./disassemble.js";
import { formatNames, formats, type Field, type Format, type FormatName } from "./formats.js";

const widthOf = (format: Format, field: Field): number =>
  [...format.bits].filter((bit) => bit === field.letter).length;

/** Operands that the format can hold. */
function operand(format: Format, field: Field): fc.Arbitrary<number> {
  const width = field.kind === "distance" && format.mnemonic === "bl" ? 24 : widthOf(format, field);
  const top = 2 ** width - 1;
  switch (field.kind) {
    case "register":
      return fc.integer({ min: 0, max: top });
    case "unsigned":
      return fc
        .integer({ min: 0, max: top })
        .map((code) => (code === 0 ? (field.zeroMeans ?? 0) : code * field.scale));
    case "distance":
      return fc.integer({ min: -(2 ** (width - 1)), max: 2 ** (width - 1) - 1 }).map((x) => x * 2);
    case "list":
      return fc
        .record({ mask: fc.integer({ min: 1, max: 255 }), extra: fc.boolean() })
        .map(({ mask, extra }) =>
          extra && field.extra !== undefined ? mask | (1 << field.extra) : mask,
        );
  }
}

const instruction: fc.Arbitrary<readonly [FormatName, readonly number[]]> = fc
  .constantFrom(...formatNames)
  .chain((name) => {
    const format: Format = formats[name];
    return fc.tuple(
      fc.constant(name),
      fc.tuple(...format.fields.map((field) => operand(format, field))),
    );
  });

const bytesOf = (words: readonly number[]): Uint8Array =>
  Uint8Array.from(words.flatMap((word) => [word & 0xff, word >> 8]));

describe("Thumb encoding", () => {
  test("decoding an encoding gives it back", () => {
    fc.assert(
      fc.property(instruction, ([name, operands]) => {
        const [word, next] = encode(name, ...operands);
        assert.deepEqual(decodeInstruction(word!, next), { name, operands: [...operands] });
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  test("every halfword decodes to something that encodes to it, or to nothing", () => {
    let known = 0;
    for (let word = 0; word < 0x10000; word++) {
      const decoded = decodeInstruction(word);
      if (!decoded) continue;
      known += 1;
      assert.deepEqual(encode(decoded.name, ...decoded.operands), [word], decoded.name);
    }
    assert.ok(known > 55000, `${known} are known`);
  });

  test("operands out of range are refused", () => {
    const bad: [FormatName, number[]][] = [
      ["adds", [8, 0, 0]],
      ["movsImm", [0, 256]],
      ["movsImm", [0, -1]],
      ["lsrsImm", [0, 0, 0]],
      ["ldr", [0, 1, 126]],
      ["ldr", [0, 1, 128]],
      ["beq", [256]],
      ["beq", [3]],
      ["b", [2048]],
      ["push", [1 << 15]],
      ["push", [0]],
      ["bl", [2 ** 24]],
    ];
    for (const [name, operands] of bad) {
      assert.equal(encodes(name, ...operands), false, name);
      assert.throws(() => encode(name, ...operands), RangeError, name);
    }
    assert.ok(encodes("beq", -256) && encodes("bl", 2 ** 24 - 2) && encodes("lsrsImm", 0, 0, 32));
  });

  test("objdump reads what we wrote", { skip: withoutObjdump }, () => {
    const samples = formatNames.flatMap((name) => {
      const format: Format = formats[name];
      const fields = fc.tuple(...format.fields.map((field) => operand(format, field)));
      return fc.sample(fields, { numRuns: 60, seed: 7 }).map((operands) => ({ name, operands }));
    });
    const code = bytesOf(samples.flatMap(({ name, operands }) => encode(name, ...operands)));
    const ours = disassemble(code).map(({ text }) => text);
    const theirs = objdumpLines(code);
    assert.equal(ours.length, theirs.length);
    ours.forEach((line, k) => assert.equal(line, theirs[k]));
  });
});
