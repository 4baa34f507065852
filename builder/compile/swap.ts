import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import type { State } from "../../runtime/manifest/manifest.js";
import type { Project } from "../project/project.js";
import { importedFunctions, type Module } from "../wasm/module.js";
import { findDeclaration } from "./sources.js";

/** What would let every swap to this app fail. */
export function checkSwap(
  { health, main }: Project,
  module: Module,
  state: State | undefined,
  sources: ReadonlyMap<string, string>,
): Diagnostic[] {
  const called = importedFunctions(module);
  const bind = called.find((entry) => entry.module === "state");
  const found: Diagnostic[] = [];
  if (bind && !state)
    found.push({
      severity: "error",
      code: "state-place",
      message: "the container calls state.bind, and the builder knows no class of the state",
      file: main,
      ...findDeclaration(sources, bind),
      hint: "Write `const state = persistent<State>();` at the top level of a module instead.",
    });
  if (health.confirm && !called.some((entry) => entry.module === "lifecycle"))
    found.push({
      severity: "error",
      code: "health-confirm",
      message: "health.confirm in thimble.json asks for confirm(), and the app never calls it",
      file: main,
      hint: 'Call `confirm()` of "thimble" where the app has done its work, or take the rule out.',
    });
  return found;
}
