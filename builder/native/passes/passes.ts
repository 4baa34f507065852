import type { IrFunction } from "../ir.js";
import { shapeAddresses } from "./addresses.js";
import { straighten } from "./blocks.js";
import { mergeChecks } from "./checks.js";
import { removeCopies } from "./copies.js";
import { removeDead } from "./dead.js";
import { shiftDivisions } from "./divide.js";
import { foldConstants } from "./fold.js";
import { hoistInvariants } from "./hoist.js";
import { shareValues } from "./numbering.js";
import { fuseTests } from "./tests.js";

export interface Pass {
  readonly name: PassName;
  readonly run: (fn: IrFunction) => IrFunction;
}

export type PassName =
  | "addresses"
  | "blocks"
  | "checks"
  | "copies"
  | "dead"
  | "divide"
  | "fold"
  | "hoist"
  | "numbering"
  | "tests";

/** In the order they run in; a name that is there twice is one switch. */
export const passes: readonly Pass[] = [
  { name: "fold", run: foldConstants },
  { name: "divide", run: shiftDivisions },
  { name: "tests", run: fuseTests },
  { name: "blocks", run: straighten },
  { name: "copies", run: removeCopies },
  { name: "fold", run: foldConstants },
  { name: "numbering", run: shareValues },
  { name: "tests", run: fuseTests },
  { name: "checks", run: mergeChecks },
  { name: "dead", run: removeDead },
  { name: "addresses", run: shapeAddresses },
  { name: "numbering", run: shareValues },
  { name: "hoist", run: hoistInvariants },
  { name: "numbering", run: shareValues },
  { name: "blocks", run: straighten },
  { name: "copies", run: removeCopies },
  { name: "dead", run: removeDead },
];

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
