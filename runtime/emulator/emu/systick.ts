import type { Alarm, VirtualClock } from "./clock.js";

/** SysTick (Armv6-M ARM, B3.3): counts down from RELOAD, and after 0 comes RELOAD again. */
export class SysTick {
  readonly #clock: VirtualClock;
  readonly #alarm: Alarm;
  #control = 0;
  #reload = 0;
  /** The count at `#sinceNs`. */
  #value = 0;
  #sinceNs = 0;
  #counted = false;
  /** ns of a count with the reference clock, CSR.CLKSOURCE 0; 0 if there is none. */
  #referenceNs = 0;
  /** Called when 0 is reached with TICKINT. */
  onZero: () => void = () => {};

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#alarm = clock.createAlarm(() => this.#reachZero());
  }

  setReference(nsPerCount: number): void {
    this.#settle();
    this.#referenceNs = nsPerCount;
    this.#schedule();
  }

  /** To be called before and after the processor's clock changes. */
  clockChanges(change: () => void): void {
    this.#settle();
    change();
    this.#schedule();
  }

  readControl(): number {
    const flag = this.#counted ? 0x1_0000 : 0;
    this.#counted = false;
    return this.#control | flag;
  }

  writeControl(word: number): void {
    this.#settle();
    this.#control = word & 7;
    this.#schedule();
  }

  get reload(): number {
    return this.#reload;
  }

  writeReload(word: number): void {
    this.#settle();
    this.#reload = word & 0xff_ffff;
    this.#schedule();
  }

  /** Any write clears it; the next count loads RELOAD. */
  clear(): void {
    this.#settle();
    this.#value = 0;
    this.#counted = false;
    this.#schedule();
  }

  get value(): number {
    const period = this.#period;
    if (period === 0) return this.#value;
    const counts = Math.floor((this.#clock.nanos - this.#sinceNs) / period + 1e-6);
    if (counts <= this.#value) return this.#value - counts;
    const turn = this.#reload + 1;
    return (turn - ((counts - this.#value) % turn)) % turn;
  }

  get #period(): number {
    if ((this.#control & 1) === 0) return 0;
    return (this.#control & 4) === 0 ? this.#referenceNs : this.#clock.nsPerCycle;
  }

  #settle(): void {
    this.#value = this.value;
    this.#sinceNs = this.#clock.nanos;
  }

  #schedule(): void {
    this.#alarm.cancel();
    const period = this.#period;
    if (period === 0 || (this.#value === 0 && this.#reload === 0)) return;
    const counts = this.#value > 0 ? this.#value : this.#reload + 1;
    this.#alarm.schedule(counts * period);
  }

  #reachZero(): void {
    this.#value = 0;
    this.#sinceNs = this.#clock.nanos;
    this.#counted = true;
    this.#schedule();
    if ((this.#control & 2) !== 0) this.onZero();
  }
}
