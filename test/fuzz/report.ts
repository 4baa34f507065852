import { printModule } from "../../builder/wasm/print.js";
import type { ValueType } from "../../builder/wasm/module.js";
import { engine } from "../native/engine.js";
import { exportedFunction, type Bits, type Outcome } from "../native/executor.js";
import { exactLiteral } from "../conformance/number.js";
import { encodeProgram, exportName } from "./encode.js";
import type { Program } from "./program.js";

/** What the official scripts call our traps. */
const messages: Readonly<Record<string, string>> = {
  unreachable: "unreachable",
  "memory-bounds": "out of bounds memory access",
  "divide-by-zero": "integer divide by zero",
  "integer-overflow": "integer overflow",
  "invalid-conversion": "invalid conversion to integer",
  conversion: "integer overflow",
  "bad-indirect-call": "undefined element",
  "stack-overflow": "call stack exhausted",
};

/** A program as a script of the kind in test/fuzz/regressions, with what the engine says; the module as bytes, for text would be rewritten on its way, and as text to read. */
export function script(program: Program, title: string): string {
  const { module, wasm } = encodeProgram(program);
  const loaded = engine.load(module, () => ({ results: [] }));
  if (!("instance" in loaded)) throw new Error("not valid");
  const assertions = program.calls.map(({ target, args }) => {
    const name = exportName(target);
    const { params, results } = exportedFunction(module, name).type;
    const action = `(invoke "${name}"${args.map((bits, k) => ` ${literal(params[k]!, bits)}`).join("")})`;
    return assertion(action, results, loaded.instance.call(name, args));
  });
  const text = printModule(module).trimEnd().replace(/^/gm, ";; ");
  return [`;; ${title}`, text, moduleText(wasm), ...assertions, ""].join("\n");
}

function moduleText(wasm: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < wasm.length; at += 24) {
    const bytes = [...wasm.subarray(at, at + 24)];
    lines.push(`  "${bytes.map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}"`);
  }
  return `(module binary\n${lines.join("\n")})`;
}

function assertion(action: string, results: readonly ValueType[], outcome: Outcome): string {
  if ("trap" in outcome)
    return `(assert_trap ${action} "${messages[outcome.trap] ?? outcome.trap}")`;
  const values = outcome.results.map((bits, k) => ` ${expected(results[k]!, bits)}`);
  return `(assert_return ${action}${values.join("")})`;
}

function expected(type: ValueType, bits: Bits): string {
  const isNaN32 = type === "f32" && BigInt.asUintN(31, bits) > 0x7f80_0000n;
  const isNaN64 = type === "f64" && BigInt.asUintN(63, bits) > 0x7ff0_0000_0000_0000n;
  return isNaN32 || isNaN64 ? `(${type}.const nan:arithmetic)` : literal(type, bits);
}

function literal(type: ValueType, bits: Bits): string {
  if (type === "i32" || type === "i64") return `(${type}.const 0x${bits.toString(16)})`;
  return `(${type}.const ${exactFloat(type, bits)})`;
}

function exactFloat(type: "f32" | "f64", bits: Bits): string {
  const [width, fraction] = type === "f32" ? [8, 23] : [11, 52];
  const sign = bits >> BigInt(width + fraction) === 0n ? "" : "-";
  const part = BigInt.asUintN(fraction, bits);
  const exponent = Number(BigInt.asUintN(width, bits >> BigInt(fraction)));
  if (exponent === 2 ** width - 1)
    return `${sign}${part === 0n ? "inf" : `nan:0x${part.toString(16)}`}`;
  return exactLiteral(type, bits);
}
