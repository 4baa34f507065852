/** What the chip and its flash draw from 3.3 V, in mA. Rounded, typical at 25 °C; a Pico's regulator and what the pins drive come on top. */
export const currentMa = {
  /**
   * Core 0 executes at 125 MHz, core 1 sleeps. RP2040 datasheet, section 5.4, tells about 24 mA of DVDD at this frequency with both cores
   * computing; with one idle and the PLLs, crystal and flash read now and then, as much again is not far off.
   */
  active: 24,
  /** Waiting for an interrupt, the clocks of unused peripherals off: PLLs, crystal, bus, timer and USB go on. An estimate: section 5.4 has no such line. */
  sleeping: 9,
  /** W25Q16JV datasheet, section 9.4: erase and program, 20 mA typical, over what the core draws while it waits. */
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
