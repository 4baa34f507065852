import { DigitalOutput } from "../gpio";

/** A relay on a digital output. The wiring says which level energizes it (`"active": "low"` for most relay boards). */
@unmanaged
export class Relay {
  /** The relay on this output. Costs nothing. */
  // @ts-ignore: decorator
  @inline
  static on(output: DigitalOutput): Relay {
    return changetype<Relay>(output);
  }

  /** Energizes (`true`) or releases (`false`) the relay. */
  // @ts-ignore: decorator
  @inline
  set(energized: bool): void {
    changetype<DigitalOutput>(this).write(energized);
  }

  /** Whether the relay is energized. */
  // @ts-ignore: decorator
  @inline
  isOn(): bool {
    return changetype<DigitalOutput>(this).read();
  }

  /**
   * Holds a value up with hysteresis: on below `low`, off above `high`, unchanged between them. For a heater, `value` is the temperature;
   * for a cooler pass all three negated. Returns whether the relay is on now.
   */
  holdAbove(value: i32, low: i32, high: i32): bool {
    if (value < low) this.set(true);
    else if (value > high) this.set(false);
    return this.isOn();
  }
}
