import { Arithmetic } from "./arithmetic.js";

/** Position of the stack pointer among r0 to r15. */
export const sp = 13;
/** Position of the link register. */
export const lr = 14;
/** Position of the program counter. */
export const pc = 15;

/**
 * Executes the instructions of ARMv6-M (Arm DDI 0419, chapter A6), with the cycles that README.md states. What differs between a container on a desk and a
 * whole chip is left to subclasses: memory, what ends or interrupts the code, special registers.
 *
 * Addresses are signed 32-bit numbers, as values are.
 */
export abstract class ThumbCore extends Arithmetic {
  /** Cycles that the code may still take before the subclass looks around; each instruction takes its share. */
  protected left = 0;

  protected abstract load32(address: number): number;
  /** Zero-extended. */
  protected abstract load16(address: number): number;
  /** Zero-extended. */
  protected abstract load8(address: number): number;
  protected abstract store32(address: number, value: number): void;
  protected abstract store16(address: number, value: number): void;
  protected abstract store8(address: number, value: number): void;
  /** Of BX, BLX and POP: goes to an address whose bit 0 is the Thumb bit, or out of an exception. */
  protected abstract branchExchange(address: number): void;
  protected abstract supervisorCall(number: number): void;
  /** BKPT, CPS, NOP and its kind: 0xbe00 and above, 0xb660 to 0xb67f. */
  protected abstract systemInstruction(opcode: number): void;
  /** MSR, MRS and barriers; `second` is the second half. */
  protected abstract systemInstructionWide(opcode: number, second: number): void;
  /** The second half of a wide instruction, at r15. */
  protected abstract fetchSecond(): number;
  /** Called after an instruction other than POP and MSR has changed the stack pointer. */
  protected abstract stackMoved(): void;

  /** One instruction, r15 being its address plus 2. */
  protected execute(opcode: number): void {
    this.left--;
    switch (opcode >>> 11) {
      case 0:
      case 1:
      case 2:
        return this.shiftImmediate(opcode);
      case 3:
        return this.addSubtract(opcode);
      case 4:
        return this.setResult((opcode >>> 8) & 7, opcode & 0xff);
      case 5:
        this.subtract(this.r[(opcode >>> 8) & 7]!, opcode & 0xff);
        return;
      case 6: {
        const target = (opcode >>> 8) & 7;
        this.r[target] = this.add(this.r[target]!, opcode & 0xff);
        return;
      }
      case 7: {
        const target = (opcode >>> 8) & 7;
        this.r[target] = this.subtract(this.r[target]!, opcode & 0xff);
        return;
      }
      case 8:
        if ((opcode & 0x400) === 0) return this.dataProcessing(opcode);
        return this.highRegisters(opcode);
      case 9: {
        this.left--;
        const address = ((this.r[pc]! + 2) & ~3) + ((opcode & 0xff) << 2);
        this.r[(opcode >>> 8) & 7] = this.load32(address | 0);
        return;
      }
      case 10:
      case 11:
        return this.loadStoreRegister(opcode);
      case 12:
        this.left--;
        return this.store32(
          (this.r[(opcode >>> 3) & 7]! + ((opcode >>> 4) & 0x7c)) | 0,
          this.r[opcode & 7]!,
        );
      case 13:
        this.left--;
        this.r[opcode & 7] = this.load32(
          (this.r[(opcode >>> 3) & 7]! + ((opcode >>> 4) & 0x7c)) | 0,
        );
        return;
      case 14:
        this.left--;
        return this.store8(
          (this.r[(opcode >>> 3) & 7]! + ((opcode >>> 6) & 31)) | 0,
          this.r[opcode & 7]!,
        );
      case 15:
        this.left--;
        this.r[opcode & 7] = this.load8((this.r[(opcode >>> 3) & 7]! + ((opcode >>> 6) & 31)) | 0);
        return;
      case 16:
        this.left--;
        return this.store16(
          (this.r[(opcode >>> 3) & 7]! + ((opcode >>> 5) & 62)) | 0,
          this.r[opcode & 7]!,
        );
      case 17:
        this.left--;
        this.r[opcode & 7] = this.load16((this.r[(opcode >>> 3) & 7]! + ((opcode >>> 5) & 62)) | 0);
        return;
      case 18:
        this.left--;
        return this.store32(
          (this.r[sp]! + ((opcode & 0xff) << 2)) | 0,
          this.r[(opcode >>> 8) & 7]!,
        );
      case 19:
        this.left--;
        this.r[(opcode >>> 8) & 7] = this.load32((this.r[sp]! + ((opcode & 0xff) << 2)) | 0);
        return;
      case 20:
        this.r[(opcode >>> 8) & 7] = ((this.r[pc]! + 2) & ~3) + ((opcode & 0xff) << 2);
        return;
      case 21:
        this.r[(opcode >>> 8) & 7] = this.r[sp]! + ((opcode & 0xff) << 2);
        return;
      case 22:
      case 23:
        return this.miscellaneous(opcode);
      case 24:
        return this.storeMultiple(opcode);
      case 25:
        return this.loadMultiple(opcode);
      case 26:
      case 27:
        return this.conditionalBranch(opcode);
      case 28:
        this.left--;
        this.r[pc] = this.r[pc]! + 2 + ((opcode << 21) >> 20);
        return;
      case 30:
        return this.wide(opcode);
      default:
        return this.undefinedInstruction(opcode);
    }
  }

