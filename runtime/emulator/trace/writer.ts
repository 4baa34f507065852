import type { TraceSink } from "./entry.js";

/** Turns entries into a text that goes out piece by piece. */
export interface TraceWriter {
  /** Takes entries in the order of their times. */
  readonly sink: TraceSink;
  /** Writes what is left. Nothing may follow. */
  end(): void;
}
