import { readFileSync } from "node:fs";
import {
  compileNative,
  type NativeModule,
  type NativeOptions,
} from "../../builder/native/compile.js";
import { encode } from "../../builder/wasm/encode.js";
import { functionType, importedFunctions, type Module } from "../../builder/wasm/module.js";
import { NativeMachine, type HostResult } from "../../runtime/emulator/cortex/machine.js";
import { helperTable } from "../../runtime/firmware/helpers.js";
import { packagePath } from "../helpers/root.js";
import {
  exportedFunction,
  fromWords,
  segmentTrap,
  toWords,
  wordCount,
  type Executor,
  type Host,
  type Instance,
  type Loaded,
  type Outcome,
} from "./executor.js";

const helpers = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));

/** Imports are called by number from here on. */
const firstCall = 16;

export interface NativeExecutorOptions extends Pick<
  NativeOptions,
  "bounds" | "passes" | "backend" | "memoryBytes"
> {
  readonly name?: string;
  readonly stackBytes?: number;
  readonly instructionsMax?: number;
}

/** Machine code on the emulated core. */
export function native({
  name,
  bounds,
  stackBytes = 0xb000,
  instructionsMax = 20_000_000,
  ...options
}: NativeExecutorOptions): Executor {
  return {
    name: name ?? `machine code, ${bounds}`,
    load(module, host): Loaded {
      const imports = importedFunctions(module);
      const hostCall = (from: string, field: string): number =>
        firstCall + imports.findIndex((item) => item.module === from && item.name === field);
      const wasm = encode(module).bytes;
      const { native, diagnostics } = compileNative(wasm, { ...options, bounds, hostCall });
      if (!native) return { refused: diagnostics };
      const trap = segmentTrap(module);
      if (trap !== undefined) return { trap };
      const machine = new NativeMachine((number, _words, word) =>
        callHost(module, host, number - firstCall, word),
      );
      try {
        machine.load({ ...native, helpers, helperCount: helperTable.length, stackBytes });
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const message = `the harness has no room: ${error.message}`;
        return { refused: [{ severity: "error", code: "harness", message }] };
      }
      const running = new Running(module, native, machine, host, instructionsMax);
      if (module.start === null) return { instance: running };
      const outcome = running.callIndex(module.start, []);
      return "trap" in outcome ? outcome : { instance: running };
    },
  };
}

/** Words of arguments are read one by one, for those beyond the fourth are on the stack. */
function callHost(
  module: Module,
  host: Host,
  index: number,
  word: (position: number) => number,
): HostResult {
  const entry = importedFunctions(module)[index]!;
  const { params, results } = functionType(module, index);
  const words = Array.from({ length: wordCount(params) }, (_, k) => word(k));
  const outcome = host(entry.module, entry.name, fromWords(params, words));
  if ("results" in outcome) return toWords(results, outcome.results);
  if (outcome.trap === "conversion") throw new Error("a host that ends with conversion");
  return { trap: outcome.trap };
}

class Running implements Instance {
  readonly #offsets: ReadonlyMap<number, number>;

  constructor(
    readonly module: Module,
    native: NativeModule,
    readonly machine: NativeMachine,
    readonly host: Host,
    readonly instructionsMax: number,
  ) {
    this.#offsets = new Map(native.functions.map(({ index, offset }) => [index, offset]));
  }

  call(name: string, args: readonly bigint[]): Outcome {
    return this.callIndex(exportedFunction(this.module, name).index, args);
  }

  callIndex(index: number, args: readonly bigint[]): Outcome {
    const { params, results } = functionType(this.module, index);
    const offset = this.#offsets.get(index);
    if (offset === undefined) {
      const entry = importedFunctions(this.module)[index]!;
      return this.host(entry.module, entry.name, args);
    }
    const { words, trap } = this.machine.call(offset, toWords(params, args), {
      resultWords: wordCount(results),
      instructionsMax: this.instructionsMax,
    });
    if (trap === undefined) return { results: fromWords(results, words) };
    return { trap: trap.code as Extract<Outcome, { trap: unknown }>["trap"] };
  }

  memory(): Uint8Array {
    return this.machine.memory;
  }

  globals(): readonly bigint[] {
    let at = 0;
    return this.module.globals.map(({ type }) => {
      const words = Array.from({ length: wordCount([type]) }, () => this.machine.global(at++));
      return fromWords([type], words)[0]!;
    });
  }
}
