import { GPIOPinState } from "rp2040js";
import { Chip } from "./chip.js";
import { VirtualClock } from "./clock.js";
import { NorFlash, type FlashHook } from "./flash.js";
import { boot2Crc } from "./rom.js";
import type { WatchdogMemory } from "./watchdog.js";

const flashBytes = 2 * 1024 * 1024;
const boot2At = 0x2004_1f00;

/** What a board is made of. */
export interface PicoOptions {
  /** Contents from offset 0 on; the rest of 2 MB is FF. */
  readonly flash: Uint8Array;
  /** Of the flash chip, 8 bytes. */
  readonly uniqueId?: Uint8Array;
  /** Of the random bit of the ring oscillator. */
  readonly seed?: number;
  /** What the ADC reads, 0 to 4095, for inputs 0 to 4; 0 if absent. */
  readonly readAdc?: (input: number) => number;
}

/** A start of the chip. */
export interface Start {
  /** ns since power-on. */
  readonly atNs: number;
  readonly reason: "power" | "watchdog" | "forced" | "software";
}

/** A level that the chip drives a pin with; undefined if it does not drive. */
export type PinListener = (pin: number, level: boolean | undefined) => void;

const reasons = ["software", "watchdog", "forced"] as const;

/**
 * A Raspberry Pi Pico: an emulated RP2040 with 2 MB of flash, that boots, runs and reboots. Virtual time is counted in ns since power-on and moves only in
 * `run`. A reboot makes another chip, whose peripherals are new; `onChip` tells of each.
 */
