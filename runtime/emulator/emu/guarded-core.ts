import { pc, sp, ThumbCore } from "../cortex/thumb-core.js";
import { EmulationError } from "./error.js";
import { Exceptions } from "./exceptions.js";
import { fault } from "./fault.js";
import { Mpu, Need } from "./mpu.js";

/** What the core asks of the chip around it. Addresses are unsigned. */
export interface Bus {
  readonly ram: Uint8Array<ArrayBuffer>;
  /** A word of anything but RAM; throws `fault` or an EmulationError. */
  readWord(address: number): number;
  /** Writes 1, 2 or 4 bytes anywhere but into RAM. */
  write(address: number, value: number, bytes: number): void;
  /** What is to be executed at and around `address`; throws as `readWord` does. */
  codeAt(address: number): CodeWindow;
  /** A BKPT in the ROM. */
  romCall(number: number): void;
  /** A BKPT elsewhere: whether a debugger has taken it. */
  breakpoint(number: number): boolean;
}

/** Memory that code is fetched from: `halves[0]` lies at `base`. */
export interface CodeWindow {
  readonly base: number;
  readonly bytes: number;
  readonly halves: Uint16Array;
}

const ramBase = 0x2000_0000;
const ramBytes = 0x4_2000;

/** Addresses of a piece of code memory that the MPU treats alike. */
interface Stretch {
  readonly low: number;
  readonly high: number;
  readonly permissions: number;
  readonly window: CodeWindow;
}

const emptyWindow: CodeWindow = { base: 0, bytes: 0, halves: new Uint16Array(0) };
const stretchesMax = 8;

/**
 * What the core executes and accesses, and as whom: fetches, loads and stores behind privilege and MPU, the two stacks, special registers.
 */
export abstract class GuardedCore extends ThumbCore {
  readonly exceptions = new Exceptions();
  readonly mpu = new Mpu();
  /** Lowest values of the two stack pointers, as far as they lie in memory. */
  lowestMain = ramBase + ramBytes;
  lowestProcess = ramBase + ramBytes;
  protected readonly bus: Bus;
  protected inHandler = false;
  /** IPSR. */
  protected activeException = 0;
  /** EPSR.T: without it the next instruction faults. */
  protected thumbState = true;
  /** CONTROL: SPSEL and nPRIV. */
  protected onProcessStack = false;
  protected unprivileged = false;
  protected otherSp = 0;
  protected instructionAt = 0;
  /** Cycles that the code was given, of which `left` are left, and instructions that it has executed since. */
  protected slice = 0;
  protected executed = 0;
  readonly #ram8: Uint8Array;
  readonly #ram16: Uint16Array;
  readonly #ram32: Int32Array;
  /** Whether the MPU decides about code now, and whether it must be asked about data. */
  #protectsCode = false;
  #protected = false;
  #need: number = Need.privilegedRead;
  #window = emptyWindow;
  #windowLow = 0;
  #windowHigh = 0;
  /** Where code was executed lately. */
  #stretches: Stretch[] = [];
  #stackLow = 0;

  constructor(bus: Bus) {
    super();
    this.bus = bus;
    this.#ram8 = bus.ram;
    this.#ram16 = new Uint16Array(bus.ram.buffer);
    this.#ram32 = new Int32Array(bus.ram.buffer);
  }

  /** Ends the slice: something outside of the code has changed. */
  attend(): void {
    this.slice -= this.left;
    this.left = 0;
  }

  /** The address of the instruction that is being executed. */
  get instructionAddress(): number {
    return this.instructionAt >>> 0;
  }

  get privileged(): boolean {
    return this.inHandler || !this.unprivileged;
  }

  get ipsr(): number {
    return this.activeException;
  }

  /** An error of this place. */
  error(what: string, address?: number): EmulationError {
    return new EmulationError(what, this.instructionAddress, address);
  }

  /** The permissions or the memory behind addresses may have changed. */
  forgetCode(): void {
    this.#stretches = [];
    this.updateMode();
  }

