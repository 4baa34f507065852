import { engine } from "./engine.js";
import type { Executor } from "./executor.js";
import { interpreted } from "./interpreted.js";

/** Ways to run a module, with exact traps. */
export const executors = {
  engine,
  interpreter: interpreted({ bounds: "checked" }),
} as const satisfies Readonly<Record<string, Executor>>;
