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
  const signals = new Map<string, Signal>();
  for (const [name, spec] of specs)
    signals.set(name, onGrid(createSignal(spec, name, { seed, series }), gridUs));
  return {
    names: [...signals.keys()],
    lengthUs,
    valueAt(name, timeUs) {
      const signal = signals.get(name);
      if (!signal) throw new RangeError(`no signal is named ${name}`);
      return signal(timeUs);
    },
  };
}

/** Remembers the last step: a sensor's driver asks for several values of one instant. */
function onGrid(signal: Signal, gridUs: number): Signal {
  let lastStep = -1;
  let lastValue = 0;
  return (timeUs) => {
    const step = Math.floor(timeUs / gridUs);
    if (step === lastStep) return lastValue;
    lastStep = step;
    return (lastValue = signal(step * gridUs));
  };
}
