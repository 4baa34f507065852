import { RP2040 } from "rp2040js";
import { type TrapCode, trapCodes } from "../sim/contract.js";
import { layout } from "./layout.js";
import { Kind, kinds } from "./opcodes.js";

/** What is used of rp2040js's core, which it declares partly private and does not export. */
interface BaseCore {
  readonly registers: Uint32Array;
  cycles: number;
  N: boolean;
  Z: boolean;
  C: boolean;
  V: boolean;
  /** Executes one instruction and returns its cycles. */
  executeInstruction(): number;
}

/** The constructor asks for a whole chip, of which this core uses nothing. */
const Base = new RP2040().core.constructor as unknown as new (chip: object) => BaseCore;

/** The code that may not go on, and why. Thrown through the base class and caught by `run`. */
class Fault {
  constructor(readonly code: TrapCode) {}
}

/** Cycles that an exception costs around its handler: the architecture's 15 each way, which rp2040js does not count. */
export const exceptionCycles: { readonly entry: number; readonly exit: number } = {
  entry: 15,
  exit: 15,
};

/** Where the code returns to when it is done. Nothing is mapped there. */
export const exitAddress = 0x0fff_fffe;

const sp = 13;
const pc = 15;
const ramBytes = layout.ramEnd - layout.memory;

/** Why the core stopped; `address` is that of the instruction that trapped. */
export type Stop =
  | { readonly kind: "exit" }
  | { readonly kind: "svc"; readonly number: number }
  | { readonly kind: "trap"; readonly code: TrapCode; readonly address: number };

/** What `map` lays out. Sizes are multiples of 4. */
export interface Regions {
  readonly code: Uint8Array;
  readonly helpers: Uint8Array;
  readonly memoryBytes: number;
  readonly stackBytes: number;
  readonly instanceBytes: number;
}

/** A part of flash: code can be read and executed. */
class Flash {
  readonly bytes: number;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;

  constructor(
    readonly address: number,
    content: Uint8Array,
  ) {
    this.bytes = (content.length + 3) & ~3;
    const copy = new Uint8Array(this.bytes);
    copy.set(content);
    this.halves = new Uint16Array(copy.buffer);
    this.words = new Uint32Array(copy.buffer);
  }

  has(address: number): boolean {
    return address >= this.address && address < this.address + this.bytes;
  }
}

/**
 * The Cortex-M0+ of rp2040js as a container finds it: unprivileged, behind an MPU that lets it read and execute code and
 * helpers, and read and write memory, stack and instance block. Where rp2040js departs from the architecture in what
 * containers can do, it is set right here; README.md has the list.
 */
export class ContainerCore extends Base {
  readonly ram: Uint8Array = new Uint8Array(ramBytes);
  /** Counts up with each instruction. */
  instructions = 0;
  /** Loads and stores of memory that the device's fault handler would have completed. */
  misaligned = 0;
  /** Lowest address of the stack that has been written to. */
  lowestStack: number = layout.instance;
  readonly #ram16 = new Uint16Array(this.ram.buffer);
  readonly #ram32 = new Uint32Array(this.ram.buffer);
  #code = new Flash(layout.code, new Uint8Array(0));
  #helpers = new Flash(layout.helpers, new Uint8Array(0));
  #memoryBytes = 0;
  #stackHigh: number = layout.stack;
  #instanceHigh: number = layout.instance;
  #opcode = 0;
  #opcodeAddress = 0;

  constructor() {
    super({});
  }

  /** Puts code and helpers into flash and zeros into RAM. */
  map({ code, helpers, memoryBytes, stackBytes, instanceBytes }: Regions): void {
    this.#code = new Flash(layout.code, code);
    this.#helpers = new Flash(layout.helpers, helpers);
    this.#memoryBytes = memoryBytes;
    this.#stackHigh = layout.stack + stackBytes;
    this.#instanceHigh = layout.instance + instanceBytes;
    this.ram.fill(0);
  }

