/**
 * Units that the values of a CSV file can be in, and how they come to the base unit of their quantity: °C, hPa, %.
 * Exact by definition: 0 °C = 273.15 K, °F = °C * 9 / 5 + 32, 1 hPa = 1 mbar = 100 Pa.
 */
const conversions: Readonly<Record<string, (value: number) => number>> = {
  C: (celsius) => celsius,
  "°C": (celsius) => celsius,
  F: (fahrenheit) => ((fahrenheit - 32) * 5) / 9,
  "°F": (fahrenheit) => ((fahrenheit - 32) * 5) / 9,
  K: (kelvin) => kelvin - 273.15,
  hPa: (hectopascal) => hectopascal,
  mbar: (millibar) => millibar,
  kPa: (kilopascal) => kilopascal * 10,
  Pa: (pascal) => pascal / 100,
  "%": (percent) => percent,
  ratio: (share) => share * 100,
};

/** Names of the units, in the order they are to be listed. */
export const unitNames: readonly string[] = Object.keys(conversions);

/** What takes values in `unit` to the base unit of its quantity; undefined where there is no such unit. */
export function conversionFrom(unit: string): ((value: number) => number) | undefined {
  return Object.hasOwn(conversions, unit) ? conversions[unit] : undefined;
}
