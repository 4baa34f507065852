import type { Host } from "../host.js";
import { clock } from "../render/time.js";
import { drive, type Course } from "./drive.js";
import type { Advancing } from "./pacer.js";

/** A run that is longer than this in real time tells how far it is. */
const silentMs = 1000;

/** Runs without a live view: the lines come from the trace, the progress goes to standard error where that is a terminal. */
export async function runPlain(host: Host, simulation: Advancing, course: Course): Promise<void> {
  const progress = new Progress(host, course.endUs);
  try {
    await drive(host, simulation, course, () => progress.show(simulation.nowUs));
  } finally {
    progress.clear();
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
