import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expectGolden } from "../../test/helpers/golden.js";
import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import { crc32 } from "../../runtime/firmware/crc32.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { writeJournal } from "./journal.js";
import { encodePayload } from "./payload.js";
import { blink, station } from "./samples.test-support.js";
import { placeSlots } from "./slots.js";
import { readStore, storeImage, type StoredContainer } from "./store.js";

const { journal, slots, sectorBytes, flashBytes } = picoFlash;

function container(name: string, payloadBytes: number, descriptionBytes = 36): StoredContainer {
  const payload = Uint8Array.from({ length: payloadBytes }, (_, index) => index * 7);
  return { name, payload, description: new Uint8Array(descriptionBytes).fill(0xd5) };
}

const two: readonly StoredContainer[] = [
  { name: "blink", payload: encodePayload(blink), description: Uint8Array.of(1, 2, 3, 4, 5) },
  { name: "station-2", payload: encodePayload(station), description: Uint8Array.of(6, 7) },
];

/** Sixteen bytes a line with their offset in flash; what is erased is left out. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    if (row.every((byte) => byte === 0xff)) continue;
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    lines.push(`${(journal + at).toString(16).padStart(6, "0")}  ${hex}`);
  }
  return lines.join("\n") + "\n";
}

/** The container of a number of bytes that fills that of a slot. */
const ofSize = (bytes: number, name = "one"): StoredContainer => container(name, bytes - 36);

test("the CRC-32 is that of zlib", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      assert.equal(crc32(a, b), zlibCrc32(b, zlibCrc32(a)));
    }),
  );
});

test("the bytes of a store", () => {
  expectGolden("builder/image/store.golden.txt", dump(storeImage(two)));
});

test("an empty store has a journal without records, and nothing else", () => {
  const image = storeImage([]);
  assert.equal(image.length, slots - journal);
  assert.deepEqual(readStore(image), { containers: [] });
  assert.ok(image.subarray(16).every((byte) => byte === 0xff));
});

test("what was stored is read, in the order in which it starts", () => {
  const store = readStore(storeImage(two))!;
  assert.deepEqual(
    store.containers.map(({ slot, payload, description, whole }) => ({
      slot,
      payload,
      description,
      whole,
    })),
    two.map(({ payload, description }, index) => ({
      slot: { offset: slots + index * sectorBytes, bytes: sectorBytes },
      payload,
      description,
      whole: true,
    })),
  );
});

test("slots are whole sectors and eighths of a power of two that they are aligned to", () => {
  const K = 1024;
  const cases: readonly (readonly [bytes: number, slot: number, at: number])[] = [
    [1, 4 * K, slots],
    [4 * K, 4 * K, slots],
    [4 * K + 1, 8 * K, slots],
    [9 * K, 12 * K, 0x28000],
    [17 * K, 20 * K, 0x28000],
    [33 * K, 40 * K, 0x30000],
    [65 * K, 80 * K, 0x40000],
    [1024 * K, 1024 * K, 0x100000],
  ];
  for (const [bytes, slot, at] of cases)
    assert.deepEqual(placeSlots([bytes]), [{ offset: at, bytes: slot }], `${bytes} bytes`);
});

test("a small slot goes into the gap before a large one", () => {
  const K = 1024;
  assert.deepEqual(
    placeSlots([4 * K, 64 * K, 4 * K]).map((slot) => slot?.offset),
    [0x28000, 0x30000, 0x29000],
  );
});

/** Whether one ARMv6-M region can be this: a power of two from 256 B on, aligned to it, eighths of it switched off. */
function isRegion(offset: number, bytes: number): boolean {
  for (let region = 256; region <= 2 ** 31; region *= 2) {
    const base = Math.floor(offset / region) * region;
    if (offset + bytes > base + region) continue;
    return (offset - base) % (region / 8) === 0 && bytes % (region / 8) === 0;
  }
  return false;
}

test("slots never overlap, are one MPU region each, and lie in the store", () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 400_000 }));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 60 }), (sizes) => {
      const placed = placeSlots(sizes).filter((slot) => slot !== undefined);
      const sorted = placed.toSorted((a, b) => a.offset - b.offset);
      sorted.forEach(({ offset, bytes }, index) => {
        assert.ok(isRegion(offset, bytes), `${bytes} bytes at ${offset}`);
        assert.ok(offset % sectorBytes === 0 && bytes % sectorBytes === 0);
        assert.ok(offset >= slots && offset + bytes <= flashBytes);
        assert.ok(offset + bytes <= (sorted[index + 1]?.offset ?? flashBytes), "slots overlap");
      });
      placeSlots(sizes).forEach((slot, index) => slot && assert.ok(slot.bytes >= sizes[index]!));
    }),
  );
});

