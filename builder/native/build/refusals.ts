import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import {
  functionType,
  importedFunctions,
  type FunctionType,
  type Module,
} from "../../wasm/module.js";
import { functionNames } from "../../wasm/names.js";
import { maxResultWords, wordCount, type Layout } from "./layout.js";
import type { MemoryOptions } from "./memory.js";

/** Instructions that would change what is constant in native code. */
const refused: ReadonlySet<string> = new Set([
  "memory.init",
  "data.drop",
  "table.init",
  "elem.drop",
  "table.copy",
]);

/** What in the module native code cannot do. */
export function refusals(
  module: Module,
  layout: Layout,
  { memoryBytes }: MemoryOptions,
): Diagnostic[] {
  return [
    ...imports(module),
    ...limits(module, layout),
    ...(memoryBytes > 0xffffffff
      ? [refusal("a memory of 4 GiB or more", "Give the container less memory.")]
      : []),
    ...instructions(module),
    ...results(module),
  ];
}

function imports({ imports }: Module): Diagnostic[] {
  return imports
    .filter(({ kind }) => kind !== "function")
    .map(({ module, name, kind }) =>
      refusal(`the imported ${kind} ${module}.${name}`, `Define the ${kind} in the module.`),
    );
}

function limits({ tables, memories }: Module, { tooManySignatures }: Layout): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (tables.length > 1) found.push(refusal("a second table", "Use one table."));
  if (memories.length > 1) found.push(refusal("a second memory", "Use one memory."));
  if (tooManySignatures)
    found.push(
      refusal("a table of functions of more than 255 types", "Use fewer types of functions."),
    );
  return found;
}

function instructions(module: Module): Diagnostic[] {
  return module.code.flatMap(({ code }) =>
    code
      .filter(({ opcode }) => refused.has(opcode.name))
      .map(({ opcode, offset }) =>
        refusal(
          `${opcode.name} at byte ${offset}`,
          "Use active segments, which are in place when the container starts.",
        ),
      ),
  );
}

function results(module: Module): Diagnostic[] {
  const names = functionNames(module);
  const imported = importedFunctions(module).length;
  const wide = (type: FunctionType): boolean => wordCount(type.results) > maxResultWords;
  const functions = module.functions.flatMap((_, position) => {
    const index = imported + position;
    if (!wide(functionType(module, index))) return [];
    const name = names.get(index) ?? `function ${index}`;
    return [refusal(`the results of ${name}, which are more than ${maxResultWords} words`, hint)];
  });
  const indirect = module.code.flatMap(({ code }) =>
    code
      .filter(
        ({ opcode, immediates }) =>
          opcode.name === "call_indirect" && wide(module.types[immediates[0]!]!),
      )
      .map(({ offset }) =>
        refusal(
          `call_indirect of more than ${maxResultWords} words of results at byte ${offset}`,
          hint,
        ),
      ),
  );
  return [...functions, ...indirect];
}

const hint = "Return fewer values, or return them through memory.";

function refusal(what: string, hint: string): Diagnostic {
  return {
    severity: "error",
    code: "native-unsupported",
    message: `native code does not support ${what}`,
    hint,
  };
}
