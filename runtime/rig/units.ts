/** A unit that values of a CSV file can be in. */
interface Unit {
  /** What signals of this quantity are in. */
  readonly base: string;
  readonly toBase: (value: number) => number;
}

const same = (value: number): number => value;

/** Temperatures are kept in °C, pressures in hPa, shares in %. */
const units: Readonly<Record<string, Unit>> = {
  C: { base: "°C", toBase: same },
  "°C": { base: "°C", toBase: same },
  F: { base: "°C", toBase: (fahrenheit) => ((fahrenheit - 32) * 5) / 9 },
  "°F": { base: "°C", toBase: (fahrenheit) => ((fahrenheit - 32) * 5) / 9 },
  K: { base: "°C", toBase: (kelvin) => kelvin - 273.15 },
  hPa: { base: "hPa", toBase: same },
  mbar: { base: "hPa", toBase: same },
  Pa: { base: "hPa", toBase: (pascal) => pascal / 100 },
  kPa: { base: "hPa", toBase: (kilopascal) => kilopascal * 10 },
  "%": { base: "%", toBase: same },
};

/** Names of the units, in the order they are to be listed. */
export const unitNames: readonly string[] = Object.keys(units);

/** `value`, which is in `unit`, in the base unit of its quantity. `unit` is one of `unitNames`, or absent for no conversion. */
export function toBaseUnit(value: number, unit: string | undefined): number {
  return unit === undefined || !Object.hasOwn(units, unit) ? value : units[unit]!.toBase(value);
}
