import { encode } from "../../builder/native/thumb/encode.js";
import type { FormatName } from "../../builder/native/thumb/formats.js";
import type { Core } from "../../runtime/emulator/emu/core.js";
import { Pico, type PicoOptions } from "../../runtime/emulator/emu/pico.js";
import { boot2Crc } from "../../runtime/emulator/emu/rom.js";

/** Where things lie on a bare board. Handler n, a branch to itself, is at `handlers` + 64 × n. */
export const bare = {
  code: 0x2000_0000,
  vectors: 0x2001_0000,
  handlers: 0x2001_1000,
  mainStack: 0x2002_0000,
  processStack: 0x2002_1000,
  mpu: 0xe000_ed90,
} as const;

/** Privileged instructions, which no compiler of containers writes. */
export const msr = (special: number, register: number): number[] => [
  0xf380 + register,
  0x8800 + special,
];
export const mrs = (register: number, special: number): number[] => [
  0xf3ef,
  0x8000 + (register << 8) + special,
];
export const cpsid = 0xb672;
export const cpsie = 0xb662;
export const special = { msp: 8, psp: 9, primask: 16, control: 20 } as const;

export function op(name: FormatName, ...operands: number[]): number {
  return encode(name, ...operands)[0]!;
}

/** Flash whose boot2 is these halfwords. */
export function flashWithBoot2(...halves: readonly number[]): Uint8Array {
  const flash = new Uint8Array(256).fill(0xff);
  new Uint16Array(flash.buffer).set(halves);
  new DataView(flash.buffer).setUint32(252, boot2Crc(flash.subarray(0, 252)), true);
  return flash;
}

/** A Pico that is about to execute the given halfwords in RAM, privileged, on the main stack. */
export class BareBoard {
  readonly pico: Pico;

  constructor(code: readonly number[], options: Partial<PicoOptions> = {}) {
    this.pico = new Pico({ flash: flashWithBoot2(0xe7fe), ...options });
    this.put(bare.code, ...code);
    for (let exception = 2; exception < 48; exception++) {
      this.poke(bare.vectors + 4 * exception, this.handlerOf(exception) + 1);
      this.put(this.handlerOf(exception), 0xe7fe);
    }
    this.core.vectorTable = bare.vectors;
    this.core.start(bare.code, bare.mainStack, 0xffff_ffff);
    this.core.writeSpecialRegister(special.psp, bare.processStack);
  }

  get core(): Core {
    return this.pico.chip.processor;
  }

  /** r0 to r15, unsigned. */
  get registers(): Uint32Array {
    return this.core.registers;
  }

  handlerOf(exception: number): number {
    return bare.handlers + 64 * exception;
  }

  put(address: number, ...halves: readonly number[]): void {
    halves.forEach((half, i) => this.pico.chip.writeUint16(address + 2 * i, half));
  }

  poke(address: number, word: number): void {
    this.pico.chip.writeUint32(address, word);
  }

  word(address: number): number {
    return this.pico.peekWord(address);
  }

  /** Executes so many instructions; entering an exception counts as one. */
  step(count = 1): void {
    for (let i = 0; i < count; i++) this.core.executeInstruction();
  }

  /** Steps until the program counter is there. */
  stepTo(address: number): void {
    for (let i = 0; i < 1000 && this.registers[15] !== address; i++) this.step();
    if (this.registers[15] !== address)
      throw new Error(
        `never came to ${address.toString(16)}, but to ${this.registers[15]!.toString(16)}`,
      );
  }

  /** Sets a region; `bytes` is a power of two, `access` bits 31 to 16 and 15 to 8 of RASR. */
  region(number: number, base: number, bytes: number, access: number): void {
    this.poke(bare.mpu + 0xc, base | 16 | number);
    this.poke(bare.mpu + 0x10, access | ((Math.log2(bytes) - 1) << 1) | 1);
  }

  /** Turns the MPU on: 1, 2 for faults too, 4 for the default map. */
  protect(control: number): void {
    this.poke(bare.mpu + 4, control);
  }

  /** Drops privilege; the process stack is used. */
  dropPrivilege(): void {
    this.core.writeSpecialRegister(special.control, 3);
  }
}
