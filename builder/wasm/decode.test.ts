import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileProgram, emptyModule, moduleOf, op, programs } from "../../test/helpers/modules.js";
import { decode } from "./decode.js";
import { encode, encodeFunctionNames } from "./encode.js";
import { functionNames, globalNames } from "./names.js";
import { operandBytes } from "./operands.js";
import { opcodes } from "./opcodes.js";

const binaries = new Map<string, Uint8Array>();
for (const [name, { source, runtime }] of Object.entries(programs))
  binaries.set(name, await compileProgram(source, { runtime }));

const nothing = { params: [], results: [] };

for (const [name, bytes] of binaries) {
  test(`${name}: what AssemblyScript emits comes back byte by byte`, () => {
    const { module } = decode(bytes);
    assert.ok(module);
    const encoded = encode(module);
    assert.deepEqual(encoded.bytes, bytes);
    const sum = (sizes: Iterable<number>): number => [...sizes].reduce((a, b) => a + b, 0);
    assert.equal(8 + sum(encoded.sectionBytes.values()), bytes.length);
    assert.equal(encoded.bodyBytes.length, module.code.length);
  });

  test(`${name}: instructions know the byte they came from and the byte they went to`, () => {
    const { module } = decode(bytes);
    const { offsets, codeOffsets } = encode(module!);
    for (const [from, to] of offsets) assert.equal(from, to);
    const instructions = module!.code.flatMap((body) => body.code);
    assert.deepEqual(
      offsets.map(([from]) => from),
      instructions.map(({ offset }) => offset),
    );
    for (const { opcode, offset } of instructions)
      assert.equal(bytes[offset], opcode.code >= 0xfc00 ? 0xfc : opcode.code);
    assert.deepEqual(
      codeOffsets,
      module!.code.map((body) => body.code[0]?.offset),
    );
  });

  test(`${name}: cut at any byte, it gives an error with an offset inside`, () => {
    const whole = new Set(sectionEnds(bytes));
    // A module of several KB is cut at every fifth byte, to keep this fast.
    for (let length = 0; length < bytes.length; length += bytes.length > 4000 ? 5 : 1) {
      const { error, module } = decode(bytes.subarray(0, length));
      if (module) {
        assert.ok(whole.has(length), `cut at ${length}`);
      } else {
        assert.ok(error.offset >= 0 && error.offset <= length, `${error.offset} of ${length}`);
        assert.notEqual(error.message, "");
      }
    }
  });
}

/** Where sections end: there, what is left may be a module. */
function sectionEnds(bytes: Uint8Array): number[] {
  const ends = [8];
  for (let at = 8; at < bytes.length;) {
    let [size, shift] = [0, 0];
    for (at++; ; shift += 7) {
      const byte = bytes[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
    ends.push(at);
  }
  return ends;
}

test("bytes changed at random: never an exception, and what the engine accepts stays acceptable", () => {
  const originals = [...binaries.values()];
  const mutation = fc.record({
    program: fc.nat(originals.length - 1),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    length: fc.option(fc.nat()),
  });
  let [accepted, valid] = [0, 0];
  const property = fc.property(mutation, ({ program, changes, length }) => {
    let bytes = originals[program]!.slice();
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    if (length !== null && length % 8 === 0) bytes = bytes.subarray(0, length % bytes.length);
    const { module, error } = decode(bytes);
    const engine = WebAssembly.validate(bytes);
    if (!module) {
      assert.ok(error.offset <= bytes.length);
      if (engine) assert.match(error.message, /not supported|not known/);
      return;
    }
    accepted++;
    const again = encode(module).bytes;
    if (!engine) return;
    valid++;
    assert.ok(WebAssembly.validate(again));
    assert.deepEqual(encode(decode(again).module!).bytes, again);
    const imported = module.imports.filter(({ kind }) => kind === "function").length;
    module.code.forEach((body, k) => assert.ok(operandBytes(module, imported + k, body) >= 0));
  });
  fc.assert(property, { numRuns: 3000 });
  assert.ok(accepted > 300 && valid > 100, `${accepted} ${valid}`);
});

test("random bytes after the header", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...tail);
    const { module } = decode(bytes);
    if (WebAssembly.validate(bytes) && module)
      assert.ok(WebAssembly.validate(encode(module).bytes));
  });
  fc.assert(property, { numRuns: 2000 });
});

test("100,000 nested blocks", () => {
  const depth = 100_000;
  const code = [...Array(depth).fill(op("block", -64)), ...Array(depth).fill(op("end"))];
  const module = moduleOf(nothing, code);
  const { bytes } = encode(module);
  const decoded = decode(bytes).module;
  assert.equal(decoded?.code[0]?.code.length, 2 * depth + 1);
  assert.equal(operandBytes(decoded!, 0, decoded!.code[0]!), 0);
  assert.deepEqual(encode(decoded!).bytes, bytes);
});