  protected loop(): void {
    const { r } = this;
    while (this.left > 0) {
      const at = r[pc]!;
      this.instructionAt = at;
      const opcode =
        at >= this.#windowLow && at < this.#windowHigh
          ? this.#window.halves[(at - this.#window.base) >> 1]!
          : this.#fetch(at);
      r[pc] = at + 2;
      this.executed++;
      this.execute(opcode);
    }
  }

  #fetch(at: number): number {
    const address = at >>> 0;
    if (!this.thumbState || address >= 0x4000_0000) throw fault;
    let stretch = this.#stretches.find(({ low, high }) => address >= low && address < high);
    if (!stretch) {
      stretch = this.#explore(address);
      if (this.#stretches.length === stretchesMax) this.#stretches.pop();
      this.#stretches.unshift(stretch);
    }
    if (this.#protectsCode && (stretch.permissions & (this.#need << 2)) === 0) throw fault;
    const { low, high, window } = stretch;
    this.#window = window;
    this.#windowLow = low;
    this.#windowHigh = high;
    return window.halves[(address - window.base) >> 1]!;
  }

  #explore(address: number): Stretch {
    const window = this.bus.codeAt(address);
    const { low, high, permissions } = this.mpu.stretch(address);
    return {
      low: Math.max(low, window.base),
      high: Math.min(high, window.base + window.bytes),
      permissions,
      window,
    };
  }

  protected override fetchSecond(): number {
    const at = this.r[pc]!;
    return at >= this.#windowLow && at < this.#windowHigh
      ? this.#window.halves[(at - this.#window.base) >> 1]!
      : this.#fetch(at);
  }

