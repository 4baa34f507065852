import { buildIr } from "../../builder/native/build/build.js";
import { layoutOf } from "../../builder/native/build/layout.js";
import { Interpreter, Trap } from "../../builder/native/interpret.js";
import type { IrFunction } from "../../builder/native/ir.js";
import { runPasses, type PassSwitches } from "../../builder/native/passes/passes.js";
import { verify } from "../../builder/native/verify.js";
import { functionType, importedFunctions, type Module } from "../../builder/wasm/module.js";
import {
  exportedFunction,
  fromWords,
  segmentTrap,
  toWords,
  type Executor,
  type Host,
  type Instance,
  type Loaded,
  type Outcome,
} from "./executor.js";

export interface InterpretedOptions {
  readonly bounds: "mpu" | "checked";
  readonly passes?: PassSwitches;
}

/** The compiler's front half: intermediate code in its interpreter. What the passes return is verified. */
export function interpreted({ bounds, passes = {} }: InterpretedOptions): Executor {
  return {
    name: `intermediate code, ${bounds}`,
    load(module, host): Loaded {
      const memoryBytes = 65536 * (module.memories[0]?.min ?? 0);
      const { functions, diagnostics } = buildIr(module, { bounds, memoryBytes });
      if (diagnostics.length > 0) return { refused: diagnostics };
      const trap = segmentTrap(module);
      if (trap !== undefined) return { trap };
      const last = functions.map((fn) =>
        runPasses(checked(fn, "as built"), passes, (pass, result) => checked(result, pass)),
      );
      const interpreter = new Interpreter({
        module,
        functions: last,
        memoryBytes,
        host: (index, words) => callHost(module, host, index, words),
      });
      const instance = running(module, interpreter);
      if (module.start === null) return { instance };
      const outcome = trapped(() => interpreter.call(module.start!, []));
      return "trap" in outcome ? outcome : { instance };
    },
  };
}

function checked(fn: IrFunction, after: string): IrFunction {
  const problems = verify(fn);
  if (problems.length > 0) throw new Error(`${fn.name} (${after}): ${problems.join("; ")}`);
  return fn;
}

function callHost(
  module: Module,
  host: Host,
  index: number,
  words: readonly number[],
): readonly number[] {
  const entry = importedFunctions(module)[index]!;
  const { params, results } = functionType(module, index);
  const outcome = host(entry.module, entry.name, fromWords(params, words));
  if ("results" in outcome) return toWords(results, outcome.results).map((word) => word | 0);
  if (outcome.trap === "time-budget" || outcome.trap === "conversion")
    throw new Error(`a host that ends with ${outcome.trap}`);
  throw new Trap(outcome.trap);
}

function running(module: Module, interpreter: Interpreter): Instance {
  return {
    module,
    call(name, args) {
      const { index, type } = exportedFunction(module, name);
      const outcome = trapped(() =>
        interpreter.call(
          index,
          toWords(type.params, args).map((word) => word | 0),
        ),
      );
      return "trap" in outcome ? outcome : { results: fromWords(type.results, outcome.words) };
    },
    memory: () => interpreter.memory,
    globals() {
      const view = new DataView(interpreter.instance.buffer);
      const { globalOffsets } = layoutOf(module);
      return module.globals.map(({ type }, k) => {
        const at = globalOffsets[k]!;
        const high = type === "i64" || type === "f64" ? [view.getUint32(at + 4, true)] : [];
        return fromWords([type], [view.getUint32(at, true), ...high])[0]!;
      });
    },
  };
}

function trapped(
  run: () => readonly number[],
): { readonly words: readonly number[] } | Extract<Outcome, { trap: unknown }> {
  try {
    return { words: run() };
  } catch (error) {
    if (error instanceof Trap) return { trap: error.trap };
    throw error;
  }
}
