import type { CsvShape, SignalSpec } from "../../rig/simulation.js";
import { readSeries, type Series } from "./csv.js";
import { createSignal, type Signal } from "./signals.js";

/** What surrounds the device: quantities over time, by name. */
export interface Environment {
  /** In the order of the rig. */
  readonly names: readonly string[];
  /**
   * The value of a signal, in °C, hPa, % or as the rig has it. It is constant on each step of the grid, so that devices
   * whose clocks differ by less than a step see the same. Throws a RangeError for a name that is not in `names`.
   */
  valueAt(name: string, timeUs: number): number;
  /**
   * From the first step of the grid on that is not before `fromUs`, a signal is what `signal` makes of the time. What it was before stays: a
   * sensor may ask later what was then. `fromUs` never goes back. Throws a RangeError for a name that is not in `names`.
   */
  replace(name: string, fromUs: number, signal: Signal): void;
  /** Length of the longest CSV file behind a signal in microseconds, 0 if there is none. */
  readonly lengthUs: number;
}

export interface EnvironmentOptions {
  readonly seed: number;
  /** Step of the grid in microseconds, above 0. */
  readonly gridUs: number;
  /** The text of a CSV file by its name in the rig. */
  readonly files: (name: string) => string;
}

/** Throws a DiagnosticError for a CSV file that cannot be used. */
export function createEnvironment(
  specs: ReadonlyMap<string, SignalSpec>,
  options: EnvironmentOptions,
): Environment {
  const { seed, gridUs, files } = options;
  let lengthUs = 0;
  const series = (spec: CsvShape): Series => {
    const read = readSeries(files(spec.file), spec);
    lengthUs = Math.max(lengthUs, read.timesUs.at(-1) ?? 0);
    return read;
  };
  const signals = new Map<string, Timeline>();
  for (const [name, spec] of specs)
    signals.set(name, new Timeline(createSignal(spec, name, { seed, series }), gridUs));
  const timeline = (name: string): Timeline => {
    const found = signals.get(name);
    if (!found) throw new RangeError(`no signal is named ${name}`);
    return found;
  };
  return {
    names: [...signals.keys()],
    lengthUs,
    valueAt: (name, timeUs) => timeline(name).valueAt(timeUs),
    replace: (name, fromUs, signal) => timeline(name).replace(fromUs, signal),
  };
}

/** A signal on the steps of the grid, with what has replaced it since. */
class Timeline {
  readonly #pieces: { readonly fromStep: number; readonly signal: Signal }[];
  /** Remembered: a sensor's driver asks for several values of one instant. */
  #lastStep = -1;
  #lastValue = 0;

  constructor(
    signal: Signal,
    private readonly gridUs: number,
  ) {
    this.#pieces = [{ fromStep: 0, signal }];
  }

  valueAt(timeUs: number): number {
    const step = Math.floor(timeUs / this.gridUs);
    if (step === this.#lastStep) return this.#lastValue;
    this.#lastStep = step;
    const piece = this.#pieces.findLast(({ fromStep }) => fromStep <= step) ?? this.#pieces[0]!;
    return (this.#lastValue = piece.signal(step * this.gridUs));
  }

  replace(fromUs: number, signal: Signal): void {
    this.#lastStep = -1;
    this.#pieces.push({ fromStep: Math.ceil(fromUs / this.gridUs), signal });
  }
}
