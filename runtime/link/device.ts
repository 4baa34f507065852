import { encodeFrame, FrameReader } from "./frames.js";
import {
  decodeDeviceMessage,
  type DeviceMessage,
  encodeHostMessage,
  type HostMessage,
} from "./messages.js";
import type { Transport } from "./transport.js";

/** The host's end of a link. It asks who is there, and from then on knows containers by name. */
export class DeviceLink {
  readonly #transport: Transport;
  readonly #reader = new FrameReader();
  readonly #names = new Map<number, string>();
  #unknown = 0;

  constructor(
    transport: Transport,
    handler: (message: DeviceMessage) => void,
    onEnd: (error: Error | undefined) => void = () => undefined,
  ) {
    this.#transport = transport;
    transport.onEnd(onEnd);
    transport.onBytes((bytes) => {
      for (const body of this.#reader.push(bytes)) {
        const message = decodeDeviceMessage(body);
        if (message === undefined) this.#unknown++;
        else this.#take(message, handler);
      }
    });
  }

  #take(message: DeviceMessage, handler: (message: DeviceMessage) => void): void {
    if (message.kind === "started") this.#names.set(message.container, message.name);
    handler(message);
  }

  /** Frames that came damaged, and those whose content is not understood. */
  get wrong(): { readonly damaged: number; readonly unknown: number } {
    return { damaged: this.#reader.wrong, unknown: this.#unknown };
  }

  /** The name that `started` has told. */
  nameOf(container: number): string | undefined {
    return this.#names.get(container);
  }

  /** Rejects if the link has ended; throws a RangeError for what no device takes. */
  send(message: HostMessage): Promise<void> {
    return this.#transport.write(encodeFrame(encodeHostMessage(message)));
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
