import { pwm_setDuty, pwm_setFrequency } from "./contract";

/** A need declared as `{"pwm": "out"}`. */
@unmanaged
export class PwmOutput {
  /** Sets the share of each period that is active: 0 is never, 65535 always. */
  setDuty(duty: u32): void {
    pwm_setDuty(changetype<u32>(this), duty);
  }

  /** Sets the frequency in hertz, 8 to 1,000,000. It starts at 1,000. Another value ends the container with `bad-argument`. */
  setFrequency(hertz: u32): void {
    pwm_setFrequency(changetype<u32>(this), hertz);
  }
}
