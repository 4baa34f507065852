import { scaleDecimal } from "./decimal.js";

/** Units of a duration in microseconds, the longest first. */
const units: readonly (readonly [name: string, us: number])[] = [
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["m", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1_000],
  ["us", 1],
];

/** What a duration is written like, for messages and schemas. */
export const durationPattern = "^\\d+(\\.\\d+)?(d|h|m|s|ms|us)$";
/** The same in words. */
export const durationForm = 'a duration such as "250ms", "10s", "5m", "24h" or "328d"';

/**
 * Microseconds of a duration such as `250ms` or `1.5h`: a number and one unit of d, h, m, s, ms, us.
 * Undefined where the text has another form, is no whole number of microseconds, or exceeds 2^53 of them.
 */
export function parseDurationUs(text: string): number | undefined {
  const match = new RegExp(durationPattern).exec(text);
  if (match === null) return undefined;
  const unit = units.find(([name]) => name === match[2])!;
  // A day is 2^13 * 3^3 * 5^8 us: what has more than 13 decimals is no whole number of them.
  const scaled = scaleDecimal(text.slice(0, -unit[0].length), 13);
  if (scaled === undefined) return undefined;
  const us = scaled * BigInt(unit[1]);
  const scale = 10n ** 13n;
  if (us % scale !== 0n) return undefined;
  const result = Number(us / scale);
  return Number.isSafeInteger(result) ? result : undefined;
}

/** The shortest exact text of a duration in whole microseconds: the longest unit that divides it. */
export function formatDuration(us: number): string {
  if (us === 0) return "0s";
  const [name, size] = units.find(([, unitUs]) => us % unitUs === 0)!;
  return `${us / size}${name}`;
}
