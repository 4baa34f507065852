import assert from "node:assert/strict";
import { test } from "node:test";
import { opcodes, type Opcode } from "../../wasm/opcodes.js";
import type { ValueType } from "../../wasm/module.js";
import { assemble } from "../../../test/helpers/wasm-text.js";
import {
  compare,
  configurations,
  Interpreted,
  type Call,
} from "../../../test/helpers/differential.js";

const corners32 = [
  0n,
  1n,
  2n,
  3n,
  31n,
  32n,
  33n,
  0x7fn,
  0x80n,
  0x7fffn,
  0x8000n,
  0x12345678n,
].concat([0x7fffffffn, 0x80000000n, 0x80000001n, 0xfffffffen, 0xffffffffn]);

const corners64 = [
  0n,
  1n,
  2n,
  7n,
  31n,
  32n,
  33n,
  63n,
  64n,
  0x80n,
  0x8000n,
  0x7fffffffn,
  0x80000000n,
]
  .concat([0xffffffffn, 0x100000000n, 0x123456789abcdef0n, 0x7fffffffffffffffn])
  .concat([0x8000000000000000n, 0x8000000000000001n, 0xfffffffffffffffen, 0xffffffffffffffffn]);

/** Zeros, ones, halves, denormals, the largest, infinities, quiet and signalling NaNs, and both sides of the ends of the integer types. */
const singles = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -1.5, -0.99999994, 3.1415927, 1e-45, -1e-40]
  .concat([3.4028235e38, -3.4028235e38, Infinity, -Infinity, 8388607.5, 16777216, 2147483520])
  .concat([2147483648, -2147483648, -2147483904, 4294967040, 4294967296, 9223371487098961920])
  .concat([9223372036854775808, -9223372036854775808, -9223373136366403584, 18446742974197923840])
  .concat([18446744073709551616])
  .map((value) => BigInt(new Uint32Array(new Float32Array([value]).buffer)[0]!))
  .concat([0x7fc00000n, 0xffc00000n, 0x7f800001n, 0xff812345n, 0x7fffffffn]);

const doubles = [
  0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -1.5, 0.1, 5e-324, -1e-310, 1.7976931348623157e308,
]
  .concat([Infinity, -Infinity, -0.9999999999999999, 2147483647, 2147483647.5, 2147483648])
  .concat([
    -2147483648, -2147483648.5, -2147483649, -2147483649.5, 4294967295, 4294967295.5, 4294967296,
  ])
  .concat([4503599627370495.5, 9223372036854774784, 9223372036854775808, -9223372036854775808])
  .concat([
    -9223372036854777856, 18446744073709549568, 18446744073709551616, 3.4028235677973366e38, 1e-46,
  ])
  .map((value) => new BigUint64Array(new Float64Array([value]).buffer)[0]!)
  .concat([0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff0000000000001n, 0xfff123456789abcdn]);

const corners: Readonly<Record<ValueType, readonly bigint[]>> = {
  i32: corners32,
  i64: corners64,
  f32: singles,
  f64: doubles,
};

const letters: Readonly<Record<string, ValueType>> = { i: "i32", I: "i64", f: "f32", F: "f64" };
const integerOf = { i32: "i32", i64: "i64", f32: "i32", f64: "i64" } as const;

/** Those of fixed signature on values alone. */
const pure = [...opcodes.values()].filter(
  ({ signature, immediate }) => signature !== null && signature !== ":" && immediate === "none",
);

function typesOf({ signature }: Opcode): { params: ValueType[]; result: ValueType } {
  const [params = "", results = ""] = signature!.split(":");
  return { params: [...params].map((x) => letters[x]!), result: letters[results]! };
}

/** The instruction on parameters, floats passed as their bits. */
function wrapped(opcode: Opcode): { type: string; code: string } {
  const { params, result } = typesOf(opcode);
  const type = `${params.map((x) => integerOf[x]).join(" ")}:${integerOf[result]}`;
  const gets = params.map((x, k) => `local.get ${k} ${toFloat(x)}`).join(" ");
  return { type, code: `${gets} ${opcode.name} ${fromFloat(result)}` };
}

function toFloat(type: ValueType): string {
  return { i32: "", i64: "", f32: "f32.reinterpret_i32", f64: "f64.reinterpret_i64" }[type];
}

function fromFloat(type: ValueType): string {
  return { i32: "", i64: "", f32: "i32.reinterpret_f32", f64: "i64.reinterpret_f64" }[type];
}

