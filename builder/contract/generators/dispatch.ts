import type { Contract, ContractFunction, FlatParameter, ValueRange } from "../model.js";
import { banner } from "./banner.js";
import { cFunction, cNeedKind } from "./c-names.js";
import { checks, entry, types, wide } from "./dispatch-checks.js";

/**
 * runtime/core/dispatch.c: one row a function says what to check, one piece of code checks it, one
 * switch calls the core with typed values.
 */
export function dispatchSource(contract: Contract): string {
  const functions = contract.interfaces.flatMap((item) => item.functions);
  const tables = new Tables(contract);
  const rows = functions.map((item) => row(item, tables));
  return [
    `/* ${banner} */`,
    '#include "contract.h"',
    "",
    "#include <stddef.h>",
    "",
    '#include "container.h"',
    '#include "memory.h"',
    '#include "port.h"',
    "",
    types,
    "/* The first value of each range, and how many follow it. Range 0 is every value. */",
    `static const uint8_t range_first[] = {${tables.spans.map(({ first }) => first).join(", ")}};`,
    `static const uint32_t range_rest[] = {${tables.spans.map(({ first, last }) => last - first).join(", ")}};`,
    "/* The ranges of the words of a call, four bits each, the lowest for word 0. */",
    `static const uint16_t ranges[] = {${tables.ranges.map((bits) => (bits === 0 ? "0" : `0x${bits.toString(16)}`)).join(", ")}};`,
    "/* The lengths that lists can have at most. */",
    `static const uint16_t maxima[] = {${tables.maxima.join(", ")}};`,
    "",
    "static const uint32_t signatures[CONTRACT_FUNCTION_COUNT] = {",
    ...rows,
    "};",
    "",
    ...(functions.some(takesWide) ? [wide] : []),
    checks,
    ...functions.map(invoker),
    "typedef void invoker(struct container *self, uint32_t words[4], const struct call *call);",
    "",
    "/* What calls the core with what the checks have found. */",
    "static invoker *const invokers[CONTRACT_FUNCTION_COUNT] = {",
    ...functions.map((item) => `  invoke_${cFunction(item)},`),
    "};",
    "",
    entry,
  ].join("\n");
}

/** The position of a value in a table of distinct ones, which it joins if it is new. Positions have four bits in a row. */
function place<Value>(table: Value[], value: Value): number {
  const known = table.findIndex((one) => JSON.stringify(one) === JSON.stringify(value));
  if (known >= 0) return known;
  if (table.length === 16) throw new RangeError("more than 16 distinct values");
  return table.push(value) - 1;
}

/** What rows refer to by position; position 0 stands for nothing to check. */
class Tables {
  readonly spans: ValueRange[] = [{ first: 0, last: 0 }];
  readonly ranges: number[] = [0];
  readonly maxima: number[] = [0];

  constructor(private readonly contract: Contract) {}

  /** The position of the range of one argument. */
  range(flat: FlatParameter): number {
    const range = this.rangeOf(flat);
    return range === undefined ? 0 : place(this.spans, range);
  }

  private rangeOf(flat: FlatParameter): ValueRange | undefined {
    if (flat.role.kind !== "value") return undefined;
    const { type } = flat.role;
    if (type.kind === "enum") {
      const { cases } = this.contract.enums.find((item) => item.name === type.name)!;
      return { first: 0, last: cases.length - 1 };
    }
    if (type.kind !== "scalar") return undefined;
    if (type.name === "u8" || type.name === "u16")
      return { first: 0, last: type.name === "u8" ? 0xff : 0xffff };
    return type.range;
  }
}

function takesWide(item: ContractFunction): boolean {
  return item.flat.some((flat) => flat.type === "i64");
}

/** A row of the table. */
function row(item: ContractFunction, tables: Tables): string {
  const list = item.parameters.find(({ type }) => type.kind === "list")?.type;
  const nibbles = item.flat
    .map((flat) => tables.range(flat) << (4 * flat.word))
    .reduce((sum, bits) => sum | bits, 0);
  const parts: string[] = item.parameters.flatMap(({ type }) =>
    type.kind === "handle"
      ? [`NEEDS(${type.needKinds.map((kind) => `1u << ${cNeedKind(kind)}`).join(" | ")})`]
      : [],
  );
  if (nibbles !== 0) parts.push(`RANGES(${place(tables.ranges, nibbles)})`);
  if (list?.kind === "list") {
    parts.push(`LIST_MAX(${place(tables.maxima, list.max)})`);
    if (list.elementBytes === 2) parts.push("LIST_IS_TEXT(1)");
    if (list.isKept) parts.push("IS_KEPT");
  }
  if (item.result.kind === "bytes") parts.push(`OUT_MAX(${place(tables.maxima, item.result.max)})`);
  const pointer = item.flat.find(({ role }) => role.kind === "list" || role.kind === "out");
  if (pointer) parts.push(`POINTER_WORD(${pointer.word})`);
  if (item.result.kind === "fallible" || (item.result.kind === "bytes" && item.result.isFallible))
    parts.push("IS_FALLIBLE");
  return `  /* ${item.number} ${item.interface}.${item.name} */\n  ${parts.join(" | ") || "0"},`;
}

/** A function of its own for each call: with its one callee inlined it is that callee, with another head. */
function invoker(item: ContractFunction): string {
  const values = ["self", ...item.parameters.map((parameter) => value(item, parameter.name))];
  if (item.result.kind === "bytes") values.push("call->out", "call->capacity");
  const call = `${cFunction(item)}(${values.join(", ")})`;
  const unused = [
    ...(item.flatResult !== null || values.some((text) => text.includes("words["))
      ? []
      : ["words"]),
    ...(values.some((text) => text.includes("call->")) ? [] : ["call"]),
  ];
  return [
    `static void invoke_${cFunction(item)}(struct container *self, uint32_t words[4], const struct call *call) {`,
    ...(unused.length === 0 ? [] : [`  ${unused.map((name) => `(void)${name}`).join(", ")};`]),
    `  ${store(item, call)};`,
    "}",
    "",
  ].join("\n");
}

/** The C expressions of one parameter. */
function value(item: ContractFunction, name: string): string {
  const flat = item.flat.find((one) => one.name === name)!;
  const word = `words[${flat.word}]`;
  if (flat.role.kind === "list")
    return `${flat.role.type.isKept ? word : "call->list"}, call->list_length`;
  if (flat.role.kind !== "value") throw new TypeError(`${name} is no parameter of the WIT`);
  const { type } = flat.role;
  if (type.kind === "handle") return "call->need";
  if (type.kind !== "scalar") return word;
  switch (type.name) {
    case "bool":
      return `${word} != 0`;
    case "s32":
      return `(int32_t)${word}`;
    case "u64":
      return `wide(&${word})`;
    case "s64":
      return `(int64_t)wide(&${word})`;
    default:
      return word;
  }
}

function store(item: ContractFunction, call: string): string {
  if (item.flatResult === null) return call;
  const isSigned =
    item.result.kind !== "enum" && !(item.result.kind === "scalar" && item.result.name !== "s32");
  if (item.flatResult === "i64") return `set_wide(words, ${isSigned ? "(uint64_t)" : ""}${call})`;
  return `words[0] = ${isSigned ? "(uint32_t)" : ""}${call}`;
}
