import type { TraceEntry, TraceSink } from "./entry.js";

/**
 * Puts entries in the order of their times that arrive a little late: a transfer on a bus is known when it ends, a message
 * when it has come over the link. Those of one time stay in the order in which they came.
 */
export class Orderer {
  #held: TraceEntry[] = [];
  #emittedUs = 0;

  constructor(private readonly sink: TraceSink) {}

  add(entry: TraceEntry): void {
    this.#held.push(entry);
  }

  /** Time of the oldest entry that is held back, or undefined. */
  get oldestUs(): number | undefined {
    if (this.#held.length === 0) return undefined;
    return this.#held.reduce((oldest, { timeUs }) => Math.min(oldest, timeUs), Infinity);
  }

  /** Nothing from `untilUs` or before will come any more: passes all of that on. What comes nevertheless gets the time of the last. */
  release(untilUs: number): void {
    if (this.#held.length === 0) return;
    this.#held.sort((a, b) => a.timeUs - b.timeUs);
    const count = this.#held.findIndex(({ timeUs }) => timeUs > untilUs);
    const due = count < 0 ? this.#held : this.#held.slice(0, count);
    this.#held = count < 0 ? [] : this.#held.slice(count);
    for (const entry of due) {
      this.#emittedUs = Math.max(this.#emittedUs, entry.timeUs);
      this.sink(entry.timeUs < this.#emittedUs ? { ...entry, timeUs: this.#emittedUs } : entry);
    }
  }
}
