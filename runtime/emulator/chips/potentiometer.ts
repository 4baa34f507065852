import type { PartSpec } from "../../rig/simulation.js";
import type { Environment } from "../environment/environment.js";
import type { AnalogChip, ChipState } from "./chip.js";

/** A potentiometer between ground and the reference voltage, its wiper on an ADC input. */
export class Potentiometer implements AnalogChip {
  readonly attached = "analog";
  readonly chip = "potentiometer";
  readonly pin: number;
  readonly channel: number;
  readonly signals: readonly string[];

  constructor(
    readonly name: string,
    readonly spec: Extract<PartSpec, { chip: "potentiometer" }>,
    private readonly environment: Environment,
  ) {
    this.pin = spec.pin;
    this.channel = spec.channel;
    this.signals = [spec.position];
  }

  /** An ideal converter: the nearest of 4096 codes. */
  convert(timeUs: number): number {
    return Math.round(this.#position(timeUs) * 4095);
  }

  state(timeUs: number): ChipState {
    const value = this.#position(timeUs);
    return { line: `${Math.round(value * 100)} %`, value, unit: "" };
  }

  #position(timeUs: number): number {
    const position = this.environment.valueAt(this.spec.position, timeUs);
    return position > 0 ? Math.min(position, 1) : 0;
  }
}
