import { lr, pc, sp, ThumbCore } from "../cortex/thumb-core.js";
import type { VirtualClock } from "./clock.js";
import { EmulationError, hex } from "./error.js";
import { Exception, Exceptions } from "./exceptions.js";
import { Fault, fault } from "./fault.js";
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
const entryCycles = 15;
/** With the cycles of BX; see README.md. */
const exitCycles = 13;
const tailCycles = 6;
/** A slice must stay a small integer. */
const sliceCyclesMax = 1 << 28;

/** Addresses of a piece of code memory that the MPU treats alike. */
interface Stretch {
  readonly low: number;
  readonly high: number;
  readonly permissions: number;
  readonly window: CodeWindow;
}

const emptyWindow: CodeWindow = { base: 0, bytes: 0, halves: new Uint16Array(0) };
const stretchesMax = 8;

/** The Cortex-M0+ of an RP2040: privilege, MPU, exceptions, sleep. Instructions are those of ThumbCore. */
export class Core extends ThumbCore {
  readonly exceptions = new Exceptions();
  readonly mpu = new Mpu();
  vectorTable = 0;
  /** SCR: 2 sleep on exit, 4 deep sleep, 16 an event when something becomes pending. */
  systemControl = 0;
  /** Where the core has locked up, or -1. */
  lockedUpAt = -1;
  /** Nothing is executed any more. */
  halted = false;
  sleeping = false;
  /** Set by a debugger: run() returns before the next instruction. */
  stopped = false;
  /** rp2040js's GDB server goes back by this much after a breakpoint. */
  breakRewind = 0;
  /** Totals, by exception number in `taken`. */
  instructionsBefore = 0;
  sleepNs = 0;
  deepSleeps = 0;
  readonly taken: Uint32Array = new Uint32Array(48);
  lowestMain = 0;
  lowestProcess = 0;

  readonly #bus: Bus;
  readonly #clock: VirtualClock;
  readonly #ram8: Uint8Array;
  readonly #ram16: Uint16Array;
  readonly #ram32: Int32Array;
  #handler = false;
  #ipsr = 0;
  #thumb = true;
  /** CONTROL: SPSEL and nPRIV. */
  #process = false;
  #unprivileged = false;
  #otherSp = 0;
  #event = false;
  #waitsForEvent = false;
  /** Whether the MPU decides about code now, and whether it must be asked about data. */
  #protectsCode = false;
  #protected = false;
  #need: number = Need.privilegedRead;
  #at = 0;
  #slice = 0;
  #executed = 0;
  #window = emptyWindow;
  #windowLow = 0;
  #windowHigh = 0;
  /** Where code was executed lately. */
  #stretches: Stretch[] = [];
  #stackLow = 0;

  constructor(bus: Bus, clock: VirtualClock) {
    super();
    this.#bus = bus;
    this.#clock = clock;
    this.#ram8 = bus.ram;
    this.#ram16 = new Uint16Array(bus.ram.buffer);
    this.#ram32 = new Int32Array(bus.ram.buffer);
    this.lowestMain = this.lowestProcess = ramBase + ramBytes;
    clock.cyclesOfSlice = () => this.#slice - this.left;
    clock.onFirstChanged = () => this.attend();
  }

  /** Starts at `address`, with this stack pointer and link register, in privileged thread mode. */
  start(address: number, stackPointer: number, link: number): void {
    this.registers[pc] = address & ~1;
    this.registers[sp] = stackPointer;
    this.registers[lr] = link;
    this.#updateMode();
  }

  /** Executes and sleeps until virtual time reaches `untilNs`, a debugger stops the core, or `once` an instruction is done. */
  run(untilNs: number, once = false): void {
    const clock = this.#clock;
    for (;;) {
      clock.fireDue();
      if (this.stopped || clock.nanos >= untilNs) return;
      const cycles = Math.min(clock.cyclesUntil(Math.min(clock.nextNs, untilNs)), sliceCyclesMax);
      if (this.halted || (this.sleeping && !this.#wakes())) {
        if (once && clock.nextNs === Infinity) return;
        this.sleepNs += cycles * clock.nsPerCycle;
        clock.cycles += cycles;
        continue;
      }
      this.sleeping = false;
      this.#runSlice(once ? 1 : Math.max(1, cycles));
      if (once) return;
    }
  }

  /** One instruction, for a debugger. */
  executeInstruction(): void {
    this.stopped = false;
    this.run(Infinity, true);
  }

  /** Ends the slice: something outside of the code has changed. */
  attend(): void {
    this.#slice -= this.left;
    this.left = 0;
  }

  setInterrupt(interrupt: number, high: boolean): void {
    if (this.exceptions.setLine(interrupt, high)) this.#becamePending();
  }

  /** Of PendSV, SysTick and NMI. */
  setPending(exception: number): void {
    this.exceptions.pendingSystem |= 1 << exception;
    this.#becamePending();
  }

  /** Of interrupts, by software: bit n is interrupt n. */
  pendInterrupts(bits: number): void {
    this.exceptions.pendingInterrupts |= bits;
    this.#becamePending();
  }

  #becamePending(): void {
    if ((this.systemControl & 16) !== 0) this.#event = true;
    this.attend();
  }

