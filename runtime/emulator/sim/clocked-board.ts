import type { BoardIo, BoardListener } from "../board/io.js";

/** A board that keeps the virtual clock: what the simulated device runs on. */
export interface ClockedBoard extends BoardIo {
  listener: BoardListener | undefined;
  /** Virtual microseconds since the device started. */
  readonly nowUs: number;
  /** Moves the clock, never back; what happens until then tells the listener, each at its time. */
  advanceTo(timeUs: number): void;
}
