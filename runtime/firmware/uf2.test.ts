import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeUf2, encodeUf2, type Segment } from "./uf2.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("a block is laid out as the UF2 specification says", () => {
  const file = encodeUf2([{ address: 0x10000000, bytes: Uint8Array.of(1, 2, 3) }]);
  assert.equal(file.length, 16 * 512);
  const head = "5546320a" + "57515d9e" + "00200000" + "00000010" + "00010000";
  assert.equal(hex(file.subarray(0, 32)), `${head}${"00000000"}${"10000000"}${"56ff8be4"}`);
  assert.equal(hex(file.subarray(32, 36)), "010203ff");
  assert.equal(hex(file.subarray(508, 512)), "306fb10a");
  const last = file.subarray(15 * 512);
  assert.equal(hex(last.subarray(12, 28)), "000f0010" + "00010000" + "0f000000" + "10000000");
});

/** Segments that do not overlap, anywhere in 2 MB of flash. */
const segmentLists = fc
  .array(fc.tuple(fc.nat(9000), fc.uint8Array({ minLength: 1, maxLength: 9000 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((gaps) => {
    let address = 0x10000000;
    return gaps.map(([gap, bytes]): Segment => {
      const segment = { address: address + gap, bytes };
      address += gap + bytes.length;
      return segment;
    });
  });

/** The flash as a chip has it that was erased before: FF where nothing was written. */
function flashOf(segments: readonly Segment[]): Buffer {
  const flash = Buffer.alloc(0x20000, 0xff);
  for (const { address, bytes } of segments) flash.set(bytes, address - 0x10000000);
  return flash;
}

test("what is encoded is decoded, in whole sectors and any order of segments", () => {
  fc.assert(
    fc.property(segmentLists, (segments) => {
      const decoded = decodeUf2(encodeUf2([...segments].reverse()));
      assert.ok("segments" in decoded);
      for (const { address, bytes } of decoded.segments) {
        assert.equal(address % 4096, 0);
        assert.equal(bytes.length % 4096, 0);
      }
      assert.ok(flashOf(decoded.segments).equals(flashOf(segments)));
    }),
    { seed: 1, numRuns: 50 },
  );
});

test("segments that overlap are refused", () => {
  const bytes = new Uint8Array(100);
  assert.throws(
    () =>
      encodeUf2([
        { address: 0, bytes },
        { address: 99, bytes },
      ]),
    /0x63/,
  );
});

test("blocks of another family are left out", () => {
  const file = encodeUf2([{ address: 0x10000000, bytes: Uint8Array.of(1) }], 0xe48bff59);
  assert.deepEqual(decodeUf2(file), { segments: [] });
});

test("damaged files are refused with the offset of the block", () => {
  const file = encodeUf2([{ address: 0x10000000, bytes: Uint8Array.of(1) }]);
  assert.deepEqual(decodeUf2(file.subarray(1)), {
    problem: "a UF2 file is one or more blocks of 512 bytes",
    offset: 0,
  });
  for (const [at, value, problem] of [
    [512, 0, /marks/],
    [512 + 511, 0, /marks/],
    [512 + 17, 2, /at most 476/],
    [512 + 20, 16, /not below/],
  ] as const) {
    const damaged = Uint8Array.from(file);
    damaged[at] = value;
    const decoded = decodeUf2(damaged);
    assert.ok("problem" in decoded);
    assert.match(decoded.problem, problem);
    assert.equal(decoded.offset, 512);
  }
});
