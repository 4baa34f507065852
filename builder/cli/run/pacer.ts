/** Speeds that the keys step through: virtual seconds per real second. The last is as fast as it goes. */
export const speeds: readonly number[] = [
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  30,
  60,
  120,
  300,
  600,
  1800,
  3600,
  7200,
  86400,
  Infinity,
];

/** Real time that one step may stand for: after a pause of the whole program the virtual clock does not race. */
const longestStepMs = 250;

/** Turns real time into virtual time. Real time is given to it; it asks no clock. */
export class Pacer {
  #speed: number;
  #paused = false;
  #lastMs: number;
  #targetUs: number;

  /** @param nowMs real time, of any origin; @param virtualUs where the virtual clock stands */
  constructor(speed: number, nowMs: number, virtualUs = 0) {
    this.#speed = speed;
    this.#lastMs = nowMs;
    this.#targetUs = virtualUs;
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The virtual time to have reached at `nowMs`; Infinity means as far as the step's time allows. */
  target(nowMs: number): number {
    const stepMs = Math.min(Math.max(0, nowMs - this.#lastMs), longestStepMs);
    this.#lastMs = nowMs;
    if (this.#paused) return this.#targetUs;
    if (this.#speed === Infinity) return Infinity;
    this.#targetUs += stepMs * 1000 * this.#speed;
    return Math.floor(this.#targetUs);
  }

  /** The simulation got to `virtualUs`. What it could not reach is given up, so that it never lags behind. */
  reached(virtualUs: number): void {
    if (this.#speed === Infinity || virtualUs < Math.floor(this.#targetUs))
      this.#targetUs = virtualUs;
  }

  togglePause(): void {
    this.#paused = !this.#paused;
  }

  faster(): void {
    this.#speed = speeds.find((speed) => speed > this.#speed) ?? Infinity;
  }

  slower(): void {
    this.#speed = speeds.findLast((speed) => speed < this.#speed) ?? this.#speed;
  }
}

/** What moves the virtual clock. */
export interface Advancing {
  readonly nowUs: number;
  advanceTo(timeUs: number): void;
}

/**
 * Moves the virtual clock towards a target in slices short enough to stay responsive. The length of a slice
 * follows how long the last ones took; only that depends on the machine, never what happens in virtual time.
 */
export class Slicer {
  #sliceUs = 100_000;

  constructor(
    readonly simulation: Advancing,
    readonly nowMs: () => number,
  ) {}

  /** Advances until `targetUs` or until `budgetMs` of real time are used up, at least one slice. `stop` is asked after each slice. */
  advance(targetUs: number, budgetMs: number, stop: () => boolean): void {
    const startMs = this.nowMs();
    let beforeMs = startMs;
    while (this.simulation.nowUs < targetUs) {
      this.simulation.advanceTo(Math.min(targetUs, this.simulation.nowUs + this.#sliceUs));
      const afterMs = this.nowMs();
      if (afterMs - beforeMs < budgetMs / 16)
        this.#sliceUs = Math.min(this.#sliceUs * 2, 86_400_000_000);
      if (afterMs - beforeMs > budgetMs / 4)
        this.#sliceUs = Math.max(Math.floor(this.#sliceUs / 2), 1000);
      if (stop() || afterMs - startMs >= budgetMs) return;
      beforeMs = afterMs;
    }
  }
}
