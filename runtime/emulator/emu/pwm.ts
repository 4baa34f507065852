import { BasePeripheral } from "rp2040js";
import type { Alarm, RP2040 } from "./peripherals.js";
import type { BoardLink } from "./board-link.js";
import { pinFunction } from "./pins.js";

/** Registers of a slice, RP2040 datasheet section 4.5.3; the next slice is 0x14 further. */
const register = { csr: 0x00, div: 0x04, ctr: 0x08, cc: 0x0c, top: 0x10, stride: 0x14 } as const;
/** Aliases of the enable bits of all slices, section 4.5.3. */
const enables = 0xa0;
const csr = { enable: 1, phaseCorrect: 2, invertA: 4, invertB: 8, divMode: 0x30 } as const;
const sliceCount = 8;
const fullDuty = 0xffff;
/** A change takes several writes of registers: they are one when none has followed for so long. */
const settleNanos = 5000;
const base = 0x40050;

interface Slice {
  csr: number;
  /** Sixteenths. */
  div: number;
  cc: number;
  top: number;
}

/**
 * The PWM block in place of that of rp2040js, which wakes the clock at every edge. This one tells the board frequency and duty, as the simulator does,
 * and drives no edges: a pin reads high where its duty is at least one half. Free-running slices only, without interrupts.
 */
export class Pwm extends BasePeripheral {
  /** What GPIOPin and RP2040 look at. */
  gpioValue = 0;
  readonly gpioDirection = 0xffffffff;
  readonly channels: readonly never[] = [];
  readonly #slices: readonly Slice[] = Array.from({ length: sliceCount }, () => resetSlice());
  /** What the board was told last, by pin. */
  readonly #duties: number[] = [];
  readonly #alarm: Alarm;
  readonly #link: BoardLink;

  constructor(chip: RP2040, link: BoardLink) {
    super(chip, "PWM");
    this.#link = link;
    this.#alarm = chip.clock.createAlarm(() => this.tell());
    Reflect.set(chip, "pwm", this);
    chip.peripherals[base] = this;
  }

  get clockFreq(): number {
    return this.rp2040.clkSys;
  }

  override readUint32(offset: number): number {
    const slice = this.#slices[Math.floor(offset / register.stride)];
    if (offset === enables)
      return this.#slices.reduce((bits, { csr: bit }, i) => bits | ((bit & 1) << i), 0);
    switch (slice && offset % register.stride) {
      case register.csr:
        return slice!.csr;
      case register.div:
        return slice!.div;
      case register.cc:
        return slice!.cc;
      case register.top:
        return slice!.top;
      default:
        return super.readUint32(offset);
    }
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === enables)
      this.#slices.forEach((slice, i) => (slice.csr = (slice.csr & ~1) | ((value >> i) & 1)));
    else if (!this.#writeSlice(offset, value)) return super.writeUint32(offset, value);
    this.#alarm.schedule(settleNanos);
  }

  /** Tells the board the pins that this block drives. */
  tell(): void {
    if (!this.#link.isRunning) return;
    this.#link.sync();
    for (const pin of this.rp2040.gpio) {
      const { index, functionSelect } = pin;
      if (functionSelect !== pinFunction.pwm) continue;
      const { hertz, duty } = this.#output(index);
      this.#duties[index] = duty;
      const bit = 1 << index;
      this.gpioValue = duty > fullDuty / 2 ? this.gpioValue | bit : this.gpioValue & ~bit;
      pin.checkForUpdates();
      this.#link.board.setPwm(index, hertz, duty);
    }
  }

  /** The chip is reset: the pads of these pins pull down. */
  release(): void {
    this.#duties.forEach((_, pin) => this.#link.board.configureInput(pin, "down"));
  }

  /**
   * Frequency, to the nearest hertz, and duty of a pin: 0 is always low, 65535 always high. A duty that makes as many counts of the
   * period as the last one is the last one.
   */
  #output(pin: number): { hertz: number; duty: number } {
    const slice = this.#slices[(pin >> 1) % sliceCount] as Slice;
    const isB = (pin & 1) !== 0;
    const period = slice.top + 1;
    const level = isB ? slice.cc >>> 16 : slice.cc & 0xffff;
    const active = slice.csr & csr.enable ? Math.min(level, period) : 0;
    const isInverted = (slice.csr & (isB ? csr.invertB : csr.invertA)) !== 0;
    const counts = isInverted ? period - active : active;
    const last = this.#duties[pin] ?? -1;
    const isSame = Math.round((last * period) / fullDuty) === counts;
    const cycles = ((period * (slice.div || 0x1000)) / 16) * (slice.csr & csr.phaseCorrect ? 2 : 1);
    return {
      hertz: Math.round(this.rp2040.clkSys / cycles),
      duty: isSame ? last : Math.round((counts * fullDuty) / period),
    };
  }

  /** The counters of the pins that follow others: there are none. */
  gpioOnInput(): void {}

  reset(): void {
    for (const slice of this.#slices) Object.assign(slice, resetSlice());
  }

  #writeSlice(offset: number, value: number): boolean {
    const slice = this.#slices[Math.floor(offset / register.stride)];
    if (slice === undefined) return false;
    switch (offset % register.stride) {
      case register.csr:
        slice.csr = value & 0x3f;
        return (value & csr.divMode) === 0;
      case register.div:
        slice.div = value & 0xfff;
        return true;
      case register.ctr:
        return true;
      case register.cc:
        slice.cc = value >>> 0;
        return true;
      case register.top:
        slice.top = value & 0xffff;
        return true;
      default:
        return false;
    }
  }
}

/** Section 4.5.3. */
function resetSlice(): Slice {
  return { csr: 0, div: 0x10, cc: 0, top: 0xffff };
}
