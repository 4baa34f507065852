import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { packagePath } from "../../test/helpers/root.js";
import { lower } from "./lower.js";
import type { Contract, ContractFunction } from "./model.js";
import { readWit } from "./wit.js";

const contractText = readFileSync(packagePath("sdk/wit/thimble.wit"), "utf8");

function lowerText(text: string): { contract?: Contract; diagnostics: readonly Diagnostic[] } {
  const { wit, diagnostics } = readWit(text, "w.wit");
  return wit === undefined ? { diagnostics } : lower(wit, "w.wit");
}

/** A contract of one free interface with one function. */
function small(func: string): string {
  return `package a:b@1.0.0;
interface types { enum error-code { broken } enum level { low, high } type handler = u32; }
/// @free
interface x {
use types.{error-code, level, handler};
${func}
}
world w { import x; }
`;
}

function functionsOf(contract: Contract | undefined): readonly ContractFunction[] {
  return contract?.interfaces.flatMap((item) => item.functions) ?? [];
}

/** \`(name:type, ...) type\`, and the words. */
function signature(item: ContractFunction): string {
  return `(${item.flat.map((flat) => `${flat.name}:${flat.type}@${flat.word}`).join(", ")}) ${item.flatResult} ${item.words}`;
}

/** SPEC.md section 1, row by row. */
const lowered: readonly [func: string, expected: string][] = [
  ["f: func();", "() null 0"],
  ["f: func(a: bool, b: u8, c: u16, d: u32);", "(a:i32@0, b:i32@1, c:i32@2, d:i32@3) null 4"],
  ["f: func(a: s32, b: level, c: handler);", "(a:i32@0, b:i32@1, c:i32@2) null 3"],
  ["f: func(a: u64, b: s64);", "(a:i64@0, b:i64@2) null 4"],
  ["/// @max a 9\nf: func(a: list<u8>, b: u32);", "(a:i32@0, a-length:i32@1, b:i32@2) null 3"],
  ["/// @max a 9\nf: func(a: string);", "(a:i32@0, a-length:i32@1) null 2"],
  ["/// @kept a 9\nf: func(a: list<u8>, b: u32);", "(a:i32@0, a-length:i32@1, b:i32@2) null 3"],
  ["/// @max return 9\nf: func(a: u32) -> list<u8>;", "(a:i32@0, out:i32@1, capacity:i32@2) i32 3"],
  [
    "/// @max a 9\n/// @max return 9\nf: func(a: list<u8>, b: u32) -> result<list<u8>, error-code>;",
    "(b:i32@0, a:i32@1, out:i32@2, lengths:i32@3) i32 4",
  ],
  ["f: func() -> bool;", "() i32 0"],
  ["f: func() -> u8;", "() i32 0"],
  ["f: func() -> u16;", "() i32 0"],
  ["f: func() -> u32;", "() i32 0"],
  ["f: func() -> s32;", "() i32 0"],
  ["f: func() -> level;", "() i32 0"],
  ["f: func() -> u64;", "() i64 0"],
  ["f: func() -> result<_, error-code>;", "() i32 0"],
  ["f: func() -> result<u32, error-code>;", "() i32 0"],
  ["f: func() -> result<s32, error-code>;", "() i64 0"],
  ["f: func() -> result<u64, error-code>;", "() i64 0"],
];

for (const [func, expected] of lowered) {
  test(`lowers ${func.replaceAll("\n", " ")}`, () => {
    const { contract, diagnostics } = lowerText(small(func));
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(functionsOf(contract).map(signature), [expected]);
  });
}

