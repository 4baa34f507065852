import {
  firstContractCall,
  type Contract,
  type ContractExport,
  type ContractFunction,
} from "../model.js";
import { banner, docComment, listItem } from "./banner.js";

/** builder/contract/capabilities.ts: what a container may import and export, and which needs an import asks for. */
export function capabilitiesSource(contract: Contract): string {
  const functions = contract.interfaces.flatMap((item) => item.functions);
  return [
    `// ${banner}`,
    "",
    'import type { NeedKind } from "../../runtime/manifest/manifest.js";',
    "",
    "/** The version of the contract that these imports are of. */",
    `export const contractVersion = "${contract.version}";`,
    "",
    "/** Number of the supervisor call of the contract's first function; the others follow in its order. */",
    `export const firstContractCall = ${firstContractCall};`,
    "",
    ...types,
    "",
    "/** In the order of the contract. */",
    "export const contractImports: readonly ContractImport[] = [",
    ...functions.map(importRow),
    "];",
    "",
    "export const contractExports: readonly ContractExport[] = [",
    ...contract.exports.flatMap(exportRow),
    "];",
    "",
  ].join("\n");
}

const types = [
  "/** A function that a container may import. */",
  "export interface ContractImport {",
  "  /** The import module. */",
  "  readonly interface: string;",
  "  /** The import field. */",
  "  readonly name: string;",
  "  /** WebAssembly types. */",
  '  readonly params: readonly ("i32" | "i64")[];',
  '  readonly result: "i32" | "i64" | null;',
  "  /** Whether a parameter is an address in the container's memory. */",
  "  readonly takesPointer: boolean;",
  "  /** The app must declare a need of one of these kinds; empty where the import is free. */",
  "  readonly needKinds: readonly NeedKind[];",
  "}",
  "",
  "/** What a container exports for the runtime. */",
  "export interface ContractExport {",
  "  readonly name: string;",
  "  /** `table`: an exported table of functions, each taking `params` or nothing; `entry`: its entry 0. */",
  '  readonly kind: "entry" | "table";',
  "  /** WebAssembly types; nothing is returned. */",
  '  readonly params: readonly ("i32" | "i64")[];',
  "}",
];

function importRow(item: ContractFunction): string {
  const needKinds = item.parameters.flatMap(({ type }) =>
    type.kind === "handle" ? type.needKinds : [],
  );
  return listItem([
    `interface: ${JSON.stringify(item.interface)}`,
    `name: ${JSON.stringify(item.name)}`,
    `params: [${quoted(item.flat.map((flat) => flat.type))}]`,
    `result: ${JSON.stringify(item.flatResult)}`,
    `takesPointer: ${item.flat.some(({ role }) => role.kind === "list" || role.kind === "out")}`,
    `needKinds: [${quoted(needKinds)}]`,
  ]);
}

function exportRow(item: ContractExport): string[] {
  const fields = [
    `name: ${JSON.stringify(item.name)}`,
    `kind: "${item.kind}"`,
    `params: [${quoted(item.flat.map((flat) => flat.type))}]`,
  ];
  const docs = docComment(item.docs, "  ").trimEnd();
  return [docs, `  { ${fields.join(", ")} },`];
}

function quoted(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(", ");
}
