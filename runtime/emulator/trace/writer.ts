import type { TraceSink } from "./entry.js";

/** Pieces of a text shorter than this wait for more: one call of `write` for many entries. */
export const pieceLength = 16_384;

/** Turns entries into a text that goes out piece by piece. */
export interface TraceWriter {
  /** Takes entries in the order of their times. */
  readonly sink: TraceSink;
  /** Writes what is left. Nothing may follow. */
  end(): void;
}
