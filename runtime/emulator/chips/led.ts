import type { PartSpec } from "../../rig/simulation.js";
import type { ChipState, LoadChip } from "./chip.js";

/** A light-emitting diode: on, off, or dimmed by pulse width modulation. */
export class Led implements LoadChip {
  readonly attached = "load";
  readonly chip = "led";
  readonly pin: number;
  /** Share of the time it is lit, 0 to 1. */
  #brightness = 0;

  constructor(
    readonly name: string,
    readonly spec: Extract<PartSpec, { chip: "led" | "relay" }>,
  ) {
    this.pin = spec.pin;
  }

  setLevel(high: boolean): void {
    this.#brightness = high !== this.spec.activeLow ? 1 : 0;
  }

  setDuty(duty: number): void {
    this.#brightness = this.spec.activeLow ? 1 - duty / 65535 : duty / 65535;
  }

  state(): ChipState {
    const value = this.#brightness;
    const line = value === 0 ? "off" : value === 1 ? "on" : `${Math.round(value * 100)} %`;
    return { line, value, unit: "" };
  }
}
