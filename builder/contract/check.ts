import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { nearest } from "../../runtime/document/suggest.js";
import type { NeedKind } from "../../runtime/manifest/manifest.js";
import { functionType, importedFunctions, type Import, type Module } from "../wasm/module.js";
import { contractImports, contractVersion, type ContractImport } from "./capabilities.js";

/**
 * What is wrong with a container by the contract: imports outside it or with another signature, imports whose need is not declared, exports that the
 * runtime cannot use. `placeOf` tells where the app declares an import, or where a finding about the whole container belongs.
 */
export function checkContainer(
  module: Module,
  needKinds: ReadonlySet<NeedKind>,
  placeOf: (entry?: Import) => Place,
): Diagnostic[] {
  const findings: (Finding & Place)[] = [];
  for (const entry of module.imports) {
    if (entry.kind === "function") continue;
    findings.push({
      code: "contract-import",
      message: `the container imports the ${entry.kind} ${entry.module}.${entry.name}`,
      hint: "A container may import functions of the contract only.",
      ...placeOf(entry),
    });
  }
  importedFunctions(module).forEach((entry, index) => {
    const found = checkImport(
      `${entry.module}.${entry.name}`,
      functionType(module, index),
      needKinds,
    );
    if (found) findings.push({ ...found, ...placeOf(entry) });
  });
  for (const found of checkExports(module)) findings.push({ ...found, ...placeOf() });
  return findings.map((finding) => ({ severity: "error", ...finding }));
}

type Place = Pick<Diagnostic, "file" | "line" | "column" | "length">;

type Finding = Pick<Diagnostic, "code" | "message" | "hint">;

const imports: ReadonlyMap<string, ContractImport> = new Map(
  contractImports.map((entry) => [`${entry.interface}.${entry.name}`, entry]),
);

/** Whether this import takes an address in the container's memory. */
export function takesPointer(module: string, name: string): boolean {
  return imports.get(`${module}.${name}`)?.takesPointer ?? false;
}

function checkImport(
  name: string,
  type: { readonly params: readonly string[]; readonly results: readonly string[] },
  needKinds: ReadonlySet<NeedKind>,
): Finding | undefined {
  const known = imports.get(name);
  if (!known) {
    const near = nearest(name, [...imports.keys()]);
    return {
      code: "contract-import",
      message: `the container imports ${name}, which is not in the contract ${contractVersion}`,
      hint:
        near === undefined
          ? "Use what the SDK offers; nothing else reaches a device."
          : `Did you mean ${near}?`,
    };
  }
  const expected = signature(known.params, known.result === null ? [] : [known.result]);
  const actual = signature(type.params, type.results);
  if (expected !== actual) {
    return {
      code: "contract-signature",
      message: `the container imports ${name} as ${actual}, and the contract ${contractVersion} has ${expected}`,
      hint: "Build it with an SDK of this contract version.",
    };
  }
  if (known.needKinds.length === 0 || known.needKinds.some((kind) => needKinds.has(kind)))
    return undefined;
  return {
    code: "contract-need",
    message: `the container calls ${name} and declares no need of the kind ${known.needKinds.join(" or ")}`,
    hint: 'Declare it under "needs" in thimble.json.',
  };
}

function signature(params: readonly string[], results: readonly string[]): string {
  return `(${params.join(", ")}) -> ${results.length === 0 ? "nothing" : results.join(", ")}`;
}

function checkExports(module: Module): Finding[] {
  const table = module.exports.find(({ name, kind }) => name === "event" && kind === "table");
  const startsAtZero = module.elements.some(
    ({ offset, functions }) => offset?.[0]?.immediates[0] === 0 && functions.length > 0,
  );
  if (!table || !startsAtZero) {
    return [
      {
        code: "contract-start",
        message: "the container has no start function",
        hint: "Arm a handler at the top level of the app, for example with every(500, () => { ... }).",
      },
    ];
  }
  const needsMemory = importedFunctions(module).some((entry) =>
    takesPointer(entry.module, entry.name),
  );
  if (
    !needsMemory ||
    module.exports.some(({ name, kind }) => name === "memory" && kind === "memory")
  )
    return [];
  return [
    {
      code: "contract-memory",
      message: "the container passes addresses to the runtime and does not export its memory",
      hint: 'Export it as "memory".',
    },
  ];
}
