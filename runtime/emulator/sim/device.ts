import { DiagnosticError } from "../../document/diagnostic.js";
import { encodeDescription } from "../../manifest/description.js";
import type { Manifest } from "../../manifest/manifest.js";
import { settablePosition } from "../../manifest/settings.js";
import type { TraceSink } from "../trace/entry.js";
import { logText, payloadText } from "../trace/text.js";
import type { ClockedBoard } from "./clocked-board.js";
import { Container } from "./container.js";
import { errorCodes, trapCodes } from "./contract.js";
import { type Core, instantiateCore } from "./core.js";
import type { ContainerSource, Guest, GuestFactory } from "./guest.js";
import { createPort } from "./port.js";
import { Store } from "./store.js";
import type { Trap } from "./trap.js";

export type { ContainerSource } from "./guest.js";

export interface DeviceOptions {
  /** runtime/firmware/core.wasm. */
  readonly core: Uint8Array;
  readonly board: ClockedBoard;
  /** Of `random`: 0 to 2^32 - 1. */
  readonly seed: number;
  /** 8 bytes. */
  readonly deviceId: Uint8Array;
  /** Wall time at virtual time 0 in milliseconds since 1970, if the device knows it. */
  readonly startMs?: number;
  readonly sink?: TraceSink;
  /** What containers have stored before; an empty one if absent. */
  readonly store?: Store;
  /** What executes containers: the JavaScript engine if absent. */
  readonly createGuest?: GuestFactory;
}

/** What a container has come to. */
export interface ContainerStats {
  /** Events handled, `start` apart. */
  readonly events: number;
  /** Events, messages and log lines that found their queue full. */
  readonly dropped: number;
  /** Timer periods that passed while an event of their timer waited. */
  readonly missed: number;
  /** Timers, watches and subscriptions. */
  readonly bindings: number;
  /** Events that wait. */
  readonly waiting: number;
  /** How it ended last, null if it never has. */
  readonly trap: Trap | null;
  /** Ends in a row: after so many, each a while after the last, it is parked. */
  readonly failures: number;
  /** It has failed too often and is not started again. */
  readonly parked: boolean;
  /** Which of its versions runs: 0 is the one that was started first. */
  readonly version: number;
  /** That version has not been kept yet. */
  readonly onTrial: boolean;
}

const encoder = new TextEncoder();

const inEngine: GuestFactory = ({ wasm, manifest }, { index, core, nowUs }) =>
  Container.create(wasm, manifest, index, core, nowUs);

/** The core as wasm32 with its containers, on a board. */
export class Device {
  readonly #containers: Guest[] = [];
  readonly #board: ClockedBoard;
  readonly #sink: TraceSink;
  readonly #createGuest: GuestFactory;
  #core!: Core;
  #failure: { readonly error: unknown } | undefined;
  #lastEventUs = -1;
  /** Told of each message that leaves the device. */
  onMessage: ((topic: string, payload: Uint8Array) => void) | undefined;
  /** Whether a container has ever ended. */
  hasTrapped = false;

  private constructor({ board, sink, createGuest }: DeviceOptions) {
    this.#board = board;
    this.#sink = sink ?? (() => {});
    this.#createGuest = createGuest ?? inEngine;
  }

