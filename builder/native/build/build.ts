import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { importedFunctions, type Module } from "../../wasm/module.js";
import { functionNames } from "../../wasm/names.js";
import type { IrFunction } from "../ir.js";
import { removeCopies } from "../passes/copies.js";
import { floatRules } from "./float.js";
import { integerRules } from "./integer.js";
import { layoutOf } from "./layout.js";
import { memoryRules, type MemoryOptions } from "./memory.js";
import { translate, type Context } from "./translate.js";
import { refusals } from "./refusals.js";
import { wideRules } from "./wide.js";

export interface Built {
  /** Those defined in the module, in index order; none if a diagnostic is an error. */
  readonly functions: readonly IrFunction[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Translates a valid module. What native code cannot do is refused by name, with the offset in the module. */
export function buildIr(module: Module, options: MemoryOptions): Built {
  const layout = layoutOf(module);
  const diagnostics = refusals(module, layout, options);
  if (diagnostics.length > 0) return { functions: [], diagnostics };
  const rules = new Map([
    ...integerRules,
    ...wideRules,
    ...floatRules,
    ...memoryRules(options, module.memories[0]?.min ?? 0),
  ]);
  const context: Context = { module, layout, rules };
  const names = functionNames(module);
  const functions = module.code.map((body, position) => {
    const index = importedFunctions(module).length + position;
    const type = module.types[module.functions[position]!]!;
    const exported = module.exports.find(
      (item) => item.kind === "function" && item.index === index,
    );
    const name = names.get(index) ?? exported?.name ?? `function ${index}`;
    return removeCopies({ index, name, type, ...translate(context, index, body) });
  });
  return { functions, diagnostics };
}