function constant(type: ValueType, bits: bigint): string {
  if (type === "f32" || type === "f64") return `${type}.const ${bits}`;
  return `${type}.const ${type === "i32" ? BigInt.asIntN(32, bits) : BigInt.asIntN(64, bits)}`;
}

function argumentsOf(opcode: Opcode): bigint[][] {
  const [first, second] = typesOf(opcode).params;
  if (!second) return corners[first!].map((a) => [a]);
  return corners[first!].flatMap((a) => corners[second].map((b) => [a, b]));
}

const keepsBits = /abs|neg|copysign|reinterpret/;

/** Any NaN that is computed is as good as another. */
function bothNan(name: string, a: bigint, b: bigint): boolean {
  if (keepsBits.test(name) || !name.startsWith("f")) return false;
  const isNan = name.startsWith("f32")
    ? (x: bigint) => (x & 0x7fffffffn) > 0x7f800000n
    : (x: bigint) => (x & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
  return isNan(a) && isNan(b);
}

test("the list of instructions on values is whole", () => {
  assert.equal(pure.length, 136);
});

for (const group of ["i32", "i64", "f32", "f64"]) {
  test(`${group} instructions give what the engine gives`, () => {
    const list = pure.filter(({ name }) => name.startsWith(group));
    const wasm = assemble({ functions: Object.fromEntries(list.map((x) => [x.name, wrapped(x)])) });
    const calls = list.flatMap((x) => argumentsOf(x).map((args): Call => ({ name: x.name, args })));
    const some = configurations.filter(({ name }) => !/alone|without/.test(name));
    compare(wasm, { calls, configurations: some, equal: bothNan });
  });
}

test("instructions with a constant on one side give what the engine gives", () => {
  for (const opcode of pure.filter((x) => typesOf(x).params.length === 2)) {
    const { params, result } = typesOf(opcode);
    const [type] = params;
    const functions = Object.fromEntries(
      corners[type!].flatMap((bits, k) => {
        const shape = `${integerOf[type!]}:${integerOf[result]}`;
        const get = `local.get 0 ${toFloat(type!)}`;
        const end = `${opcode.name} ${fromFloat(result)}`;
        return [
          [
            `${opcode.name} right ${k}`,
            { type: shape, code: `${get} ${constant(type!, bits)} ${end}` },
          ],
          [
            `${opcode.name} left ${k}`,
            { type: shape, code: `${constant(type!, bits)} ${get} ${end}` },
          ],
        ];
      }),
    );
    const calls = Object.keys(functions).flatMap((name) =>
      corners[type!].map((bits): Call => ({ name, args: [bits] })),
    );
    const some = configurations.filter(({ name }) => name.startsWith("checked"));
    compare(assemble({ functions }), {
      calls,
      configurations: type!.startsWith("i") ? some : some.slice(0, 2),
      equal: bothNan,
    });
  }
});

test("instructions on constants alone give what the engine gives", () => {
  for (const opcode of pure.filter(({ name }) => name.startsWith("i") && !name.includes("_f"))) {
    const { params, result } = typesOf(opcode);
    const functions = Object.fromEntries(
      argumentsOf(opcode).map((args, k) => {
        const values = args.map((bits, n) => constant(params[n]!, bits)).join(" ");
        const code = `${values} ${opcode.name} ${fromFloat(result)}`;
        return [`${opcode.name} ${k}`, { type: `:${integerOf[result]}`, code }];
      }),
    );
    const calls = Object.keys(functions).map((name): Call => ({ name, args: [] }));
    const some = configurations.filter(({ name }) => name === "checked");
    compare(assemble({ functions }), { calls, configurations: some, equal: bothNan });
  }
});

test("a conversion that cannot be says whether it was a NaN or too large", () => {
  const list = pure.filter(({ name }) => /trunc_f/.test(name));
  const wasm = assemble({ functions: Object.fromEntries(list.map((x) => [x.name, wrapped(x)])) });
  const interpreted = new Interpreted(wasm, configurations[0]!);
  let traps = 0;
  list.forEach((opcode, index) => {
    const single = typesOf(opcode).params[0] === "f32";
    for (const bits of single ? singles : doubles) {
      const outcome = interpreted.call(index, [bits]);
      if (!("trap" in outcome)) continue;
      traps++;
      const nan = single
        ? (bits & 0x7fffffffn) > 0x7f800000n
        : (bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
      assert.equal(
        outcome.trap,
        nan ? "invalid-conversion" : "integer-overflow",
        `${opcode.name} ${bits}`,
      );
    }
  });
  assert.ok(traps > 80);
});
