import { engine } from "./engine.js";
import type { Executor } from "./executor.js";
import { interpreted } from "./interpreted.js";
import { native } from "./native.js";

/** Ways to run a module, with exact traps. */
export const executors = {
  engine,
  interpreter: interpreted({ bounds: "checked" }),
  machine: native({ bounds: "checked" }),
} as const satisfies Readonly<Record<string, Executor>>;
