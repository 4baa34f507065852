import type { Environment } from "../environment/environment.js";
import type { Recorder } from "./recorder.js";

/** Records the signals that sensors are asked about, when they are asked: a trace of every step of every signal would be endless. */
export class Probes {
  readonly #probes = new Map<string, { readonly channel: string; last: number | undefined }>();

  constructor(
    private readonly environment: Environment,
    private readonly recorder: Recorder,
  ) {}

  /** Entries on `signal.NAME` for those that changed, rounded to a millionth. */
  record(names: readonly string[], timeUs: number): void {
    if (!this.recorder.enabled) return;
    for (const name of names) {
      const value = this.environment.valueAt(name, timeUs);
      let probe = this.#probes.get(name);
      if (!probe) this.#probes.set(name, (probe = { channel: `signal.${name}`, last: undefined }));
      if (value === probe.last) continue;
      probe.last = value;
      this.recorder.record(timeUs, probe.channel, Math.round(value * 1e6) / 1e6);
    }
  }
}
