/** Virtual time as `hh:mm:ss.mmm`, with days in front from one day on: `12d 03:04:05.678`. Rounds down. */
export function timestamp(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  return `${clock(timeUs)}.${pad(ms % 1000, 3)}`;
}

/** Virtual time as `hh:mm:ss`, with days in front from one day on. Rounds down. */
export function clock(timeUs: number): string {
  const seconds = Math.floor(timeUs / 1_000_000);
  const days = Math.floor(seconds / 86_400);
  const text = `${pad(Math.floor(seconds / 3600) % 24, 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return days > 0 ? `${days}d ${text}` : text;
}

const units: readonly (readonly [string, number])[] = [
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["min", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1000],
];

/** A span in one or two units, for people: `2 h 5 min`, `45 s`, `12 d`. Rounds down. */
export function span(timeUs: number): string {
  const first = units.findIndex(([, size]) => timeUs >= size);
  if (first === -1) return `${Math.floor(timeUs)} µs`;
  const [name, size] = units[first]!;
  const whole = `${Math.floor(timeUs / size)} ${name}`;
  const [nextName, nextSize] = units[first + 1] ?? ["", 0];
  const rest = nextSize > 0 && name !== "s" ? Math.floor((timeUs % size) / nextSize) : 0;
  return rest > 0 ? `${whole} ${rest} ${nextName}` : whole;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
