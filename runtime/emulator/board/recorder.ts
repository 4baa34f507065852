import type { TraceSink } from "../trace/entry.js";

/** The board's way to the trace. */
export interface Recorder {
  /** False without a sink. */
  readonly enabled: boolean;
  /** Whether entries on this channel go anywhere: asked before a text is made. */
  wants(channel: string): boolean;
  record(timeUs: number, channel: string, value: number | string): void;
  /** Says something about a pin, once. */
  note(timeUs: number, pin: number, text: string): void;
}

/** Passes on what `wants` accepts, all if absent; nothing without a sink. */
export function createRecorder(
  sink: TraceSink | undefined,
  wants: ((channel: string) => boolean) | undefined,
): Recorder {
  const wanted = new Map<string, boolean>();
  const noted = new Set<number>();
  const isWanted = (channel: string): boolean => {
    if (!sink) return false;
    let answer = wanted.get(channel);
    if (answer === undefined) wanted.set(channel, (answer = wants?.(channel) ?? true));
    return answer;
  };
  const record = (timeUs: number, channel: string, value: number | string) => {
    if (isWanted(channel)) sink?.({ timeUs, channel, value });
  };
  return {
    enabled: sink !== undefined,
    wants: isWanted,
    record,
    note(timeUs, pin, text) {
      if (noted.has(pin)) return;
      noted.add(pin);
      record(timeUs, `note.GP${pin}`, text);
    },
  };
}
