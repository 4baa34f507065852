import type {
  Contract,
  ContractEnum,
  ContractFunction,
  FlatParameter,
  ParameterType,
  Result,
} from "../model.js";
import { camel, pascal } from "../names.js";
import { banner, docComment, fits } from "./banner.js";

/** sdk/assembly/contract.ts: each function as an AssemblyScript import, and the enums they use. */
export function assemblySource(contract: Contract): string {
  const functions = contract.interfaces.flatMap((item) => item.functions);
  return [
    `// ${banner}`,
    "",
    ...about(contract),
    "",
    ...contract.enums.filter((item) => item.isUsed).map(enumSource),
    functions.map(functionSource).join("\n"),
  ].join("\n");
}

function about(contract: Contract): string[] {
  return [
    `// The calls of contract ${contract.version} as they cross the boundary (SPEC.md, section 1). Apps use the classes of`,
    '// "thimble" and "thimble/needs" instead.',
    "//",
    "// - A need is passed as its handle, a setting as its position, a handler as its index in the table.",
    "// - Lists are a pointer and a length; `out` and `capacity` are where a returned list goes and how many",
    "//   bytes may go there. `lengths` is the length of the list | capacity << 16.",
    "// - A result is 0, the length or the value, or the negated `ErrorCode`.",
  ];
}

function enumSource(item: ContractEnum): string {
  const isError = item.name === "error-code";
  const docs = isError
    ? [...item.docs, "The cases are positive: a call returns `-ErrorCode.Timeout`."]
    : item.docs;
  const cases = item.cases.map((one, index) => {
    const value = isError && index === 0 ? " = 1" : "";
    return `${docComment(one.docs, "  ")}  ${pascal(one.name)}${value},\n`;
  });
  return `${docComment(docs)}export enum ${pascal(item.name)} {\n${cases.join("")}}\n`;
}

function functionSource(item: ContractFunction): string {
  const parameters = item.flat.map((flat) => `${camel(flat.name)}: ${parameterType(flat)}`);
  const name = `${camel(item.interface)}_${camel(item.name)}`;
  const start = `export declare function ${name}(`;
  const end = `): ${resultType(item.result)};`;
  const line = start + parameters.join(", ") + end;
  return (
    docComment([...item.docs, ...limits(item)]) +
    "// @ts-ignore: decorator\n" +
    `@external("${item.interface}", "${item.name}")\n` +
    `${fits(line) ? line : `${start}\n${parameters.map((text) => `  ${text},\n`).join("")}${end}`}\n`
  );
}

/** What `@max` says, in words. */
function limits(item: ContractFunction): string[] {
  const lines: string[] = [];
  for (const { name, type } of item.parameters) {
    if (type.kind === "list")
      lines.push(
        `\`${camel(name)}\`: at most ${type.max} ${type.elementBytes === 2 ? "code units" : "bytes"}.`,
      );
  }
  if (item.result.kind === "bytes")
    lines.push(`\`out\`: at most ${item.result.max} bytes are used.`);
  return lines;
}

function parameterType(flat: FlatParameter): string {
  switch (flat.role.kind) {
    case "list":
    case "out":
      return "usize";
    case "value":
      return valueType(flat.role.type);
    default:
      return "u32";
  }
}

function valueType(type: Exclude<ParameterType, { kind: "list" }>): string {
  if (type.kind === "enum") return pascal(type.name);
  return type.kind === "scalar" ? scalarType(type.name) : "u32";
}

function scalarType(name: string): string {
  if (name === "bool" || name === "u64") return name;
  return name.startsWith("s") ? name.replace("s", "i") : "u32";
}

function resultType(result: Result): string {
  switch (result.kind) {
    case "none":
      return "void";
    case "scalar":
      return scalarType(result.name);
    case "enum":
      return pascal(result.name);
    case "bytes":
      return "i32";
    case "fallible":
      return result.value === "s32" || result.value === "u64" ? "i64" : "i32";
  }
}
