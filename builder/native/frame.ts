import {
  argumentRegisters,
  highHome,
  instanceRegister,
  linkRegister,
  scratchRegister,
  stackPointer,
} from "./machine.js";
import type { Assembler } from "./thumb/assembler.js";
import { emitConstant } from "./constants.js";
import { codeOfTrap } from "./traps.js";

/** What a function keeps on the stack. From the stack pointer up: outgoing words, spill slots, padding, r11, saved low registers, lr, incoming words. */
export interface Frame {
  /** Mask of the low registers that are saved. */
  readonly savedLow: number;
  readonly savesHighHome: boolean;
  readonly savesLink: boolean;
  readonly outgoingWords: number;
  readonly slots: number;
  /** Bytes below the saved registers. */
  readonly bodyBytes: number;
  /** All that the function takes from the stack pointer it is called with. */
  readonly bytes: number;
}

export interface FrameNeeds {
  /** Mask of low registers in use. */
  readonly used: number;
  readonly usesHighHome: boolean;
  /** Whether lr is overwritten. */
  readonly usesLink: boolean;
  readonly outgoingWords: number;
  readonly slots: number;
  /** Whether the stack pointer must be at a multiple of 8. */
  readonly aligned: boolean;
}

const calleeSaved = 0xf0;

/** More than this is subtracted from the stack pointer by a register. */
const largeBody = 3 * 508;

const bitsOf = (mask: number): number => [...mask.toString(2)].filter((bit) => bit === "1").length;

/** Lays out a frame. */
export function frameOf(needs: FrameNeeds): Frame {
  const { usesHighHome, usesLink, outgoingWords, slots } = needs;
  let savedLow = needs.used & calleeSaved;
  let body = 4 * (outgoingWords + slots);
  // r11 is pushed through a low register; a large body is subtracted with one.
  if ((usesHighHome || body > largeBody) && savedLow === 0) savedLow = 1 << argumentRegisters;
  const saved = bitsOf(savedLow) + Number(usesHighHome) + Number(usesLink);
  if (needs.aligned && (body + 4 * saved) % 8 !== 0) body += 4;
  return {
    savedLow,
    savesHighHome: usesHighHome,
    savesLink: usesLink,
    outgoingWords,
    slots,
    bodyBytes: body,
    bytes: body + 4 * saved,
  };
}

/** Saves what the function uses and makes room. */
export function emitPrologue(asm: Assembler, frame: Frame): void {
  const { savedLow, savesLink, savesHighHome, bodyBytes } = frame;
  const list = savedLow | (savesLink ? 1 << linkRegister : 0);
  if (list !== 0) asm.emit("push", list);
  if (savesHighHome) {
    const through = lowestOf(savedLow);
    asm.emit("mov", through, highHome);
    asm.emit("push", 1 << through);
  }
  moveStackPointer(asm, -bodyBytes, savedLow);
}

/** Undoes the prologue and returns; r0-r3 are kept. */
export function emitEpilogue(asm: Assembler, frame: Frame): void {
  const { savedLow, savesLink, savesHighHome, bodyBytes } = frame;
  moveStackPointer(asm, bodyBytes, savedLow);
  if (savesHighHome) {
    const through = lowestOf(savedLow);
    asm.emit("pop", 1 << through);
    asm.emit("mov", highHome, through);
  }
  if (savesLink) return asm.emit("pop", savedLow | (1 << 15));
  if (savedLow !== 0) asm.emit("pop", savedLow);
  asm.emit("bx", linkRegister);
}

const lowestOf = (mask: number): number => 31 - Math.clz32(mask & -mask);

function moveStackPointer(asm: Assembler, bytes: number, savedLow: number): void {
  if (Math.abs(bytes) > largeBody) {
    const through = lowestOf(savedLow);
    emitConstant(asm, through, { kind: "word", word: bytes });
    return asm.emit("addHigh", stackPointer, through);
  }
  const name = bytes < 0 ? "subSp" : "addSp";
  for (let left = Math.abs(bytes); left > 0; left -= 508) asm.emit(name, Math.min(left, 508));
}

/**
 * Ends the container unless `bytes` more of stack are there: compares the stack pointer with the lowest address that the instance block allows
 * for it. `parameters`: argument registers in use. The amount is rounded up where that is shorter.
 */
export function emitStackCheck(asm: Assembler, bytes: number, parameters: number): void {
  const register = argumentRegisters - 1;
  const keeps = parameters > register;
  if (keeps) asm.emit("mov", scratchRegister, register);
  asm.emit("mov", register, instanceRegister);
  asm.emit("ldr", register, register, 0);
  if (bytes <= 2 * 255) {
    asm.emit("addsImm8", register, Math.min(bytes, 255));
    if (bytes > 255) asm.emit("addsImm8", register, bytes - 255);
  } else {
    // In units of 256, the limit rounded up as well.
    asm.emit("lsrsImm", register, register, 8);
    let units = Math.ceil(bytes / 256) + 1;
    for (; units > 0; units -= 255) asm.emit("addsImm8", register, Math.min(units, 255));
    asm.emit("lslsImm", register, register, 8);
  }
  asm.emit("cmpHigh", register, stackPointer);
  if (keeps) asm.emit("mov", register, scratchRegister);
  asm.trapIf("hi", codeOfTrap("stack-overflow"));
}
