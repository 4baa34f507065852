import { lr, pc, sp } from "../cortex/thumb-core.js";
import type { VirtualClock } from "./clock.js";
import { hex } from "./error.js";
import { Exception } from "./exceptions.js";
import { Fault, fault } from "./fault.js";
import { type Bus, GuardedCore } from "./guarded-core.js";

const entryCycles = 15;
/** With the cycles of BX; see README.md. */
const exitCycles = 13;
const tailCycles = 6;
/** A slice must stay a small integer. */
const sliceCyclesMax = 1 << 28;

/** The Cortex-M0+ of an RP2040 in virtual time: exceptions, sleep, system instructions. */
export class Core extends GuardedCore {
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
  sleepNs = 0;
  deepSleeps = 0;
  /** Exceptions by their numbers. */
  readonly taken: Uint32Array = new Uint32Array(48);
  readonly #clock: VirtualClock;
  /** Instructions before this slice. */
  #instructions = 0;
  #event = false;
  #waitsForEvent = false;

  constructor(bus: Bus, clock: VirtualClock) {
    super(bus);
    this.#clock = clock;
    clock.cyclesOfSlice = () => this.slice - this.left;
    clock.onFirstChanged = () => this.attend();
  }

  /** Starts at `address`, with this stack pointer and link register, in privileged thread mode. */
  start(address: number, stackPointer: number, link: number): void {
    this.registers[pc] = address & ~1;
    this.registers[sp] = stackPointer;
    this.registers[lr] = link;
    this.updateMode();
  }

  /** Executes and sleeps until virtual time reaches `untilNs`, a debugger stops the core, or `once` an instruction is done. */
  run(untilNs: number, once = false): void {
    const clock = this.#clock;
    for (;;) {
      clock.fireDue();
      // Not by comparing times: what is less than a cycle away by a rounding error is there.
      if (this.stopped || clock.cyclesUntil(untilNs) === 0) return;
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
    return this.#instructions + this.executed;
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
    this.slice = this.left = cycles;
    this.executed = 0;
    try {
      const exception = this.exceptions.next(this.exceptions.current);
      if (exception !== 0) this.#enter(exception, this.registers[pc]!);
      else this.loop();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#faulted();
    } finally {
      this.#clock.cycles += this.slice - this.left;
      this.slice = this.left = 0;
      this.#instructions += this.executed;
      this.executed = 0;
    }
  }

  // Exceptions

  #faulted(): void {
    if (this.exceptions.current < 0) return this.#lockUp();
    this.#enter(Exception.hardFault, this.instructionAt);
  }

  #lockUp(): void {
    this.halt(() => (this.lockedUpAt = this.instructionAt >>> 0));
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
    const link = this.inHandler ? 0xffff_fff1 : this.onProcessStack ? 0xffff_fffd : 0xffff_fff9;
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
    this.inHandler = true;
    this.activeException = exception;
    this.selectStack(false);
    this.exceptions.activate(exception);
    this.#event = true;
    this.thumbState = true;
    this.updateMode();
    let vector: number;
    try {
      vector = this.readPhysical((this.vectorTable + 4 * exception) >>> 0);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (exception === Exception.hardFault || exception === Exception.nmi) return this.#lockUp();
      return this.#take(Exception.hardFault);
    }
    this.goTo(vector);
  }

  protected override branchExchange(address: number): void {
    if (this.inHandler && address >>> 28 === 15) this.#return(address);
    else this.goTo(address);
  }

  /** Armv6-M ARM, B1.5.8. */
  #return(value: number): void {
    const kind = value & 15;
    const { exceptions } = this;
    const toHandler = kind === 1;
    if ((value | 15) !== -1 || (kind !== 1 && kind !== 9 && kind !== 13))
      throw this.error(`the exception return ${hex(value)} is unpredictable`);
    if (!exceptions.isActive(this.activeException) || toHandler === (exceptions.nesting === 1))
      throw this.error(`the exception return ${hex(value)} fits no active exception`);
    exceptions.deactivate(this.activeException);
    this.left -= exitCycles;
    this.#event = true;
    const next = exceptions.next(exceptions.current);
    if (next !== 0) {
      this.left -= tailCycles - exitCycles;
      this.r[lr] = value;
      return this.#take(next);
    }
    this.inHandler = toHandler;
    this.selectStack(kind === 13);
    this.updateMode();
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
      (exception === 0) === this.inHandler ||
      (this.inHandler && !this.exceptions.isActive(exception))
    )
      throw this.error(`the exception return ${hex(value)} finds exception ${exception} stacked`);
    for (let i = 0; i < 4; i++) r[i] = words[i]!;
    r[12] = words[4]!;
    r[lr] = words[5]!;
    r[sp] = (frame + 32) | ((psr >>> 7) & 4);
    this.flags = psr;
    this.activeException = exception;
    this.goTo((words[6]! & ~1) | ((psr >>> 24) & 1));
    if ((this.systemControl & 2) !== 0 && !this.inHandler) this.#sleep(false);
  }

  /** The exception return is undone, but for the exception that it ended, and a HardFault comes instead. */
  #unstackingFailed(value: number): void {
    const locksUp = this.exceptions.current < 0;
    this.inHandler = true;
    this.selectStack(false);
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
    if (this.privileged) this.setPrimask((opcode >>> 4) & 1);
  }

  #breakpoint(number: number): void {
    if (this.instructionAt >>> 0 < 0x4000) return this.bus.romCall(number);
    this.breakRewind = 2;
    if (!this.bus.breakpoint(number)) throw fault;
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

  /** The hardware divider of rp2040js adds its cycles here. */
  get cycles(): number {
    return this.#clock.cycles + this.slice - this.left;
  }

  set cycles(total: number) {
    this.left -= total - this.cycles;
  }
}
