import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packagePath } from "../../test/helpers/root.js";
import { contractExports, contractImports } from "./capabilities.js";
import { generate, witPath } from "./generate.js";

const text = readFileSync(packagePath(witPath), "utf8");

test("the generated files are current", () => {
  const { files, diagnostics } = generate(text);
  assert.deepEqual(diagnostics, []);
  assert.equal(files.size, 5);
  for (const [path, expected] of files) {
    assert.equal(
      readFileSync(packagePath(path), "utf8"),
      expected,
      `${path}: run npm run contract`,
    );
  }
});

test("a fault in the contract gives its diagnostics and no files", () => {
  const { files, diagnostics } = generate(text.replace("interface gpio", "record gpio"));
  assert.equal(files.size, 0);
  assert.equal(diagnostics[0]?.file, witPath);
});

/** The functions of the contract as a plain search finds them, without the reader. */
const names = [...text.matchAll(/^interface ([a-z0-9-]+) \{([^]*?)^\}/gm)].flatMap(
  ([, item, body]) =>
    [...body!.matchAll(/^ {4}([a-z-]+): func/gm)].map(([, name]) => `${item}.${name}`),
);

test("every function is in every binding, in the order of the file", () => {
  const { files } = generate(text);
  const found = (path: string, pattern: RegExp): string[] =>
    [...files.get(path)!.matchAll(pattern)].map((match) => `${match[1]}.${match[2]}`);
  assert.ok(names.length > 40);
  assert.deepEqual(
    found("sdk/assembly/contract.ts", /^@external\("([^"]+)", "([^"]+)"\)$/gm),
    names,
  );
  assert.deepEqual(found("runtime/core/dispatch.c", /^ {2}\/\* \d+ ([^.]+)\.(\S+) \*\/$/gm), names);
  assert.deepEqual(
    found("runtime/emulator/sim/contract.ts", /interface: "([^"]+)",\s+name: "([^"]+)"/g),
    names,
  );
  assert.deepEqual(
    contractImports.map((item) => `${item.interface}.${item.name}`),
    names,
  );
  const calls = names.map((name) => `${name.replace(".", "_").replaceAll("-", "_")}(`);
  for (const path of ["runtime/core/contract.h", "runtime/core/dispatch.c"]) {
    for (const call of calls) assert.ok(files.get(path)!.includes(call), `${path} has ${call}`);
  }
});

test("an import is free, or asks for the kinds of need its handle accepts", () => {
  const kinds = new Map(
    contractImports.map((item) => [`${item.interface}.${item.name}`, item.needKinds]),
  );
  assert.deepEqual(kinds.get("gpio.read"), ["gpio-in", "gpio-out"]);
  assert.deepEqual(kinds.get("gpio.write"), ["gpio-out"]);
  assert.deepEqual(kinds.get("message.read"), ["subscribe"]);
  assert.deepEqual(kinds.get("timer.every"), []);
  assert.deepEqual(
    contractExports.map((item) => item.name),
    ["start", "event"],
  );
});

/** One interface with a function of each shape that the contract itself does not have yet. */
const shapes = `package a:b@1.0.0;
interface types {
    /// @handle i2c
    type device = u32;
    enum error-code { broken, too-large }
    enum colour { red, green, blue }
    enum trap-code { none, bad-argument, bad-pointer, unknown-call }
}
interface x {
    use types.{device, colour, error-code};
    wide: func(device: device, at: u64) -> result<s32, error-code>;
    signed: func(device: device, at: s64) -> s32;
    /// @max default 20
    /// @max return 30
    both: func(device: device, default: list<u8>, colour: colour) -> colour;
    /// @kept own 40
    keep: func(device: device, own: list<u8>) -> u32;
}
world w { import x; }
`;

