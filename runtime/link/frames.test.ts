import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cobsDecode, cobsEncode, deviceBodyBytesMax, encodeFrame, FrameReader } from "./frames.js";

const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const range = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i);
const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

test("a frame byte for byte: the check value of CRC-32 behind what it is of, the low byte first", () => {
  assert.deepEqual(
    encodeFrame(new TextEncoder().encode("123456789")),
    hex("00 0e 31 32 33 34 35 36 37 38 39 26 39 f4 cb 00"),
  );
  assert.deepEqual(encodeFrame(new Uint8Array()), hex("00 01 01 01 01 01 00"));
});

/** Of Cheshire and Baker's paper, and blocks around their longest. */
const cobsVectors: readonly (readonly [Uint8Array, Uint8Array])[] = [
  [hex("45 00 00 2c 4c 79 00 00 40 06 4f 37"), hex("02 45 01 04 2c 4c 79 01 05 40 06 4f 37")],
  [hex(""), hex("01")],
  [hex("00"), hex("01 01")],
  [hex("00 00"), hex("01 01 01")],
  [hex("00 11 00"), hex("01 02 11 01")],
  [hex("11 22 00 33"), hex("03 11 22 02 33")],
  [hex("11 22 33 44"), hex("05 11 22 33 44")],
  [hex("11 00 00 00"), hex("02 11 01 01 01")],
  [range(1, 254), joined([255], range(1, 254))],
  [joined([0], range(1, 254)), joined([1, 255], range(1, 254))],
  [range(1, 255), joined([255], range(1, 254), [2, 255])],
  [joined(range(2, 255), [0]), joined([255], range(2, 255), [1, 1])],
  [joined(range(3, 255), [0, 1]), joined([254], range(3, 255), [2, 1])],
];

test("COBS: vectors in both directions", () => {
  for (const [bytes, stuffed] of cobsVectors) {
    assert.deepEqual(cobsEncode(bytes), stuffed);
    assert.deepEqual(cobsDecode(stuffed), bytes);
  }
});

test("COBS: a full last block may be followed by an empty one", () => {
  assert.deepEqual(cobsDecode(joined([255], range(1, 254), [1])), range(1, 254));
});

test("COBS: what is cut short, empty or holds a 0 is refused", () => {
  for (const text of ["", "03 11", "00", "02 00", "05 11 22 00 44"])
    assert.equal(cobsDecode(hex(text)), undefined, text);
});

/** Bytes with many zeros and long runs without any. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constant([0]),
      fc.uint8Array({ maxLength: 300 }).map((a) => [...a]),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flat().slice(0, 1000)));

test("COBS: there and back, without zeros, at most one byte longer for each 254", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const stuffed = cobsEncode(value);
      assert.ok(!stuffed.includes(0));
      assert.ok(stuffed.length <= value.length + 1 + Math.floor(value.length / 254));
      assert.deepEqual(cobsDecode(stuffed), value);
    }),
  );
});

const body = fc.uint8Array({ maxLength: deviceBodyBytesMax });

test("frames come out of any portions of the stream, whatever was before them", () => {
  fc.assert(
    fc.property(
      fc.array(body),
      fc.uint8Array(),
      fc.infiniteStream(fc.integer({ min: 1, max: 70 })),
      (bodies, noise, portions) => {
        const reader = new FrameReader();
        const stream = joined(noise, ...bodies.map(encodeFrame));
        const found: Uint8Array[] = [];
        for (let at = 0; at < stream.length;) {
          const { value } = portions.next();
          found.push(...reader.push(stream.subarray(at, (at += value))));
        }
        // The noise may hold frames by chance: none of at most 255 bytes that are its own.
        assert.deepEqual(found.slice(found.length - bodies.length), bodies);
      },
    ),
  );
});

test("a frame with any one bit wrong is not taken", () => {
  fc.assert(
    fc.property(body, fc.nat(), (value, choice) => {
      const frame = encodeFrame(value);
      const bit = choice % (8 * frame.length);
      frame[bit >> 3]! ^= 1 << (bit & 7);
      const found = new FrameReader().push(frame);
      assert.ok(
        found.every(
          (one) => Buffer.compare(one, value) === 0 && (bit < 8 || bit >= 8 * frame.length - 8),
        ),
      );
    }),
  );
});

test("wrong frames are counted, those that are too long too, and the next is read", () => {
  const reader = new FrameReader(10);
  const good = encodeFrame(range(1, 10));
  assert.deepEqual(reader.push(joined(encodeFrame(range(1, 11)), good)), [range(1, 10)]);
  assert.equal(reader.wrong, 1);
  assert.deepEqual(reader.push(joined(new Uint8Array(100_000).fill(7), good)), [range(1, 10)]);
  assert.equal(reader.wrong, 2);
  assert.deepEqual(reader.push(joined([0, 0, 0, 1, 0, 2, 0], good)), [range(1, 10)]);
  assert.equal(reader.wrong, 4);
});

test("a reader gives bytes of its own", () => {
  const reader = new FrameReader();
  const [first] = reader.push(encodeFrame(hex("010203")));
  reader.push(encodeFrame(hex("0a0b0c")));
  assert.deepEqual(first, hex("010203"));
});
