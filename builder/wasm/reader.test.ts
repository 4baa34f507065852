import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { moduleOf, op, wide } from "../../test/helpers/modules.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import type { Instruction, Module, ValueType } from "./module.js";
import { ByteReader, DecodeError } from "./reader.js";

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module whose function has this body, all sizes in two bytes. */
function withBody(type: readonly number[], body: readonly number[], memory = false): Uint8Array {
  const size = (value: number): number[] => [(value & 0x7f) | 0x80, value >> 7];
  const sized = (bytes: readonly number[]): number[] => [...size(bytes.length), ...bytes];
  const sections: readonly (readonly [id: number, content: readonly number[]])[] = [
    [1, [1, 0x60, 0, ...type]],
    [3, [1, 0]],
    ...(memory ? ([[5, [1, 0, 1]]] as const) : []),
    [7, [1, 1, 0x66, 0, 0]],
    [10, [1, ...sized([0, ...body, 0x0b])]],
  ];
  return Uint8Array.of(...header, ...sections.flatMap(([id, content]) => [id, ...sized(content)]));
}

/** Bytes that a LEB128 number could be: all but the last go on. */
const lebBytes = fc
  .tuple(
    fc.array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.constantFrom(0, 127)), {
      maxLength: 11,
    }),
    fc.oneof(fc.integer({ min: 0, max: 127 }), fc.constantFrom(0, 1, 0x0f, 0x10, 0x70, 0x7f)),
  )
  .map(([more, last]) => [...more.map((byte) => byte | 0x80), last]);

function firstInstruction(module: Module | undefined): Instruction | undefined {
  return module?.code[0]?.code[0];
}

async function result(bytes: Uint8Array): Promise<unknown> {
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes), {});
  return (exports["f"] as () => unknown)();
}

test("signed 32 bits: accepted, and read as, exactly what the engine does", async () => {
  const property = fc.asyncProperty(lebBytes, async (leb) => {
    const bytes = withBody([1, 0x7f], [0x41, ...leb]);
    const { module } = decode(bytes);
    assert.equal(module !== undefined, WebAssembly.validate(bytes));
    if (module) assert.equal(firstInstruction(module)?.immediates[0], await result(bytes));
  });
  await fc.assert(property, { numRuns: 1500 });
});

test("signed 64 bits: accepted, and read as, exactly what the engine does", async () => {
  const property = fc.asyncProperty(lebBytes, async (leb) => {
    const bytes = withBody([1, 0x7e], [0x42, ...leb]);
    const { module } = decode(bytes);
    assert.equal(module !== undefined, WebAssembly.validate(bytes));
    if (module) assert.equal(firstInstruction(module)?.wide, await result(bytes));
  });
  await fc.assert(property, { numRuns: 1500 });
});

test("unsigned 32 bits: accepted exactly where the engine does", () => {
  const property = fc.property(lebBytes, (leb) => {
    const bytes = withBody([0], [0x41, 0, 0x28, 0, ...leb, 0x1a], true);
    const { module } = decode(bytes);
    assert.equal(module !== undefined, WebAssembly.validate(bytes));
    if (!module) return;
    const value = leb.reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
    assert.equal(module.code[0]?.code[1]?.immediates[1], value);
  });
  fc.assert(property, { numRuns: 1500 });
});

for (const [what, leb, message] of [
  [
    "longer than five bytes",
    [0x80, 0x80, 0x80, 0x80, 0x80, 0],
    "constant is longer than its type allows",
  ],
  ["above 2^31 - 1", [0x80, 0x80, 0x80, 0x80, 0x08], "constant is too large"],
  ["below -2^31", [0xff, 0xff, 0xff, 0xff, 0x77], "constant is too large"],
] as const) {
  test(`a constant ${what} is refused at its place`, () => {
    const bytes = withBody([1, 0x7f], [0x41, ...leb]);
    assert.equal(WebAssembly.validate(bytes), false);
    assert.deepEqual(decode(bytes).error, { offset: bytes.length - 1 - leb.length, message });
  });
}

test("numbers are written in their shortest form and come back", () => {
  const shortest = (value: bigint): number => {
    for (let length = 1; ; length++) {
      const limit = 1n << BigInt(7 * length - 1);
      if (value >= -limit && value < limit) return length;
    }
  };
  const check = (type: ValueType, instruction: Instruction, value: bigint): void => {
    const { bytes } = encode(moduleOf({ params: [], results: [type] }, [instruction]));
    const again = firstInstruction(decode(bytes).module);
    assert.equal(again?.wide ?? BigInt(again?.immediates[0] ?? 0), value);
    const empty = encode(moduleOf({ params: [], results: [type] }, [])).bytes.length;
    assert.equal(bytes.length - empty, 1 + shortest(value));
  };
  fc.assert(
    fc.property(fc.integer(), (value) => check("i32", op("i32.const", value), BigInt(value))),
  );
  const longs = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
  fc.assert(fc.property(longs, (value) => check("i64", wide("i64.const", value), value)));
});

test("block types: what the engine accepts is read as it reads it", () => {
  const property = fc.property(lebBytes, (leb) => {
    const bytes = withBody([0], [0x02, ...leb, 0x0b]);
    if (!WebAssembly.validate(bytes)) return;
    // () -> () by name or by number: nothing else is valid here.
    assert.ok([-64, 0].includes(firstInstruction(decode(bytes).module)?.immediates[0] ?? -1));
  });
  fc.assert(property, { numRuns: 1500 });
  assert.equal(
    firstInstruction(decode(withBody([0], [0x02, 0x40, 0x0b])).module)?.immediates[0],
    -64,
  );
});

test("floats keep every bit, those of signalling NaNs too", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (bits) => {
      for (const [type, name, value] of [
        ["f64", "f64.const", bits],
        ["f32", "f32.const", bits & 0xffffffffn],
      ] as const) {
        const { bytes } = encode(moduleOf({ params: [], results: [type] }, [wide(name, value)]));
        assert.equal(firstInstruction(decode(bytes).module)?.wide, value);
      }
    }),
  );
});

test("names are UTF-8 and keep each character, a byte order mark too", () => {
  const read = (bytes: readonly number[]): string =>
    new ByteReader(Uint8Array.of(bytes.length, ...bytes)).name("name");
  assert.equal(read([0xef, 0xbb, 0xbf, 0x61]), "\u{feff}a");
  assert.throws(() => read([0x61, 0xff]), new DecodeError(1, "name is not UTF-8"));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const bytes = new TextEncoder().encode(text);
      if (bytes.length < 128) assert.equal(read([...bytes]), text);
    }),
  );
});

test("a reader stays in its slice", () => {
  const reader = new ByteReader(Uint8Array.of(1, 2, 3, 4, 5));
  const slice = reader.slice(2, "slice");
  assert.deepEqual([slice.byte("a"), slice.byte("b"), slice.done, reader.offset], [1, 2, true, 2]);
  assert.throws(() => slice.byte("c"), new DecodeError(2, "the module ends inside: c"));
  assert.throws(() => reader.bytes(4, "d"), new DecodeError(2, "the module ends inside: d"));
  assert.deepEqual(reader.rest(), Uint8Array.of(3, 4, 5));
});
