import type { Assembler } from "./thumb/assembler.js";
import { instanceRegister, memoryRegister, type Constant } from "./machine.js";

/** Position of the lowest set bit. */
const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);

/** Cycles to make a constant in a low register; bytes are about twice as many. */
export function costOf(constant: Constant): number {
  if (constant.kind === "codeBase") return 3;
  if (constant.kind !== "word") return 1;
  const { word } = constant;
  return word >= 0 && word <= 255 ? 1 : 2;
}

/** Writes a constant into a low register by the shortest way; changes the flags. */
export function emitConstant(assembler: Assembler, register: number, constant: Constant): void {
  switch (constant.kind) {
    case "word":
      return emitWord(assembler, register, constant.word);
    case "memoryBase":
      return assembler.emit("mov", register, memoryRegister);
    case "instanceBase":
      return assembler.emit("mov", register, instanceRegister);
    case "codeBase":
      return assembler.codeBase(register);
  }
}

function emitWord(assembler: Assembler, register: number, word: number): void {
  if (word >= 0 && word <= 255) return assembler.emit("movsImm", register, word);
  const shift = lowestBit(word);
  if (word >>> shift <= 255) {
    assembler.emit("movsImm", register, word >>> shift);
    return assembler.emit("lslsImm", register, register, shift);
  }
  if (word < 0 && word >= -256) {
    assembler.emit("movsImm", register, ~word);
    return assembler.emit("mvns", register, register);
  }
  if (word > 255 && word <= 510) {
    assembler.emit("movsImm", register, 255);
    return assembler.emit("addsImm8", register, word - 255);
  }
  assembler.literal(register, word);
}