  get instructions(): number {
    return this.instructionsBefore + this.#executed;
  }

  /** The address of the instruction that is being executed. */
  get instructionAddress(): number {
    return this.#at >>> 0;
  }

  get privileged(): boolean {
    return this.#handler || !this.#unprivileged;
  }

  get ipsr(): number {
    return this.#ipsr;
  }

  /** An error of this place. */
  error(what: string, address?: number): EmulationError {
    return new EmulationError(what, this.instructionAddress, address);
  }

  /** The permissions or the memory behind addresses may have changed. */
  forgetCode(): void {
    this.#stretches = [];
    this.#updateMode();
  }

  /** The core stops for good: what it waits for is not modelled. */
  halt(before: () => void): void {
    before();
    this.halted = true;
    this.attend();
  }

  /** Whether the core waits and nothing has come that would wake it. */
  get isAsleep(): boolean {
    const comes = this.exceptions.next(this.exceptions.currentUnmasked) !== 0;
    return this.halted || (this.sleeping && !comes && !(this.#waitsForEvent && this.#event));
  }

  get nsPerCycle(): number {
    return this.#clock.nsPerCycle;
  }

  /** Spends cycles in which the core does nothing else. */
  spend(cycles: number): void {
    this.#clock.cycles += cycles;
    this.attend();
  }

  #runSlice(cycles: number): void {
    this.#slice = this.left = cycles;
    this.#executed = 0;
    try {
      const exception = this.exceptions.next(this.exceptions.current);
      if (exception !== 0) this.#enter(exception, this.registers[pc]!);
      else this.#loop();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#faulted();
    } finally {
      this.#clock.cycles += this.#slice - this.left;
      this.#slice = this.left = 0;
      this.instructionsBefore += this.#executed;
      this.#executed = 0;
    }
  }

  #loop(): void {
    const { r } = this;
    while (this.left > 0) {
      const at = r[pc]!;
      this.#at = at;
      const opcode =
        at >= this.#windowLow && at < this.#windowHigh
          ? this.#window.halves[(at - this.#window.base) >> 1]!
          : this.#fetch(at);
      r[pc] = at + 2;
      this.#executed++;
      this.execute(opcode);
    }
  }

  #fetch(at: number): number {
    const address = at >>> 0;
    if (!this.#thumb || address >= 0x4000_0000) throw fault;
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
    const window = this.#bus.codeAt(address);
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
    return this.#bus.readWord(address >>> 0);
  }