  protected override load32(address: number): number {
    if ((address & 3) !== 0 || (this.#protected && this.#denies(address, this.#need))) throw fault;
    const offset = (address - ramBase) | 0;
    if (offset >= 0 && offset < ramBytes) return this.#ram32[offset >> 2]!;
    return this.#readOther(address) | 0;
  }

  protected override load16(address: number): number {
    if ((address & 1) !== 0 || (this.#protected && this.#denies(address, this.#need))) throw fault;
    const offset = (address - ramBase) | 0;
    if (offset >= 0 && offset < ramBytes) return this.#ram16[offset >> 1]!;
    return (this.#readOther(address & ~3) >>> ((address & 2) << 3)) & 0xffff;
  }

  protected override load8(address: number): number {
    if (this.#protected && this.#denies(address, this.#need)) throw fault;
    const offset = (address - ramBase) | 0;
    if (offset >= 0 && offset < ramBytes) return this.#ram8[offset]!;
    return (this.#readOther(address & ~3) >>> ((address & 3) << 3)) & 0xff;
  }

  protected override store32(address: number, value: number): void {
    if ((address & 3) !== 0 || (this.#protected && this.#denies(address, this.#need << 1)))
      throw fault;
    const offset = (address - ramBase) | 0;
    if (offset >= 0 && offset < ramBytes) this.#ram32[offset >> 2] = value;
    else this.#writeOther(address, value, 4);
  }

  protected override store16(address: number, value: number): void {
    if ((address & 1) !== 0 || (this.#protected && this.#denies(address, this.#need << 1)))
      throw fault;
    const offset = (address - ramBase) | 0;
    if (offset >= 0 && offset < ramBytes) this.#ram16[offset >> 1] = value;
    else this.#writeOther(address, value & 0xffff, 2);
  }

  protected override store8(address: number, value: number): void {
    if (this.#protected && this.#denies(address, this.#need << 1)) throw fault;
    const offset = (address - ramBase) | 0;
    if (offset >= 0 && offset < ramBytes) this.#ram8[offset] = value;
    else this.#writeOther(address, value & 0xff, 1);
  }

  #denies(address: number, need: number): boolean {
    // The private peripheral bus has rules of its own, which the MPU does not change.
    if (address >>> 20 === 0xe00) return false;
    return !this.mpu.allows(address >>> 0, need);
  }

  #readOther(address: number): number {
    const region = address >>> 28;
    if (region === 0xd) this.left++;
    else if (region === 4) this.left -= 2;
    else if (region === 0xe && !this.privileged) throw fault;
    return this.bus.readWord(address >>> 0);
  }

  #writeOther(address: number, value: number, bytes: number): void {
    const region = address >>> 28;
    if (region === 0xd) this.left++;
    else if (region === 4) this.left -= 3;
    else if (region === 0xe && !this.privileged) throw fault;
    this.bus.write(address >>> 0, value, bytes);
  }

  protected override stackMoved(): void {
    const stackPointer = this.r[sp]!;
    if (stackPointer < this.#stackLow && stackPointer >= ramBase) this.#noteStack(stackPointer);
  }

  #noteStack(stackPointer: number): void {
    this.#stackLow = stackPointer;
    if (this.onProcessStack) this.lowestProcess = stackPointer;
    else this.lowestMain = stackPointer;
  }

  /** What follows from mode, CONTROL, MPU and priority. */
  protected updateMode(): void {
    const { control } = this.mpu;
    const always = (control & 2) !== 0;
    this.#protectsCode = this.mpu.enabled && (always || this.exceptions.current >= 0);
    this.#protected = this.#protectsCode && !(this.privileged && this.mpu.sparesPrivileged);
    this.#need = this.privileged ? Need.privilegedRead : Need.read;
    this.#windowLow = this.#windowHigh = 0;
    this.#stackLow = this.onProcessStack ? this.lowestProcess : this.lowestMain;
  }

  protected selectStack(process: boolean): void {
    if (process === this.onProcessStack) return;
    const other = this.otherSp;
    this.otherSp = this.r[sp]!;
    this.r[sp] = other;
    this.onProcessStack = process;
  }

  protected readPhysical(address: number): number {
    const offset = address - ramBase;
    if (offset >= 0 && offset < ramBytes) return this.#ram32[offset >> 2]!;
    return this.bus.readWord(address);
  }

  protected goTo(address: number): void {
    this.r[pc] = address & ~1;
    if ((address & 1) !== 0) return;
    this.thumbState = false;
    this.#windowHigh = this.#windowLow = 0;
  }

  protected setPrimask(value: number): void {
    this.exceptions.primask = value;
    this.exceptions.update();
    this.attend();
  }

  /** MRS; also of rp2040js's GDB server. */
  readSpecialRegister(number: number): number {
    if (number < 8) {
      const flags = (number & 4) === 0 ? this.flags : 0;
      return ((flags & 0xf000_0000) | ((number & 1) === 0 ? 0 : this.activeException)) >>> 0;
    }
    if (number === 20) return (this.onProcessStack ? 2 : 0) | (this.unprivileged ? 1 : 0);
    if (!this.privileged) return 0;
    switch (number) {
      case 8:
        return (this.onProcessStack ? this.otherSp : this.r[sp]!) >>> 0;
      case 9:
        return (this.onProcessStack ? this.r[sp]! : this.otherSp) >>> 0;
      case 16:
        return this.exceptions.primask;
      default:
        throw this.error(`MRS of the special register ${number} is unpredictable`);
    }
  }

  /** MSR; also of rp2040js's GDB server. */
  writeSpecialRegister(number: number, value: number): void {
    if (number < 4) {
      this.flags = value;
      return;
    }
    if (number < 8 || !this.privileged) return;
    switch (number) {
      case 8:
        return this.#setStackPointer(false, value & ~3);
      case 9:
        return this.#setStackPointer(true, value & ~3);
      case 16:
        return this.setPrimask(value & 1);
      case 20:
        this.unprivileged = (value & 1) !== 0;
        if (!this.inHandler) this.selectStack((value & 2) !== 0);
        return this.updateMode();
      default:
        throw this.error(`MSR of the special register ${number} is unpredictable`);
    }
  }

  #setStackPointer(process: boolean, value: number): void {
    if (process === this.onProcessStack) {
      this.r[sp] = value;
      this.stackMoved();
    } else this.otherSp = value | 0;
  }

  get PC(): number {
    return this.registers[pc]!;
  }

  set PC(address: number) {
    this.registers[pc] = address;
  }

  get xPSR(): number {
    return (
      ((this.flags & 0xf000_0000) | (this.thumbState ? 0x100_0000 : 0) | this.activeException) >>> 0
    );
  }

  set xPSR(word: number) {
    this.flags = word;
  }
}
