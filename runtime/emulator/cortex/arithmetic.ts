/**
 * Registers, flags and the instructions that only compute with them (Arm DDI 0419, A5.2.1 and A5.2.2). Methods are not #private: that costs a third of the speed.
 * Values are signed 32-bit numbers here, whatever they mean: V8 keeps those in machine registers.
 */
export abstract class Arithmetic {
  /** r0 to r15. Between instructions r15 is the address of the next; within one, that address plus 2. */
  readonly registers: Uint32Array<ArrayBuffer> = new Uint32Array(16);
  protected readonly r: Int32Array = new Int32Array(this.registers.buffer);
  /** N is set if this is negative. */
  protected n = 0;
  /** Z is set if this is 0. */
  protected z = 1;
  /** 1 or 0. */
  protected c = 0;
  /** V is set if this is negative. */
  protected v = 0;
  /** Of what is no instruction, UDF included. */
  protected abstract undefinedInstruction(opcode: number): void;

  /** N, Z, C and V in bits 31 to 28. */
  get flags(): number {
    return (
      (this.n & 0x8000_0000) |
      (this.z === 0 ? 0x4000_0000 : 0) |
      (this.c << 29) |
      ((this.v >>> 3) & 0x1000_0000)
    );
  }

  set flags(word: number) {
    this.n = word | 0;
    this.z = (word & 0x4000_0000) === 0 ? 1 : 0;
    this.c = (word >>> 29) & 1;
    this.v = (word << 3) | 0;
  }

  protected setResult(target: number, result: number): void {
    this.r[target] = result;
    this.n = result;
    this.z = result;
  }

  protected add(a: number, b: number): number {
    const result = (a + b) | 0;
    this.n = result;
    this.z = result;
    this.c = result >>> 0 < a >>> 0 ? 1 : 0;
    this.v = (a ^ result) & (b ^ result);
    return result;
  }

  protected subtract(a: number, b: number): number {
    const result = (a - b) | 0;
    this.n = result;
    this.z = result;
    this.c = a >>> 0 >= b >>> 0 ? 1 : 0;
    this.v = (a ^ b) & (a ^ result);
    return result;
  }

  private addWithCarry(a: number, b: number): number {
    const sum = (a >>> 0) + (b >>> 0) + this.c;
    const result = sum | 0;
    this.n = result;
    this.z = result;
    this.c = sum > 0xffff_ffff ? 1 : 0;
    this.v = (a ^ result) & (b ^ result);
    return result;
  }

  protected shiftImmediate(opcode: number): void {
    const input = this.r[(opcode >>> 3) & 7]!;
    const count = (opcode >>> 6) & 31;
    const operation = opcode >>> 11;
    let result = input;
    if (operation === 0) {
      result = input << count;
      if (count > 0) this.c = (input >>> (32 - count)) & 1;
    } else {
      this.c = (input >>> ((count + 31) & 31)) & 1;
      if (count > 0) result = operation === 1 ? input >>> count : input >> count;
      else result = operation === 1 ? 0 : input >> 31;
    }
    this.setResult(opcode & 7, result | 0);
  }

  protected addSubtract(opcode: number): void {
    const a = this.r[(opcode >>> 3) & 7]!;
    const field = (opcode >>> 6) & 7;
    const b = (opcode & 0x400) === 0 ? this.r[field]! : field;
    this.r[opcode & 7] = (opcode & 0x200) === 0 ? this.add(a, b) : this.subtract(a, b);
  }

  protected dataProcessing(opcode: number): void {
    const target = opcode & 7;
    const a = this.r[target]!;
    const b = this.r[(opcode >>> 3) & 7]!;
    switch ((opcode >>> 6) & 15) {
      case 0:
        return this.setResult(target, a & b);
      case 1:
        return this.setResult(target, a ^ b);
      case 2:
      case 3:
      case 4:
      case 7:
        return this.shift(opcode, a, b & 0xff);
      case 5:
        this.r[target] = this.addWithCarry(a, b);
        return;
      case 6:
        this.r[target] = this.addWithCarry(a, ~b);
        return;
      case 8:
        this.n = this.z = a & b;
        return;
      case 9:
        this.r[target] = this.subtract(0, b);
        return;
      case 10:
        this.subtract(a, b);
        return;
      case 11:
        this.add(a, b);
        return;
      case 12:
        return this.setResult(target, a | b);
      case 13:
        return this.setResult(target, Math.imul(a, b));
      case 14:
        return this.setResult(target, a & ~b);
      default:
        return this.setResult(target, ~b);
    }
  }

  /** LSL 2, LSR 3, ASR 4, ROR 7 by 0 to 255. */
  private shift(opcode: number, input: number, count: number): void {
    const operation = (opcode >>> 6) & 15;
    let result = input;
    if (count > 0) {
      if (operation === 7) {
        result = (input >>> (count & 31)) | (input << (-count & 31));
        this.c = result >>> 31;
      } else if (operation === 4) {
        result = input >> Math.min(count, 31);
        this.c = (input >> Math.min(count - 1, 31)) & 1;
      } else if (count > 32) {
        result = this.c = 0;
      } else {
        const last = operation === 2 ? 32 - count : count - 1;
        this.c = (input >>> last) & 1;
        if (count === 32) result = 0;
        else result = operation === 2 ? input << count : input >>> count;
      }
    }
    this.setResult(opcode & 7, result | 0);
  }

  protected extend(opcode: number): void {
    const value = this.r[(opcode >>> 3) & 7]!;
    const target = opcode & 7;
    switch ((opcode >>> 6) & 3) {
      case 0:
        this.r[target] = (value << 16) >> 16;
        return;
      case 1:
        this.r[target] = (value << 24) >> 24;
        return;
      case 2:
        this.r[target] = value & 0xffff;
        return;
      default:
        this.r[target] = value & 0xff;
    }
  }

  protected reverse(opcode: number): void {
    const value = this.r[(opcode >>> 3) & 7]!;
    const swapped = ((value >>> 8) & 0xff_00ff) | ((value & 0xff_00ff) << 8);
    const target = opcode & 7;
    switch ((opcode >>> 6) & 3) {
      case 0:
        this.r[target] = (swapped >>> 16) | (swapped << 16);
        return;
      case 1:
        this.r[target] = swapped;
        return;
      case 3:
        this.r[target] = (swapped << 16) >> 16;
        return;
      default:
        return this.undefinedInstruction(opcode);
    }
  }
}
