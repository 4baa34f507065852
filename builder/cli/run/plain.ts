import type { Host } from "../host.js";
import { clock } from "../render/time.js";
import { drive } from "./drive.js";
import type { Advancing, Pacer } from "./pacer.js";

/** A run that is longer than this in real time tells how far it is. */
const silentMs = 1000;

/**
 * Runs without a live view. The lines come from the trace; where standard error is a terminal, its last line tells the progress.
 * Returns false if the user broke it off.
 */
export async function runPlain(
  host: Host,
  simulation: Advancing,
  pacer: Pacer,
  endUs: number,
  ended: () => boolean,
): Promise<boolean> {
  let interrupted = false;
  const stopListening = host.onInterrupt(() => (interrupted = true));
  const progress = new Progress(host, endUs);
  try {
    const stop = (): boolean => interrupted || ended() || host.out.closed;
    await drive(host, {
      simulation,
      pacer,
      endUs,
      stop,
      onStep: () => progress.show(simulation.nowUs),
    });
    return !interrupted;
  } finally {
    progress.clear();
    stopListening();
  }
}

/** One line on standard error that is written over itself. It stays away where lines of the run share the terminal. */
class Progress {
  readonly #startMs: number;
  #width = 0;

  constructor(
    readonly host: Host,
    readonly endUs: number,
  ) {
    this.#startMs = host.nowMs();
  }

  show(nowUs: number): void {
    const { err, out } = this.host;
    if (!err.isTerminal || out.isTerminal || this.host.nowMs() - this.#startMs < silentMs) return;
    const share =
      this.endUs === Infinity
        ? ""
        : ` of ${clock(this.endUs)}, ${Math.floor((nowUs / this.endUs) * 100)} %`;
    const text = `${clock(nowUs)}${share}`;
    err.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  clear(): void {
    if (this.#width > 0) this.host.err.write(`\r${" ".repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
