import { decodeInstruction } from "./encode.js";
import { formats, type Field, type Format } from "./formats.js";

/** One line of a listing. */
export interface Line {
  readonly address: number;
  /** The instruction's halfwords. */
  readonly words: readonly number[];
  /** As objdump prints it: mnemonic, a tab, operands; `.short` for what is no instruction. */
  readonly text: string;
}

const registerNames = [..."0123456789"]
  .map((digit) => `r${digit}`)
  .concat("sl", "fp", "ip", "sp", "lr", "pc");

const listText = (mask: number): string =>
  `{${registerNames.filter((_, r) => mask & (1 << r)).join(", ")}}`;

function operandText(field: Field, operand: number, address: number): string {
  switch (field.kind) {
    case "register":
      return registerNames[operand]!;
    case "unsigned":
      return String(operand);
    case "distance":
      return `0x${((address + 4 + operand) >>> 0).toString(16)}`;
    case "list":
      return listText(operand);
  }
}

/**
 * The text of the instruction at `address`, as GNU objdump prints raw binary (without its comments), and the bytes it takes.
 */
export function disassembleAt(word: number, next: number, address: number): Line {
  const decoded = decodeInstruction(word, next);
  const hex = (value: number) => `0x${value.toString(16).padStart(4, "0")}`;
  if (!decoded) return { address, words: [word], text: `.short\t${hex(word)}` };
  const { name, operands } = decoded;
  const format: Format = formats[name];
  const shown = format.syntax.replace(/\{(\d)(:x4)?\}/g, (_, k: string, wide) =>
    wide
      ? hex(operands[Number(k)]!)
      : operandText(format.fields[Number(k)]!, operands[Number(k)]!, address),
  );
  const text =
    name === "lslsImm" && operands[2] === 0
      ? `movs\t${registerNames[operands[0]!]}, ${registerNames[operands[1]!]}`
      : name === "ldm" && operands[1]! & (1 << operands[0]!)
        ? `ldmia\t${shown.replace("!", "")}`
        : shown === ""
          ? format.mnemonic
          : `${format.mnemonic}\t${shown}`;
  return { address, words: name === "bl" ? [word, next] : [word], text };
}

/** Lines for all of the code; `isData(offset)` tells which words are literals or tables. */
export function disassemble(
  code: Uint8Array,
  isData: (offset: number) => boolean = () => false,
): readonly Line[] {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const half = (at: number) => (at + 2 <= code.length ? view.getUint16(at, true) : 0);
  const lines: Line[] = [];
  for (let at = 0; at + 2 <= code.length;) {
    const line: Line = isData(at)
      ? {
          address: at,
          words: [half(at)],
          text: `.short\t0x${half(at).toString(16).padStart(4, "0")}`,
        }
      : disassembleAt(half(at), half(at + 2), at);
    lines.push(line);
    at += line.words.length * 2;
  }
  return lines;
}
