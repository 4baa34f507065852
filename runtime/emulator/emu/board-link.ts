import type { Board } from "../board/board.js";

/** How the peripherals of an emulated chip find the board. */
export interface BoardLink {
  readonly board: Board;
  /** False until the device starts its clock: so long the board stands at 0 and sees nothing of its pins. */
  readonly isRunning: boolean;
  /** Brings the board to the time of the device's clock: before every call of it. */
  sync(): void;
}
