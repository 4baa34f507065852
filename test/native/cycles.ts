import { readFileSync } from "node:fs";
import { compileNative, type NativeModule } from "../../builder/native/compile.js";
import { cycleCosts, typicalCalls } from "../../builder/native/cost.js";
import { confine } from "../../builder/wasm/confine.js";
import { decode } from "../../builder/wasm/decode.js";
import { encode } from "../../builder/wasm/encode.js";
import { budgetExport, meter } from "../../builder/wasm/meter.js";
import { functionType, importedFunctions, type Module } from "../../builder/wasm/module.js";
import { exceptionCycles } from "../../runtime/emulator/cortex/core.js";
import { NativeMachine } from "../../runtime/emulator/cortex/machine.js";
import { nativeGuests } from "../../runtime/emulator/cortex/native-container.js";
import { engineGuests } from "../../runtime/emulator/sim/container.js";
import type { GuestFactory } from "../../runtime/emulator/sim/guest.js";
import { helperTable } from "../../runtime/firmware/helpers.js";
import { encodeProgram, exportName } from "../fuzz/encode.js";
import { generate } from "../fuzz/generate.js";
import { constant, node, type Node, type Program } from "../fuzz/program.js";
import { buildExample, simulateExample } from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";
import { engine } from "./engine.js";
import { toWords, wordCount, type Instance } from "./executor.js";

/** Cycles of one call, as they were charged in the engine and as the emulated core took them. */
export interface Comparison {
  readonly name: string;
  readonly charged: number;
  readonly taken: number;
}

/** How far what was charged is from what was taken, in parts of the latter. */
export function errorOf({ charged, taken }: Comparison): number {
  return Math.abs(charged - taken) / taken;
}

/** More than any of the calls takes. */
const allowance = 2n ** 60n;
const instructionsMax = 1_000_000_000;
const cyclesPerUs = 125;

const helpers = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));
const helperCount = helperTable.length;

/** On the emulated core a host call is an instruction and an exception, and the host does its part at no cost. */
const exception = exceptionCycles.entry + exceptionCycles.exit;
const machineCalls = { ...typicalCalls, hostCall: () => 1 + exception };

/** A call of an exported function of a module without imports, both ways. Throws where the results differ. */
export function compareCall(
  name: string,
  wasm: Uint8Array,
  entry: string,
  args: readonly number[],
): Comparison {
  const native = compiled(name, wasm);
  const module = decode(wasm).module!;
  const machine = new NativeMachine();
  machine.load({ ...native, helpers, helperCount });
  if (native.start !== undefined) machine.call(native.start, [], { resultWords: 0 });
  const { words, cycles } = machine.call(offsetOf(native, module, entry), args, {
    resultWords: 1,
    instructionsMax,
  });
  const { bytes } = encode(meter(module, cycleCosts(native)));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const budget = exports[budgetExport] as WebAssembly.Global;
  budget.value = allowance;
  const result = (exports[entry] as (...args: readonly number[]) => number)(...args);
  if (result >>> 0 !== words[0]) throw new Error(`${name}: ${words[0]} instead of ${result}`);
  return { name, charged: Number(allowance - BigInt(budget.value)), taken: cycles };
}

function compiled(
  name: string,
  wasm: Uint8Array,
  options: Omit<Parameters<typeof compileNative>[1], "bounds"> = {},
): NativeModule {
  const { native, diagnostics } = compileNative(wasm, { ...options, bounds: "mpu" });
  if (!native) throw new Error(`${name}: ${diagnostics[0]?.message}`);
  return native;
}

function offsetOf(native: NativeModule, module: Module, entry: string): number {
  const { index } = module.exports.find(({ name, kind }) => name === entry && kind === "function")!;
  return native.functions.find((item) => item.index === index)!.offset;
}

/** Virtual time for which an example is watched. */
const watchedUs = 600e6;

