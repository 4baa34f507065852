import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";

/** So much of what is not asked for any more is kept at least. */
const slack = 1000;

/** What has happened on a device, the newest last. Entries have numbers, from 0 on, that they keep when older ones are let go. */
export class Tape {
  #entries: TraceEntry[] = [];
  #first = 0;
  readonly #last = new Map<string, TraceEntry>();
  /** Told of each entry, after it has been added. */
  onEntry: ((entry: TraceEntry) => void) | undefined;

  /** @param most entries that are kept */
  constructor(private readonly most: number) {}

  add(entry: TraceEntry): void {
    this.#entries.push(entry);
    this.#last.set(entry.channel, entry);
    if (this.#entries.length > this.most + slack) {
      this.#first += this.#entries.length - this.most;
      this.#entries = this.#entries.slice(-this.most);
    }
    this.onEntry?.(entry);
  }

  /** The number of the next entry. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** The number of an entry that is kept. */
  numberOf(entry: TraceEntry): number {
    return this.#first + this.#entries.lastIndexOf(entry);
  }

  /** All that is kept. */
  get entries(): readonly TraceEntry[] {
    return this.#entries;
  }

  /** The newest entry of a channel. */
  last(channel: string): TraceEntry | undefined {
    return this.#last.get(channel);
  }

  /** The number of the first entry that is kept and not before a time. */
  numberAt(timeUs: number): number {
    const earlier = this.#entries.findLastIndex((entry) => entry.timeUs < timeUs);
    return this.#first + earlier + 1;
  }

  /** The entries from a number on, not before a time. */
  since(number: number, timeUs: number): readonly TraceEntry[] {
    const from = Math.max(number, this.numberAt(timeUs)) - this.#first;
    return this.#entries.slice(Math.max(0, from));
  }

  /** The newest entries that are not after a time. */
  before(timeUs: number, count: number): readonly TraceEntry[] {
    const end = this.#entries.findLastIndex((entry) => entry.timeUs <= timeUs) + 1;
    return this.#entries.slice(Math.max(0, end - count), end);
  }
}
