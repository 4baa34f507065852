import type { Pull } from "../../rig/connection.js";
import type { TransferStatus } from "../board/io.js";
import type { ClockedBoard } from "./clocked-board.js";
import { type ErrorCode, errorCodes, levels, trapCodes } from "./contract.js";
import type { Core } from "./core.js";
import type { Guest } from "./guest.js";
import type { Store } from "./store.js";

/** What the core imports, by name; runtime/ports/sim/imports.h documents each. */
export type PortImports = Record<string, (...args: never[]) => number | void>;

/** What the imports work on. */
export interface PortHost {
  readonly board: ClockedBoard;
  /** There once the core is. */
  readonly core: Core;
  /** By their index in the core. */
  readonly containers: readonly (Guest | undefined)[];
  readonly store: Store;
  readonly seed: number;
  /** 8 bytes. */
  readonly deviceId: Uint8Array;
  /** When the device was switched on, in virtual microseconds: the device's own clock starts there. */
  readonly bootUs: number;
  /** Wall time at virtual time 0. */
  readonly startMs: number | undefined;
  /** A pin is driven or read from now on. */
  onPin(pin: number): void;
  onMessage(topic: string, payload: Uint8Array): void;
  onLog(container: Guest, level: string, text: string): void;
  /** Memory and globals are about to be made new. */
  onStart(index: number): void;
  onEnd(index: number, code: number): void;
  /** The slot is empty. */
  onReleased(index: number): void;
  /** How a swap stands, by the number of the outcome; `index` runs from now on. */
  onSwapped(index: number, other: number, outcome: number): void;
  /** Keeps an error until the core has returned: no exception may pass through the core. */
  fail(error: unknown): void;
}

const pulls: readonly Pull[] = ["none", "up", "down"];
const decoder = new TextDecoder();

export function createPort(host: PortHost): PortImports {
  return {
    ...clockImports(host),
    ...pinImports(host),
    ...busImports(host),
    ...linkImports(host),
    ...storeImports(host),
    ...containerImports(host),
    random_seed: () => host.seed,
    device_id: (out: number) => host.core.bytes.set(host.deviceId.subarray(0, 8), out),
  };
}

/** No import takes more words. Named ones, since a rest parameter would make an array for each call. */
type Body<R> = (
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
) => R;

/** The function, but an error is kept for later and `instead` is returned. */
function guard<R>(host: PortHost, instead: R, body: Body<R>): Body<R> {
  return (a, b, c, d, e, f, g, h) => {
    try {
      return body(a, b, c, d, e, f, g, h);
    } catch (error) {
      host.fail(error);
      return instead;
    }
  };
}

/** The negated error as the core knows it. */
function failure(code: ErrorCode): number {
  return -1 - errorCodes.indexOf(code);
}

/** Lets the time pass that something takes on a wire, in whole microseconds. */
function charge({ board }: PortHost, bits: number, hertz: number): void {
  board.advanceTo(board.nowUs + Math.ceil((bits * 1e6) / hertz));
}

function clockImports(host: PortHost): PortImports {
  const { board, startMs, bootUs } = host;
  return {
    now_us: () => board.nowUs - bootUs,
    wall_ms: () => (startMs === undefined ? -1 : startMs + Math.floor(board.nowUs / 1000)),
  };
}

function pinImports(host: PortHost): PortImports {
  const { board } = host;
  return {
    configure_input: guard(host, undefined, (pin: number, pull: number) => {
      host.onPin(pin);
      board.configureInput(pin, pulls[pull]!);
    }),
    configure_output: guard(host, undefined, (pin: number, high: number) => {
      host.onPin(pin);
      board.writePin(pin, high !== 0);
      board.configureOutput(pin);
    }),
    pin_read: guard(host, 0, (pin: number) => (board.readPin(pin) ? 1 : 0)),
    pin_write: guard(host, undefined, (pin: number, high: number) =>
      board.writePin(pin, high !== 0),
    ),
    pwm_set: guard(host, undefined, (pin: number, hertz: number, duty: number) => {
      host.onPin(pin);
      board.setPwm(pin, hertz, duty);
    }),
    adc_read: guard(host, 0, (channel: number) => board.readAdc(channel)),
  };
}

/** Start, address and bytes with their acknowledgements, repeated start, stop. */
function i2cBits(status: TransferStatus, writeBytes: number, readBytes: number): number {
  if (status === "nak-address") return 1 + 9 + 1;
  const writeBits = writeBytes > 0 || readBytes === 0 ? 1 + 9 * (1 + writeBytes) : 0;
  const readBits = readBytes > 0 ? 1 + 9 * (1 + readBytes) : 0;
  return writeBits + readBits + 1;
}

