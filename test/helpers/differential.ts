import assert from "node:assert/strict";
import { buildIr } from "../../builder/native/build/build.js";
import { instanceHeaderWords, wordsOf } from "../../builder/native/build/layout.js";
import { Interpreter, Trap } from "../../builder/native/interpret.js";
import type { TrapName } from "../../builder/native/ir.js";
import { passes, runPasses, type PassSwitches } from "../../builder/native/passes/passes.js";
import { verify } from "../../builder/native/verify.js";
import { decode } from "../../builder/wasm/decode.js";
import {
  functionType,
  importedFunctions,
  type Module,
  type ValueType,
} from "../../builder/wasm/module.js";

export interface Configuration {
  readonly name: string;
  readonly bounds: "mpu" | "checked";
  readonly switches: PassSwitches;
}

const names = [...new Set(passes.map(({ name }) => name))];
const allOff: PassSwitches = Object.fromEntries(names.map((name) => [name, false]));

/** Both modes with and without all passes, and `checked` with each pass left out and with each alone. */
export const configurations: readonly Configuration[] = [
  { name: "mpu, no passes", bounds: "mpu", switches: allOff },
  { name: "mpu", bounds: "mpu", switches: {} },
  { name: "checked, no passes", bounds: "checked", switches: allOff },
  { name: "checked", bounds: "checked", switches: {} },
  ...names.map((name): Configuration => ({
    name: `checked without ${name}`,
    bounds: "checked",
    switches: { [name]: false },
  })),
  ...names.map((name): Configuration => ({
    name: `checked with ${name} alone`,
    bounds: "checked",
    switches: { ...allOff, [name]: true },
  })),
];

/** Bits of a value: those of a float, of an integer without sign. */
type Bits = bigint;

export type Outcome = { readonly results: readonly Bits[] } | { readonly trap: TrapName };

export type Host = (module: string, name: string, args: readonly Bits[]) => readonly Bits[];

/** A module in the interpreter of intermediate code. */
export class Interpreted {
  readonly interpreter: Interpreter;
  readonly module: Module;

  constructor(
    wasm: Uint8Array,
    { bounds, switches }: Configuration,
    host?: Host,
    memoryBytes?: number,
  ) {
    const { module } = decode(wasm);
    assert.ok(module);
    this.module = module;
    const bytes = memoryBytes ?? (module.memories[0]?.min ?? 0) * 65536;
    const built = buildIr(module, { bounds, memoryBytes: bytes });
    assert.deepEqual(built.diagnostics, []);
    const functions = built.functions.map((fn) => {
      assert.deepEqual(verify(fn), [], `${fn.name} as built`);
      return runPasses(fn, switches, (pass, result) =>
        assert.deepEqual(verify(result), [], `${fn.name} after ${pass}`),
      );
    });
    this.interpreter = new Interpreter({
      module,
      functions,
      memoryBytes: bytes,
      ...(host && { host: (index, words) => this.host(host, index, words) }),
    });
  }

  private host(host: Host, index: number, words: readonly number[]): readonly number[] {
    const entry = importedFunctions(this.module)[index]!;
    const { params, results } = functionType(this.module, index);
    const found = host(entry.module, entry.name, fromWords(params, words));
    return toWords(results, found);
  }

  call(index: number, args: readonly Bits[]): Outcome {
    const { params, results } = functionType(this.module, index);
    try {
      const words = this.interpreter.call(index, toWords(params, args));
      return { results: fromWords(results, words) };
    } catch (error) {
      if (error instanceof Trap) return { trap: error.trap };
      throw error;
    }
  }
}

export function toWords(types: readonly ValueType[], bits: readonly Bits[]): number[] {
  return types.flatMap((type, k) => {
    const low = Number(BigInt.asIntN(32, bits[k]!));
    return wordsOf[type] === 1 ? [low] : [low, Number(BigInt.asIntN(32, bits[k]! >> 32n))];
  });
}

export function fromWords(types: readonly ValueType[], words: readonly number[]): Bits[] {
  let at = 0;
  return types.map((type) => {
    const low = BigInt(words[at++]! >>> 0);
    return wordsOf[type] === 1 ? low : low | (BigInt(words[at++]! >>> 0) << 32n);
  });
}

/** A module in the JavaScript engine. Exported functions take and return integers: floats do not keep their bits on the way. */
export class Engine {
  readonly exports: Readonly<Record<string, unknown>>;

  constructor(wasm: Uint8Array, host?: Host) {
    const { module } = decode(wasm);
    assert.ok(module);
    const imports: Record<string, Record<string, (...args: (number | bigint)[]) => unknown>> = {};
    importedFunctions(module).forEach((entry, index) => {
      const { params, results } = functionType(module, index);
      (imports[entry.module] ??= {})[entry.name] = (...args) => {
        const bits = args.map((arg, k) => toBits(params[k]!, arg));
        const found = host?.(entry.module, entry.name, bits) ?? [];
        const values = results.map((type, k) => fromBits(type, found[k]!));
        return values.length > 1 ? values : values[0];
      };
    });
    const compiled = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
    // The types at hand know no constructor with arguments.
    const instance: unknown = Reflect.construct(WebAssembly.Instance, [compiled, imports]);
    this.exports = (instance as { exports: Readonly<Record<string, unknown>> }).exports;
  }

