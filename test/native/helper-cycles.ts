import { readFileSync } from "node:fs";
import { helperShapes, type HelperName } from "../../builder/native/helpers.js";
import { layout } from "../../runtime/emulator/cortex/layout.js";
import { NativeMachine } from "../../runtime/emulator/cortex/machine.js";
import { helperTable } from "../../runtime/firmware/helpers.js";
import { f32Bits, f64Words } from "../helpers/arithmetic.js";
import { packagePath } from "../helpers/root.js";
import { Random } from "../fuzz/random.js";

/** Of the operands, the same for each helper. */
const seed = 5;
const samples = 400;

/**
 * The mean cycles of each helper on the emulated core over operands as programs have them: whole numbers of all lengths, as often short as long, divisors no longer
 * than what they divide; floats from about a millionth to a million. Copies and fills are of no bytes.
 */
export function measureHelpers(): Record<HelperName, number> {
  const machine = new NativeMachine();
  const helpers = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));
  machine.load({
    code: new Uint8Array(4),
    helpers,
    helperCount: helperTable.length,
    memoryBytes: 64,
  });
  const entries = helperTable.map(({ name }, index): [HelperName, number] => {
    const random = new Random(seed);
    let cycles = 0;
    for (let k = 0; k < samples; k++)
      cycles += machine.callHelper(index, operandsOf(name, random), { resultWords: 0 }).cycles;
    return [name, Math.round(cycles / samples)];
  });
  return Object.fromEntries(entries) as Record<HelperName, number>;
}

function operandsOf(name: HelperName, random: Random): number[] {
  if (name.startsWith("memory.")) return [layout.memory, layout.memory + 8, 0];
  const [type = "", operation = ""] = name.split(".");
  if (/shl|shr|rotr/.test(operation)) return [...wholeOf(2, random), random.below(64)];
  const from = /_(i32|i64|f32|f64)/.exec(operation)?.[1] ?? type;
  const words = from.endsWith("64") ? 2 : 1;
  const values = helperShapes[name].args / words;
  const operands = Array.from({ length: values }, () =>
    from.startsWith("f") ? floatOf(from, random) : wholeOf(words, random),
  );
  if (/div|rem/.test(operation) && from.startsWith("i")) operands.sort(byLength).reverse();
  return operands.flat();
}

/** Words of a number of any length below its sign, as often short as long; negative one time in four. */
function wholeOf(words: number, random: Random): number[] {
  const top = 1n << BigInt(random.below(32 * words - 1));
  const value = top | (((BigInt(random.word()) << 32n) | BigInt(random.word())) % top);
  const signed = random.oneIn(4) ? -value : value;
  return Array.from({ length: words }, (_, k) =>
    Number(BigInt.asUintN(32, signed >> BigInt(32 * k))),
  );
}

/** By magnitude, for the greater to come last. */
function byLength(a: readonly number[], b: readonly number[]): number {
  return magnitude(a) - magnitude(b);
}

function magnitude(words: readonly number[]): number {
  const top = words.at(-1)! | 0;
  const value = top * 2 ** (32 * (words.length - 1)) + (words.length > 1 ? words[0]! : 0);
  return Math.abs(value);
}

function floatOf(type: string, random: Random): number[] {
  const sign = random.oneIn(4) ? -1 : 1;
  const value = sign * (1 + random.below(2 ** 20) / 2 ** 20) * 2 ** (random.below(40) - 20);
  return type === "f32" ? [f32Bits(value)] : f64Words(value);
}
