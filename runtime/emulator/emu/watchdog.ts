import { BasePeripheral, type RP2040 } from "rp2040js";
import type { Alarm, VirtualClock } from "./clock.js";

/** What outlives a reset by the watchdog. */
export interface WatchdogMemory {
  /** REASON: 1 the timer ran out, 2 forced by CTRL.TRIGGER, 0 anything else. */
  readonly reason: number;
  readonly scratch: Uint32Array;
}

/** The watchdog of an RP2040 (datasheet 4.7), which also makes the microsecond tick. It counts two a tick (erratum RP2040-E1). */
export class Watchdog extends BasePeripheral {
  readonly scratch: Uint32Array;
  readonly #reason: number;
  readonly #clock: VirtualClock;
  readonly #alarm: Alarm;
  /** CTRL but for the time and TRIGGER. */
  #control = 0x0700_0000;
  #tick = 0x200;
  /** What is left at `#sinceNs`. */
  #load = 0;
  #sinceNs = 0;
  #nsPerTick = 0;
  /** The watchdog resets the chip, for this reason. */
  onReset: (reason: number) => void = () => {};
  /** A scratch register has been written. */
  onScratch: (register: number, word: number) => void = () => {};
  /** TICK has been written: the number of cycles of clk_ref that make a tick, 0 for none. */
  onTick: (cycles: number) => void = () => {};

  constructor(chip: RP2040, clock: VirtualClock, { reason, scratch }: WatchdogMemory) {
    super(chip, "WATCHDOG");
    this.#clock = clock;
    this.#reason = reason;
    this.scratch = new Uint32Array(scratch);
    this.#alarm = clock.createAlarm(() => this.onReset(1));
  }

  get tickCycles(): number {
    return (this.#tick & 0x200) === 0 ? 0 : this.#tick & 0x1ff;
  }

  setTick(nsPerTick: number): void {
    this.#load = this.#time;
    this.#sinceNs = this.#clock.nanos;
    this.#nsPerTick = nsPerTick;
    this.#schedule();
  }

  get #running(): boolean {
    return (this.#control & 0x4000_0000) !== 0 && this.#nsPerTick > 0;
  }

  get #time(): number {
    if (!this.#running) return this.#load;
    const ticks = Math.floor((this.#clock.nanos - this.#sinceNs) / this.#nsPerTick);
    return Math.max(0, this.#load - 2 * ticks);
  }

  override readUint32(offset: number): number {
    if (offset === 0x00) return (this.#control | this.#time) >>> 0;
    if (offset === 0x08) return this.#reason;
    if (offset >= 0x0c && offset <= 0x28) return this.scratch[(offset - 0x0c) >> 2]!;
    if (offset === 0x2c) return this.#tick | (this.#nsPerTick > 0 ? 0x400 : 0);
    return super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === 0x00) {
      this.#load = this.#time;
      this.#sinceNs = this.#clock.nanos;
      this.#control = value & 0x4700_0000;
      this.#schedule();
      if ((value & 0x8000_0000) !== 0) this.onReset(2);
    } else if (offset === 0x04) {
      this.#load = value & 0xff_ffff;
      this.#sinceNs = this.#clock.nanos;
      this.#schedule();
    } else if (offset >= 0x0c && offset <= 0x28) {
      const register = (offset - 0x0c) >> 2;
      this.scratch[register] = value;
      this.onScratch(register, value);
    } else if (offset === 0x2c) {
      this.#tick = value & 0x3ff;
      this.onTick(this.tickCycles);
    } else super.writeUint32(offset, value);
  }

  #schedule(): void {
    this.#alarm.cancel();
    if (this.#running) this.#alarm.schedule(Math.ceil(this.#load / 2) * this.#nsPerTick);
  }
}