const notLowered: readonly [func: string, line: number, column: number, message: string][] = [
  ["f: func(a: u64, b: u64, c: u8);", 6, 1, "`x.f` takes 5 argument words, 4 is the limit"],
  [
    "/// @max a 9\nf: func(a: string, b: u32, c: u32, d: u32);",
    7,
    1,
    "`x.f` takes 5 argument words, 4 is the limit",
  ],
  ["f: func(a: list<u8>);", 6, 9, "the list `a` of `f` has no `@max`"],
  ["f: func(a: string);", 6, 9, "the list `a` of `f` has no `@max`"],
  ["f: func() -> list<u8>;", 6, 14, "the returned list of `f` has no `@max`"],
  ["/// @max a 0\nf: func(a: list<u8>);", 6, 5, "`@max` wants a name and a number from 1 to 65535"],
  [
    "/// @max a 65536\nf: func(a: list<u8>);",
    6,
    5,
    "`@max` wants a name and a number from 1 to 65535",
  ],
  ["/// @max a\nf: func(a: list<u8>);", 6, 5, "`@max` wants a name and a number from 1 to 65535"],
  ["/// @max a 1\n/// @max a 2\nf: func(a: list<u8>);", 7, 5, "the list `a` of `f` has two `@max`"],
  [
    "/// @max a 1\n/// @kept a 2\nf: func(a: list<u8>);",
    7,
    5,
    "the list `a` of `f` has two `@max`",
  ],
  [
    "/// @range a 1 1\nf: func(a: u32);",
    6,
    5,
    "`@range` wants a name, a first value from 0 to 255 and a greater last one of 32 bits",
  ],
  [
    "/// @range a 256 1000\nf: func(a: u32);",
    6,
    5,
    "`@range` wants a name, a first value from 0 to 255 and a greater last one of 32 bits",
  ],
  [
    "/// @range a 0 4294967296\nf: func(a: u32);",
    6,
    5,
    "`@range` wants a name, a first value from 0 to 255 and a greater last one of 32 bits",
  ],
  [
    "/// @range a 0 -1\nf: func(a: u32);",
    6,
    5,
    "`@range` wants a name, a first value from 0 to 255 and a greater last one of 32 bits",
  ],
  ["/// @range a 0 1\n/// @range a 0 2\nf: func(a: u32);", 7, 5, "`a` of `f` has two `@range`"],
  ["/// @range b 0 1\nf: func(a: u32);", 6, 12, "`f` has no u32 `b`"],
  ["/// @range a 0 1\nf: func(a: s32);", 6, 12, "`f` has no u32 `a`"],
  ["/// @range a 0 1\nf: func(a: u8);", 6, 12, "`f` has no u32 `a`"],
  ["/// @kept a\nf: func(a: list<u8>);", 6, 5, "`@kept` wants a name and a number from 1 to 65535"],
  ["/// @kept\nf: func(a: u32);", 6, 5, "`@kept` wants a name and a number"],
  ["/// @kept a 9\nf: func(a: string);", 6, 5, "a kept list has bytes"],
  ["/// @kept return 9\nf: func() -> list<u8>;", 6, 5, "a returned list cannot be kept"],
  ["/// @max b 1\nf: func(b: u32);", 6, 10, "`f` has no list or string `b`"],
  [
    "/// @max a 1\n/// @max b 1\nf: func(a: string, b: string);",
    8,
    20,
    "a function takes one list or string at most",
  ],
  ["f: func(a: list<u32>);", 6, 12, "a list of anything but u8 has no lowering"],
  ["f: func(a: f32);", 6, 12, "the type `f32` has no lowering"],
  ["f: func(a: s16);", 6, 12, "the type `s16` has no lowering"],
  ["f: func() -> s64;", 6, 14, "this result type has no lowering"],
  ["f: func() -> result<bool, error-code>;", 6, 14, "this result type has no lowering"],
  ["f: func() -> result<u32>;", 6, 14, "a result whose error is not `error-code` has no lowering"],
  [
    "f: func() -> result<u32, level>;",
    6,
    14,
    "a result whose error is not `error-code` has no lowering",
  ],
  ["f: func(a: result<_, error-code>);", 6, 12, "a result cannot be a parameter"],
  ["f: func(a: pin);", 6, 12, "unknown type `pin`"],
  ["f: func(a: u8, a: u8);", 6, 16, "the name `a` is taken"],
  ["f: func(); f: func();", 6, 12, "the name `f` is taken"],
  ["/// @max return 4\nf: func(out: u8) -> list<u8>;", 7, 1, "the name `out` is taken"],
  ["use nowhere.{a}; f: func();", 6, 5, "unknown interface `nowhere`"],
  ["use types.{colour}; f: func();", 6, 12, "`types` defines no type `colour`"],
];

for (const [func, line, column, message] of notLowered) {
  test(`refuses: ${message}: ${func.replaceAll("\n", " ")}`, () =>
    expectRefusal(lowerText(small(func)), { line, column, message }));
}