  #writeOther(address: number, value: number, bytes: number): void {
    const region = address >>> 28;
    if (region === 0xd) this.left++;
    else if (region === 4) this.left -= 3;
    else if (region === 0xe && !this.privileged) throw fault;
    this.#bus.write(address >>> 0, value, bytes);
  }

  protected override stackMoved(): void {
    const stackPointer = this.r[sp]!;
    if (stackPointer < this.#stackLow && stackPointer >= ramBase) this.#noteStack(stackPointer);
  }

  #noteStack(stackPointer: number): void {
    this.#stackLow = stackPointer;
    if (this.#process) this.lowestProcess = stackPointer;
    else this.lowestMain = stackPointer;
  }

  /** What follows from mode, CONTROL, MPU and priority. */
  #updateMode(): void {
    const { control } = this.mpu;
    const always = (control & 2) !== 0;
    this.#protectsCode = this.mpu.enabled && (always || this.exceptions.current >= 0);
    this.#protected = this.#protectsCode && !(this.privileged && this.mpu.sparesPrivileged);
    this.#need = this.privileged ? Need.privilegedRead : Need.read;
    this.#windowLow = this.#windowHigh = 0;
    this.#stackLow = this.#process ? this.lowestProcess : this.lowestMain;
  }

  #selectStack(process: boolean): void {
    if (process === this.#process) return;
    const other = this.#otherSp;
    this.#otherSp = this.r[sp]!;
    this.r[sp] = other;
    this.#process = process;
  }

  // Exceptions

  #faulted(): void {
    if (this.exceptions.current < 0) return this.#lockUp();
    this.#enter(Exception.hardFault, this.#at);
  }

  #lockUp(): void {
    this.halt(() => (this.lockedUpAt = this.#at >>> 0));
  }

  /** Armv6-M ARM, B1.5.6: stacks, then goes where the vector points. */
  #enter(exception: number, returnAddress: number): void {
    const stacked = this.#stack(returnAddress);
    this.left -= entryCycles;
    this.#clock.fireDue();
    // A stacking fault is a HardFault in place of the exception, which stays pending; of two that arrive, the higher comes first.
    if (exception === Exception.hardFault || !stacked) this.#take(Exception.hardFault);
    else this.#take(this.exceptions.next(this.exceptions.current));
  }

  #stack(returnAddress: number): boolean {
    const { r } = this;
    const before = r[sp]!;
    const frame = (before - 32) & ~7;
    r[sp] = frame;
    this.stackMoved();
    const link = this.#handler ? 0xffff_fff1 : this.#process ? 0xffff_fffd : 0xffff_fff9;
    let complete = true;
    try {
      this.store32(frame | 0, r[0]!);
      this.store32((frame + 4) | 0, r[1]!);
      this.store32((frame + 8) | 0, r[2]!);
      this.store32((frame + 12) | 0, r[3]!);
      this.store32((frame + 16) | 0, r[12]!);
      this.store32((frame + 20) | 0, r[lr]!);
      this.store32((frame + 24) | 0, returnAddress & ~1);
      this.store32((frame + 28) | 0, (this.xPSR & ~0x200) | ((before & 4) << 7));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      complete = false;
    }
    r[lr] = link;
    return complete;
  }

  /** Enters the handler; registers are on the stack already. */
  #take(exception: number): void {
    this.taken[exception]!++;
    this.#handler = true;
    this.#ipsr = exception;
    this.#selectStack(false);
    this.exceptions.activate(exception);
    this.#event = true;
    this.#thumb = true;
    this.#updateMode();
    let vector: number;
    try {
      vector = this.#readPhysical((this.vectorTable + 4 * exception) >>> 0);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (exception === Exception.hardFault || exception === Exception.nmi) return this.#lockUp();
      return this.#take(Exception.hardFault);
    }
    this.#goTo(vector);
  }

  #readPhysical(address: number): number {
    const offset = address - ramBase;
    if (offset >= 0 && offset < ramBytes) return this.#ram32[offset >> 2]!;
    return this.#bus.readWord(address);
  }

  #goTo(address: number): void {
    this.r[pc] = address & ~1;
    if ((address & 1) !== 0) return;
    this.#thumb = false;
    this.#windowHigh = this.#windowLow = 0;
  }

  protected override branchExchange(address: number): void {
    if (this.#handler && address >>> 28 === 15) this.#return(address);
    else this.#goTo(address);
  }

  /** Armv6-M ARM, B1.5.8. */
  #return(value: number): void {
    const kind = value & 15;
    const { exceptions } = this;
    const toHandler = kind === 1;
    if ((value | 15) !== -1 || (kind !== 1 && kind !== 9 && kind !== 13))
      throw this.error(`the exception return ${hex(value)} is unpredictable`);
    if (!exceptions.isActive(this.#ipsr) || toHandler === (exceptions.nesting === 1))
      throw this.error(`the exception return ${hex(value)} fits no active exception`);
    exceptions.deactivate(this.#ipsr);
    this.left -= exitCycles;
    this.#event = true;
    const next = exceptions.next(exceptions.current);
    if (next !== 0) {
      this.left -= tailCycles - exitCycles;
      this.r[lr] = value;
      return this.#take(next);
    }
    this.#handler = toHandler;
    this.#selectStack(kind === 13);
    this.#updateMode();
    try {
      this.#unstack(value);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#unstackingFailed(value);
    }
    this.attend();
  }

  #unstack(value: number): void {
    const { r } = this;
    const frame = r[sp]!;
    const words = [0, 4, 8, 12, 16, 20, 24, 28].map((offset) => this.load32((frame + offset) | 0));
    const psr = words[7]!;
    const exception = psr & 63;
    if (
      (exception === 0) === this.#handler ||
      (this.#handler && !this.exceptions.isActive(exception))
    )
      throw this.error(`the exception return ${hex(value)} finds exception ${exception} stacked`);
    for (let i = 0; i < 4; i++) r[i] = words[i]!;
    r[12] = words[4]!;
    r[lr] = words[5]!;
    r[sp] = (frame + 32) | ((psr >>> 7) & 4);
    this.flags = psr;
    this.#ipsr = exception;
    this.#goTo((words[6]! & ~1) | ((psr >>> 24) & 1));
    if ((this.systemControl & 2) !== 0 && !this.#handler) this.#sleep(false);
  }

  /** The exception return is undone, but for the exception that it ended, and a HardFault comes instead. */
  #unstackingFailed(value: number): void {
    const locksUp = this.exceptions.current < 0;
    this.#handler = true;
    this.#selectStack(false);
    this.r[lr] = value;
    if (locksUp) this.#lockUp();
    else this.#take(Exception.hardFault);
  }

  protected override supervisorCall(_number: number): void {
    const { exceptions } = this;
    if (exceptions.svCallPriority >= exceptions.current) throw fault;
    exceptions.pendingSystem |= 1 << Exception.svCall;
    this.#enter(Exception.svCall, this.r[pc]!);
  }

  protected override undefinedInstruction(_opcode: number): void {
    throw fault;
  }

  // System instructions

  protected override systemInstruction(opcode: number): void {
    if (opcode >>> 8 === 0xbe) return this.#breakpoint(opcode & 0xff);
    if (opcode >>> 8 === 0xbf && (opcode & 15) === 0) return this.#hint(opcode);
    if ((opcode & ~16) !== 0xb662) throw fault;
    if (this.privileged) this.#setPrimask((opcode >>> 4) & 1);
  }

  #breakpoint(number: number): void {
    if (this.#at >>> 0 < 0x4000) return this.#bus.romCall(number);
    this.breakRewind = 2;
    if (!this.#bus.breakpoint(number)) throw fault;
    this.attend();
  }

  #hint(opcode: number): void {
    if (opcode === 0xbf40) this.#event = true;
    else if (opcode === 0xbf30) this.#sleep(false);
    else if (opcode === 0xbf20) {
      if (this.#event) this.#event = false;
      else this.#sleep(true);
    }
  }

  #sleep(forEvent: boolean): void {
    this.left--;
    this.sleeping = true;
    this.#waitsForEvent = forEvent;
    if ((this.systemControl & 4) !== 0) this.deepSleeps++;
    this.attend();
  }

  #wakes(): boolean {
    if (this.exceptions.next(this.exceptions.currentUnmasked) !== 0) return true;
    if (!this.#waitsForEvent || !this.#event) return false;
    this.#event = false;
    return true;
  }

  #setPrimask(value: number): void {
    this.exceptions.primask = value;
    this.exceptions.update();
    this.attend();
  }

  protected override systemInstructionWide(opcode: number, second: number): void {
    const register = (second >>> 8) & 15;
    if (opcode >>> 4 === 0xf38 && register === 8)
      return this.writeSpecialRegister(second & 0xff, this.registers[opcode & 15]!);
    if (opcode === 0xf3ef && second >>> 12 === 8) {
      this.r[register] = this.readSpecialRegister(second & 0xff);
      return;
    }
    const barrier = (second >>> 4) & 15;
    if (opcode === 0xf3bf && second >>> 8 === 0x8f && barrier >= 4 && barrier <= 6) return;
    throw fault;
  }

  /** MRS; also of rp2040js's GDB server. */
  readSpecialRegister(number: number): number {
    if (number < 8) {
      const flags = (number & 4) === 0 ? this.flags : 0;
      return ((flags & 0xf000_0000) | ((number & 1) === 0 ? 0 : this.#ipsr)) >>> 0;
    }
    if (number === 20) return (this.#process ? 2 : 0) | (this.#unprivileged ? 1 : 0);
    if (!this.privileged) return 0;
    switch (number) {
      case 8:
        return (this.#process ? this.#otherSp : this.r[sp]!) >>> 0;
      case 9:
        return (this.#process ? this.r[sp]! : this.#otherSp) >>> 0;
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
        return this.#setPrimask(value & 1);
      case 20:
        this.#unprivileged = (value & 1) !== 0;
        if (!this.#handler) this.#selectStack((value & 2) !== 0);
        return this.#updateMode();
      default:
        throw this.error(`MSR of the special register ${number} is unpredictable`);
    }
  }

  #setStackPointer(process: boolean, value: number): void {
    if (process === this.#process) {
      this.r[sp] = value;
      this.stackMoved();
    } else this.#otherSp = value | 0;
  }

  // What rp2040js's GDB server asks of a core

  get PC(): number {
    return this.registers[pc]!;
  }

  set PC(address: number) {
    this.registers[pc] = address;
  }

  get xPSR(): number {
    return ((this.flags & 0xf000_0000) | (this.#thumb ? 0x100_0000 : 0) | this.#ipsr) >>> 0;
  }

  set xPSR(word: number) {
    this.flags = word;
  }

  /** The hardware divider of rp2040js adds its cycles here. */
  get cycles(): number {
    return this.#clock.cycles + this.#slice - this.left;
  }

  set cycles(total: number) {
    this.left -= total - this.cycles;
  }
}
