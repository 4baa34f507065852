import type { Contract, ContractEnum, ContractFunction, Parameter } from "../model.js";
import { banner, docComment } from "./banner.js";
import {
  canFail,
  cCase,
  cFunction,
  cLast,
  cMax,
  cNeedKind,
  cParameter,
  cResult,
} from "./c-names.js";
import { snake } from "../names.js";

/** runtime/core/contract.h: what the core implements and what dispatch asks of it. */
export function headerSource(contract: Contract): string {
  const functions = contract.interfaces.flatMap((item) => item.functions);
  return [
    `/* ${banner} */`,
    "#ifndef THIMBLE_CONTRACT_H",
    "#define THIMBLE_CONTRACT_H",
    "",
    "#include <stdbool.h>",
    "#include <stdint.h>",
    "",
    `#define CONTRACT_VERSION "${contract.version}"`,
    `#define CONTRACT_FUNCTION_COUNT ${functions.length}u`,
    "",
    "#if defined(__GNUC__)",
    "#define CONTRACT_CHECKED __attribute__((warn_unused_result))",
    "#else",
    "#define CONTRACT_CHECKED",
    "#endif",
    "",
    "/* Most elements of each list: bytes, or code units of a string. */",
    ...functions.flatMap(maxima),
    "",
    "/* The last values of ranges that the contract states. */",
    ...functions.flatMap(lasts),
    "",
    ...contract.enums.map(enumSource),
    needKinds(contract),
    ...core,
    ...contract.interfaces.flatMap((item) => [
      "",
      docComment(item.docs).trimEnd(),
      ...item.functions.map(prototype),
    ]),
    "",
    "#endif",
    "",
  ].join("\n");
}

function maxima(item: ContractFunction): string[] {
  const lines: string[] = [];
  for (const { name, type } of item.parameters) {
    if (type.kind === "list") lines.push(`#define ${cMax(item, name)} ${type.max}u`);
  }
  if (item.result.kind === "bytes")
    lines.push(`#define ${cMax(item, "return")} ${item.result.max}u`);
  return lines;
}

function lasts(item: ContractFunction): string[] {
  return item.parameters.flatMap(({ name, type }) =>
    type.kind === "scalar" && type.range !== undefined
      ? [`#define ${cLast(item, name)} ${type.range.last}u`]
      : [],
  );
}

function enumSource(item: ContractEnum): string {
  const isError = item.name === "error-code";
  const docs = isError ? [...item.docs, "So a function returns `-ERROR_TIMEOUT`."] : item.docs;
  const cases = item.cases.map((one, index) => {
    const value = index === 0 ? ` = ${isError ? 1 : 0}` : "";
    return `${docComment(one.docs, "  ")}  ${cCase(item.name, one.name)}${value},\n`;
  });
  return `${docComment(docs)}enum ${snake(item.name)} {\n${cases.join("")}};\n`;
}

function needKinds(contract: Contract): string {
  const kinds = contract.needKinds.map(
    (kind, index) => `  ${cNeedKind(kind)}${index === 0 ? " = 0" : ""},\n`,
  );
  return `/** What a need is. */\nenum need_kind {\n${kinds.join("")}};\n`;
}

const core = [
  "struct container;",
  "struct need;",
  "",
  "/**",
  " * Makes one call of a container: checks every handle, value, pointer and length as SPEC.md section 1",
  " * states, then calls the function of this number below. An i64 takes two words, the low one first.",
  " * `words` are the arguments, and are used up; then the result, if the function has one, is in the first or the first two.",
  " */",
  "void contract_call(struct container *self, uint32_t number, uint32_t words[4]);",
  "",
  "/** The need behind a handle, if its kind is in the mask (bit k is kind k); else ends the container and gives NULL. */",
  "CONTRACT_CHECKED const struct need *need_in(struct container *self, uint32_t handle, uint32_t kinds_mask);",
  "",
  "/*",
  " * The functions of the core. Handles are looked up, values are in their range, lists are within their maximum and",
  " * readable; of a kept list comes the offset in the container's memory. What a value may be by the description of",
  " * the container is checked by the function, which then calls container_trap and returns. A result below 0 is a",
  " * negated error. Bytes in `out` count up to the returned length.",
  " */",
];

function prototype(item: ContractFunction): string {
  const parameters = ["struct container *self", ...item.parameters.flatMap(cParameters)];
  if (item.result.kind === "bytes") parameters.push("uint8_t *out", "uint32_t capacity");
  const checked = canFail(item) ? "CONTRACT_CHECKED " : "";
  return `${docComment(item.docs)}${checked}${cResult(item)} ${cFunction(item)}(${parameters.join(", ")});`;
}

function cParameters(parameter: Parameter): string[] {
  const { type } = parameter;
  const name = cParameter(parameter);
  switch (type.kind) {
    case "handle":
      return [`const struct need *${name}`];
    case "list":
      return [
        type.isKept
          ? `uint32_t ${name}`
          : `const ${type.elementBytes === 2 ? "uint16_t" : "uint8_t"} *${name}`,
        `uint32_t ${snake(parameter.name)}_length`,
      ];
    case "scalar":
      return [`${scalarType(type.name)} ${name}`];
    default:
      return [`uint32_t ${name}`];
  }
}

function scalarType(name: string): string {
  if (name === "bool") return name;
  if (name === "u64" || name === "s64") return name === "u64" ? "uint64_t" : "int64_t";
  return name === "s32" ? "int32_t" : "uint32_t";
}
