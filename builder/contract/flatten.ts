import type { ContractFunction, FlatParameter, FlatRole, Parameter, Result } from "./model.js";

/** The WebAssembly parameters of a function, SPEC.md section 1. Words are counted, not limited. */
export function flatten(
  parameters: readonly Parameter[],
  result: Result,
): Pick<ContractFunction, "flat" | "words" | "flatResult"> {
  const flat: FlatParameter[] = [];
  let words = 0;
  const add = (name: string, role: FlatRole, type: "i32" | "i64" = "i32"): void => {
    flat.push({ name, role, type, word: words });
    words += type === "i64" ? 2 : 1;
  };
  const hasList = parameters.some((parameter) => parameter.type.kind === "list");
  const isPacked = hasList && result.kind === "bytes";
  const lists = [];
  for (const { name, type } of parameters) {
    if (type.kind !== "list") add(name, { kind: "value", type }, flatType(type));
    else if (isPacked) lists.push({ name, type });
    else {
      add(name, { kind: "list", type });
      add(`${name}-length`, { kind: "length" });
    }
  }
  for (const { name, type } of lists) add(name, { kind: "list", type });
  if (result.kind === "bytes") {
    add("out", { kind: "out" });
    if (isPacked) add("lengths", { kind: "lengths" });
    else add("capacity", { kind: "capacity" });
  }
  return { flat, words, flatResult: flatResult(result) };
}

/** The WebAssembly type of a parameter that is not a list. */
export function flatType(type: Parameter["type"]): "i32" | "i64" {
  return type.kind === "scalar" && (type.name === "u64" || type.name === "s64") ? "i64" : "i32";
}

function flatResult(result: Result): "i32" | "i64" | null {
  switch (result.kind) {
    case "none":
      return null;
    case "scalar":
      return result.name === "u64" ? "i64" : "i32";
    case "fallible":
      return result.value === "s32" || result.value === "u64" ? "i64" : "i32";
    default:
      return "i32";
  }
}
