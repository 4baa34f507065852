/**
 * What the chip and its flash draw from 3.3 V, in mA: rounded estimates, not measured here. The RP2040 datasheet (section 5.4, "Power
 * Consumption") has currents of whole use cases only, at 48 MHz and in its sleep modes, none for one core at 125 MHz or in WFI. A Pico's
 * regulator, an open USB port and what the pins drive come on top.
 */
export const currentMa = {
  /** Core 0 executes from flash at 125 MHz, core 1 sleeps. */
  active: 24,
  /** Waiting for an interrupt at the same clock, the clocks of unused peripherals off: PLLs, crystal, bus, timer and USB go on. */
  sleeping: 9,
  /** The flash erases or programs, over what the core draws while it waits. */
  flashWriting: 20,
} as const;

export interface TimeShares {
  /** Virtual seconds of the run, above 0. */
  readonly seconds: number;
  /** How long of it the core slept. */
  readonly sleepSeconds: number;
  readonly flashSeconds: number;
}

/** Estimated charge of one day that goes on as this run went, in mAh. */
export function chargePerDayMah({ seconds, sleepSeconds, flashSeconds }: TimeShares): number {
  const { active, sleeping, flashWriting } = currentMa;
  const chargeMas =
    active * (seconds - sleepSeconds) + sleeping * sleepSeconds + flashWriting * flashSeconds;
  return (chargeMas / seconds) * 24;
}
