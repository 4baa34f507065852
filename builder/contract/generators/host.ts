import {
  firstContractCall,
  type Contract,
  type ContractEnum,
  type ContractFunction,
} from "../model.js";
import { camel, pascal } from "../names.js";
import { banner, docComment, fits, listItem } from "./banner.js";

/** runtime/emulator/sim/contract.ts: the call table and the imports a host gives, for TypeScript. */
export function hostSource(contract: Contract): string {
  const functions = contract.interfaces.flatMap((item) => item.functions);
  return [
    `// ${banner}`,
    "",
    `export const contractVersion = "${contract.version}";`,
    "",
    "/** Number of the supervisor call of the contract's first function; the others follow in its order. */",
    `export const firstContractCall = ${firstContractCall};`,
    "",
    ...tableType,
    "",
    `/** Every function of the contract, by number. */`,
    `export const contractFunctions: readonly ContractFunction[] = [`,
    ...functions.map(tableRow),
    `];`,
    "",
    ...contract.enums.map(enumSource),
    ...interfaceSource(contract),
  ].join("\n");
}

const tableType = [
  "/** One function of the contract. */",
  "export interface ContractFunction {",
  "  /** Its position in `contractFunctions`, and what `contract_call` of the core takes. */",
  "  readonly number: number;",
  "  /** The import module. */",
  "  readonly interface: string;",
  "  /** The import field. */",
  "  readonly name: string;",
  "  /** WebAssembly types; an i64 takes two argument words, the low one first. */",
  '  readonly params: readonly ("i32" | "i64")[];',
  '  readonly result: "i32" | "i64" | null;',
  "}",
];

function tableRow(item: ContractFunction): string {
  return listItem([
    `number: ${item.number}`,
    `interface: ${JSON.stringify(item.interface)}`,
    `name: ${JSON.stringify(item.name)}`,
    `params: [${item.flat.map((flat) => `"${flat.type}"`).join(", ")}]`,
    `result: ${JSON.stringify(item.flatResult)}`,
  ]);
}

function enumSource(item: ContractEnum): string {
  const name = camel(item.name.endsWith("s") ? item.name : `${item.name}s`);
  const first = item.name === "error-code" ? "The first is code 1." : "The first is 0.";
  const cases = item.cases.map((one) => `"${one.name}"`);
  const line = `export const ${name} = [${cases.join(", ")}] as const;`;
  const block = `export const ${name} = [\n${cases.map((one) => `  ${one},\n`).join("")}] as const;`;
  return (
    `${docComment([...item.docs, first])}${fits(line) ? line : block}\n` +
    `/** A case of ${name}. */\nexport type ${pascal(item.name)} = (typeof ${name})[number];\n`
  );
}

function interfaceSource(contract: Contract): string[] {
  return [
    "/**",
    " * The imports of a container: one object a module, one function a field. Pointers are offsets into its",
    " * memory; SPEC.md section 1 states what is checked and what is returned.",
    " */",
    "export interface HostInterface {",
    ...contract.interfaces.flatMap((item) => [
      docComment(item.docs, "  ") + `  readonly ${key(item.name)}: {`,
      ...item.functions.map(signature),
      "  };",
    ]),
    "}",
    "",
  ];
}

function signature(item: ContractFunction): string {
  const parameters = item.flat.map((flat) => `${camel(flat.name)}: ${hostType(flat.type)}`);
  const start = `    ${key(item.name)}(`;
  const end = `): ${hostType(item.flatResult)};`;
  const line = start + parameters.join(", ") + end;
  return (
    docComment(item.docs, "    ") +
    (fits(line)
      ? line
      : `${start}\n${parameters.map((text) => `      ${text},\n`).join("")}    ${end}`)
  );
}

function key(name: string): string {
  return name.includes("-") ? JSON.stringify(name) : name;
}

function hostType(type: "i32" | "i64" | null): string {
  return type === null ? "void" : type === "i64" ? "bigint" : "number";
}
