import { FrameReader } from "../../link/frames.js";
import { decodeDeviceMessage, type DeviceMessage } from "../../link/messages.js";
import type { TrapCode } from "../sim/contract.js";
import type { Frame, Trap } from "../sim/trap.js";
import type { TraceSink } from "../trace/entry.js";
import { logText, payloadText } from "../trace/text.js";

/** What a container has reported of its ends. */
interface Ends {
  trap: Trap | null;
  failures: number;
  parked: boolean;
}

export interface ReportsOptions {
  /** By index. */
  readonly names: readonly string[];
  readonly sink: TraceSink;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  /** Where in the module an offset of a container's machine code comes from. */
  readonly locate: ((container: number, codeOffset: number) => Frame | undefined) | undefined;
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

  constructor(options: ReportsOptions) {
    this.#options = options;
    this.#ends = options.names.map(() => ({ trap: null, failures: 0, parked: false }));
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
    const frame = codeOffset === null ? undefined : this.#options.locate?.(container, codeOffset);
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

  #record(timeUs: number, channel: string, value: number | string): void {
    this.#options.sink({ timeUs: timeUs + this.epochUs, channel, value });
  }

  #nameOf(container: number): string {
    return this.#options.names[container] ?? `container ${container}`;
  }
}
