import type { ValueType } from "../../builder/wasm/module.js";
import { engine } from "../native/engine.js";
import {
  exportedFunction,
  isSameEnd,
  type Bits,
  type Executor,
  type Host,
  type Instance,
  type Outcome,
} from "../native/executor.js";
import { encodeProgram, exportName } from "./encode.js";
import type { Program } from "./program.js";

/** What one way of running a program does otherwise than another, the engine if not said; undefined if nothing. */
export function difference(
  program: Program,
  executor: Executor,
  reference: Executor = engine,
): string | undefined {
  const { module } = encodeProgram(program);
  const [expectedLog, foundLog]: [string[], string[]] = [[], []];
  const loaded = reference.load(module, recorder(program, expectedLog));
  if (!("instance" in loaded)) throw new Error(`not valid: ${JSON.stringify(loaded)}`);
  try {
    const other = executor.load(module, recorder(program, foundLog));
    if (!("instance" in other)) return `does not load: ${JSON.stringify(other)}`;
    const pair: Pair = { expected: loaded.instance, found: other.instance };
    for (const { target, args } of program.calls) {
      const name = exportName(target);
      const told = callDifference(pair, name, args) ?? logDifference(expectedLog, foundLog);
      if (told !== undefined) return `${name}(${args.map(hex).join(", ")}): ${told}`;
    }
    return undefined;
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

interface Pair {
  readonly expected: Instance;
  readonly found: Instance;
}

/** A host that notes its calls and answers by what it got. */
function recorder({ imports }: Program, log: string[]): Host {
  return (_, name, args) => {
    const { results } = imports[Number(name.slice(1))]!;
    log.push(`${name}(${args.map(hex).join(", ")})`);
    const mixed = args.reduce((sum, arg) => 31n * sum + arg, BigInt(log.length));
    return { results: results.map((type) => BigInt.asUintN(type === "i64" ? 64 : 32, mixed)) };
  };
}

function callDifference(
  { expected, found }: Pair,
  name: string,
  args: readonly Bits[],
): string | undefined {
  const { results } = exportedFunction(expected.module, name).type;
  const wanted = expected.call(name, args);
  const got = found.call(name, args);
  if (!sameOutcome(results, wanted, got)) return `${told(got)} instead of ${told(wanted)}`;
  const [memory, other] = [expected.memory(), found.memory()];
  if (Buffer.compare(memory, other) !== 0) {
    const at = memory.findIndex((byte, k) => byte !== other[k]);
    return `memory has ${other[at]} instead of ${memory[at]} at ${at}`;
  }
  const globals = found.globals();
  const differs = expected
    .globals()
    .findIndex((bits, k) => !sameBits(expected.module.globals[k]!.type, bits, globals[k]!));
  if (differs < 0) return undefined;
  return `global ${differs} is ${hex(globals[differs]!)} instead of ${hex(expected.globals()[differs]!)}`;
}

function logDifference(expected: readonly string[], found: readonly string[]): string | undefined {
  const at = expected.findIndex((line, k) => line !== found[k]);
  if (at < 0 && expected.length === found.length) return undefined;
  return `host call ${found[at] ?? found.at(-1) ?? "missing"} instead of ${expected[at] ?? "none"}`;
}

function sameOutcome(types: readonly ValueType[], a: Outcome, b: Outcome): boolean {
  if ("trap" in a || "trap" in b) return "trap" in a && "trap" in b && isSameEnd(a.trap, b.trap);
  return types.every((type, k) => sameBits(type, a.results[k]!, b.results[k]!));
}

/** NaNs are one value: WebAssembly leaves their bits to the engine. */
function sameBits(type: ValueType, a: Bits, b: Bits): boolean {
  return a === b || (isNaNBits(type, a) && isNaNBits(type, b));
}

function isNaNBits(type: ValueType, bits: Bits): boolean {
  if (type === "f32") return BigInt.asUintN(31, bits) > 0x7f80_0000n;
  return type === "f64" && BigInt.asUintN(63, bits) > 0x7ff0_0000_0000_0000n;
}

function told(outcome: Outcome): string {
  if ("trap" in outcome) return `trap ${outcome.trap}`;
  return outcome.results.map(hex).join(", ") || "no result";
}

function hex(bits: Bits): string {
  return `0x${bits.toString(16)}`;
}
