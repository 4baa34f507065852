import { readFileSync } from "node:fs";
import { compileNative } from "../../builder/native/compile.js";
import { cycleCosts } from "../../builder/native/cost.js";
import { decode } from "../../builder/wasm/decode.js";
import { encode } from "../../builder/wasm/encode.js";
import { budgetExport, meter } from "../../builder/wasm/meter.js";
import { NativeMachine } from "../../runtime/emulator/cortex/machine.js";
import { helperTable } from "../../runtime/firmware/helpers.js";
import { packagePath } from "../helpers/root.js";

/** Cycles of one call, as they were charged in the engine and as the emulated core took them. */
export interface Comparison {
  readonly name: string;
  readonly charged: number;
  readonly taken: number;
}

/** More than any of the calls takes. */
const allowance = 2n ** 60n;
const instructionsMax = 1_000_000_000;

const helpers = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));

/** A call of an exported function of a module without imports, both ways. Throws where the results differ. */
export function compareCall(
  name: string,
  wasm: Uint8Array,
  entry: string,
  args: readonly number[],
): Comparison {
  const { native, diagnostics } = compileNative(wasm, { bounds: "mpu" });
  if (!native) throw new Error(`${name}: ${diagnostics[0]?.message}`);
  const module = decode(wasm).module!;
  const { index } = module.exports.find((item) => item.name === entry)!;
  const { offset } = native.functions.find((item) => item.index === index)!;
  const machine = new NativeMachine();
  machine.load({ ...native, helpers, helperCount: helperTable.length });
  if (native.start !== undefined) machine.call(native.start, [], { resultWords: 0 });
  const { words, cycles, trap } = machine.call(offset, args, { resultWords: 1, instructionsMax });
  const { bytes } = encode(meter(module, cycleCosts(native)));
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>),
  );
  const budget = exports[budgetExport] as WebAssembly.Global;
  budget.value = allowance;
  const result = (exports[entry] as (...args: readonly number[]) => number)(...args);
  if (result >>> 0 !== words[0])
    throw new Error(`${name}: ${trap?.code ?? words[0]} instead of ${result}`);
  return { name, charged: Number(allowance - (budget.value as bigint)), taken: cycles };
}

/** How far what was charged is from what was taken, in parts of the latter. */
export function errorOf({ charged, taken }: Comparison): number {
  return Math.abs(charged - taken) / taken;
}