function expectRefusal(
  outcome: ReturnType<typeof lowerText>,
  expected: { readonly line?: number; readonly column?: number; readonly message: string },
): void {
  assert.equal(outcome.contract, undefined);
  const found = outcome.diagnostics[0];
  const place = expected.line === undefined ? {} : { line: found?.line, column: found?.column };
  assert.deepEqual({ ...place, message: found?.message }, expected);
  assert.ok(found?.hint, "a hint says what to write instead");
}

/** One change of the real contract each, and what is said about it. */
const mutations: readonly [from: string, to: string, message: string][] = [
  [
    "register: u8, value: u8)",
    "register: u8, value: u8, more: u8, most: u8)",
    "`i2c.write-register` takes 5 argument words, 4 is the limit",
  ],
  ["    /// @max payload 240\n", "", "the list `payload` of `publish` has no `@max`"],
  ["read: func(pin: pin) -> bool", "read: func(pin: pinn) -> bool", "unknown type `pinn`"],
  ["    /// @handle adc\n", "    /// @handle adcs\n", "`adcs` is not a kind of need"],
  ["    /// @handle adc\n", "    /// @handle\n", "`@handle` names no kind of need"],
  ["    /// @handle adc\n", "", "`adc.read` takes no handle"],
  [
    "type analog-input = u32",
    "type analog-input = u64",
    "the handle type `analog-input` is not u32",
  ],
  [
    "publish-number: func(topic: outbox, value: s32",
    "publish-number: func(value: s32, topic: outbox",
    "a handle is the first parameter",
  ],
  [
    "/// Pulse width modulation.\n",
    "/// @free\n",
    "`pwm` is `@free`, but this parameter is a handle",
  ],
  ["/// Random numbers, not for secrets.\n/// @free\n", "", "`random.next` takes no handle"],
  ["    import random;\n", "", "the world does not import `random`"],
  ["    import random;\n", "    import randon;\n", "there is no interface `randon` with functions"],
  ["interface spi {", "interface i2c {", "the name `i2c` is taken"],
  ["        falling,\n", "        rising,\n", "the name `rising` is taken"],
];

for (const [from, to, message] of mutations) {
  test(`refuses in the contract: ${message}`, () => {
    assert.ok(contractText.includes(from), "the text to change is there");
    expectRefusal(lowerText(contractText.replace(from, to)), { message });
  });
}

test("a fault in a shared type is reported once", () => {
  const { diagnostics } = lowerText(contractText.replace("@handle i2c", "@handle i2d"));
  assert.deepEqual(
    diagnostics.map((found) => found.message),
    ["`i2d` is not a kind of need"],
  );
});

test("faults in several functions are all reported", () => {
  const { diagnostics } = lowerText(
    contractText.replace("@max payload 240", "").replace("value: u8)", "value: i8)"),
  );
  assert.deepEqual(
    diagnostics.map((found) => found.message),
    ["unknown type `i8`", "the list `payload` of `publish` has no `@max`"],
  );
});

test("the contract: numbers, words and the example of the specification", () => {
  const { contract, diagnostics } = lowerText(contractText);
  assert.deepEqual(diagnostics, []);
  const functions = functionsOf(contract);
  assert.deepEqual(
    functions.map((item) => item.number),
    functions.map((_, index) => index),
  );
  for (const item of functions) assert.ok(item.words <= 4, `${item.interface}.${item.name}`);
  const writeRead = functions.find(
    (item) => item.interface === "i2c" && item.name === "write-read",
  );
  assert.equal(signature(writeRead!), "(device:i32@0, data:i32@1, out:i32@2, lengths:i32@3) i32 4");
});

test("the contract: a range reaches its parameter", () => {
  const { contract } = lowerText(contractText);
  const ranges = functionsOf(contract).flatMap((item) =>
    item.parameters.flatMap(({ name, type }) =>
      type.kind === "scalar" && type.range !== undefined
        ? [`${item.interface}.${item.name} ${name} ${type.range.first} ${type.range.last}`]
        : [],
    ),
  );
  assert.ok(ranges.includes("pwm.set-frequency hertz 8 1000000"));
  assert.ok(ranges.includes("timer.every period-ms 1 86400000"));
});

test("the contract: an export that starts with a handler is a table", () => {
  const { contract } = lowerText(contractText);
  const exports = contract?.exports.map(({ name, kind, flat }) => ({
    name,
    kind,
    types: flat.map((one) => one.type),
  }));
  assert.deepEqual(exports, [
    { name: "start", kind: "entry", types: [] },
    { name: "event", kind: "table", types: ["i32"] },
  ]);
});
