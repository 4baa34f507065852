import type { Contract, ContractFunction, FlatParameter, ValueRange } from "../model.js";
import { banner } from "./banner.js";
import { cFunction, cNeedKind } from "./c-names.js";
import { checks, entry, types, wide } from "./dispatch-checks.js";

/**
 * runtime/core/dispatch.c: one row a function says what to check, one piece of code checks it, then the
 * core is called with typed values.
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
    "/* Range 0 is every value. */",
    "static const uint32_t ranges[] = {",
    ...tables.ranges.map((range) => `  ${range},`),
    "};",
    "/* Form 0 is no list. */",
    "static const uint16_t list_forms[] = {",
    ...tables.forms.map((form) => `  ${form},`),
    "};",
    "",
    checks,
    ...(functions.some(takesWide) ? [wide] : []),
    ...functions.map(invoker),
    "static const struct function functions[CONTRACT_FUNCTION_COUNT] = {",
    ...rows,
    "};",
    "",
    entry,
  ].join("\n");
}

/** The position of a value in a table of distinct ones, which it joins if it is new. Positions have four bits in a row. */
function place(table: string[], text: string): number {
  const known = table.indexOf(text);
  if (known >= 0) return known;
  if (table.length === 16) throw new RangeError("more than 16 distinct values");
  return table.push(text) - 1;
}

/** What rows refer to by position, as C; position 0 stands for nothing to check. */
class Tables {
  readonly ranges: string[] = ["0"];
  readonly forms: string[] = ["0"];

  constructor(private readonly contract: Contract) {}

  /** The position of the range of one argument. */
  range(flat: FlatParameter): number {
    const range = this.rangeOf(flat);
    if (range === undefined) return 0;
    const { first, last } = range;
    if (first >= 2 ** 5 || last - first >= 2 ** 27) throw new RangeError("a range is too large");
    return place(this.ranges, `RANGE(${first}u, ${last - first}u)`);
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

  /** The position of the form of a function's lists. */
  form(item: ContractFunction): number {
    const list = item.parameters.find(({ type }) => type.kind === "list")?.type;
    const maxima = new Set<number>();
    const parts: string[] = [];
    if (list?.kind === "list") {
      maxima.add(list.max);
      parts.push("HAS_LIST");
      if (list.elementBytes === 2) parts.push("1u << IS_TEXT_BIT");
      if (list.isKept) parts.push("IS_KEPT");
      if (isFallible(item)) parts.push("IS_FALLIBLE");
    }
    if (item.result.kind === "bytes") {
      maxima.add(item.result.max);
      parts.push("HAS_OUT");
    }
    const [max] = maxima;
    if (max === undefined) return 0;
    if (maxima.size > 1 || max % 4 !== 0 || max >= 2 ** 11)
      throw new RangeError(`${item.name}: lists of such lengths have no form`);
    const pointer = item.flat.find(({ role }) => role.kind === "list" || role.kind === "out")!;
    const lists = [`MAX(${max}u)`, `POINTER_WORD(${pointer.word}u)`, ...parts];
    return place(this.forms, lists.join(" | "));
  }
}

function takesWide(item: ContractFunction): boolean {
  return item.flat.some((flat) => flat.type === "i64");
}

/** A row of the table. */
function row(item: ContractFunction, tables: Tables): string {
  const parts: string[] = item.parameters.flatMap(({ type }) =>
    type.kind === "handle"
      ? [`NEEDS(${type.needKinds.map((kind) => `1u << ${cNeedKind(kind)}`).join(" | ")})`]
      : [],
  );
  const ranges = item.flat
    .map((flat) => tables.range(flat) << (4 * flat.word))
    .reduce((sum, bits) => sum | bits, 0);
  const kind = resultKind(item);
  const form = tables.form(item);
  if (kind === "wide" && form !== 0) throw new RangeError(`${item.name}: lists and 64 bits`);
  if (ranges !== 0) parts.push(`RANGES(0x${ranges.toString(16)}u)`);
  if (form !== 0) parts.push(`LISTS(${form}u)`);
  if (kind !== "none") parts.push(kind.toUpperCase());
  return [
    `  /* ${item.number} ${item.interface}.${item.name} */`,
    `  {${parts.join(" | ") || "0"}, {.${kind} = invoke_${cFunction(item)}}},`,
  ].join("\n");
}

/** With other errors than that the room for the result is too small. */
function isFallible({ result }: ContractFunction): boolean {
  return result.kind === "fallible" || (result.kind === "bytes" && result.isFallible);
}

function resultKind(item: ContractFunction): "none" | "narrow" | "wide" {
  if (item.flatResult === null) return "none";
  return item.flatResult === "i64" ? "wide" : "narrow";
}

const cResultWord = { none: "void", narrow: "uint32_t", wide: "uint64_t" };

/** A function of its own for each call: with its one callee inlined it is that callee. */
function invoker(item: ContractFunction): string {
  const values = ["self", ...item.parameters.map((parameter) => value(item, parameter.name))];
  if (item.result.kind === "bytes") values.push(...outValues(item));
  const call = `${cFunction(item)}(${values.join(", ")})`;
  const unused = ["a", "b", "c", "words"].filter((name) => !new RegExp(`\\b${name}\\b`).test(call));
  const kind = resultKind(item);
  return [
    `static ${cResultWord[kind]} invoke_${cFunction(item)}(CALL) {`,
    ...(unused.length === 0 ? [] : [`  ${unused.map((name) => `(void)${name}`).join(", ")};`]),
    `  ${result(item, call)};`,
    "}",
    "",
  ].join("\n");
}

/** The words of a call as its function finds them. */
const wordNames = ["a", "b", "c", "words[3]"];

/** The C expressions of one parameter. */
function value(item: ContractFunction, name: string): string {
  const flat = item.flat.find((one) => one.name === name)!;
  const word = wordNames[flat.word]!;
  if (flat.role.kind === "list") {
    const lengths = lengthsOf(item);
    const length = lengths === undefined ? wordNames[flat.word + 1] : `${lengths} & 0xffffu`;
    return `${flat.role.type.isKept ? word : `POINTER(${word})`}, ${length}`;
  }
  if (flat.role.kind !== "value") throw new TypeError(`${name} is no parameter of the WIT`);
  const { type } = flat.role;
  if (type.kind === "handle") return `POINTER(${word})`;
  if (type.kind !== "scalar") return word;
  const both = `wide(${word}, ${wordNames[flat.word + 1]})`;
  switch (type.name) {
    case "bool":
      return `${word} != 0`;
    case "s32":
      return `(int32_t)${word}`;
    case "u64":
      return both;
    case "s64":
      return `(int64_t)${both}`;
    default:
      return word;
  }
}

/** The word with the lengths of both lists, if there are two. */
function lengthsOf(item: ContractFunction): string | undefined {
  const lengths = item.flat.find(({ role }) => role.kind === "lengths");
  return lengths && wordNames[lengths.word];
}

function outValues(item: ContractFunction): string[] {
  const { word } = item.flat.find(({ role }) => role.kind === "out")!;
  const lengths = lengthsOf(item);
  return [
    `POINTER(${wordNames[word]})`,
    lengths === undefined ? wordNames[word + 1]! : `${lengths} >> 16`,
  ];
}

function result(item: ContractFunction, call: string): string {
  if (item.flatResult === null) return call;
  const isSigned =
    item.result.kind !== "enum" && !(item.result.kind === "scalar" && item.result.name !== "s32");
  if (!isSigned) return `return ${call}`;
  return `return (${item.flatResult === "i64" ? "uint64_t" : "uint32_t"})${call}`;
}
