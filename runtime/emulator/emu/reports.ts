import { FrameReader } from "../../link/frames.js";
import { decodeDeviceMessage, type DeviceMessage } from "../../link/messages.js";
import type { TrapCode } from "../sim/contract.js";
import type { Frame, Trap } from "../sim/trap.js";
import type { TraceSink } from "../trace/entry.js";
import { logText, payloadText } from "../trace/text.js";
import type { Place } from "./places.js";

/** What a container has reported of its ends. */
interface Ends {
  trap: Trap | null;
  failures: number;
  parked: boolean;
}

export interface ReportsOptions {
  /** What is told of swaps is noted in them. */
  readonly places: readonly Place[];
  readonly sink: TraceSink;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  /** Where in the module an offset of a container's machine code comes from. */
  readonly locate:
    | ((container: number, codeOffset: number, version: number) => Frame | undefined)
    | undefined;
}

/** Reads what an emulated device says over the link, and traces it as the simulator does, with the device's times. */
export class Reports {
  /** Added to the device's times, which start anew when it does. */
  epochUs = 0;
  /** When the first container ended. */
  firstTrapUs: number | undefined;
  readonly #reader = new FrameReader();
  readonly #options: ReportsOptions;
  readonly #ends: readonly Ends[];
  /** Of versions that stand by, what they go back to. */
  readonly #endsBefore: (Pick<Ends, "failures" | "parked"> | undefined)[] = [];

  constructor(options: ReportsOptions) {
    this.#options = options;
    this.#ends = options.places.map(() => ({ trap: null, failures: 0, parked: false }));
  }

  /** Frames that were damaged on the way: the emulated cable damages none. */
  get wrong(): number {
    return this.#reader.wrong;
  }

  take(bytes: Uint8Array): void {
    for (const body of this.#reader.push(bytes)) {
      const message = decodeDeviceMessage(body);
      if (message !== undefined) this.#report(message);
    }
  }

  ends(container: number): Readonly<Ends> {
    return this.#ends[container] ?? { trap: null, failures: 0, parked: false };
  }

  /** The device starts again, with what it has kept. */
  restart(): void {
    for (const place of this.#options.places) place.restart();
    for (const ends of this.#ends) Object.assign(ends, { failures: 0, parked: false });
    this.#endsBefore.length = 0;
  }

  #report(message: DeviceMessage): void {
    switch (message.kind) {
      case "message":
        this.#record(message.timeUs, `message.${message.topic}`, payloadText(message.payload));
        return this.#options.onMessage(message.topic, message.payload);
      case "log":
        return this.#record(
          message.timeUs,
          `log.${this.#nameOf(message.container)}`,
          logText(message.level, message.text),
        );
      case "started":
        return this.#started(message.container, message.timeUs);
      case "ended":
        return this.#ended(message);
      case "swapped":
        return this.#swapped(message);
      case "hello":
    }
  }

  /** The first start is no news. */
  #started(container: number, timeUs: number): void {
    const { trap, failures } = this.ends(container);
    if (trap !== null) this.#record(timeUs, `restart.${this.#nameOf(container)}`, failures);
  }

  #ended({ container, timeUs, ...end }: Extract<DeviceMessage, { kind: "ended" }>): void {
    const { codeOffset, failures, parked } = end;
    const name = this.#nameOf(container);
    const version = this.#options.places[container]?.version ?? 0;
    const frame =
      codeOffset === null ? undefined : this.#options.locate?.(container, codeOffset, version);
    const trap: Trap = {
      code: end.code as TrapCode,
      frames: frame === undefined ? [] : [frame],
      timeUs: timeUs + this.epochUs,
      ...(frame?.offset === undefined ? {} : { offset: frame.offset }),
    };
    this.firstTrapUs ??= trap.timeUs;
    Object.assign(this.#ends[container] ?? {}, { trap, failures, parked });
    this.#record(timeUs, `trap.${name}`, end.code);
    if (parked) this.#record(timeUs, `parked.${name}`, failures);
  }

  #swapped(message: Extract<DeviceMessage, { kind: "swapped" }>): void {
    const { container, timeUs, version, outcome, reason } = message;
    const place = this.#options.places[container];
    const ends = this.#ends[container];
    if (place === undefined || ends === undefined) return;
    if (outcome === "trial") {
      place.try(version);
      this.#endsBefore[container] ??= { failures: ends.failures, parked: ends.parked };
      Object.assign(ends, { failures: 0, parked: false });
    } else if (outcome === "kept") {
      place.keep();
      this.#endsBefore[container] = undefined;
    } else if (outcome === "back") {
      place.back();
      Object.assign(ends, this.#endsBefore[container]);
      this.#endsBefore[container] = undefined;
    }
    const words = outcome === "trial" ? "on trial" : outcome;
    const why = reason === null ? "" : `: ${reason}`;
    this.#record(timeUs, `swap.${place.name}`, `${version} ${words}${why}`);
  }

  #record(timeUs: number, channel: string, value: number | string): void {
    this.#options.sink({ timeUs: timeUs + this.epochUs, channel, value });
  }

  #nameOf(container: number): string {
    return this.#options.places[container]?.name ?? `container ${container}`;
  }
}
