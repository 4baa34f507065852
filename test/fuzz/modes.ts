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
  /** The same with all the time that a program may need, for those that run out of it. */
  readonly patient: Executor;
  readonly options: GenerateOptions;
}

/** More than nearly all programs take, and more than any does. */
const instructionsMax = 1_000_000;
const patientMax = 200_000_000;

function nativeMode(bounds: "mpu" | "checked"): Mode {
  return {
    name: bounds,
    executor: native({ bounds, instructionsMax }),
    patient: native({ bounds, instructionsMax: patientMax }),
    options: { inBounds: bounds === "mpu" },
  };
}

const inInterpreter = interpreted({ bounds: "checked" });

export const modes: readonly Mode[] = [
  {
    name: "interpreter",
    executor: inInterpreter,
    patient: inInterpreter,
    options: { inBounds: false },
  },
  nativeMode("checked"),
  nativeMode("mpu"),
];

/** A program and what it does otherwise. */
export interface Fault {
  readonly program: Program;
  readonly told: string;
  /** Of the executor that shows it. */
  readonly executor: Executor;
}

const timeBudget = /time-budget/;

/** Runs the program of a seed in a mode; the fault that it shows, if any. */
export function tryModule(seed: number, { executor, patient, options }: Mode): Fault | undefined {
  const program = generate(seed, options);
  const told = difference(program, executor);
  if (told === undefined || !timeBudget.test(told))
    return told === undefined ? undefined : { program, told, executor };
  const again = difference(program, patient);
  return again === undefined ? undefined : { program, told: again, executor: patient };
}

/** What to tell of a fault: the command that repeats it, and the script of the smallest program that shows it. */
export function explain(seed: number, mode: Mode, { program, told, executor }: Fault): string {
  const kind = kindOf(told);
  const hasFault = (candidate: Program): boolean =>
    kindOf(difference(candidate, executor)) === kind;
  // An endless loop takes its time at each attempt.
  const small = shrink(program, hasFault, timeBudget.test(told) ? 20 : undefined);
  return [
    `seed ${seed}, ${mode.name}: ${told}`,
    `  npm run fuzz -- --seed ${seed} --modules 1 --in ${mode.name}`,
    script(small, `seed ${seed}, ${mode.name}: ${difference(small, executor) ?? told}`),
  ].join("\n");
}

/** A throw stays a throw, and a difference one, while the program becomes smaller. */
function kindOf(told: string | undefined): string {
  if (told === undefined) return "";
  return told.startsWith("throws") ? told.replaceAll(/\d+/g, "") : "difference";
}
