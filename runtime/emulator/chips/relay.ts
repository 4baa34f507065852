import type { PartSpec } from "../../rig/simulation.js";
import type { ChipState, LoadChip } from "./chip.js";

/** A relay, and what wears it out: how often it switched on, and for how long it was on. */
export class Relay implements LoadChip {
  readonly attached = "load";
  readonly chip = "relay";
  readonly pin: number;
  #on = false;
  #onSinceUs = 0;
  #onUs = 0;
  #switchings = 0;

  constructor(
    readonly name: string,
    readonly spec: Extract<PartSpec, { chip: "led" | "relay" }>,
  ) {
    this.pin = spec.pin;
  }

  setLevel(high: boolean, timeUs: number): void {
    const on = high !== this.spec.activeLow;
    if (on === this.#on) return;
    this.#on = on;
    if (on) this.#switchings++;
    else this.#onUs += timeUs - this.#onSinceUs;
    this.#onSinceUs = timeUs;
  }

  /** A coil cannot follow pulse width modulation: it pulls at half of the time or more. */
  setDuty(duty: number, timeUs: number): void {
    this.setLevel(duty >= 32768, timeUs);
  }

  /** How often it has switched on. */
  get switchings(): number {
    return this.#switchings;
  }

  /** Microseconds it has been on until `timeUs`. */
  onTimeUs(timeUs: number): number {
    return this.#onUs + (this.#on ? timeUs - this.#onSinceUs : 0);
  }

  state(timeUs: number): ChipState {
    const share = timeUs === 0 ? 0 : this.onTimeUs(timeUs) / timeUs;
    const times = this.#switchings === 1 ? "once" : `${this.#switchings} times`;
    const history =
      this.#switchings === 0
        ? ""
        : `  switched on ${times}, ${Math.round(share * 100)} % of the time`;
    return { line: (this.#on ? "on" : "off") + history, value: this.#on ? 1 : 0, unit: "" };
  }
}
