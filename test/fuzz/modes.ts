import type { Executor } from "../native/executor.js";
import { interpreted } from "../native/interpreted.js";
import { native } from "../native/native.js";
import { difference } from "./compare.js";
import { generate, type GenerateOptions } from "./generate.js";
import type { Program } from "./program.js";
import { script } from "./report.js";
import { shrink } from "./shrink.js";

/** A way to run programs, and what programs are made for it. */
export interface Mode {
  readonly name: string;
  readonly executor: Executor;
  readonly options: GenerateOptions;
}

/** More than any program takes. */
const instructionsMax = 1_000_000;

export const modes: readonly Mode[] = [
  {
    name: "interpreter",
    executor: interpreted({ bounds: "checked" }),
    options: { inBounds: false },
  },
  {
    name: "checked",
    executor: native({ bounds: "checked", instructionsMax }),
    options: { inBounds: false },
  },
  {
    name: "mpu",
    executor: native({ bounds: "mpu", instructionsMax }),
    options: { inBounds: true },
  },
];

export interface Fault {
  readonly program: Program;
  readonly told: string;
}

/** Runs the program of a seed in a mode; the fault that it shows, if any. */
export function tryModule(seed: number, { executor, options }: Mode): Fault | undefined {
  const program = generate(seed, options);
  const told = difference(program, executor);
  return told === undefined ? undefined : { program, told };
}

/** What to tell of a fault: the command that repeats it, and the script of the smallest program that shows it. */
export function explain(seed: number, mode: Mode, { program, told }: Fault): string {
  const kind = kindOf(told);
  const hasFault = (candidate: Program): boolean =>
    kindOf(difference(candidate, mode.executor)) === kind;
  const small = shrink(program, hasFault);
  return [
    `seed ${seed}, ${mode.name}: ${told}`,
    `  npm run fuzz -- --seed ${seed} --modules 1 --in ${mode.name}`,
    script(small, `seed ${seed}, ${mode.name}: ${difference(small, mode.executor) ?? told}`),
  ].join("\n");
}

/** A throw stays a throw, and a difference one, while the program becomes smaller. */
function kindOf(told: string | undefined): string {
  if (told === undefined) return "";
  return told.startsWith("throws") ? told.replaceAll(/\d+/g, "") : "difference";
}
