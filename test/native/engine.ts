import {
  functionType,
  importedFunctions,
  type Module,
  type ValueType,
} from "../../builder/wasm/module.js";
import {
  exportedFunction,
  type Bits,
  type End,
  type Executor,
  type Host,
  type Instance,
  type Loaded,
  type Outcome,
} from "./executor.js";
import { expose, exposed } from "./expose.js";

/** What V8 says, by trap. Of a conversion it says only that it failed. */
const messages: readonly (readonly [RegExp, End])[] = [
  [/unreachable/, "unreachable"],
  [/memory access out of bounds|data segment/, "memory-bounds"],
  [/divide by zero|remainder by zero/, "divide-by-zero"],
  [/divide result unrepresentable/, "integer-overflow"],
  [/float unrepresentable/, "conversion"],
  [/table index|null function|signature mismatch|table or an element/, "bad-indirect-call"],
  [/call stack/, "stack-overflow"],
];

/** The trap that an imported function ends the run with. */
class HostTrap extends Error {
  constructor(readonly trap: End) {
    super(trap);
  }
}

/** The JavaScript engine: what the others are held against. */
export const engine: Executor = {
  name: "engine",
  load(module, host): Loaded {
    try {
      const compiled = new WebAssembly.Module(expose(module) as Uint8Array<ArrayBuffer>);
      const { exports } = new WebAssembly.Instance(compiled, imports(module, host));
      return { instance: running(module, exports) };
    } catch (error) {
      return refusal(error) ?? { trap: endOf(error) };
    }
  },
};

function refusal(error: unknown): Loaded | undefined {
  if (!(error instanceof Error) || !/^(Compile|Link)Error$/.test(error.name)) return undefined;
  return { refused: [{ severity: "error", code: "engine", message: error.message, hint: "" }] };
}

function running(module: Module, exports: WebAssembly.Instance["exports"]): Instance {
  const call = (
    name: string,
    types: readonly ValueType[],
    results: readonly ValueType[],
    args: readonly Bits[],
  ): Outcome => {
    const callee = exports[name] as (...args: (number | bigint)[]) => unknown;
    try {
      const found = callee(...args.map((bits, k) => integerOf(types[k]!, bits)));
      const values = (results.length > 1 ? found : [found]) as (number | bigint)[];
      return { results: results.map((type, k) => bitsOf(type, values[k]!)) };
    } catch (error) {
      return { trap: endOf(error) };
    }
  };
  return {
    module,
    call(name, args) {
      const { params, results } = exportedFunction(module, name).type;
      return call(exposed.function(name), params, results, args);
    },
    memory() {
      const memory = exports[exposed.memory];
      return memory instanceof WebAssembly.Memory
        ? new Uint8Array(memory.buffer)
        : new Uint8Array(0);
    },
    globals: () =>
      module.globals.map(({ type }, k) => {
        const outcome = call(exposed.global(k), [], [type], []);
        return "results" in outcome ? outcome.results[0]! : 0n;
      }),
  };
}

function imports(module: Module, host: Host): WebAssembly.Imports {
  const found: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  importedFunctions(module).forEach((entry, index) => {
    const { params, results } = functionType(module, index);
    (found[entry.module] ??= {})[entry.name] = (...args: (number | bigint)[]) => {
      const outcome = host(
        entry.module,
        entry.name,
        args.map((arg, k) => bitsOfArgument(params[k]!, arg)),
      );
      if ("trap" in outcome) throw new HostTrap(outcome.trap);
      const values = outcome.results.map((bits, k) => argumentOf(results[k]!, bits));
      return values.length > 1 ? values : values[0];
    };
  });
  return found;
}

function integerOf(type: ValueType, bits: Bits): number | bigint {
  const isWide = type === "i64" || type === "f64";
  return isWide ? BigInt.asIntN(64, bits) : Number(BigInt.asIntN(32, bits));
}

function bitsOf(type: ValueType, value: number | bigint): Bits {
  return BigInt.asUintN(type === "i64" || type === "f64" ? 64 : 32, BigInt(value));
}

const view = new DataView(new ArrayBuffer(8));

/** As an imported function sees it: a NaN may have lost its bits. */
function bitsOfArgument(type: ValueType, value: number | bigint): Bits {
  if (type === "f32") {
    view.setFloat32(0, Number(value));
    return BigInt(view.getUint32(0));
  }
  if (type !== "f64") return bitsOf(type, value);
  view.setFloat64(0, Number(value));
  return view.getBigUint64(0);
}

function argumentOf(type: ValueType, bits: Bits): number | bigint {
  if (type === "f32") {
    view.setUint32(0, Number(bits));
    return view.getFloat32(0);
  }
  if (type !== "f64") return integerOf(type, bits);
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function endOf(error: unknown): End {
  if (error instanceof HostTrap) return error.trap;
  const found = messages.find(([pattern]) => pattern.test(String(error)));
  if (!found) throw error;
  return found[1];
}
