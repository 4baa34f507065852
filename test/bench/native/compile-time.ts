import { compileNative } from "../../../builder/native/compile.js";
import { decode } from "../../../builder/wasm/decode.js";
import { encode } from "../../../builder/wasm/encode.js";
import { importedFunctions, type Module } from "../../../builder/wasm/module.js";
import { buildExample } from "../../helpers/examples.js";
import type { Figure } from "../figures.js";

/** Times of compiling the thermostat, and of modules with its functions many times over, up to 200 KB: the time a byte shows whether growth is linear. */
export async function compileTimes(short: boolean): Promise<Figure[]> {
  const { container } = await buildExample("thermostat");
  const { module } = decode(container.wasm);
  if (module === undefined) throw new Error("the thermostat does not decode");
  const memoryBytes = container.manifest.limits.memoryBytes;
  const rounds = short ? 3 : 15;
  const warm = leastMs(container.wasm, memoryBytes, rounds);
  const growth = (short ? [60] : [60, 120, 240, 380]).map((copies): Figure => {
    const wasm = repeated(module, copies);
    const perByte = (leastMs(wasm, memoryBytes, 2) * 1000) / wasm.length;
    return {
      name: `  a byte of ${Math.round(wasm.length / 1000)} KB`,
      value: perByte,
      unit: "us",
    };
  });
  return [{ name: "thermostat to machine code", value: warm, unit: "ms", most: 50 }, ...growth];
}

function leastMs(wasm: Uint8Array, memoryBytes: number, rounds: number): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    const { native } = compileNative(wasm, { bounds: "checked", memoryBytes });
    if (native === undefined) throw new Error("the module does not compile");
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** The module with its functions so many times; each copy calls its own. */
function repeated(module: Module, copies: number): Uint8Array {
  const imported = importedFunctions(module).length;
  const own = module.functions.length;
  const all = Array.from({ length: copies }, (_, k) => k);
  const code = all.flatMap((k) =>
    module.code.map((body) => ({
      ...body,
      code: body.code.map((item) => {
        const [index = 0] = item.immediates;
        const moves = item.opcode.immediate === "function" && index >= imported;
        return moves ? { ...item, immediates: [index + k * own] } : item;
      }),
    })),
  );
  return encode({ ...module, functions: all.flatMap(() => module.functions), code }).bytes;
}
