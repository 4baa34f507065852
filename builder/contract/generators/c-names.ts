import type { ContractFunction, Parameter } from "../model.js";
import { constant, snake } from "../names.js";

const cKeywords = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register " +
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"
  ).split(" "),
);

/** `i2c.write-read` as `i2c_write_read`. */
export function cFunction(item: ContractFunction): string {
  return `${snake(item.interface)}_${snake(item.name)}`;
}

export function cParameter(parameter: Parameter): string {
  const name = snake(parameter.name);
  return cKeywords.has(name) ? `${name}_` : name;
}

/** `error-code` has the cases `ERROR_...`, `level` has `LEVEL_...`. */
export function cCase(enumName: string, caseName: string): string {
  return `${constant(enumName.replace(/-code$/, ""))}_${constant(caseName)}`;
}

export function cNeedKind(kind: string): string {
  return `NEED_${constant(kind)}`;
}

/** `CONTRACT_MAX_I2C_WRITE_READ_DATA`; `name` is `return` for the result. */
export function cMax(item: ContractFunction, name: string): string {
  return `CONTRACT_MAX_${constant(item.interface)}_${constant(item.name)}_${constant(name)}`;
}

/** `CONTRACT_LAST_TIMER_EVERY_PERIOD_MS` */
export function cLast(item: ContractFunction, name: string): string {
  return `CONTRACT_LAST_${constant(item.interface)}_${constant(item.name)}_${constant(name)}`;
}

/** The type a core function returns. */
export function cResult(item: ContractFunction): string {
  const { result } = item;
  switch (result.kind) {
    case "none":
      return "void";
    case "scalar":
      if (result.name === "bool") return "bool";
      return result.name === "u64" ? "uint64_t" : result.name === "s32" ? "int32_t" : "uint32_t";
    case "enum":
      return "uint32_t";
    case "bytes":
      return "int32_t";
    case "fallible":
      return item.flatResult === "i64" ? "int64_t" : "int32_t";
  }
}

/** Whether the caller must look at the result: it can be an error. */
export function canFail(item: ContractFunction): boolean {
  return item.result.kind === "fallible" || item.result.kind === "bytes";
}
