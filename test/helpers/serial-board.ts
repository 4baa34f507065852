import { contractVersion } from "../../runtime/emulator/sim/contract.js";
import { encodeFrame, FrameReader, hostBodyBytesMax } from "../../runtime/link/frames.js";
import {
  decodeHostMessage,
  type DeviceMessage,
  encodeDeviceMessage,
} from "../../runtime/link/messages.js";
import { SerialError, type SerialPortInfo, thimbleUsb } from "../../runtime/link/serial.js";
import type { Transport } from "../../runtime/link/transport.js";
import type { SerialPorts } from "../../builder/cli/host.js";
import type { Hello } from "../../builder/cli/device/ask.js";

export const hello: Hello = {
  kind: "hello",
  firmware: "0.1.0",
  contract: contractVersion,
  id: Uint8Array.of(0xe6, 0x60, 0x58, 0x38, 0x83, 0x12, 0x34, 0x56),
  resetReason: "power-on",
  running: null,
  containers: 1,
  wrongFrames: 0,
};

/** The bytes of what a device says. */
export function spoken(...messages: readonly DeviceMessage[]): Uint8Array {
  return Uint8Array.from(
    messages.flatMap((message) => [...encodeFrame(encodeDeviceMessage(message))]),
  );
}

/** A board at a serial port that answers with hello and the names of its apps, and says what the test wants. */
export class Board implements Transport {
  /** Waits in the board before somebody asks. */
  waiting: readonly DeviceMessage[] = [];
  isOpen = false;
  readonly #reader = new FrameReader(hostBodyBytesMax);
  #receive: (bytes: Uint8Array) => void = () => undefined;
  #end: (error: Error | undefined) => void = () => undefined;

  constructor(
    readonly hello: Hello | undefined,
    readonly names: readonly string[],
  ) {}

  say(...messages: readonly DeviceMessage[]): void {
    this.#receive(spoken(...messages));
  }

  unplug(): void {
    this.isOpen = false;
    this.#end(
      new SerialError("lost", "/dev/ttyACM0 is gone: the device was unplugged or restarted"),
    );
  }

  onBytes(handler: (bytes: Uint8Array) => void): void {
    this.#receive = handler;
  }

  onEnd(handler: (error: Error | undefined) => void): void {
    this.#end = handler;
  }

  write(bytes: Uint8Array): Promise<void> {
    for (const body of this.#reader.push(bytes)) {
      if (decodeHostMessage(body)?.kind !== "who" || this.hello === undefined) continue;
      const names = this.names.map(
        (name, container) => ({ kind: "started", container, timeUs: 7, name, version: 0 }) as const,
      );
      this.say(...this.waiting, { ...this.hello, containers: names.length }, ...names);
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }
}

/** Ports by path: a board, or why it cannot be opened. */
export function portsOf(ports: Readonly<Record<string, Board | SerialError>>): SerialPorts {
  return {
    list: () =>
      Promise.resolve(Object.keys(ports).map((path): SerialPortInfo => ({ path, ...thimbleUsb }))),
    open(path) {
      const found = ports[path] ?? new SerialError("no-port", `${path} does not exist`);
      if (found instanceof SerialError) return Promise.reject(found);
      if (found.isOpen)
        return Promise.reject(new SerialError("in-use", `${path} is in use by another program`));
      found.isOpen = true;
      return Promise.resolve(found);
    },
  };
}
