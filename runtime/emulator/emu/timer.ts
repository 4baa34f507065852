import { BasePeripheral, type RP2040 } from "rp2040js";
import type { Alarm, VirtualClock } from "./clock.js";

/** The timer of an RP2040 (datasheet 4.6): 64 bits of microseconds, four alarms. It stands still while the watchdog gives no tick. */
export class Timer extends BasePeripheral {
  readonly #clock: VirtualClock;
  readonly #alarms: readonly Alarm[];
  readonly #targets = new Uint32Array(4);
  /** The count at `#sinceNs`. */
  #count = 0;
  #sinceNs: number;
  #nsPerTick = 0;
  #tickNs = 0;
  #paused = false;
  #armed = 0;
  #latchedHigh = 0;
  #pendingLow = 0;
  #raw = 0;
  #enabled = 0;
  #forced = 0;
  /** Called when the clock has been written, with its value in microseconds. */
  onSet: (us: number) => void = () => {};

  constructor(chip: RP2040, clock: VirtualClock) {
    super(chip, "TIMER");
    this.#clock = clock;
    this.#sinceNs = clock.nanos;
    this.#alarms = [0, 1, 2, 3].map((index) => clock.createAlarm(() => this.#fire(index)));
  }

  /** The period of the watchdog's tick from now on; 0 stops the timer. */
  setTick(nsPerTick: number): void {
    this.#tickNs = nsPerTick;
    this.#setRate();
  }

  /** What the timer shows. */
  get count(): number {
    if (this.#nsPerTick === 0) return this.#count;
    return this.#count + Math.floor((this.#clock.nanos - this.#sinceNs) / this.#nsPerTick + 1e-6);
  }

  override readUint32(offset: number): number {
    switch (offset) {
      case 0x08:
        return this.#latchedHigh;
      case 0x0c: {
        const { count } = this;
        this.#latchedHigh = Math.floor(count / 2 ** 32);
        return count >>> 0;
      }
      case 0x10:
      case 0x14:
      case 0x18:
      case 0x1c:
        return this.#targets[(offset - 0x10) / 4]!;
      case 0x20:
        return this.#armed;
      case 0x24:
        return Math.floor(this.count / 2 ** 32);
      case 0x28:
        return this.count >>> 0;
      case 0x2c:
        return 0;
      case 0x30:
        return this.#paused ? 1 : 0;
      case 0x34:
        return this.#raw;
      case 0x38:
        return this.#enabled;
      case 0x3c:
        return this.#forced;
      case 0x40:
        return (this.#raw & this.#enabled) | this.#forced;
      default:
        return super.readUint32(offset);
    }
  }

  override writeUint32(offset: number, value: number): void {
    switch (offset) {
      case 0x00:
        return this.#set((value >>> 0) * 2 ** 32 + this.#pendingLow);
      case 0x04:
        this.#pendingLow = value >>> 0;
        return;
      case 0x10:
      case 0x14:
      case 0x18:
      case 0x1c:
        return this.#arm((offset - 0x10) / 4, value >>> 0);
      case 0x20:
        return this.#disarm(this.rawWriteValue & 15);
      case 0x2c:
        return;
      case 0x30:
        this.#paused = (value & 1) !== 0;
        return this.#setRate();
      case 0x34:
        this.#raw &= ~this.rawWriteValue;
        return this.#updateInterrupts();
      case 0x38:
        this.#enabled = value & 15;
        return this.#updateInterrupts();
      case 0x3c:
        this.#forced = value & 15;
        return this.#updateInterrupts();
      default:
        super.writeUint32(offset, value);
    }
  }

  #set(count: number): void {
    this.#count = count;
    this.#sinceNs = this.#clock.nanos;
    this.#schedule();
    this.onSet(count);
  }

  #setRate(): void {
    this.#count = this.count;
    this.#sinceNs = this.#clock.nanos;
    this.#nsPerTick = this.#paused ? 0 : this.#tickNs;
    this.#schedule();
  }

  #arm(index: number, target: number): void {
    this.#targets[index] = target;
    this.#armed |= 1 << index;
    this.#schedule();
  }

  #disarm(alarms: number): void {
    this.#armed &= ~alarms;
    this.#schedule();
  }

  /** An alarm fires when the low word becomes its target, which may be a whole turn away. */
  #schedule(): void {
    const { count } = this;
    for (let index = 0; index < 4; index++) {
      const alarm = this.#alarms[index]!;
      alarm.cancel();
      if ((this.#armed & (1 << index)) === 0 || this.#nsPerTick === 0) continue;
      const ticks = (this.#targets[index]! - count) >>> 0;
      const atNs = this.#sinceNs + (count + ticks - this.#count) * this.#nsPerTick;
      alarm.schedule(atNs - this.#clock.nanos);
    }
  }

  #fire(index: number): void {
    this.#armed &= ~(1 << index);
    this.#raw |= 1 << index;
    this.#updateInterrupts();
  }

  #updateInterrupts(): void {
    const status = (this.#raw & this.#enabled) | this.#forced;
    for (let index = 0; index < 4; index++)
      this.rp2040.setInterrupt(index, (status & (1 << index)) !== 0);
  }
}
