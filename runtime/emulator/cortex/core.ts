import { type TrapCode, trapCodes } from "../sim/contract.js";
import { layout } from "./layout.js";
import { pc, sp, ThumbCore } from "./thumb-core.js";

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
  readonly words: Int32Array;

  constructor(
    readonly address: number,
    content: Uint8Array,
  ) {
    this.bytes = (content.length + 3) & ~3;
    const copy = new Uint8Array(this.bytes);
    copy.set(content);
    this.halves = new Uint16Array(copy.buffer);
    this.words = new Int32Array(copy.buffer);
  }

  has(address: number): boolean {
    return address >= this.address && address < this.address + this.bytes;
  }
}

/**
 * A Cortex-M0+ as a container finds it: unprivileged, behind an MPU that lets it read and execute code and helpers, and read and write memory, stack and
 * instance block.
 */
export class ContainerCore extends ThumbCore {
  readonly ram: Uint8Array = new Uint8Array(ramBytes);
  /** Counts up with each instruction. */
  instructions = 0;
  /** Loads and stores of memory that the device's fault handler would have completed. */
  misaligned = 0;
  /** Lowest address of the stack that has been written to. */
  lowestStack: number = layout.instance;
  readonly #ram16 = new Uint16Array(this.ram.buffer);
  readonly #ram32 = new Int32Array(this.ram.buffer);
  #code = new Flash(layout.code, new Uint8Array(0));
  #helpers = new Flash(layout.helpers, new Uint8Array(0));
  #memoryBytes = 0;
  #stackHigh: number = layout.stack;
  #instanceHigh: number = layout.instance;
  #opcode = 0;
  #opcodeAddress = 0;
  /** The number of the SVC that was executed last, or -1. */
  #calls = -1;
  #cyclesBefore = 0;

  /** Puts code and helpers into flash and zeros into RAM. */
  map({ code, helpers, memoryBytes, stackBytes, instanceBytes }: Regions): void {
    this.#code = new Flash(layout.code, code);
    this.#helpers = new Flash(layout.helpers, helpers);
    this.#memoryBytes = memoryBytes;
    this.#stackHigh = layout.stack + stackBytes;
    this.#instanceHigh = layout.instance + instanceBytes;
    this.ram.fill(0);
  }

  /** By the model in README.md. */
  get cycles(): number {
    return this.#cyclesBefore - this.left;
  }

  /** Executes until the code returns, calls the host, traps, or `instructions` reaches the limit. */
  run(instructionsLimit: number): Stop {
    const { registers } = this;
    this.#cyclesBefore -= this.left;
    this.left = 0;
    try {
      while (this.instructions < instructionsLimit) {
        const address = registers[pc]!;
        if (address === exitAddress) return { kind: "exit" };
        this.#opcodeAddress = address;
        this.#opcode = this.#fetch(address);
        registers[pc] = address + 2;
        this.instructions++;
        this.execute(this.#opcode);
        if (this.#calls >= 0) return this.#called();
      }
      return this.#trapped("time-budget");
    } catch (error) {
      if (error instanceof Fault) return this.#trapped(error.code);
      throw error;
    }
  }

  readUint32(address: number): number {
    return this.load32(address) >>> 0;
  }

  writeUint32(address: number, value: number): void {
    this.store32(address, value);
  }

  protected override load32(address: number): number {
    const at = address >>> 0;
    if ((at & 3) !== 0) return this.#loadMisaligned(at, 4) | 0;
    const offset = at - layout.memory;
    if (this.#ownsRam(at, offset)) return this.#ram32[offset >>> 2]!;
    const flash = this.#flashOf(at);
    return flash.words[(at - flash.address) >>> 2]!;
  }

  protected override load16(address: number): number {
    const at = address >>> 0;
    if ((at & 1) !== 0) return this.#loadMisaligned(at, 2);
    const offset = at - layout.memory;
    if (this.#ownsRam(at, offset)) return this.#ram16[offset >>> 1]!;
    const flash = this.#flashOf(at);
    return flash.halves[(at - flash.address) >>> 1]!;
  }

  protected override load8(address: number): number {
    const at = address >>> 0;
    const offset = at - layout.memory;
    if (this.#ownsRam(at, offset)) return this.ram[offset]!;
    const flash = this.#flashOf(at);
    const half = flash.halves[(at - flash.address) >>> 1]!;
    return (at & 1) === 0 ? half & 0xff : half >>> 8;
  }

  protected override store32(address: number, value: number): void {
    const at = address >>> 0;
    if ((at & 3) !== 0) return this.#storeMisaligned(at, 4, value);
    const offset = at - layout.memory;
    if (!this.#ownsRam(at, offset)) throw this.#fault(at);
    this.#ram32[offset >>> 2] = value;
    if (at >= layout.stack && at < this.lowestStack) this.lowestStack = at;
  }

  protected override store16(address: number, value: number): void {
    const at = address >>> 0;
    if ((at & 1) !== 0) return this.#storeMisaligned(at, 2, value);
    const offset = at - layout.memory;
    if (!this.#ownsRam(at, offset)) throw this.#fault(at);
    this.#ram16[offset >>> 1] = value;
  }

  protected override store8(address: number, value: number): void {
    const at = address >>> 0;
    const offset = at - layout.memory;
    if (!this.#ownsRam(at, offset)) throw this.#fault(at);
    this.ram[offset] = value;
  }

  /** The Thumb bit decides between code and a fault. */
  protected override branchExchange(address: number): void {
    if ((address & 1) === 0) throw new Fault("bad-instruction");
    this.registers[pc] = address & ~1;
  }

  protected override supervisorCall(number: number): void {
    this.#calls = number;
    this.left -= exceptionCycles.entry + exceptionCycles.exit;
  }

  protected override undefinedInstruction(opcode: number): void {
    throw new Fault(trapOfUdf(opcode));
  }

  /** Containers have a use for NOP only. */
  protected override systemInstruction(opcode: number): void {
    if (opcode !== 0xbf00) throw new Fault("bad-instruction");
  }

  protected override systemInstructionWide(): void {
    throw new Fault("bad-instruction");
  }

  protected override fetchSecond(): number {
    return this.#fetch(this.registers[pc]!);
  }

  protected override stackMoved(): void {}

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

  #called(): Stop {
    const number = this.#calls;
    this.#calls = -1;
    return { kind: "svc", number };
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
    this.left -= exceptionCycles.entry + exceptionCycles.exit;
    return offset;
  }

  /** The stack pointer, a multiple of 4. */
  get stackPointer(): number {
    return this.registers[sp]!;
  }
}

/** UDF with the position of a trap code up to that of `bad-instruction`; anything else is no instruction at all. */
function trapOfUdf(opcode: number): TrapCode {
  const last = trapCodes.indexOf("bad-instruction");
  const position = opcode >> 8 === 0xde ? opcode & 0xff : 0;
  return trapCodes[position > 0 && position < last ? position : last]!;
}
