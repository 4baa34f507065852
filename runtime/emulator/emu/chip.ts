import { ConsoleLogger, LogLevel, RP2040, type Logger, type Peripheral } from "rp2040js";
import { ClockTree, type ClockName } from "./clock-tree.js";
import type { VirtualClock } from "./clock.js";
import { Core } from "./core.js";
import type { Bus, CodeWindow } from "./guarded-core.js";
import { Fault, fault } from "./fault.js";
import { FlashCommands } from "./flash-commands.js";
import type { NorFlash } from "./flash.js";
import { Pin } from "./pin.js";
import { RingOscillator, VoltageRegulator } from "./power.js";
import { PlainRegisters } from "./registers.js";
import { Resets } from "./resets.js";
import { callRom } from "./rom-calls.js";
import { makeRom, romBytes } from "./rom.js";
import { QspiPins, Ssi } from "./ssi.js";
import { SystemControl } from "./system-control.js";
import { Timer } from "./timer.js";
import { correctSending } from "./uart.js";
import { Watchdog, type WatchdogMemory } from "./watchdog.js";

/** What a chip starts with. */
export interface ChipState {
  readonly clock: VirtualClock;
  readonly flash: NorFlash;
  /** 8 bytes. */
  readonly uniqueId: Uint8Array;
  /** Of the ring oscillator's random bit. */
  readonly seed: number;
  readonly watchdog: WatchdogMemory;
  /** Whether it starts because power came. */
  readonly powerOn: boolean;
}

const ramBase = 0x2000_0000;
/** Its memory lies beside it and shares its reset. */
const usbController = 0x5011_0000;
const ramBytes = 0x4_2000;
const rom = makeRom();
const romWords = new Uint32Array(rom.buffer);

/** Registers that do nothing without their clock: base address, first and last offset, clock. */
const clocked: readonly (readonly [number, number, number, ClockName])[] = [
  [0x4003_4000, 0x00, 0x00, "peri"],
  [0x4003_8000, 0x00, 0x00, "peri"],
  [0x4003_c000, 0x08, 0x08, "peri"],
  [0x4004_0000, 0x08, 0x08, "peri"],
  [0x4004_c000, 0x00, 0x0c, "adc"],
  [0x5011_0000, 0x40, 0x50, "usb"],
];

/** Peripherals lie 16 KB apart, or multiples of that: 0x40000000 has position 0, 0x50300000 the last. */
const positionOf = (address: number): number => (address >>> 14) - 0x1_0000;
const positions = positionOf(0x5030_0000) + 1;

/**
 * An RP2040: rp2040js's peripherals around a core, clocks, timer, watchdog, resets and flash of our own. Whatever firmware does that is not modelled, or that a real chip
 * would punish by hanging, is thrown as an EmulationError.
 */
export class Chip extends RP2040 implements Bus {
  readonly ram: Uint8Array<ArrayBuffer>;
  readonly processor: Core;
  readonly timer: Timer;
  readonly watchdog: Watchdog;
  readonly ssi: Ssi;
  readonly nor: NorFlash;
  /** Set when the chip waits for a file over USB, as with its button held at power-on. */
  usbBoot = false;
  /** Why the chip must be reset: what WATCHDOG.REASON will be, or undefined. */
  resetReason: number | undefined;
  /** Flash was written and the cache not flushed yet. */
  staleCache = false;

  readonly #clock: VirtualClock;
  readonly #resets: Resets;
  readonly #tree: ClockTree;
  readonly #system: SystemControl;
  readonly #noDebugger: (code: number) => void;
  #romWindow: CodeWindow = { base: 0, bytes: romBytes, halves: rom };
  readonly #ramWindow: CodeWindow;
  #accessed = 0;
  /** By position: 1 for a peripheral that has been found out of reset and with its clock. */
  readonly #ready = new Uint8Array(positions);
  readonly #byPosition: (Peripheral | undefined)[] = [];