function busImports(host: PortHost): PortImports {
  const { board } = host;
  const i2c = (
    bus: number,
    hertz: number,
    address: number,
    data: number,
    length: number,
    out: number,
    outLength: number,
  ): number => {
    const { bytes } = host.core;
    const result = board.i2cTransfer(bus, address, take(bytes, data, length), outLength);
    if (result.status === "ok")
      copy(result.data, 0, bytes, out, Math.min(outLength, result.data.length));
    charge(host, i2cBits(result.status, length, outLength), hertz);
    return result.status === "ok" ? 0 : failure(result.status);
  };
  const spi = (
    bus: number,
    hertz: number,
    cs: number,
    data: number,
    length: number,
    total: number,
    out: number,
    skip: number,
  ): void => {
    const { bytes } = host.core;
    const sent = new Uint8Array(total);
    copy(bytes, data, sent, 0, length);
    copy(board.spiTransfer(bus, cs, sent), skip, bytes, out, total - skip);
    charge(host, total * 8, hertz);
  };
  return {
    i2c_transfer: guard(host, failure("unavailable"), i2c),
    spi_transfer: guard(host, undefined, spi),
    uart_write: guard(host, undefined, (port: number, data: number, length: number) =>
      board.uartWrite(port, take(host.core.bytes, data, length)),
    ),
    uart_read: guard(host, 0, (port: number, out: number, capacity: number) => {
      const taken = board.uartRead(port, capacity);
      host.core.bytes.set(taken, out);
      return taken.length;
    }),
    uart_waiting: guard(host, 0, (port: number) => board.uartWaiting(port)),
  };
}

function linkImports(host: PortHost): PortImports {
  const text = (at: number, length: number): string =>
    decoder.decode(host.core.bytes.subarray(at, at + length));
  return {
    message_send: guard(
      host,
      0,
      (_container: number, topic: number, topicLength: number, payload: number, length: number) => {
        host.onMessage(text(topic, topicLength), take(host.core.bytes, payload, length));
        return 1;
      },
    ),
    log: guard(host, 0, (container: number, level: number, at: number, length: number) => {
      host.onLog(host.containers[container]!, levels[level]!, text(at, length));
      return 1;
    }),
  };
}

function storeImports(host: PortHost): PortImports {
  const name = (container: number): string => host.containers[container]!.name;
  return {
    store_read: (container: number, key: number, out: number, capacity: number) => {
      const value = host.store.read(name(container), key);
      if (value === undefined) return failure("not-found");
      if (value.length > capacity) return failure("too-small");
      host.core.bytes.set(value, out);
      return value.length;
    },
    store_write: (container: number, key: number, data: number, length: number) => {
      const refusal = host.store.write(name(container), key, take(host.core.bytes, data, length));
      return refusal === undefined ? 0 : failure(refusal);
    },
    store_remove: (container: number, key: number) => host.store.remove(name(container), key),
  };
}

function containerImports(host: PortHost): PortImports {
  const { containers } = host;
  return {
    container_entries: (container: number) => containers[container]!.entries,
    container_instantiate: guard(host, trapCodes.indexOf("unreachable"), (container: number) => {
      host.onStart(container);
      return trapCodes.indexOf(containers[container]!.instantiate());
    }),
    container_call: (container: number, entry: number, value: number) =>
      trapCodes.indexOf(containers[container]!.call(entry, value)),
    container_ended: guard(host, undefined, (container: number, code: number) =>
      host.onEnd(container, code),
    ),
    container_released: (container: number) => host.onReleased(container),
    swapped: guard(host, undefined, (container: number, other: number, outcome: number) =>
      host.onSwapped(container, other, outcome),
    ),
    memory_read: (container: number, offset: number, to: number, sizeBytes: number) =>
      copy(containers[container]!.bytes(), offset, host.core.bytes, to, sizeBytes),
    memory_write: (container: number, offset: number, from: number, sizeBytes: number) =>
      copy(host.core.bytes, from, containers[container]!.bytes(), offset, sizeBytes),
  };
}

/** Most lists are a few bytes: copying those one by one makes no view. */
function copy(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  sizeBytes: number,
): void {
  if (sizeBytes > 32) return target.set(source.subarray(from, from + sizeBytes), to);
  for (let i = 0; i < sizeBytes; i++) target[to + i] = source[from + i]!;
}

/** A copy of some bytes: whoever gets it may keep it. */
function take(source: Uint8Array, from: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  copy(source, from, bytes, 0, sizeBytes);
  return bytes;
}