  private highRegisters(opcode: number): void {
    const source = (opcode >>> 3) & 15;
    const target = ((opcode >>> 4) & 8) | (opcode & 7);
    const value = source === pc ? this.r[pc]! + 2 : this.r[source]!;
    switch ((opcode >>> 8) & 3) {
      case 0:
        return this.setHigh(target, (target === pc ? this.r[pc]! + 2 : this.r[target]!) + value);
      case 1:
        this.subtract(target === pc ? this.r[pc]! + 2 : this.r[target]!, value | 0);
        return;
      case 2:
        return this.setHigh(target, value);
      default:
        if ((opcode & 7) !== 0) return this.undefinedInstruction(opcode);
        this.left--;
        if ((opcode & 0x80) !== 0) this.r[lr] = this.r[pc]! | 1;
        return this.branchExchange(value | 0);
    }
  }

  private setHigh(target: number, value: number): void {
    if (target === pc) {
      this.left--;
      this.r[pc] = value & ~1;
    } else if (target === sp) {
      this.r[sp] = value & ~3;
      this.stackMoved();
    } else this.r[target] = value;
  }

  private loadStoreRegister(opcode: number): void {
    this.left--;
    const address = (this.r[(opcode >>> 3) & 7]! + this.r[(opcode >>> 6) & 7]!) | 0;
    const data = opcode & 7;
    switch ((opcode >>> 9) & 7) {
      case 0:
        return this.store32(address, this.r[data]!);
      case 1:
        return this.store16(address, this.r[data]!);
      case 2:
        return this.store8(address, this.r[data]!);
      case 3:
        this.r[data] = (this.load8(address) << 24) >> 24;
        return;
      case 4:
        this.r[data] = this.load32(address);
        return;
      case 5:
        this.r[data] = this.load16(address);
        return;
      case 6:
        this.r[data] = this.load8(address);
        return;
      default:
        this.r[data] = (this.load16(address) << 16) >> 16;
    }
  }

  private miscellaneous(opcode: number): void {
    switch ((opcode >>> 8) & 15) {
      case 0: {
        const bytes = (opcode & 0x7f) << 2;
        this.r[sp] = this.r[sp]! + ((opcode & 0x80) === 0 ? bytes : -bytes);
        return this.stackMoved();
      }
      case 2:
        return this.extend(opcode);
      case 4:
      case 5:
        return this.push(opcode);
      case 10:
        return this.reverse(opcode);
      case 12:
      case 13:
        return this.pop(opcode);
      case 6:
      case 14:
      case 15:
        return this.systemInstruction(opcode);
      default:
        return this.undefinedInstruction(opcode);
    }
  }

  private push(opcode: number): void {
    const list = opcode & 0x1ff;
    const count = bitCounts[list]!;
    if (count === 0) return this.undefinedInstruction(opcode);
    this.left -= count;
    const start = (this.r[sp]! - 4 * count) | 0;
    let address = start;
    for (let rest = list & 0xff; rest !== 0; rest &= rest - 1) {
      this.store32(address, this.r[31 - Math.clz32(rest & -rest)]!);
      address = (address + 4) | 0;
    }
    if ((list & 0x100) !== 0) this.store32(address, this.r[lr]!);
    this.r[sp] = start;
    this.stackMoved();
  }