  constructor(state: ChipState) {
    super(state.clock);
    const { clock, flash } = state;
    this.#clock = clock;
    this.ram = this.sram;
    this.nor = flash;
    this.#ramWindow = { base: ramBase, bytes: ramBytes, halves: new Uint16Array(this.ram.buffer) };
    this.logger = this.#strictLogger();
    this.#noDebugger = () => {};
    this.onBreak = this.#noDebugger;
    this.processor = new Core(this, clock);
    this.#resets = new Resets(this);
    this.#tree = new ClockTree(this);
    this.#system = new SystemControl(this, this.processor, clock);
    this.timer = new Timer(this, clock);
    this.watchdog = new Watchdog(this, clock, state.watchdog);
    this.ssi = new Ssi(this, new FlashCommands(flash, state.uniqueId));
    // rp2040js declares these as readonly or with the types of what they replace.
    Object.assign(this as object, {
      core: this.processor,
      clocks: this.#tree,
      ppb: this.#system,
      flash: flash.bytes,
      flash16: flash.halves,
      flashView: new DataView(flash.bytes.buffer),
      gpio: this.gpio.map((_, index) => new Pin(this, index)),
    });
    this.#replacePeripherals(state);
    this.#connect();
    this.updateClocks();
  }

  #replacePeripherals({ seed, powerOn }: ChipState): void {
    const replacements: Readonly<Record<number, Peripheral>> = {
      0x18000: this.ssi,
      0x40008: this.#tree,
      0x4000c: this.#resets,
      0x40018: new QspiPins(this, this.ssi),
      0x40054: this.timer,
      0x40058: this.watchdog,
      0x40060: new RingOscillator(this, seed),
      0x40064: new VoltageRegulator(this, powerOn),
      0x14000: new XipControl(this),
    };
    Object.assign(this.peripherals, replacements);
  }

  #connect(): void {
    this.ssi.onXipChanged = () => {
      if (this.ssi.xip && this.staleCache)
        throw this.processor.error(
          "flash was written, but its cache was not flushed before it is read",
        );
      this.processor.forgetCode();
    };
    this.#resets.onChanged = () => {
      this.#ready.fill(0);
      for (const [bus, address] of [0x4004_4000, 0x4004_8000].entries())
        if (this.#resets.heldAt(address) !== undefined)
          (this.i2c[bus] as Partial<{ reset(): void }>).reset?.();
    };
    for (const uart of this.uart) correctSending(this, uart);
    this.watchdog.onTick = () => this.#updateTick();
    this.watchdog.onReset = (reason) => {
      // PSM.WDSEL, bit 15: core 0. Without it a real watchdog does not restart anything.
      if ((this.peripherals[0x40010]!.readUint32(8) & 0x8000) === 0)
        throw this.processor.error(
          "the watchdog fires, but PSM.WDSEL does not let it reset the core",
        );
      this.requestReset(reason);
    };
    this.#system.onReset = () => this.requestReset(0);
  }

  /** Ends the run; the owner of the chip makes another one. */
  requestReset(reason: number): void {
    this.resetReason = reason;
    this.processor.stopped = true;
    this.processor.attend();
  }

  pin(index: number): Pin {
    return this.gpio[index] as Pin;
  }

  /** After a reboot the debugger stays with the board. */
  adoptDebugger(old: Chip): void {
    if (old.onBreak !== old.#noDebugger) this.onBreak = old.onBreak;
  }

  /** Of the base class's constructor, which must not erase flash. */
  override reset(): void {
    this.pwm.reset();
  }

  override updateClocks(): void {
    const hertz = this.#tree.sysFreq;
    if (hertz > 0) this.#system.sysTick.clockChanges(() => this.#clock.setHertz(hertz));
    super.updateClocks();
    this.#ready.fill(0);
    this.#updateTick();
  }

  #updateTick(): void {
    const cycles = this.watchdog.tickCycles;
    const hertz = this.#tree.refFreq;
    const nsPerTick = cycles === 0 || hertz === 0 ? 0 : (cycles * 1e9) / hertz;
    this.timer.setTick(nsPerTick);
    this.watchdog.setTick(nsPerTick);
    this.#system.sysTick.setReference(nsPerTick);
  }

  // What the core asks for

  readWord(address: number): number {
    if (address < romBytes) return romWords[address >>> 2]!;
    if (address >= 0x1000_0000 && address < 0x1400_0000)
      return this.#flashFor(address).words[(address & (this.nor.bytes.length - 1)) >>> 2]!;
    const region = address >>> 28;
    if (address >>> 12 === 0x5_0100) {
      this.#peripheralAt(usbController);
      return this.usbDPRAMView.getUint32(address & 0xfff, true);
    }
    this.#accessed = address;
    if (region === 0xd) return this.#readSio(address);
    if (region === 0xe) return this.#readPrivate(address);
    const peripheral = this.#peripheralAt(address);
    return peripheral.readUint32(address & 0xfff);
  }

  write(address: number, value: number, bytes: number): void {
    if (address < 0x1400_0000) throw fault;
    this.#accessed = address;
    if (address >>> 12 === 0x5_0100) return this.#writeUsbMemory(address, value, bytes);
    const word = bytes === 4 ? value : bytes === 2 ? value * 0x1_0001 : value * 0x101_0101;
    const region = address >>> 28;
    if (region === 0xd) return this.#writeSio(address & ~3, word >>> 0);
    if (region === 0xe) return this.#writePrivate(address, word, bytes);
    const peripheral = this.#peripheralAt(address);
    const aligned = address & ~3;
    peripheral.writeUint32Atomic(aligned & 0xfff, word, (address >>> 12) & 3);
  }

  codeAt(address: number): CodeWindow {
    if (address < romBytes) return this.#romWindow;
    const offset = address - ramBase;
    if (offset >= 0 && offset < ramBytes) return this.#ramWindow;
    if (address < 0x1000_0000 || address >= 0x1400_0000) throw fault;
    const { bytes, halves } = this.#flashFor(address);
    return { base: address - (address & (bytes.length - 1)), bytes: bytes.length, halves };
  }

  romCall(number: number): void {
    callRom(this, number);
  }

  breakpoint(number: number): boolean {
    if (this.onBreak === this.#noDebugger) return false;
    this.onBreak(number);
    return true;
  }

  /** The flash, if it can be read through its addresses now. */
  #flashFor(address: number): NorFlash {
    if (!this.ssi.xip)
      throw this.processor.error("flash is accessed while it cannot be read (XIP is off)", address);
    return this.nor;
  }

  #readSio(address: number): number {
    const offset = address & 0xfff_ffff;
    if (offset > 0x17c || (offset >= 0x50 && offset < 0x5c) || offset === 0x0c)
      throw this.processor.error("SIO has no such register here", address);
    return this.sio.readUint32(offset) >>> 0;
  }

  #writeSio(address: number, value: number): void {
    const offset = address & 0xfff_ffff;
    if (offset > 0x17c || (offset >= 0x50 && offset < 0x60) || offset < 0x10)
      throw this.processor.error("SIO has no such register here", address);
    this.sio.writeUint32(offset, value);
  }

  #readPrivate(address: number): number {
    if (address >>> 12 !== 0xe_000e) throw fault;
    return this.#system.readUint32(address & 0xfff);
  }

  #writePrivate(address: number, value: number, bytes: number): void {
    if (address >>> 12 !== 0xe_000e) throw fault;
    if (bytes !== 4)
      throw this.processor.error("the private peripheral bus takes words only", address);
    this.#system.writeUint32(address & 0xfff, value >>> 0);
  }

  #writeUsbMemory(address: number, value: number, bytes: number): void {
    this.#peripheralAt(usbController);
    const offset = address & 0xfff;
    if (bytes === 1) this.usbDPRAMView.setUint8(offset, value);
    else if (bytes === 2) this.usbDPRAMView.setUint16(offset, value, true);
    else this.usbDPRAMView.setUint32(offset, value, true);
    const word = offset & ~3;
    this.usbCtrl.DPRAMUpdated(word, this.usbDPRAMView.getUint32(word, true));
  }

  #peripheralAt(address: number): Peripheral {
    const position = positionOf(address);
    const known = position >= 0 && position < positions;
    if (known && this.#ready[position] === 1) return this.#byPosition[position]!;
    const peripheral = this.findPeripheral(address);
    if (!peripheral) {
      // SRAM without striping, XIP's cache as memory: on the chip, not here.
      const region = address >>> 24;
      if (region === 0x21 || region === 0x15)
        throw this.processor.error("this memory is not modelled", address);
      throw fault;
    }
    this.#checkAlive(address);
    if (known && this.#hasClock(address)) {
      this.#byPosition[position] = peripheral;
      this.#ready[position] = 1;
    }
    return peripheral;
  }

  /** Whether no register of the peripheral waits for a clock. */
  #hasClock(address: number): boolean {
    return clocked.every(
      ([base, , , clock]) =>
        positionOf(base) !== positionOf(address) || this.#tree.hertz(clock) > 0,
    );
  }

  #checkAlive(address: number): void {
    const held = this.#resets.heldAt(address);
    if (held !== undefined)
      throw this.processor.error(`${held} is accessed while it is held in reset`, address);
    for (const [base, first, last, clock] of clocked) {
      const offset = address & 0xfff;
      if (positionOf(address) !== positionOf(base) || offset < first || offset > last) continue;
      if (this.#tree.hertz(clock) === 0)
        throw this.processor.error(`a peripheral is used while clk_${clock} does not run`, address);
    }
  }

  /** Every warning of rp2040js is about something that it, or the chip, does not do. */
  #strictLogger(): Logger {
    const fail = (component: string, message: string): never => {
      throw this.processor.error(`${component}: ${message}`, this.#accessed);
    };
    const quiet = new ConsoleLogger(LogLevel.Error, false);
    return {
      debug: quiet.debug.bind(quiet),
      info: quiet.info.bind(quiet),
      warn: fail,
      error: fail,
    };
  }

  // What rp2040js's DMA and GDB server ask for: memory without privilege and MPU

  override readUint32(address: number): number {
    const offset = (address >>> 0) - ramBase;
    if (offset >= 0 && offset < ramBytes) return this.sramView.getUint32(offset, true);
    if (address >= 0x1000_0000 && address < 0x1400_0000)
      return this.nor.words[(address & (this.nor.bytes.length - 1)) >>> 2]!;
    try {
      return this.readWord(address >>> 0) >>> 0;
    } catch (error) {
      if (error instanceof Fault) return 0xffff_ffff;
      throw error;
    }
  }

  override readUint16(address: number): number {
    return (this.readUint32(address & ~3) >>> ((address & 2) * 8)) & 0xffff;
  }

  override readUint8(address: number): number {
    return (this.readUint32(address & ~3) >>> ((address & 3) * 8)) & 0xff;
  }

  override writeUint32(address: number, value: number): void {
    this.#poke(address >>> 0, value, 4);
  }

  override writeUint16(address: number, value: number): void {
    this.#poke(address >>> 0, value, 2);
  }

  override writeUint8(address: number, value: number): void {
    this.#poke(address >>> 0, value, 1);
  }

  /** A debugger may write flash: it sets breakpoints so. */
  #poke(address: number, value: number, bytes: number): void {
    const inFlash = address >= 0x1000_0000 && address < 0x1400_0000;
    const offset = inFlash ? address & (this.nor.bytes.length - 1) : address - ramBase;
    if (!inFlash && (offset < 0 || offset >= ramBytes)) return this.write(address, value, bytes);
    const memory = inFlash ? this.nor.bytes : this.ram;
    for (let i = 0; i < bytes; i++) memory[offset + i] = value >>> (8 * i);
  }
}

/** XIP_CTRL (2.6.3.6): the cache is flushed at once and counts nothing. */
class XipControl extends PlainRegisters {
  readonly #chip: Chip;

  constructor(chip: Chip) {
    super(chip, "XIP_CTRL", [
      [0x00, 3],
      [0x04, 0],
      [0x08, 6],
      [0x0c, 0],
      [0x10, 0],
    ]);
    this.#chip = chip;
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === 0x04) this.#chip.staleCache = false;
    else super.writeUint32(offset, value);
  }
}