test("a table of 10,000 labels", () => {
  const labels = Array<number>(10_001).fill(0);
  const code = [op("block", -64), op("i32.const", 1), op("br_table", ...labels), op("end")];
  const { bytes } = encode(moduleOf(nothing, code));
  assert.ok(WebAssembly.validate(bytes));
  assert.deepEqual(encode(decode(bytes).module!).bytes, bytes);
});

test("imports and exports of all kinds, start, custom sections", () => {
  const module = {
    ...moduleOf(nothing, [], {
      imports: [
        { module: "m", name: "f", kind: "function", typeIndex: 0 },
        { module: "m", name: "t", kind: "table", limits: { min: 1, max: 2 } },
        { module: "m", name: "m", kind: "memory", limits: { min: 1 } },
        { module: "m", name: "g", kind: "global", type: "f32", mutable: false },
      ],
      exports: [
        { name: "", kind: "function", index: 0 },
        { name: "t", kind: "table", index: 0 },
        { name: "m", kind: "memory", index: 0 },
        { name: "🌡", kind: "global", index: 0 },
      ],
      start: 1,
    }),
    custom: [
      {
        name: "name",
        bytes: encodeFunctionNames(
          new Map([
            [1, "main"],
            [0, "f"],
          ]),
        ),
      },
      { name: "empty", bytes: new Uint8Array() },
    ],
  } as const;
  const { bytes } = encode(module);
  assert.ok(WebAssembly.validate(bytes));
  const decoded = decode(bytes).module!;
  assert.deepEqual(encode(decoded).bytes, bytes);
  assert.deepEqual(decoded.imports, module.imports);
  assert.deepEqual(decoded.exports, module.exports);
  assert.deepEqual(
    [...functionNames(decoded)],
    [
      [0, "f"],
      [1, "main"],
    ],
  );
});

test("names of functions and globals are read, and a broken section gives none", () => {
  const named = decode(binaries.get("control")!).module!;
  assert.ok([...functionNames(named).values()].some((name) => name.endsWith("run")));
  const broken = { ...emptyModule, custom: [{ name: "name", bytes: Uint8Array.of(1, 9, 1) }] };
  assert.equal(functionNames(broken).size, 0);
  assert.equal(globalNames(broken).size, 0);
});

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

for (const [what, bytes, offset, message] of [
  ["no module", [1, 2, 3, 4, 5, 6, 7, 8], 0, /does not start with \\0asm/],
  ["a component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], 4, /core module of version 1/],
  ["an unknown section", [...header, 42, 0], 8, /section 42 is not known/],
  ["a section twice", [...header, 1, 1, 0, 1, 1, 0], 11, /twice there or out of order/],
  ["sections out of order", [...header, 3, 1, 0, 1, 1, 0], 11, /twice there or out of order/],
  ["bytes after a section's content", [...header, 1, 2, 0, 0], 11, /left over/],
  ["a vector type", [...header, 1, 5, 1, 0x60, 1, 0x7b, 0], 13, /0x7b is not supported/],
  ["64-bit memory", [...header, 5, 3, 1, 4, 1], 11, /limits of kind 4/],
  [
    "a function without code",
    [...header, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    18,
    /1 functions .* 0 have code/,
  ],
  ["more types than bytes", [...header, 1, 2, 0x7f, 0x60], 10, /127 types do not fit/],
  ["an export of a kind that is none", [...header, 7, 4, 1, 0, 9, 0], 12, /export kind/],
] as const) {
  test(`${what} is refused with the place`, () => {
    const { error } = decode(Uint8Array.from(bytes));
    assert.equal(error?.offset, offset);
    assert.match(error.message, message);
  });
}

test("the table of instructions is the one of the specification's appendix, vectors and references apart", () => {
  // 172 of version 1.0 and 5 that extend signs; 8 saturating conversions and 7 of bulk memory.
  assert.equal([...opcodes.keys()].filter((code) => code < 0xfc00).length, 177);
  assert.equal([...opcodes.keys()].filter((code) => code >= 0xfc00).length, 15);
});

test("a module in a Buffer decodes like one in a Uint8Array", () => {
  const bytes = encode({ ...emptyModule, types: [{ params: ["i32"], results: [] }] }).bytes;
  const pool = Buffer.concat([Buffer.from([1, 2, 3]), bytes]);
  assert.deepEqual(decode(pool.subarray(3)), decode(bytes));
});