test("C: 64-bit arguments take two words; keywords are not names; ranges of enums are checked", () => {
  const { files } = generate(shapes.replace("    /// @max return 30\n", ""));
  const dispatch = files.get("runtime/core/dispatch.c")!;
  assert.ok(dispatch.includes("return (uint64_t)x_wide(self, POINTER(a), wide(b, c));"));
  assert.ok(dispatch.includes("return (uint32_t)x_signed(self, POINTER(a), (int64_t)wide(b, c));"));
  assert.ok(dispatch.includes("return x_both(self, POINTER(a), POINTER(b), c, words[3]);"));
  assert.ok(dispatch.includes("  0,\n  RANGE(0u, 2u),\n};"));
  assert.ok(dispatch.includes("  0,\n  MAX(20u) | POINTER_WORD(1u) | HAS_LIST,\n"));
  assert.ok(
    dispatch.includes(
      "{NEEDS(1u << NEED_I2C) | RANGES(0x1000u) | LISTS(1u) | NARROW, {.narrow = invoke_x_both}},",
    ),
  );
  const header = files.get("runtime/core/contract.h")!;
  assert.ok(
    header.includes(
      "CONTRACT_CHECKED int64_t x_wide(struct container *self, const struct need *device, uint64_t at);",
    ),
  );
  assert.ok(header.includes("const uint8_t *default_, uint32_t default_length, uint32_t colour);"));
  assert.ok(header.includes("#define CONTRACT_MAX_X_BOTH_DEFAULT 20u"));
});

test("C: the core gets the offset of a kept list, and no copy is made", () => {
  const { files } = generate(shapes.replace("    /// @max return 30\n", ""));
  const dispatch = files.get("runtime/core/dispatch.c")!;
  assert.ok(dispatch.includes("return x_keep(self, POINTER(a), b, c);"));
  assert.ok(dispatch.includes("  MAX(40u) | POINTER_WORD(1u) | HAS_LIST | IS_KEPT,\n"));
  assert.ok(
    files
      .get("runtime/core/contract.h")!
      .includes(
        "uint32_t x_keep(struct container *self, const struct need *device, uint32_t own, uint32_t own_length);",
      ),
  );
  assert.ok(
    files
      .get("sdk/assembly/contract.ts")!
      .includes("x_keep(device: u32, own: usize, ownLength: u32): u32;"),
  );
});

test("a stated range is checked in C and told in every binding", () => {
  const ranged = shapes
    .replace(
      "    wide: func",
      "    /// @range far 8 1000000\n    near: func(device: device, far: u32);\n    wide: func",
    )
    .replace("    /// @max return 30\n", "");
  const { files, diagnostics } = generate(ranged);
  assert.deepEqual(diagnostics, []);
  const dispatch = files.get("runtime/core/dispatch.c")!;
  assert.ok(dispatch.includes("  0,\n  RANGE(8u, 999992u),\n  RANGE(0u, 2u),\n};"));
  assert.ok(
    dispatch.includes(
      "/* 0 x.near */\n  {NEEDS(1u << NEED_I2C) | RANGES(0x10u), {.none = invoke_x_near}},",
    ),
  );
  assert.ok(
    files.get("runtime/core/contract.h")!.includes("#define CONTRACT_LAST_X_NEAR_FAR 1000000u"),
  );
  for (const path of [
    "runtime/core/contract.h",
    "runtime/emulator/sim/contract.ts",
    "sdk/assembly/contract.ts",
  ])
    assert.ok(files.get(path)!.includes("`far` is 8 to 1,000,000."), path);
});

test("AssemblyScript: only enums that functions use; errors are positive, counted from 1", () => {
  const { files } = generate(shapes.replace("    /// @max return 30\n", ""));
  const assembly = files.get("sdk/assembly/contract.ts")!;
  assert.ok(assembly.includes("export enum ErrorCode {\n  Broken = 1,\n  TooLarge,\n}"));
  assert.ok(assembly.includes("export enum Colour {\n  Red,"));
  assert.ok(!assembly.includes("enum TrapCode"));
  assert.ok(assembly.includes("export declare function x_wide(device: u32, at: u64): i64;"));
});