  private pop(opcode: number): void {
    const list = opcode & 0x1ff;
    const count = bitCounts[list]!;
    if (count === 0) return this.undefinedInstruction(opcode);
    this.left -= count;
    let address = this.r[sp]!;
    for (let rest = list & 0xff; rest !== 0; rest &= rest - 1) {
      this.r[31 - Math.clz32(rest & -rest)] = this.load32(address);
      address = (address + 4) | 0;
    }
    if ((list & 0x100) === 0) {
      this.r[sp] = address;
      return;
    }
    const target = this.load32(address);
    this.left--;
    this.r[sp] = address + 4;
    this.branchExchange(target);
  }

  private storeMultiple(opcode: number): void {
    const base = (opcode >>> 8) & 7;
    const list = opcode & 0xff;
    if (list === 0) return this.undefinedInstruction(opcode);
    this.left -= bitCounts[list]!;
    let address = this.r[base]!;
    for (let rest = list; rest !== 0; rest &= rest - 1) {
      this.store32(address, this.r[31 - Math.clz32(rest & -rest)]!);
      address = (address + 4) | 0;
    }
    this.r[base] = address;
  }

  /** The base keeps its value until nothing can fail any more. */
  private loadMultiple(opcode: number): void {
    const base = (opcode >>> 8) & 7;
    const list = opcode & 0xff;
    if (list === 0) return this.undefinedInstruction(opcode);
    this.left -= bitCounts[list]!;
    let address = this.r[base]!;
    let loaded = 0;
    for (let rest = list; rest !== 0; rest &= rest - 1) {
      const i = 31 - Math.clz32(rest & -rest);
      const word = this.load32(address);
      address = (address + 4) | 0;
      if (i === base) loaded = word;
      else this.r[i] = word;
    }
    this.r[base] = (list & (1 << base)) === 0 ? address : loaded;
  }

  private conditionalBranch(opcode: number): void {
    const condition = (opcode >>> 8) & 15;
    if (condition === 15) return this.supervisorCall(opcode & 0xff);
    if (condition === 14) return this.undefinedInstruction(opcode);
    if (!this.holds(condition)) return;
    this.left--;
    this.r[pc] = this.r[pc]! + 2 + ((opcode << 24) >> 23);
  }

  private holds(condition: number): boolean {
    switch (condition) {
      case 0:
        return this.z === 0;
      case 1:
        return this.z !== 0;
      case 2:
        return this.c !== 0;
      case 3:
        return this.c === 0;
      case 4:
        return this.n < 0;
      case 5:
        return this.n >= 0;
      case 6:
        return this.v < 0;
      case 7:
        return this.v >= 0;
      case 8:
        return this.c !== 0 && this.z !== 0;
      case 9:
        return this.c === 0 || this.z === 0;
      case 10:
        return (this.n ^ this.v) >= 0;
      case 11:
        return (this.n ^ this.v) < 0;
      case 12:
        return (this.n ^ this.v) >= 0 && this.z !== 0;
      default:
        return (this.n ^ this.v) < 0 || this.z === 0;
    }
  }

  private wide(opcode: number): void {
    const second = this.fetchSecond();
    const next = (this.r[pc]! + 2) | 0;
    if ((second & 0xd000) !== 0xd000) {
      this.r[pc] = next;
      this.left -= 2;
      return this.systemInstructionWide(opcode, second);
    }
    this.left -= 2;
    const sign = (opcode << 21) >> 31;
    const high = (~(second >>> 13) ^ sign) & 1;
    const low = (~(second >>> 11) ^ sign) & 1;
    const offset =
      (sign << 24) |
      (high << 23) |
      (low << 22) |
      ((opcode & 0x3ff) << 12) |
      ((second & 0x7ff) << 1);
    this.r[lr] = next | 1;
    this.r[pc] = next + offset;
  }
}

/** Bits set in each list of registers of PUSH, POP, LDM and STM. */
const bitCounts: Uint8Array = Uint8Array.from({ length: 0x200 }, (_, list) => {
  let count = 0;
  for (let rest = list; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
});