  call(
    name: string,
    { params, results }: { params: readonly ValueType[]; results: readonly ValueType[] },
    args: readonly Bits[],
  ): Outcome {
    const callee = this.exports[name] as (...args: (number | bigint)[]) => unknown;
    try {
      const found = callee(...args.map((bits, k) => fromBits(params[k]!, bits)));
      const values = (results.length > 1 ? found : [found]) as (number | bigint)[];
      return { results: results.map((type, k) => toBits(type, values[k]!)) };
    } catch (error) {
      return { trap: trapOf(error) };
    }
  }
}

function fromBits(type: ValueType, bits: Bits): number | bigint {
  if (type === "i32") return Number(BigInt.asIntN(32, bits));
  if (type === "i64") return BigInt.asIntN(64, bits);
  throw new Error("floats lose bits in JavaScript: reinterpret them");
}

function toBits(type: ValueType, value: number | bigint): Bits {
  return BigInt.asUintN(type === "i32" ? 32 : 64, BigInt(value));
}

const messages: readonly (readonly [RegExp, TrapName])[] = [
  [/unreachable/, "unreachable"],
  [/memory access out of bounds/, "memory-bounds"],
  [/divide by zero|remainder by zero/, "divide-by-zero"],
  [/divide result unrepresentable/, "integer-overflow"],
  [/float unrepresentable/, "invalid-conversion"],
  [/table index|null function|signature mismatch/, "bad-indirect-call"],
  [/call stack/, "stack-overflow"],
];

/** V8 says of a conversion only that it failed; the case `integer-overflow` is not told from `invalid-conversion`. */
function trapOf(error: unknown): TrapName {
  const found = messages.find(([pattern]) => pattern.test(String(error)));
  if (!found) throw error;
  return found[1];
}

export interface Call {
  readonly name: string;
  readonly args: readonly Bits[];
}

export interface Comparison {
  readonly calls: readonly Call[];
  readonly configurations?: readonly Configuration[];
  /** Whether results of this function are equal although their bits differ. */
  readonly equal?: (name: string, engine: Bits, interpreted: Bits) => boolean;
}

/** Makes the same calls of a module in the engine and in the interpreter, and holds results, traps, memory, globals and calls of the host against each other. */
export function compare(
  wasm: Uint8Array,
  { calls, configurations: list = configurations, equal = () => false }: Comparison,
): void {
  for (const configuration of list) {
    const engineCalls: string[] = [];
    const interpretedCalls: string[] = [];
    const engine = new Engine(wasm, recorder(engineCalls));
    const interpreted = new Interpreted(wasm, configuration, recorder(interpretedCalls));
    const { module } = interpreted;
    const index = new Map(
      module.exports
        .filter(({ kind }) => kind === "function")
        .map((item) => [item.name, item.index]),
    );
    for (const { name, args } of calls) {
      const type = functionType(module, index.get(name)!);
      const expected = engine.call(name, type, args);
      const found = interpreted.call(index.get(name)!, args);
      const where = `${name}(${args.join(", ")}) in ${configuration.name}`;
      // Beyond the memory `mpu` promises nothing but that the hardware stands guard.
      if (configuration.bounds === "mpu" && "trap" in expected && expected.trap === "memory-bounds")
        break;
      compareOutcomes(expected, found, where, (a, b) => equal(name, a, b));
      compareState(engine, interpreted, where);
      assert.deepEqual(interpretedCalls, engineCalls, where);
    }
  }
}

/** Every host function returns the number of the call times 7, in each result. */
function recorder(calls: string[]): Host {
  return (module, name, args) => {
    calls.push(`${module}.${name}(${args.join(", ")})`);
    return Array.from({ length: 8 }, (_, k) => BigInt(7 * calls.length + k));
  };
}

function compareOutcomes(
  expected: Outcome,
  found: Outcome,
  where: string,
  equal: (engine: Bits, interpreted: Bits) => boolean,
): void {
  if ("trap" in expected && "trap" in found && expected.trap === "invalid-conversion")
    return assert.match(found.trap, /invalid-conversion|integer-overflow/, where);
  if ("results" in expected && "results" in found) {
    const results = expected.results.map((bits, k) => {
      const other = found.results[k]!;
      return equal(bits, other) ? other : bits;
    });
    return assert.deepEqual(found.results, results, where);
  }
  assert.deepEqual(found, expected, where);
}

function compareState(
  { exports }: Engine,
  { interpreter, module }: Interpreted,
  where: string,
): void {
  const { memory } = exports;
  if (memory instanceof WebAssembly.Memory)
    assert.equal(
      Buffer.compare(Buffer.from(memory.buffer), interpreter.memory),
      0,
      `memory after ${where}`,
    );
  const instance = new DataView(interpreter.instance.buffer);
  let offset = 4 * instanceHeaderWords;
  module.globals.forEach(({ type }, k) => {
    const words = Array.from({ length: wordsOf[type] }, (_, n) =>
      instance.getUint32(offset + 4 * n, true),
    );
    offset += 4 * words.length;
    const global = exports[`global ${k}`];
    if (!(global instanceof WebAssembly.Global) || type.startsWith("f")) return;
    assert.deepEqual(
      fromWords([type], words),
      [toBits(type, global.value as number)],
      `global ${k} after ${where}`,
    );
  });
}
