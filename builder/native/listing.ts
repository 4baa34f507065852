import { functionNames } from "../wasm/names.js";
import { importedFunctions, type Instruction, type Module } from "../wasm/module.js";
import { printInstruction } from "../wasm/print.js";
import type { NativeModule } from "./compile.js";
import { cyclesOf, type Cycles } from "./thumb/cycles.js";
import { disassemble } from "./thumb/disassemble.js";

/** An instruction of machine code, or a halfword of literals and tables. */
export interface ListingLine {
  /** From the start of code. */
  readonly offset: number;
  readonly words: readonly number[];
  readonly text: string;
  /** Undefined for data. */
  readonly cycles: Cycles | undefined;
  /** Offset in the module of the instruction it comes from, and that as text; undefined for what comes from none. */
  readonly wasm: { readonly offset: number; readonly text: string } | undefined;
}

/** A function and what follows it until the next. */
export interface ListedFunction {
  readonly index: number;
  readonly name: string;
  /** What it and all below it take of the stack; null where calls go round in a circle. */
  readonly stackBytes: number | null;
  readonly lines: readonly ListingLine[];
}

/** Machine code beside the module that it comes from, function by function. */
export function listing(native: NativeModule, module: Module): readonly ListedFunction[] {
  const { code, dataRanges, map, functions } = native;
  const names = functionNames(module);
  const instructions = instructionsByOffset(module);
  const imports = importedFunctions(module).map((entry) => `${entry.module}.${entry.name}`);
  const functionName = (index: number): string => `$${imports[index] ?? names.get(index) ?? index}`;
  let mapped = -1;
  const lines = disassemble(code, (offset) =>
    dataRanges.some(({ from, to }) => offset >= from && offset < to),
  ).map(({ address, words, text }): ListingLine => {
    while ((map[mapped + 1]?.[0] ?? Infinity) <= address) mapped++;
    const isData = dataRanges.some(({ from, to }) => address >= from && address < to);
    const offset = map[mapped]?.[1] ?? -1;
    const from = isData ? undefined : instructions.get(offset);
    return {
      offset: address,
      words,
      text: text.replace("\t", " "),
      cycles: isData ? undefined : cyclesOf(words[0]!, words[1]),
      wasm: from && { offset, text: printInstruction(from, { functionName }) },
    };
  });
  return functions.map(({ index, offset, stackBytes }, k) => {
    const end = functions[k + 1]?.offset ?? code.length;
    return {
      index,
      name: names.get(index) ?? `function ${index}`,
      stackBytes,
      lines: withoutPadding(lines.filter((line) => line.offset >= offset && line.offset < end)),
    };
  });
}

/** The halfword that makes the next function start at a multiple of 4 is left out. */
function withoutPadding(lines: readonly ListingLine[]): readonly ListingLine[] {
  const last = lines.at(-1);
  const isPadding = last?.words[0] === 0 && last.offset % 4 === 2;
  return isPadding ? lines.slice(0, -1) : lines;
}

function instructionsByOffset({ code }: Module): ReadonlyMap<number, Instruction> {
  return new Map(code.flatMap((body) => body.code.map((item) => [item.offset, item] as const)));
}
