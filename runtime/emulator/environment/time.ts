/** How the times of a file are written: all rows of one file use the same form. */
export type TimeForm = "date-time" | "seconds";

export interface ParsedTime {
  readonly form: TimeForm;
  /** Microseconds since 1970-01-01T00:00:00Z, or seconds as written in microseconds. */
  readonly timeUs: number;
}

const secondsForm = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/;
const dateTimeForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads seconds, or a date-time of ISO 8601 (a blank may stand for the T; UTC where no offset is given). */
export function parseTime(text: string): ParsedTime | undefined {
  if (secondsForm.test(text)) return { form: "seconds", timeUs: Math.round(Number(text) * 1e6) };
  const match = dateTimeForm.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? 0),
  ) as [number, number, number, number, number, number];
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return undefined;
  const fractionUs = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return { form: "date-time", timeUs: ms * 1000 + fractionUs - offsetUs(match[8] ?? "Z") };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Of `Z`, `+02:00` or `-0330`. */
function offsetUs(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60e6;
}
