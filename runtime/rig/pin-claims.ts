import type { Findings } from "../document/findings.js";
import { quote } from "../document/words.js";
import type { BoardPin } from "./boards/pico.js";
import type { Wire } from "./wire.js";

interface Claim {
  readonly need: string;
  /** What the pin is used as, where devices may share it: `i2c0 sda`. */
  readonly line?: string;
}

/** Which need has which pin. Only lines of one bus are shared. */
export class PinClaims {
  private readonly pins = new Map<number, Claim>();
  private readonly pwm: { readonly pin: BoardPin; readonly need: string }[] = [];

  constructor(private readonly findings: Findings) {}

  /** False, after an error, if another need has the pin. `key` is the field of the wire that names it. */
  claim(pin: BoardPin, wire: Wire, key: string, line?: string): boolean {
    const other = this.pins.get(pin.pin);
    if (other === undefined) {
      this.pins.set(pin.pin, { need: wire.name, ...(line === undefined ? {} : { line }) });
      return true;
    }
    if (line !== undefined && other.line === line) return true;
    const [message, hint] =
      other.need === wire.name
        ? [`${wire.path} uses ${pin.name} twice`, "Give each line a pin of its own."]
        : [
            `${wire.path} uses ${pin.name}, which ${quote(other.need)} is wired to`,
            "Give one of them another pin.",
          ];
    wire.error(key, "shared-pin", message, hint);
    return false;
  }

  /** Pins 16 apart are one output of the PWM, and the two pins of a slice have one frequency. */
  claimPwm(pin: BoardPin, wire: Wire): boolean {
    for (const other of this.pwm) {
      if (other.pin.pwm.slice !== pin.pwm.slice) continue;
      const pair = `${pin.name} and ${other.pin.name} (${quote(other.need)})`;
      if (other.pin.pwm.channel === pin.pwm.channel) {
        wire.error(
          "pin",
          "shared-pwm",
          `${wire.path} is on one PWM output with another need: ${pair}`,
          "Take a pin that is not 16 away.",
        );
        return false;
      }
      this.findings.warning(
        wire.place("pin"),
        "shared-pwm",
        `${pair} share one PWM frequency`,
        "Take a pin of another pair if they need two frequencies.",
      );
    }
    this.pwm.push({ pin, need: wire.name });
    return true;
  }
}
