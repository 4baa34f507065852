import type { IrFunction } from "../ir.js";
import { removeCopies } from "./copies.js";

export interface Pass {
  readonly name: PassName;
  readonly run: (fn: IrFunction) => IrFunction;
}

export type PassName = "copies";

/** In the order they run in; a name that is there twice is one switch. */
export const passes: readonly Pass[] = [{ name: "copies", run: removeCopies }];

/** Which passes to run: those that are not named do. */
export type PassSwitches = Partial<Record<PassName, boolean>>;

/** Runs the passes that are not switched off; `after` sees what each has made. */
export function runPasses(
  fn: IrFunction,
  switches: PassSwitches = {},
  after?: (pass: PassName, fn: IrFunction) => void,
): IrFunction {
  let result = fn;
  for (const { name, run } of passes) {
    if (switches[name] === false) continue;
    result = run(result);
    after?.(name, result);
  }
  return result;
}
