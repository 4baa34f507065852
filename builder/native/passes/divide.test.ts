import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../../../test/helpers/differential.js";
import { assemble } from "../../../test/helpers/wasm-text.js";
import { decode } from "../../wasm/decode.js";
import { buildIr } from "../build/build.js";
import { printFunction } from "../print.js";
import { runPasses } from "./passes.js";

const operations = ["div_s", "div_u", "rem_s", "rem_u"];
const dividends = [0, 1, 2, 3, 63, 64, 65, -1, -2, -63, -64, -65, 0x7fffffff, -0x80000000];

for (const operation of operations) {
  test(`i32.${operation} by every power of two, and its neighbours`, () => {
    for (let power = 0; power < 32; power++) {
      for (const divisor of [1 << power, (1 << power) + 1, -(1 << power)]) {
        const code = `local.get 0 i32.const ${divisor | 0} i32.${operation}`;
        const wasm = assemble({ functions: { f: { type: "i32:i32", code } } });
        const calls = dividends.map((x) => ({ name: "f", args: [BigInt(x >>> 0)] }));
        compare(wasm, { calls });
      }
    }
  });
}

test("a power of two takes no helper, another divisor does", () => {
  const text = (divisor: number): string => {
    const code = `local.get 0 i32.const ${divisor} i32.div_s`;
    const { module } = decode(assemble({ functions: { f: { type: "i32:i32", code } } }));
    const [fn] = buildIr(module!, { bounds: "mpu", memoryBytes: 0 }).functions;
    return printFunction(runPasses(fn!));
  };
  assert.doesNotMatch(text(64), /i32\.div_s/);
  assert.match(text(60), /i32\.div_s/);
});
