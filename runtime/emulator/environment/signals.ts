import type { CsvShape, SignalSpec, Step } from "../../rig/simulation.js";
import type { Series } from "./csv.js";
import { gaussian, nameKey } from "./random.js";

/** A quantity as a function of virtual time in microseconds. Answers do not depend on the order of asking. */
export type Signal = (timeUs: number) => number;

export interface SignalContext {
  /** What the noise depends on beside the name of its signal. */
  readonly seed: number;
  /** The samples behind a CSV signal; called once for each. */
  readonly series: (spec: CsvShape) => Series;
}

/** Builds a signal. `name` tells its noise from that of other signals. */
export function createSignal(spec: SignalSpec, name: string, context: SignalContext): Signal {
  const signal = createShape(spec, name, context);
  if (!spec.plus) return signal;
  const added = createSignal(spec.plus, `${name}.plus`, context);
  return (timeUs) => signal(timeUs) + added(timeUs);
}

function createShape(spec: SignalSpec, name: string, context: SignalContext): Signal {
  switch (spec.kind) {
    case "constant":
      return () => spec.value;
    case "noise": {
      const key = nameKey(context.seed, name);
      return (timeUs) =>
        spec.mean + spec.deviation * gaussian(key, Math.floor(timeUs / spec.everyUs));
    }
    case "sine":
      return (timeUs) =>
        spec.mean +
        spec.amplitude * sineOfTurns(((timeUs + spec.phaseUs) % spec.periodUs) / spec.periodUs);
    case "steps":
      return stepsSignal(spec.steps);
    case "csv":
      return seriesSignal(context.series(spec), spec.interpolate);
  }
}

function stepsSignal(steps: readonly Step[]): Signal {
  const find = createFinder(Float64Array.from(steps, (step) => step.atUs));
  const values = steps.map((step) => step.value);
  return (timeUs) => values[find(timeUs)] as number;
}

/** Values hold until the next sample, or run straight to it; before the first and after the last sample they stay. */
export function seriesSignal(series: Series, interpolate: "hold" | "linear"): Signal {
  const { timesUs, values } = series;
  const find = createFinder(timesUs);
  if (interpolate === "hold") return (timeUs) => values[find(timeUs)] as number;
  return (timeUs) => {
    const index = find(timeUs);
    const from = values[index] as number;
    const to = values[index + 1];
    const startUs = timesUs[index] as number;
    if (to === undefined || timeUs <= startUs) return from;
    return from + ((to - from) * (timeUs - startUs)) / ((timesUs[index + 1] as number) - startUs);
  };
}

/**
 * A function that finds the last index whose time is not after the one asked for, 0 if there is none. It looks where
 * it found last before it searches, so walking along the times costs nothing.
 */
function createFinder(timesUs: Float64Array): (timeUs: number) => number {
  const last = timesUs.length - 1;
  const holds = (index: number, timeUs: number) =>
    (index === 0 || (timesUs[index] as number) <= timeUs) &&
    (index === last || timeUs < (timesUs[index + 1] as number));
  let cursor = 0;
  return (timeUs) => {
    if (holds(cursor, timeUs)) return cursor;
    if (cursor < last && holds(cursor + 1, timeUs)) return ++cursor;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((timesUs[middle] as number) <= timeUs) low = middle;
      else high = middle - 1;
    }
    return (cursor = low);
  };
}

/**
 * The sine of a number of turns (1 is a full circle), 0 <= turns < 1, to within 2e-16. Math.sin may differ between engines in its last
 * digit; these are IEEE operations in a fixed order.
 */
export function sineOfTurns(turns: number): number {
  const eighth = Math.floor(turns * 8);
  switch (eighth) {
    case 0:
      return sineNearZero(turns);
    case 1:
    case 2:
      return cosineNearZero(turns - 0.25);
    case 3:
    case 4:
      return -sineNearZero(turns - 0.5);
    case 5:
    case 6:
      return -cosineNearZero(turns - 0.75);
    default:
      return sineNearZero(turns - 1);
  }
}

/** Taylor's series, at most an eighth of a turn: the first term left out is below 1e-17. */
function sineNearZero(turns: number): number {
  const x = turns * 2 * Math.PI;
  const y = x * x;
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (sum * y) / (n * (n + 1));
  return x * sum;
}

function cosineNearZero(turns: number): number {
  const x = turns * 2 * Math.PI;
  const y = x * x;
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (sum * y) / (n * (n - 1));
  return sum;
}