export class Pico {
  readonly flash: NorFlash;
  readonly starts: Start[] = [];
  readonly #options: PicoOptions;
  readonly #pinListeners: PinListener[] = [];
  readonly #inputs: (boolean | undefined)[] = [];
  #onChip: (chip: Chip) => void = () => {};
  /** Called when firmware sets its clock to 0: the time at which containers start. */
  onClockStart: () => void = () => {};
  #chip: Chip;
  #clock: VirtualClock;
  /** When firmware started its clock, in ns since power-on, or -1. */
  #clockStartNs = -1;
  readonly #past = {
    cycles: 0,
    instructions: 0,
    sleepNs: 0,
    deepSleeps: 0,
    exceptions: Array.from({ length: 48 }, () => 0),
  };
  #executing = true;

  constructor(options: PicoOptions) {
    this.#options = options;
    this.flash = new NorFlash(options.flash, flashBytes);
    this.#clock = new VirtualClock(0);
    this.#chip = this.#makeChip({ reason: 0, scratch: new Uint32Array(8) }, true);
    this.#boot("power");
  }

  /** The chip as it is now; another one after each reboot. */
  get chip(): Chip {
    return this.#chip;
  }

  /** The same, under the name that rp2040js's GDB server knows. */
  get rp2040(): Chip {
    return this.#chip;
  }

  /** ns since power-on. */
  get nowNs(): number {
    return this.#clock.nanos;
  }

  /** Microseconds since firmware started its clock, or undefined before. */
  get nowUs(): number | undefined {
    if (this.#clockStartNs < 0) return undefined;
    return Math.floor((this.nowNs - this.#clockStartNs) / 1000 + 1e-6);
  }

  /** ns since power-on at which firmware started its clock in this life, or undefined. */
  get clockStartNs(): number | undefined {
    return this.#clockStartNs < 0 ? undefined : this.#clockStartNs;
  }

  /**
   * Runs until so many ns after power-on, or until a debugger stops it. Throws EmulationError, or PowerLoss if the hook of the flash cut the power; after
   * either nothing can be run any more.
   */
  run(ns: number): void {
    while (this.#executing) {
      this.#chip.processor.run(ns);
      const reason = this.#chip.resetReason;
      if (reason === undefined) return;
      this.#reboot(reason);
    }
  }

  /** The power fails and comes back: flash stays as it is. */
  powerCycle(): void {
    this.#replace({ reason: 0, scratch: new Uint32Array(8) }, "power");
  }

  /** Called with the present chip now, and with each later one before it executes anything. */
  set onChip(listener: (chip: Chip) => void) {
    this.#onChip = listener;
    listener(this.#chip);
  }

  /** Calls the listener whenever what the chip drives a pin with changes. */
  onPin(listener: PinListener): void {
    this.#pinListeners.push(listener);
  }

  /** Called before each erase and program; may cut the power. */
  set onFlashOperation(hook: FlashHook) {
    this.flash.hook = hook;
  }

  /** What the board drives a pin with; undefined is nothing, so that the pull decides. */
  setInput(pin: number, level: boolean | undefined): void {
    this.#inputs[pin] = level;
    this.#chip.pin(pin).drive(level);
  }

  /** Whether the core waits for an interrupt. */
  get isAsleep(): boolean {
    return this.#chip.processor.isAsleep;
  }

  /** ns since power-on at which the chip has something to do by itself next; Infinity if never. */
  get nextAlarmNs(): number {
    return this.#clock.nextNs;
  }

  /** Address of the instruction that was executed last. */
  get pc(): number {
    return this.#chip.processor.instructionAddress;
  }

  /** A byte of memory, ROM or flash, bypassing the processor. */
  readByte(address: number): number {
    return this.#chip.readUint8(address);
  }

  /** Bytes from memory, ROM or flash. */
  peek(address: number, bytes: number): Uint8Array {
    return Uint8Array.from({ length: bytes }, (_, i) => this.#chip.readUint8(address + i));
  }

  peekWord(address: number): number {
    return this.#chip.readUint32(address) >>> 0;
  }

  /** Totals since power-on, over all reboots. `exceptions` counts by exception number, interrupts from 16 on. */
  get counters(): Counters {
    const { processor } = this.#chip;
    return {
      cycles: this.#past.cycles + this.#clock.cycles,
      instructions: this.#past.instructions + processor.instructions,
      sleepNs: this.#past.sleepNs + processor.sleepNs,
      deepSleeps: this.#past.deepSleeps + processor.deepSleeps,
      exceptions: this.#past.exceptions.map((count, i) => count + processor.taken[i]!),
      lowestMsp: processor.lowestMain,
      lowestPsp: processor.lowestProcess,
      flashErases: this.flash.erases,
      flashPrograms: this.flash.programs,
    };
  }

  /** Whether the chip waits for a file over USB: boot2 was bad, or firmware asked for it. */
  get usbBoot(): boolean {
    return this.#chip.usbBoot;
  }

  /** Where the core locked up, or undefined; only the watchdog ends that. */
  get lockedUpAt(): number | undefined {
    const at = this.#chip.processor.lockedUpAt;
    return at < 0 ? undefined : at;
  }

  // What rp2040js's GDB server asks of a target: whoever calls run looks at `executing`

  get executing(): boolean {
    return this.#executing;
  }

  execute(): void {
    this.#executing = true;
    this.#chip.processor.stopped = false;
  }

  stop(): void {
    this.#executing = false;
    this.#chip.processor.stopped = true;
  }

  #makeChip(watchdog: WatchdogMemory, powerOn: boolean): Chip {
    const { uniqueId = defaultId, seed = 1, readAdc } = this.#options;
    const chip = new Chip({
      clock: this.#clock,
      flash: this.flash,
      uniqueId,
      seed,
      watchdog,
      powerOn,
    });
    chip.timer.onSet = (us) => {
      if (us !== 0) return;
      this.#clockStartNs = this.nowNs;
      this.onClockStart();
    };
    chip.adc.onADCRead = (input) => {
      chip.adc.currentChannel = input;
      chip.adc.channelValues[input] = readAdc?.(input) ?? 0;
      chip.adc.sampleAlarm.schedule(chip.adc.sampleTime * 1000);
    };
    for (let pin = 0; pin < chip.gpio.length; pin++) {
      chip.gpio[pin]!.addListener((state, before) => {
        if (levelOf(state) === levelOf(before)) return;
        for (const listener of this.#pinListeners) listener(pin, levelOf(state));
      });
      chip.pin(pin).drive(this.#inputs[pin]);
    }
    return chip;
  }

  /** What the ROM does after a reset (datasheet 2.8.1): boot2 is checked and called, or the chip waits on USB. */
  #boot(reason: Start["reason"]): void {
    this.starts.push({ atNs: this.nowNs, reason });
    const boot2 = this.flash.bytes.subarray(0, 256);
    const crc = new DataView(boot2.buffer, 0).getUint32(252, true);
    const { processor, ram } = this.#chip;
    if (boot2Crc(boot2.subarray(0, 252)) !== crc) {
      processor.halt(() => (this.#chip.usbBoot = true));
      return;
    }
    ram.set(boot2, boot2At - 0x2000_0000);
    processor.start(boot2At, boot2At, 0);
  }

  #reboot(reason: number): void {
    const { ram, watchdog } = this.#chip;
    this.#replace({ reason, scratch: watchdog.scratch }, reasons[reason] ?? "software", ram);
  }

  /** Another life of the chip. RAM without power is zeros. */
  #replace(watchdog: WatchdogMemory, reason: Start["reason"], ram?: Uint8Array): void {
    const old = this.#chip;
    this.#past.cycles += this.#clock.cycles;
    this.#past.instructions += old.processor.instructions;
    this.#past.sleepNs += old.processor.sleepNs;
    this.#past.deepSleeps += old.processor.deepSleeps;
    old.processor.taken.forEach((count, i) => (this.#past.exceptions[i]! += count));
    const { lowestMain, lowestProcess } = old.processor;
    this.#clock = new VirtualClock(this.#clock.nanos);
    this.#clockStartNs = -1;
    this.#chip = this.#makeChip(watchdog, reason === "power");
    if (ram !== undefined) this.#chip.ram.set(ram);
    Object.assign(this.#chip.processor, { lowestMain, lowestProcess });
    this.#chip.adoptDebugger(old);
    this.#boot(reason);
    this.#onChip(this.#chip);
  }
}

/** rp2040js's GPIOPinState: low and high are driven, anything else is not. */
function levelOf(state: GPIOPinState): boolean | undefined {
  return state === GPIOPinState.Low || state === GPIOPinState.High
    ? state === GPIOPinState.High
    : undefined;
}

/** Totals of a board. */
export interface Counters {
  /** Of clk_sys, those in sleep included. */
  readonly cycles: number;
  readonly instructions: number;
  readonly sleepNs: number;
  /** How often the core went to sleep with SLEEPDEEP set. */
  readonly deepSleeps: number;
  readonly exceptions: readonly number[];
  /** Lowest stack pointers seen. */
  readonly lowestMsp: number;
  readonly lowestPsp: number;
  readonly flashErases: number;
  readonly flashPrograms: number;
}

const defaultId: Uint8Array = Uint8Array.of(0xe6, 0x60, 0x58, 0x38, 0x83, 0x15, 0x2a, 0x2c);