/** Each event of an example, its start first: in the simulator, and in machine code under the same core. Time on buses is left out. */
export async function compareExample(name: string): Promise<Comparison[]> {
  const example = await buildExample(name);
  const run = async (createGuest: GuestFactory): Promise<void> => {
    const { simulation } = await simulateExample(name, example, { sink: () => {}, createGuest });
    simulation.advanceTo(watchedUs);
  };
  const charged: number[] = [];
  const taken: number[] = [];
  const { memoryBytes } = example.container.manifest.limits;
  await run(async (source) => {
    const costs = cycleCosts(compiled(name, source.wasm, { memoryBytes }), machineCalls);
    const module = confine(meter(decode(source.wasm).module!, costs), memoryBytes);
    const make = await engineGuests({ ...source, wasm: encode(module).bytes });
    const onSpent = (us: number): unknown => charged.push(Math.round(us * cyclesPerUs));
    return (host) => make({ ...host, nowUs: () => 0, onSpent });
  });
  await run(
    nativeGuests({
      compile: (wasm) => compiled(name, wasm, { memoryBytes }),
      helpers,
      helperCount,
      onCall: (_, { cycles, misaligned }) => taken.push(cycles - misaligned * exception),
    }),
  );
  if (charged.length !== taken.length)
    throw new Error(`${name}: ${charged.length} and ${taken.length} events`);
  return charged.map((cycles, k) => ({
    name: `${name}, event ${k}`,
    charged: cycles,
    taken: taken[k]!,
  }));
}

/** The calls of random programs that return; without helpers, what would call one is a constant. */
export function comparePrograms(
  seeds: readonly number[],
  { helpers }: { readonly helpers: boolean },
): Comparison[] {
  return seeds.flatMap((seed) => {
    const program = withoutStubs(generate(seed, { inBounds: true }));
    return compareProgram(seed, helpers ? program : withoutHelpers(program));
  });
}

/** What a call through the table costs that leads to an imported function is charged to nobody: there is none here. */
function withoutStubs(program: Program): Program {
  const first = program.imports.length;
  return {
    ...program,
    table: program.table.map((target) => (target !== null && target < first ? null : target)),
  };
}

const callsHelper =
  /div|rem|clz|ctz|popcnt|i64\.(mul|sh[lr]|rot)|trunc|convert|demote|promote|f\d\d\.(eq|ne|[lg][te]|add|sub|mul|min|max|sqrt|ceil|floor|nearest)|memory\.(copy|fill)/;

function withoutHelpers(program: Program): Program {
  const plain = (each: Node): Node => {
    if (!callsHelper.test(each.op))
      return {
        ...each,
        args: each.args.map(plain),
        ...(each.bodies && { bodies: each.bodies.map((body) => body.map(plain)) }),
      };
    const [type] = each.types;
    return type === undefined ? node("nop", []) : constant(type, BigInt(each.op.length));
  };
  return {
    ...program,
    functions: program.functions.map((fn) => ({ ...fn, body: fn.body.map(plain) })),
  };
}

/** Until one traps. */
function compareProgram(seed: number, program: Program): Comparison[] {
  const { wasm } = encodeProgram(program);
  const module = decode(wasm).module!;
  const imports = importedFunctions(module);
  const position = (from: string, name: string): number =>
    imports.findIndex((item) => item.module === from && item.name === name);
  const hostCall = (from: string, name: string): number => firstCall + position(from, name);
  const native = compiled(`seed ${seed}`, wasm, { hostCall });
  const resultsOf = (index: number) => functionType(module, index).results;
  const machine = new NativeMachine((number) =>
    resultsOf(number - firstCall).flatMap((type) => Array(wordCount([type])).fill(0)),
  );
  machine.load({ ...native, helpers, helperCount, stackBytes: 0xb000 });
  const metered = meter(module, cycleCosts(native, machineCalls));
  const loaded = engine.load(metered, (from, name) => ({
    results: resultsOf(position(from, name)).map(() => 0n),
  }));
  if (!("instance" in loaded)) throw new Error(`seed ${seed}: ${JSON.stringify(loaded)}`);
  const found: Comparison[] = [];
  for (const { target, args } of program.calls) {
    const name = exportName(target);
    const { params, results } = functionType(
      module,
      module.exports.find((item) => item.name === name)!.index,
    );
    const before = budgetOf(loaded.instance);
    const outcome = loaded.instance.call(name, args);
    const { trap, cycles, misaligned } = machine.call(
      offsetOf(native, module, name),
      toWords(params, args),
      { resultWords: wordCount(results), instructionsMax },
    );
    if (trap !== undefined || "trap" in outcome) break;
    found.push({
      name: `seed ${seed}, ${name}`,
      charged: Number(before - budgetOf(loaded.instance)),
      taken: cycles - misaligned * exception,
    });
  }
  return found;
}

/** Imports are called by number from here on. */
const firstCall = 16;

/** The global that `meter` adds is the last one. */
function budgetOf(instance: Instance): bigint {
  return BigInt.asIntN(64, instance.globals().at(-1)!);
}