  /** Executes until the code returns, calls the host, traps, or `instructions` reaches the limit. */
  run(instructionsLimit: number): Stop {
    const { registers } = this;
    try {
      while (this.instructions < instructionsLimit) {
        const address = registers[pc]!;
        if (address === exitAddress) return { kind: "exit" };
        this.#opcodeAddress = address;
        const opcode = this.#fetch(address);
        this.#opcode = opcode;
        this.instructions++;
        const kind = kinds[opcode]!;
        if (kind === Kind.ordinary) this.executeInstruction();
        else if (kind === Kind.svc) return this.#supervisorCall();
        else this.#executeOther(kind);
      }
      return this.#trapped("time-budget");
    } catch (error) {
      if (error instanceof Fault) return this.#trapped(error.code);
      throw error;
    }
  }

  readUint32(address: number): number {
    const at = address >>> 0;
    if ((at & 3) !== 0) return this.#loadMisaligned(at, 4);
    const offset = at - layout.memory;
    if (this.#ownsRam(at, offset)) return this.#ram32[offset >>> 2]!;
    const flash = this.#flashOf(at);
    return flash.words[(at - flash.address) >>> 2]!;
  }

  readUint16(address: number): number {
    const at = address >>> 0;
    if (at === this.#opcodeAddress) return this.#opcode;
    if ((at & 1) !== 0) return this.#loadMisaligned(at, 2);
    const offset = at - layout.memory;
    if (this.#ownsRam(at, offset)) return this.#ram16[offset >>> 1]!;
    const flash = this.#flashOf(at);
    return flash.halves[(at - flash.address) >>> 1]!;
  }

  readUint8(address: number): number {
    const at = address >>> 0;
    const offset = at - layout.memory;
    if (this.#ownsRam(at, offset)) return this.ram[offset]!;
    const flash = this.#flashOf(at);
    const half = flash.halves[(at - flash.address) >>> 1]!;
    return (at & 1) === 0 ? half & 0xff : half >>> 8;
  }

  writeUint32(address: number, value: number): void {
    const at = address >>> 0;
    if ((at & 3) !== 0) return this.#storeMisaligned(at, 4, value);
    const offset = at - layout.memory;
    if (!this.#ownsRam(at, offset)) throw this.#fault(at);
    this.#ram32[offset >>> 2] = value;
    if (at >= layout.stack && at < this.lowestStack) this.lowestStack = at;
  }

  writeUint16(address: number, value: number): void {
    const at = address >>> 0;
    if ((at & 1) !== 0) return this.#storeMisaligned(at, 2, value);
    const offset = at - layout.memory;
    if (!this.#ownsRam(at, offset)) throw this.#fault(at);
    this.#ram16[offset >>> 1] = value;
  }

  writeUint8(address: number, value: number): void {
    const at = address >>> 0;
    const offset = at - layout.memory;
    if (!this.#ownsRam(at, offset)) throw this.#fault(at);
    this.ram[offset] = value;
  }

  /** Of BX and POP: the Thumb bit decides between code and a fault. */
  BXWritePC(address: number): void {
    if ((address & 1) === 0) throw new Fault("bad-instruction");
    this.registers[pc] = address & ~1;
  }

  #ownsRam(at: number, offset: number): boolean {
    if (offset < 0 || offset >= ramBytes) return false;
    if (offset < this.#memoryBytes) return true;
    if (at < layout.instance) return at >= layout.stack && at < this.#stackHigh;
    return at < this.#instanceHigh;
  }

  #flashOf(at: number): Flash {
    if (this.#code.has(at)) return this.#code;
    if (this.#helpers.has(at)) return this.#helpers;
    throw this.#fault(at);
  }

  #fetch(address: number): number {
    const flash = this.#code.has(address) ? this.#code : this.#helpers;
    if (!flash.has(address)) throw new Fault("bad-instruction");
    return flash.halves[(address - flash.address) >>> 1]!;
  }

  /** An access to where nothing is. What the stack pointer addresses is the stack that has run out. */
  #fault(at: number): Fault {
    const format = this.#opcode >> 12;
    const ofStack = format === 0b1001 || format === 0b1011;
    return new Fault(ofStack && at < layout.stack ? "stack-overflow" : "memory-bounds");
  }

  #trapped(code: TrapCode): Stop {
    return { kind: "trap", code, address: this.#opcodeAddress };
  }

  #supervisorCall(): Stop {
    this.registers[pc]! += 2;
    this.cycles += 1 + exceptionCycles.entry + exceptionCycles.exit;
    return { kind: "svc", number: this.#opcode & 0xff };
  }

  #executeOther(kind: number): void {
    switch (kind) {
      case Kind.wide:
        if ((this.readUint16(this.#opcodeAddress + 2) & 0xd000) !== 0xd000)
          throw new Fault("bad-instruction");
        this.executeInstruction();
        return;
      case Kind.blx:
        if ((this.registers[(this.#opcode >> 3) & 15]! & 1) === 0)
          throw new Fault("bad-instruction");
        this.executeInstruction();
        return;
      case Kind.pushLr:
        this.executeInstruction();
        this.cycles++;
        return;
      case Kind.adcs:
      case Kind.sbcs:
        return this.#addWithCarry(kind === Kind.sbcs);
      case Kind.shift:
        return this.#shift();
      default:
        throw new Fault(trapOfUdf(this.#opcode));
    }
  }

  #addWithCarry(subtract: boolean): void {
    const { registers } = this;
    const target = this.#opcode & 7;
    const a = registers[target]!;
    const operand = registers[(this.#opcode >> 3) & 7]!;
    const b = subtract ? ~operand >>> 0 : operand;
    const sum = a + b + (this.C ? 1 : 0);
    const result = sum >>> 0;
    this.C = sum !== result;
    this.V = (~(a ^ b) & (a ^ result)) < 0;
    this.#finish(target, result);
  }

  #shift(): void {
    const { registers } = this;
    const target = this.#opcode & 7;
    const input = registers[target]!;
    const count = registers[(this.#opcode >> 3) & 7]! & 0xff;
    const { result, carry } = shifted((this.#opcode >> 6) & 15, input, count);
    if (count > 0) this.C = carry;
    this.#finish(target, result);
  }

  /** The end of a data instruction of two bytes and one cycle. */
  #finish(target: number, result: number): void {
    this.registers[target] = result;
    this.registers[pc]! += 2;
    this.N = (result | 0) < 0;
    this.Z = result === 0;
    this.cycles++;
  }

  #loadMisaligned(at: number, size: number): number {
    const offset = this.#completeMisaligned(at, size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.ram[offset + i]!;
    return value;
  }

  #storeMisaligned(at: number, size: number, value: number): void {
    const offset = this.#completeMisaligned(at, size);
    for (let i = 0; i < size; i++) this.ram[offset + i] = value >>> (8 * i);
  }

  /** The offset in memory of an access that the fault handler completes: a single one, all of it in memory. */
  #completeMisaligned(at: number, size: number): number {
    const offset = at - layout.memory;
    const single = this.#opcode >> 12 !== 0b1100;
    if (!single || offset < 0 || offset + size > this.#memoryBytes) throw this.#fault(at);
    this.misaligned++;
    this.cycles += exceptionCycles.entry + exceptionCycles.exit;
    return offset;
  }

  /** The stack pointer, a multiple of 4. */
  get stackPointer(): number {
    return this.registers[sp]!;
  }
}

/** UDF with the position of a trap code; anything else is no instruction at all. */
function trapOfUdf(opcode: number): TrapCode {
  const position = opcode >> 8 === 0xde ? opcode & 0xff : 0;
  return position === 0 ? "bad-instruction" : (trapCodes[position] ?? "bad-instruction");
}

/** LSL 2, LSR 3, ASR 4, ROR 7 of an unsigned word by 0 to 255, as an unsigned word, and the last bit that went out. */
function shifted(
  operation: number,
  input: number,
  count: number,
): { readonly result: number; readonly carry: boolean } {
  if (operation === 7) {
    const result = ((input >>> (count & 31)) | (input << (-count & 31))) >>> 0;
    return { result, carry: (result | 0) < 0 };
  }
  const left = operation === 2;
  const filled = operation === 4 && (input | 0) < 0;
  if (count > 32) return { result: filled ? 0xffff_ffff : 0, carry: filled };
  const last = left ? 32 - count : count - 1;
  const carry = count > 0 && ((input >>> last) & 1) !== 0;
  if (count === 32) return { result: filled ? 0xffff_ffff : 0, carry };
  const result = left ? input << count : filled ? (input | 0) >> count : input >>> count;
  return { result: result >>> 0, carry };
}
