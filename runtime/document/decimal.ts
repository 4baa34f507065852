/** A finite decimal number, exactly: digits * 10^exponent, with no zeros at the end of the digits. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Beyond this many digits before or after the point, nothing that thimble stores could hold a number. */
const mostDigits = 30;

/** Reads a number as JSON writes it; undefined where it is absurdly large or small. */
function readDecimal(text: string): Decimal | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = match[3] ?? "";
  const all = (match[2]! + fraction).replace(/^0+/, "");
  const significant = all.replace(/0+$/, "");
  if (significant === "") return { digits: 0n, exponent: 0 };
  const exponent = Number(match[4] ?? "0") - fraction.length + (all.length - significant.length);
  if (significant.length > mostDigits || Math.abs(exponent) > mostDigits) return undefined;
  const digits = BigInt(significant);
  return { digits: match[1] === "-" ? -digits : digits, exponent };
}

/** How many decimals a number as JSON writes it has, without zeros at its end: `21.50` and `2150e-2` have one. */
export function decimalsOf(text: string): number | undefined {
  const decimal = readDecimal(text);
  return decimal && Math.max(0, -decimal.exponent);
}

/**
 * The number times 10^decimals, where that is a whole number: `21.5` with 3 decimals is 21500.
 * Undefined where it is not, or where the number is absurdly large or small.
 */
export function scaleDecimal(text: string, decimals: number): bigint | undefined {
  const decimal = readDecimal(text);
  if (decimal === undefined) return undefined;
  const exponent = decimal.exponent + decimals;
  return exponent < 0 ? undefined : decimal.digits * 10n ** BigInt(exponent);
}

/** `raw / 10^decimals` in text, without zeros at its end: 21500 with 3 decimals is `21.5`. */
export function formatScaled(raw: bigint, decimals: number): string {
  const digits = (raw < 0n ? -raw : raw).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return (raw < 0n ? "-" : "") + whole + (fraction === "" ? "" : `.${fraction}`);
}

/** The two neighbours of a number that have at most `decimals` decimals, the lower one first. */
export function neighbours(text: string, decimals: number): readonly [string, string] | undefined {
  const decimal = readDecimal(text);
  if (decimal === undefined || decimal.exponent + decimals >= 0) return undefined;
  const divisor = 10n ** BigInt(-(decimal.exponent + decimals));
  const towardsZero = decimal.digits / divisor;
  const lower = decimal.digits < 0n ? towardsZero - 1n : towardsZero;
  return [formatScaled(lower, decimals), formatScaled(lower + 1n, decimals)];
}
