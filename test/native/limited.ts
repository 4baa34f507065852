import { compileNative } from "../../builder/native/compile.js";
import { cycleCosts, roughCosts } from "../../builder/native/cost.js";
import { confine } from "../../builder/wasm/confine.js";
import { decode } from "../../builder/wasm/decode.js";
import { encode } from "../../builder/wasm/encode.js";
import { meter } from "../../builder/wasm/meter.js";
import { importedFunctions } from "../../builder/wasm/module.js";
import { engine } from "./engine.js";
import type { Executor, Loaded } from "./executor.js";

/** The engine with modules as the simulator gets them: they count their time, of which there is enough, and have `memoryBytes` of memory. */
export function limited(memoryBytes: number, costs: "machine code" | "rough"): Executor {
  return {
    name: `engine, ${memoryBytes} bytes, ${costs}`,
    load(module, host): Loaded {
      const wasm = encode(module).bytes;
      const decoded = decode(wasm).module!;
      const imports = importedFunctions(module);
      const hostCall = (from: string, name: string): number =>
        16 + imports.findIndex((item) => item.module === from && item.name === name);
      const { native } = compileNative(wasm, { bounds: "mpu", memoryBytes, hostCall });
      const isRough = native === undefined || costs === "rough";
      const metered = meter(decoded, isRough ? roughCosts(decoded) : cycleCosts(native));
      const loaded = engine.load(confine(metered, memoryBytes), host);
      if (!("instance" in loaded)) return loaded;
      const { instance } = loaded;
      return {
        instance: {
          module,
          call: (name, args) => instance.call(name, args),
          memory() {
            const bytes = instance.memory();
            return bytes.subarray(bytes.length - memoryBytes);
          },
          // Those of the limits come last.
          globals: () => instance.globals().slice(0, module.globals.length),
        },
      };
    },
  };
}