test("any containers that fit come back whole", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 9000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, bytes), { maxLength: 20 }), (pairs) => {
      const containers = pairs.map(([payload, description], index) => ({
        name: `app-${index}`,
        payload,
        description,
      }));
      const read = readStore(storeImage(containers))!.containers;
      assert.deepEqual(
        read.map(({ payload, description, whole }) => ({ payload, description, whole })),
        containers.map(({ payload, description }) => ({ payload, description, whole: true })),
      );
    }),
    { numRuns: 30 },
  );
});

const refusals: readonly (readonly [string, () => readonly StoredContainer[], string, RegExp])[] = [
  [
    "a container above the store",
    () => [ofSize(1_100_000)],
    "store-full",
    /one takes 1310720 bytes of flash in one piece at a multiple of 2097152/,
  ],
  [
    "the 128th container",
    () => Array.from({ length: 128 }, (_, index) => ofSize(100, `app-${index}`)),
    "store-full",
    /128 containers, and a device holds 127/,
  ],
  [
    "the 127th further version",
    () => [
      {
        ...ofSize(100),
        versions: Array.from({ length: 127 }, () => container("one", 100)),
      },
    ],
    "store-full",
    /1 containers with their further versions take 128 records of the journal, and it has 127/,
  ],
  [
    "the 44th container with another version",
    () =>
      Array.from({ length: 44 }, (_, index) => ({
        ...ofSize(100, `app-${index}`),
        versions: [ofSize(100)],
      })),
    "store-full",
    /44 containers have further versions, and a device keeps in mind for 43 of them which one runs/,
  ],
  [
    "a version above the store",
    () => [{ ...ofSize(100), versions: [ofSize(1_100_000)] }],
    "store-full",
    /one takes 1310720 bytes of flash in one piece/,
  ],
  ["the same app twice", () => [ofSize(100), ofSize(200)], "store-twice", /one is there twice/],
];

for (const [what, containers, code, message] of refusals) {
  test(`${what}: refused`, () => {
    assert.throws(
      () => storeImage(containers()),
      (error: unknown) => {
        assert.ok(error instanceof DiagnosticError);
        assert.equal(error.diagnostics.length, 1);
        assert.equal(error.diagnostics[0]!.code, code);
        assert.match(error.diagnostics[0]!.message, message);
        return true;
      },
    );
  });
}

test("127 containers are stored and named", () => {
  const all = Array.from({ length: 127 }, (_, index) => ofSize(100, `app-${index}`));
  const { containers } = readStore(storeImage(all))!;
  assert.equal(containers.length, 127);
  assert.ok(containers.every(({ whole }) => whole));
});

const versioned: readonly StoredContainer[] = [
  { ...container("pump", 100), versions: [container("pump", 5000), container("pump", 300)] },
  container("lamp", 200),
];

test("versions follow the containers, and are read with their own", () => {
  const image = storeImage(versioned);
  const kinds = Array.from({ length: 5 }, (_, index) => image[16 + 32 * index]);
  assert.deepEqual(kinds, [1, 1, 2, 2, 0xff]);
  const [pump, lamp] = readStore(image)!.containers;
  assert.deepEqual(
    pump!.versions.map(({ payload, whole }) => [payload.length, whole]),
    [
      [5000, true],
      [300, true],
    ],
  );
  assert.deepEqual(lamp!.versions, []);
});

test("a journal without a good header is none", () => {
  for (const at of [0, 4, 8, 12]) {
    const image = storeImage(two);
    image[at]! ^= 1;
    assert.equal(readStore(image), undefined, `byte ${at}`);
  }
});

test("a changed byte of a container is seen, a changed record is left out", () => {
  const image = storeImage(two);
  image[slots - journal + 3]! ^= 0x10;
  assert.deepEqual(
    readStore(image)!.containers.map(({ whole }) => whole),
    [false, true],
  );
  image[16 + 9]! ^= 0x10;
  assert.deepEqual(
    readStore(image)!.containers.map(({ slot }) => slot.offset),
    [slots + sectorBytes],
  );
});

test("any bytes are read without a throw, changed ones and those cut short too", () => {
  const image = storeImage(two);
  fc.assert(
    fc.property(fc.nat(image.length), fc.nat(9000), fc.nat(255), (length, at, value) => {
      const changed = image.slice(0, length);
      changed[at] = value;
      readStore(changed);
    }),
  );
  const record = {
    kind: "installed" as const,
    offset: 0xfffffff0,
    payloadBytes: 0xffffffff,
    descriptionOffset: 0xffffffff,
    descriptionBytes: 0xffffffff,
    nameHash: 0,
    crc: 0,
  };
  const [wild] = readStore(writeJournal([record]))!.containers;
  assert.equal(wild!.whole, false);
});
