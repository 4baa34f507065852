import type { Rig } from "../../../runtime/rig/rig.js";
import type { Point } from "../view/chart.js";
import { levelText, nameIn, type Owned, wireText } from "./names.js";
import type { Rehearsal } from "./rehearsal.js";

/** What the chart of the live view draws. */
export interface ChartSubject {
  readonly title: string;
  /** Empty where the quantity has none, `on` where it is on (1) or off (0). */
  readonly unit: string;
  /** The points since it was asked last, the last one now. */
  points(): Point[];
}

/** The first signal of the surroundings, else the first output. */
export function chartSubject(rehearsal: Rehearsal): ChartSubject | undefined {
  const { rig, simulation, needs } = rehearsal;
  const [signal] = simulation.environment.names;
  if (signal !== undefined) {
    const value = (): number => simulation.environment.valueAt(signal, simulation.nowUs);
    return {
      title: signal,
      unit: signalUnit(rig, signal),
      points: () => [{ timeUs: simulation.nowUs, value: value() }],
    };
  }
  const output = needs.find(({ need }) => need.kind === "gpio-out");
  return output === undefined ? undefined : outputSubject(rehearsal, output);
}

/** An output over time. What switches faster than it is asked for is drawn as a bar over both levels. */
function outputSubject(rehearsal: Rehearsal, output: Owned): ChartSubject {
  const { simulation, tally } = rehearsal;
  const channel = `pin.${wireText(output.connection)}`;
  let counted = 0;
  return {
    title: nameIn(rehearsal, output.app, output.need.name),
    unit: "on",
    points() {
      const pin = tally.channels.get(channel);
      if (pin === undefined) return [];
      const value = levelText(output, pin.last !== 0) === "on" ? 1 : 0;
      const before = { timeUs: pin.lastUs - 1, value: 1 - value };
      const changes =
        pin.count > counted && counted > 0 ? [before, { timeUs: pin.lastUs, value }] : [];
      counted = pin.count;
      return [...changes, { timeUs: simulation.nowUs, value }];
    },
  };
}

const units = { temperature: "°C", humidity: "%", pressure: "hPa" } as const;

/** The unit of a signal, by the sensor that measures it. */
function signalUnit(rig: Rig, signal: string): string {
  for (const part of rig.simulation.parts.values()) {
    for (const [quantity, unit] of Object.entries(units)) {
      if ((part as Readonly<Record<string, unknown>>)[quantity] === signal) return unit;
    }
  }
  return "";
}
