import type { Instruction, Module, ValueType } from "./module.js";
import { blockValues, functionType, importedFunctions } from "./module.js";
import { functionNames } from "./names.js";

/** How to write what an instruction names by index; indices stay numbers where a function is absent. */
export interface PrintNames {
  readonly functionName?: (index: number) => string;
}

/** An instruction in the text format, in one line. */
export function printInstruction(
  instruction: Instruction,
  { functionName }: PrintNames = {},
): string {
  const { opcode, immediates, wide = 0n } = instruction;
  const [first = 0, second = 0] = immediates;
  switch (opcode.immediate) {
    case "none":
    case "zero1":
    case "zero2":
      return opcode.name;
    case "block":
      return `${opcode.name}${printBlockType(first)}`;
    case "function":
      return `${opcode.name} ${functionName?.(first) ?? first}`;
    case "indirect":
      return `${opcode.name} ${second === 0 ? "" : `${second} `}(type ${first})`;
    case "memory":
      return `${opcode.name}${printAccess(opcode.name, first, second)}`;
    case "i64":
      return `${opcode.name} ${wide}`;
    case "f32":
      return `${opcode.name} ${printFloat(wide, 8, 23)}`;
    case "f64":
      return `${opcode.name} ${printFloat(wide, 11, 52)}`;
    default:
      return `${opcode.name} ${immediates.join(" ")}`;
  }
}

function printBlockType(type: number): string {
  if (type === -64) return "";
  const value = blockValues[type];
  return value ? ` (result ${value})` : ` (type ${type})`;
}

/** Bytes that a load or store accesses. */
function accessBytes(name: string): number {
  return Number(/(?:load|store)(\d+)/.exec(name)?.[1] ?? name.slice(1, 3)) / 8;
}

/** Offset and alignment, where they are not those that go without saying. */
function printAccess(name: string, exponent: number, offset: number): string {
  const align = 2 ** exponent;
  return `${offset === 0 ? "" : ` offset=${offset}`}${align === accessBytes(name) ? "" : ` align=${align}`}`;
}

/** A float by its bits, exactly: a hexadecimal number, `inf`, or `nan` with its payload. */
function printFloat(bits: bigint, exponentBits: number, fractionBits: number): string {
  const sign = bits >> BigInt(exponentBits + fractionBits) === 0n ? "" : "-";
  const fraction = BigInt.asUintN(fractionBits, bits);
  const exponent = Number(BigInt.asUintN(exponentBits, bits >> BigInt(fractionBits)));
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1)
    return `${sign}${fraction === 0n ? "inf" : `nan:0x${fraction.toString(16)}`}`;
  if (exponent === 0 && fraction === 0n) return `${sign}0`;
  const digits = exponent === 0 ? fraction : fraction | (1n << BigInt(fractionBits));
  const power = Math.max(exponent, 1) - bias - fractionBits;
  // What is a small whole number reads better as one.
  const shift = BigInt(-power);
  if (power <= 0 && power >= -fractionBits && digits % (1n << shift) === 0n)
    return `${sign}${digits >> shift}`;
  return `${sign}0x${digits.toString(16)}p${power}`;
}

/** A module in the text format, instructions one a line; names of functions stand in comments. */
export function printModule(module: Module): string {
  const names = functionNames(module);
  const lines = ["(module"];
  for (const { params, results } of module.types)
    lines.push(`  (type (func${list("param", params)}${list("result", results)}))`);
  for (const entry of importedFunctions(module))
    lines.push(
      `  (import ${quoted(entry.module)} ${quoted(entry.name)} (func (type ${entry.typeIndex})))`,
    );
  for (const { min, max } of module.memories)
    lines.push(`  (memory ${min}${max === undefined ? "" : ` ${max}`})`);
  for (const { min, max } of module.tables)
    lines.push(`  (table ${min}${max === undefined ? "" : ` ${max}`} funcref)`);
  for (const { type, mutable, init } of module.globals)
    lines.push(`  (global ${mutable ? `(mut ${type})` : type} ${printOffset(init)})`);
  for (const { name, kind, index } of module.exports)
    lines.push(`  (export ${quoted(name)} (${kind === "function" ? "func" : kind} ${index}))`);
  if (module.start !== null) lines.push(`  (start ${module.start})`);
  for (const { offset, functions } of module.elements)
    lines.push(`  (elem ${offset ? printOffset(offset) : "func"} ${functions.join(" ")})`);
  for (const { offset, bytes } of module.data)
    lines.push(`  (data ${offset ? `${printOffset(offset)} ` : ""}${quotedBytes(bytes)})`);
  module.code.forEach((_, position) => lines.push(...printFunction(module, position, names)));
  return [...lines, ")"].join("\n") + "\n";
}

function printFunction(
  module: Module,
  position: number,
  names: ReadonlyMap<number, string>,
): string[] {
  const index = importedFunctions(module).length + position;
  const { locals, code } = module.code[position]!;
  const { params, results } = functionType(module, index);
  const name = names.get(index);
  const all = locals.flatMap(({ count, type }) => Array<ValueType>(count).fill(type));
  return [
    `  (func (;${index}${name === undefined ? "" : ` ${name}`};) (type ${module.functions[position]})${list("param", params)}${list("result", results)}`,
    ...(all.length > 0 ? [`   ${list("local", all)}`] : []),
    ...printBody(code.slice(0, -1)).map((line) => `    ${line}`),
    "  )",
  ];
}

/** Instructions, indented by the blocks around them. */
function printBody(code: readonly Instruction[]): string[] {
  let depth = 0;
  return code.map((instruction) => {
    const { name } = instruction.opcode;
    if (name === "end" || name === "else") depth--;
    const line = "  ".repeat(Math.max(depth, 0)) + printInstruction(instruction);
    if (name === "block" || name === "loop" || name === "if" || name === "else") depth++;
    return line;
  });
}

function printOffset(init: readonly Instruction[]): string {
  const [first] = init;
  return first ? `(${printInstruction(first)})` : "";
}

function list(word: string, types: readonly ValueType[]): string {
  return types.length === 0 ? "" : ` (${word} ${types.join(" ")})`;
}

function quoted(text: string): string {
  return quotedBytes(new TextEncoder().encode(text));
}

function quotedBytes(bytes: Uint8Array): string {
  const parts = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(16).padStart(2, "0")}`,
  );
  return `"${parts.join("")}"`;
}
