/** Numbers of exceptions (Armv6-M ARM, B1.5.2); interrupt n is 16 + n. */
export const Exception = {
  nmi: 2,
  hardFault: 3,
  svCall: 11,
  pendSv: 14,
  sysTick: 15,
  interrupt: 16,
} as const;

/** Below all that can be configured: that of thread mode. */
export const threadPriority = 4;

/**
 * Which exceptions are pending, enabled and active, and their priorities: the NVIC and the parts of the SCB about it (Armv6-M ARM, B1.5.4 and B3.4). An interrupt that
 * a peripheral has raised stays pending when its line falls, and becomes pending again when its handler ends with the line still high.
 */
export class Exceptions {
  /** Bit n is interrupt n. */
  lines = 0;
  pendingInterrupts = 0;
  enabledInterrupts = 0;
  activeInterrupts = 0;
  /** Bit n is exception n, below 16. */
  pendingSystem = 0;
  activeSystem = 0;
  primask = 0;
  /** NVIC_IPR0 to 7, two bits of each byte. */
  readonly interruptPriorities: Uint8Array = new Uint8Array(32);
  svCallPriority = 0;
  pendSvPriority = 0;
  sysTickPriority = 0;
  /** The execution priority, PRIMASK included. */
  current: number = threadPriority;
  /** The same with PRIMASK 0: what WFI compares with. */
  currentUnmasked: number = threadPriority;

  priorityOf(exception: number): number {
    switch (exception) {
      case Exception.nmi:
        return -2;
      case Exception.hardFault:
        return -1;
      case Exception.svCall:
        return this.svCallPriority;
      case Exception.pendSv:
        return this.pendSvPriority;
      case Exception.sysTick:
        return this.sysTickPriority;
      default:
        return this.interruptPriorities[exception - Exception.interrupt]!;
    }
  }

  /** To be called when what is active, PRIMASK or a priority has changed. */
  update(): void {
    let lowest = threadPriority;
    for (let rest = this.activeSystem; rest !== 0; rest &= rest - 1)
      lowest = Math.min(lowest, this.priorityOf(31 - Math.clz32(rest & -rest)));
    for (let rest = this.activeInterrupts; rest !== 0; rest &= rest - 1)
      lowest = Math.min(lowest, this.interruptPriorities[31 - Math.clz32(rest & -rest)]!);
    this.currentUnmasked = lowest;
    this.current = this.primask === 0 ? lowest : Math.min(lowest, 0);
  }

  /** The pending and enabled exception of the highest priority, the lowest number first, if that is above `than`; else 0. */
  next(than: number): number {
    let best = 0;
    let bestPriority = than;
    for (let rest = this.pendingSystem; rest !== 0; rest &= rest - 1) {
      const exception = 31 - Math.clz32(rest & -rest);
      const priority = this.priorityOf(exception);
      if (priority >= bestPriority) continue;
      best = exception;
      bestPriority = priority;
    }
    for (let rest = this.pendingInterrupts & this.enabledInterrupts; rest !== 0; rest &= rest - 1) {
      const interrupt = 31 - Math.clz32(rest & -rest);
      const priority = this.interruptPriorities[interrupt]!;
      if (priority >= bestPriority) continue;
      best = Exception.interrupt + interrupt;
      bestPriority = priority;
    }
    return best;
  }

  /** The exception is pending no more but active. */
  activate(exception: number): void {
    if (exception < Exception.interrupt) {
      this.pendingSystem &= ~(1 << exception);
      this.activeSystem |= 1 << exception;
    } else {
      this.pendingInterrupts &= ~(1 << (exception - Exception.interrupt));
      this.activeInterrupts |= 1 << (exception - Exception.interrupt);
    }
    this.update();
  }

  deactivate(exception: number): void {
    if (exception < Exception.interrupt) this.activeSystem &= ~(1 << exception);
    else {
      const bit = 1 << (exception - Exception.interrupt);
      this.activeInterrupts &= ~bit;
      this.pendingInterrupts |= this.lines & bit;
    }
    this.update();
  }

  isActive(exception: number): boolean {
    return exception < Exception.interrupt
      ? (this.activeSystem & (1 << exception)) !== 0
      : (this.activeInterrupts & (1 << (exception - Exception.interrupt))) !== 0;
  }

  /** How many are active. */
  get nesting(): number {
    let count = 0;
    for (let rest = this.activeSystem; rest !== 0; rest &= rest - 1) count++;
    for (let rest = this.activeInterrupts; rest !== 0; rest &= rest - 1) count++;
    return count;
  }

  /** The line of a peripheral. Returns whether the interrupt became pending. */
  setLine(interrupt: number, high: boolean): boolean {
    const bit = 1 << interrupt;
    if (!high) {
      this.lines &= ~bit;
      return false;
    }
    if ((this.lines & bit) !== 0) return false;
    this.lines |= bit;
    this.pendingInterrupts |= bit;
    return true;
  }
}
