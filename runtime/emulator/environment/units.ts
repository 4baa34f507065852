/**
 * Units a column of a CSV file can be in. Signals are in the base unit of their quantity: °C, hPa, %.
 * Factors are exact by definition: 1 hPa = 100 Pa, 0 °C = 273.15 K, °F = °C * 9 / 5 + 32.
 */
const conversions: ReadonlyMap<string, (value: number) => number> = new Map([
  ["C", (value: number) => value],
  ["°C", (value: number) => value],
  ["F", (value: number) => ((value - 32) * 5) / 9],
  ["°F", (value: number) => ((value - 32) * 5) / 9],
  ["K", (value: number) => value - 273.15],
  ["hPa", (value: number) => value],
  ["mbar", (value: number) => value],
  ["kPa", (value: number) => value * 10],
  ["Pa", (value: number) => value / 100],
  ["%", (value: number) => value],
  ["ratio", (value: number) => value * 100],
]);

/** All units, in the order in which messages list them. */
export const unitNames: readonly string[] = [...conversions.keys()];

/** The function that takes values in `unit` to the base unit of its quantity, or undefined for no known unit. */
export function conversionFrom(unit: string): ((value: number) => number) | undefined {
  return conversions.get(unit);
}
