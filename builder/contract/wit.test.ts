import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { packagePath } from "../../test/helpers/root.js";
import { readWit } from "./wit.js";

const contract = readFileSync(packagePath("sdk/wit/thimble.wit"), "utf8");

test("reads every construct of the subset", () => {
  const { wit, diagnostics } = readWit(
    `/// About.
package a:b@1.2.3;
// not documentation
interface types { type pin = u32; enum level { low, high, } }
/// Wires.
/// @free
interface wires {
    use types.{pin, level};
    /// Sets.
    /// @max data 16
    set: func(pin: pin, data: list<u8>) -> result<_, level>;
    get: func() -> result<list<u8>>;
}
world w { use types.{pin}; import wires; export go: func(pin: pin,); }
`,
    "w.wit",
  );
  assert.deepEqual(diagnostics, []);
  assert.ok(wit);
  assert.equal(wit.name, "a:b");
  assert.equal(wit.version, "1.2.3");
  assert.deepEqual(wit.docs.lines, ["About."]);
  const [types, wires] = wit.interfaces;
  assert.deepEqual(
    types?.types.map((type) => [type.kind, type.name.text]),
    [
      ["alias", "pin"],
      ["enum", "level"],
    ],
  );
  assert.deepEqual(
    wires?.docs.tags.map((tag) => tag.name),
    ["free"],
  );
  const [set, get] = wires?.functions ?? [];
  assert.deepEqual(set?.docs.lines, ["Sets."]);
  assert.deepEqual(set?.docs.tags[0], {
    name: "max",
    line: 10,
    column: 9,
    length: 4,
    words: [
      { text: "data", line: 10, column: 14, length: 4 },
      { text: "16", line: 10, column: 19, length: 2 },
    ],
  });
  assert.deepEqual(
    set?.parameters.map((parameter) => [parameter.name.text, parameter.type.kind]),
    [
      ["pin", "name"],
      ["data", "list"],
    ],
  );
  assert.ok(
    set?.result?.kind === "result" && set.result.ok === null && set.result.error?.kind === "name",
  );
  assert.ok(
    get?.result?.kind === "result" && get.result.ok?.kind === "list" && get.result.error === null,
  );
  assert.deepEqual(
    wit.worlds[0]?.imports.map((name) => name.text),
    ["wires"],
  );
  assert.deepEqual(
    wit.worlds[0]?.exports.map((func) => func.name.text),
    ["go"],
  );
});

const header = "package a:b@1.0.0;\n";

/** What stands in the file, where the finding is, and how it starts. */
const refused: readonly [text: string, line: number, column: number, message: string][] = [
  ["interface a {}", 1, 1, "expected `package`, found `interface`"],
  ["package a:b;", 1, 12, "expected a version, found `;`"],
  [
    `${header}interface a {`,
    2,
    14,
    "expected an item of the interface or `}`, found the end of the file",
  ],
  [
    `${header}interface a { record point { x: u32 } }`,
    2,
    15,
    "`record` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { resource pin; }`,
    2,
    15,
    "`resource` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { flags f { a } }`,
    2,
    15,
    "`flags` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { variant v { a } }`,
    2,
    15,
    "`variant` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { f: func() -> option<u8>; }`,
    2,
    28,
    "`option` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { f: func(x: tuple<u8>); }`,
    2,
    26,
    "`tuple` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { f: func(x: borrow<pin>); }`,
    2,
    26,
    "`borrow` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { f: func(x: list<u8, 4>); }`,
    2,
    26,
    "`list<type, length>` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { f: async func(); }`,
    2,
    18,
    "`async` is not part of the WIT subset of the contract",
  ],
  [
    `${header}world w { include x; }`,
    2,
    11,
    "`include` is not part of the WIT subset of the contract",
  ],
  [
    `${header}interface a { @since(version = 1.0.0) f: func(); }`,
    2,
    15,
    "the gate `@since` is not part of the WIT subset",
  ],
  [`${header}/* no */ interface a {}`, 2, 1, "block comments are not part of the WIT subset"],
  [`${header}interface %type {}`, 2, 11, "names escaped with `%` are not part of the WIT subset"],
  [`${header}interface Wires {}`, 2, 11, "names are kebab-case in lower case"],
  [`${header}interface a { f: func() }`, 2, 25, "expected `;`, found `}`"],
  [`${header}interface a { f: func(x u8); }`, 2, 25, "expected `:`, found `u8`"],
  [`${header}interface a { f: func(x: u8 y: u8); }`, 2, 29, "expected `,` or `)`, found `y`"],
  [`${header}use a.{b};`, 2, 1, "expected `interface` or `world`, found `use`"],
  [`${header}/// @free\nenum e { a }`, 3, 1, "expected `interface` or `world`, found `enum`"],
  [
    `${header}interface a {\n  /// @maximum x 3\n  f: func();\n}`,
    3,
    7,
    "the tag `@maximum` is unknown here",
  ],
  [
    `${header}interface a {\n  /// @handle adc\n  f: func();\n}`,
    3,
    7,
    "the tag `@handle` is unknown here",
  ],
  [
    `${header}interface a {\n  f: func();\n  /// Dangling.\n}`,
    4,
    3,
    "this documentation comment documents nothing",
  ],
  [`${header}interface a { f: func() ? u8; }`, 2, 25, "unexpected character `?`"],
];

for (const [text, line, column, message] of refused) {
  test(`refuses: ${message}, ${line}:${column}`, () => {
    const { wit, diagnostics } = readWit(text, "w.wit");
    assert.equal(wit, undefined);
    const [found, ...others] = diagnostics;
    assert.deepEqual(others, []);
    assert.deepEqual(
      { file: found?.file, line: found?.line, column: found?.column, message: found?.message },
      { file: "w.wit", line, column, message },
    );
    assert.ok(found?.hint, "a hint says what to write instead");
  });
}

test("any damage to the contract is either read or refused at a place inside it", () => {
  const lines = contract.split("\n").length;
  const damage = fc.tuple(
    fc.nat(contract.length),
    fc.nat(30),
    fc.constantFrom("", "{", "}", ";", "\n", "-", "list<", "///", "@", "%", "A"),
  );
  fc.assert(
    fc.property(damage, ([at, length, insert]) => {
      const { wit, diagnostics } = readWit(
        contract.slice(0, at) + insert + contract.slice(at + length),
        "w.wit",
      );
      assert.equal(diagnostics.length, wit === undefined ? 1 : 0);
      for (const { line, column } of diagnostics)
        assert.ok(line! >= 1 && line! <= lines + 1 && column! >= 1);
    }),
    { numRuns: 300, seed: 1 },
  );
});
