/** Something that happens at a moment of virtual time; the shape that rp2040js's peripherals ask for. */
export class Alarm {
  next: Alarm | null = null;
  scheduled = false;
  /** When, in ns since power-on. */
  atNs = 0;

  constructor(
    readonly clock: VirtualClock,
    readonly callback: () => void,
  ) {}

  /** In so many ns from now, in place of what was scheduled before. */
  schedule(delayNs: number): void {
    this.clock.schedule(this, this.clock.nanos + Math.max(0, delayNs));
  }

  cancel(): void {
    this.clock.cancel(this);
  }
}

/**
 * Virtual time, counted in cycles of the processor's clock. Nothing reads wall time. Time only moves by `advance`, which the core calls through
 * `cycles`; alarms fire in the order of their times, those of one time in the order in which they were scheduled.
 */
export class VirtualClock {
  /** Cycles of clk_sys since power-on, those in sleep included. */
  cycles = 0;
  #nsPerCycle = 8;
  #originNs: number;
  #originCycles = 0;
  #first: Alarm | null = null;
  /** The time of the alarm whose callback is running, or -1. */
  #alarmNs = -1;

  /** Called when the first alarm has become another one. */
  onFirstChanged: () => void = () => {};
  /** Cycles of the slice that has not been counted into `cycles` yet. */
  cyclesOfSlice: () => number = () => 0;

  constructor(originNs: number) {
    this.#originNs = originNs;
  }

  /** ns since power-on. */
  get nanos(): number {
    if (this.#alarmNs >= 0) return this.#alarmNs;
    const cycles = this.cycles + this.cyclesOfSlice() - this.#originCycles;
    return this.#originNs + cycles * this.#nsPerCycle;
  }

  get nsPerCycle(): number {
    return this.#nsPerCycle;
  }

  /** The frequency from now on. */
  setHertz(hertz: number): void {
    const now = this.nanos;
    this.#originCycles = this.cycles + this.cyclesOfSlice();
    this.#originNs = now;
    this.#nsPerCycle = 1e9 / hertz;
    this.onFirstChanged();
  }

  createAlarm(callback: () => void): Alarm {
    return new Alarm(this, callback);
  }

  schedule(alarm: Alarm, atNs: number): void {
    if (alarm.scheduled) this.#unlink(alarm);
    alarm.atNs = atNs;
    alarm.scheduled = true;
    let before: Alarm | null = null;
    let after = this.#first;
    while (after !== null && after.atNs <= atNs) {
      before = after;
      after = after.next;
    }
    alarm.next = after;
    if (before !== null) before.next = alarm;
    else {
      this.#first = alarm;
      this.onFirstChanged();
    }
  }

  cancel(alarm: Alarm): void {
    if (alarm.scheduled) this.#unlink(alarm);
  }

  /** Time of the first alarm, or Infinity. */
  get nextNs(): number {
    return this.#first === null ? Infinity : this.#first.atNs;
  }

  /** Cycles from now until `ns`, rounded up; at least 0. */
  cyclesUntil(ns: number): number {
    const exact = (ns - this.nanos) / this.#nsPerCycle;
    return Math.max(0, Math.ceil(exact - 1e-6));
  }

  /** Calls what is due. */
  fireDue(): void {
    const dueNs = this.nanos + 1e-6 * this.#nsPerCycle;
    for (let alarm = this.#first; alarm !== null && alarm.atNs <= dueNs; alarm = this.#first) {
      this.#first = alarm.next;
      alarm.scheduled = false;
      this.#alarmNs = alarm.atNs;
      alarm.callback();
      this.#alarmNs = -1;
    }
  }

  #unlink(alarm: Alarm): void {
    alarm.scheduled = false;
    if (this.#first === alarm) {
      this.#first = alarm.next;
      return;
    }
    for (let item = this.#first; item !== null; item = item.next) {
      if (item.next === alarm) {
        item.next = alarm.next;
        return;
      }
    }
  }
}
