import type { Findings } from "../document/findings.js";
import type { BoardPin } from "./boards/pico.js";
import { type DeviceWiring, ownerName } from "./device-wiring.js";
import type { Wire } from "./wire.js";

/** Which need has which pin. Only lines of one bus are shared. */
export class PinClaims {
  constructor(
    private readonly findings: Findings,
    /** What this and other apps have already. */
    readonly device: DeviceWiring,
    readonly app: string,
  ) {}

  /** False, after an error, if another need has the pin. `key` is the field of the wire that names it. */
  claim(pin: BoardPin, wire: Wire, key: string, line?: string): boolean {
    const { app } = this;
    const { pins } = this.device;
    const other = pins.get(pin.pin);
    if (other === undefined) {
      pins.set(pin.pin, { app, need: wire.name, ...(line === undefined ? {} : { line }) });
      return true;
    }
    if (line !== undefined && other.line === line) return true;
    const [message, hint] =
      other.app === app && other.need === wire.name
        ? [`${wire.path} uses ${pin.name} twice`, "Give each line a pin of its own."]
        : [
            `${wire.path} uses ${pin.name}, which ${ownerName(other, app)} is wired to`,
            "Give one of them another pin.",
          ];
    wire.error(key, "shared-pin", message, hint);
    return false;
  }

  /** Pins 16 apart are one output of the PWM, and the two pins of a slice have one frequency. */
  claimPwm(pin: BoardPin, wire: Wire): boolean {
    for (const other of this.device.pwm) {
      if (other.pin.pwm.slice !== pin.pwm.slice) continue;
      const pair = `${pin.name} and ${other.pin.name} (${ownerName(other, this.app)})`;
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
    this.device.pwm.push({ pin, app: this.app, need: wire.name });
    return true;
  }
}
