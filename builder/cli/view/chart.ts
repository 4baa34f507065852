/** A value at a virtual time. */
export interface Point {
  readonly timeUs: number;
  readonly value: number;
}

/** Dots of a braille character by column (2) and row (4), as bits above U+2800. */
const dots: readonly (readonly number[])[] = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];

export interface ChartFrame {
  readonly fromUs: number;
  readonly toUs: number;
  readonly low: number;
  readonly high: number;
  /** In characters: each holds 2 by 4 dots. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * A line through `points`, which are in the order of their times, as `rows` lines of `columns` braille characters.
 * A value holds until the next one. Where several fall into one dot column, the line covers all of them.
 */
export function drawLine(points: readonly Point[], frame: ChartFrame): string[] {
  const width = frame.columns * 2;
  const height = frame.rows * 4;
  const cells = Array.from({ length: frame.rows }, () => new Uint8Array(frame.columns));
  const span = frame.high - frame.low;
  const dotRow = (value: number): number => {
    const share = span > 0 ? (value - frame.low) / span : 0.5;
    return Math.min(height - 1, Math.max(0, Math.round((1 - share) * (height - 1))));
  };
  const fill = (column: number, a: number, b: number): void => {
    for (let row = Math.min(a, b); row <= Math.max(a, b); row++) {
      cells[row >> 2]![column >> 1]! |= dots[column & 1]![row & 3]!;
    }
  };
  let previous: number | undefined;
  let next = 0;
  for (let column = 0; column < width; column++) {
    const end = frame.fromUs + ((column + 1) * (frame.toUs - frame.fromUs)) / width;
    let touched = false;
    for (; next < points.length && points[next]!.timeUs < end; next++) {
      const row = dotRow(points[next]!.value);
      if (points[next]!.timeUs >= frame.fromUs) {
        fill(column, previous ?? row, row);
        touched = true;
      }
      previous = row;
    }
    // Hold the last value, but do not draw into the future.
    if (!touched && previous !== undefined && next < points.length)
      fill(column, previous, previous);
  }
  return cells.map((line) =>
    String.fromCharCode(...Array.from(line, (bits) => 0x2800 + bits)).replaceAll("\u2800", " "),
  );
}

/** The lowest and highest value, a little apart where all are equal. */
export function rangeOf(points: readonly Point[]): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 0, high: 1 };
  if (low < high) return { low, high };
  const margin = Math.max(Math.abs(low) * 0.01, 0.5);
  return { low: low - margin, high: high + margin };
}

/** A number as short as its neighbours on a scale of this span need it. */
export function scaleNumber(value: number, span: number): string {
  const decimals = span >= 50 ? 0 : span >= 5 ? 1 : span >= 0.05 ? 2 : 3;
  return value.toFixed(decimals);
}

/**
 * The recent past of one quantity: at most `capacity` points, the oldest half thinned out
 * (every second one goes) when it is full, so that a long past stays visible at a lower resolution.
 */
export class History {
  readonly points: Point[] = [];

  constructor(readonly capacity: number) {}

  add(point: Point): void {
    const last = this.points.at(-1);
    if (last !== undefined && last.timeUs === point.timeUs) this.points.pop();
    this.points.push(point);
    if (this.points.length <= this.capacity) return;
    const half = this.points.length >> 1;
    const thinned = this.points.slice(0, half).filter((_, index) => index % 2 === 0);
    this.points.splice(0, half, ...thinned);
  }

  /** The points from `fromUs` on, and the one before them, whose value holds at `fromUs`. */
  since(fromUs: number): readonly Point[] {
    const first = this.points.findIndex((point) => point.timeUs >= fromUs);
    return first === -1 ? this.points.slice(-1) : this.points.slice(Math.max(0, first - 1));
  }
}
