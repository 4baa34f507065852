import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";

/** What has happened on one channel of the trace. */
export interface ChannelTally {
  /** `pin`, `message`, `log` and so on. */
  readonly group: string;
  /** `GP15`, a topic, an app. */
  readonly name: string;
  count: number;
  last: number | string;
  lastUs: number;
}

/** Lines of the log that are kept. */
const mostLogLines = 100;

/** Counts what passes on the trace, for the live view and the summary. Memory stays bounded by the number of channels. */
export class Tally {
  readonly channels = new Map<string, ChannelTally>();
  /** The newest lines, the newest last. */
  readonly log: { readonly timeUs: number; readonly text: string }[] = [];

  /** @param names apps in the log by their names: there are several */
  constructor(readonly names = false) {}

  add({ timeUs, channel, value }: TraceEntry): ChannelTally {
    let tally = this.channels.get(channel);
    if (tally === undefined) this.channels.set(channel, (tally = newTally(channel, value)));
    tally.count++;
    tally.last = value;
    tally.lastUs = timeUs;
    if (tally.group === "note") this.#keep(timeUs, `note ${tally.name}: ${value}`);
    if (tally.group === "log") this.#keep(timeUs, this.#named(tally.name, String(value)));
    return tally;
  }

  /** What happens to an app is in the log too. */
  addFate(timeUs: number, app: string, text: string): void {
    this.#keep(timeUs, this.#named(app, text));
  }

  #named(app: string, text: string): string {
    return this.names ? `${app}: ${text}` : text;
  }

  #keep(timeUs: number, text: string): void {
    this.log.push({ timeUs, text });
    if (this.log.length > mostLogLines) this.log.shift();
  }

  /** The channels of a group, in the order of their first entries. */
  group(group: string): ChannelTally[] {
    return [...this.channels.values()].filter((tally) => tally.group === group);
  }
}

function newTally(channel: string, value: number | string): ChannelTally {
  const dot = channel.indexOf(".");
  return {
    group: channel.slice(0, dot),
    name: channel.slice(dot + 1),
    count: 0,
    last: value,
    lastUs: 0,
  };
}