  /** A device without containers. It listens to the board from now on. */
  static async create(options: DeviceOptions): Promise<Device> {
    const { seed, deviceId, startMs, board } = options;
    const device = new Device(options);
    const port = createPort({
      board,
      containers: device.#containers,
      store: options.store ?? new Store(),
      seed,
      deviceId,
      startMs,
      get core() {
        return device.#core;
      },
      onMessage: (topic, payload) => device.#sent(topic, payload),
      onLog: (container, level, text) =>
        device.#record(`log.${container.name}`, logText(level, text)),
      onStart: (container) => device.#started(container),
      onEnd: (container, code) => device.#ended(container, code),
      fail: (error) => (device.#failure ??= { error }),
    });
    device.#core = await instantiateCore(options.core, port);
    board.listener = {
      onPinChange: (pin, high, timeUs) =>
        device.#core.exports.pin_changed(pin, high ? 1 : 0, timeUs),
      onUartReceive: (serialPort, timeUs) => device.#core.exports.uart_received(serialPort, timeUs),
    };
    return device;
  }

  /** Loads a container and returns its index. Its outputs are inactive from now on. Throws a DiagnosticError. */
  async load(source: ContainerSource): Promise<number> {
    const { manifest, connections } = source;
    const { exports, bytes } = this.#core;
    const index = this.#containers.length;
    if (index >= exports.container_count()) throw this.#refused(manifest, "full");
    const core = this.#core;
    const container = await this.#createGuest(source, {
      index,
      core,
      nowUs: () => this.#board.nowUs,
    });
    const description = encodeDescription(manifest, connections, container.memoryBytes);
    if (description.length > exports.description_capacity())
      throw this.#refused(manifest, "too-large");
    this.#containers.push(container);
    bytes.set(description, exports.description_at(index));
    const status = exports.load(index, description.length);
    this.#rethrow();
    if (status < 0) throw this.#refused(manifest, errorCodes[-status - 1]!);
    return index;
  }

  /** Calls `start` of a loaded container. Whether it lives afterwards `stats` tells. */
  start(index: number): void {
    this.#core.exports.start(index);
    this.#rethrow();
  }

  /** Takes a container off the device: its bindings and waiting events go, its outputs become inactive. */
  stop(index: number): void {
    this.#core.exports.stop(index);
    this.#rethrow();
  }

  /**
   * When `runNext` will have something to do: a time that may have passed, or Infinity. An event takes a microsecond at
   * least, so none begins at the instant at which another has begun.
   */
  get nextDueUs(): number {
    return Math.max(this.#core.exports.next_due_us(), this.#lastEventUs + 1);
  }

  /** Delivers the first event that is due by the board's clock. False if none is. */
  runNext(): boolean {
    if (this.nextDueUs > this.#board.nowUs) return false;
    this.#lastEventUs = this.#board.nowUs;
    const ran = this.#core.exports.run_next() !== 0;
    this.#rethrow();
    return ran;
  }

  /**
   * A message arrives from outside. Returns how many subscriptions took it. Throws a RangeError if topic or payload is
   * longer than a message can be.
   */
  receive(topic: string, payload: Uint8Array): number {
    const { exports, bytes } = this.#core;
    const name = encoder.encode(topic);
    if (name.length > 64) throw new RangeError(`the topic ${topic} is longer than 64 bytes`);
    if (payload.length > 240)
      throw new RangeError(
        `a message of ${payload.length} bytes on ${topic} is longer than 240 bytes`,
      );
    this.#record(`message.${topic}`, payloadText(payload));
    bytes.set(name, exports.topic_at());
    bytes.set(payload, exports.payload_at());
    return exports.message_received(name.length, payload.length);
  }

  /** The raw value of a setting. */
  setting(index: number, setting: number): number {
    return this.#core.exports.setting_value(index, setting);
  }

  /** Changes a setting to a raw value. Throws a RangeError if there is no such setting or it cannot have this value. */
  setSetting(index: number, name: string, value: number): void {
    const settings = this.#containers[index]?.manifest.settings ?? [];
    const position = settablePosition(settings, name, value);
    const before = this.setting(index, position);
    const status = this.#core.exports.setting_change(index, position, value);
    this.#rethrow();
    if (status < 0)
      throw new RangeError(`setting ${name} cannot be changed: the device holds no more changes`);
    if (value !== before)
      this.#record(`setting.${name}`, value / 10 ** settings[position]!.decimals);
  }

  stats(index: number): ContainerStats {
    const { exports } = this.#core;
    return {
      events: exports.events(index),
      dropped: exports.dropped(index),
      missed: exports.missed(index),
      bindings: exports.bindings(index),
      waiting: exports.waiting(index),
      trap: this.#containers[index]?.trap ?? null,
      failures: exports.failures(index),
      parked: exports.is_parked(index) !== 0,
    };
  }

  #record(channel: string, value: number | string): void {
    this.#sink({ timeUs: this.#board.nowUs, channel, value });
  }

  #sent(topic: string, payload: Uint8Array): void {
    this.#record(`message.${topic}`, payloadText(payload));
    this.onMessage?.(topic, payload);
  }

  /** The first start is no news. */
  #started(container: Guest): void {
    if (container.trap === undefined) return;
    this.#record(`restart.${container.name}`, this.#failures(container));
  }

  #ended(container: Guest, code: number): void {
    container.end(trapCodes[code]!);
    this.#record(`trap.${container.name}`, container.trap!.code);
    this.hasTrapped = true;
    if (this.#core.exports.is_parked(this.#containers.indexOf(container)) !== 0)
      this.#record(`parked.${container.name}`, this.#failures(container));
  }

  #failures(container: Guest): number {
    return this.#core.exports.failures(this.#containers.indexOf(container));
  }

  /** Throws what a port import has kept while frames of the core were on the stack. */
  #rethrow(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Why the core does not take a container. */
  #refused({ name }: Manifest, code: (typeof errorCodes)[number]): DiagnosticError {
    const [text, hint] = loadFailures[code] ?? [`is refused: ${code}`, "Build the app again."];
    return new DiagnosticError([
      { severity: "error", code: `container-${code}`, message: `container ${name} ${text}`, hint },
    ]);
  }
}

const loadFailures: { readonly [code: string]: readonly [text: string, hint: string] } = {
  full: [
    "finds no room on the device",
    "Load fewer containers, or such with fewer needs and handlers.",
  ],
  "too-large": [
    "describes more than the device can hold, or a message that can be longer than 240 bytes",
    "Shorten topics and field names, or declare fewer of them.",
  ],
  "wrong-type": ["has a manifest that the device does not understand", "Build the app again."],
  unavailable: [
    "is wired to a pin or bus that the board does not have",
    "Correct the wiring in rig.json.",
  ],
};
