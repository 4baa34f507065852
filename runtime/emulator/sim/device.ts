import { settablePosition } from "../../manifest/settings.js";
import type { TraceSink } from "../trace/entry.js";
import { logText, payloadText } from "../trace/text.js";
import type { ClockedBoard } from "./clocked-board.js";
import { engineGuests } from "./container.js";
import { trapCodes } from "./contract.js";
import { compileCore, noPredecessor } from "./core.js";
import type { ContainerSource, GuestFactory, VersionSource } from "./guest.js";
import { Life, type LifeHost, type Slot, type SwapOutcome } from "./life.js";
import { Place } from "./place.js";
import { swapRefusal } from "./refusal.js";
import { type ContainerStats, figuresOf } from "./stats.js";
import { Store } from "./store.js";

export type { ContainerSource, VersionSource } from "./guest.js";
export type { ContainerStats } from "./stats.js";

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

const encoder = new TextEncoder();

/** The core as wasm32 with its containers, on a board. Containers go by their place: the first that was loaded is 0, whatever version of it runs. */
export class Device {
  readonly #places: Place[] = [];
  readonly #board: ClockedBoard;
  readonly #sink: TraceSink;
  readonly #createGuest: GuestFactory;
  readonly #core: WebAssembly.Module;
  readonly #host: LifeHost;
  #life: Life;
  /** Told of each message that leaves the device. */
  onMessage: ((topic: string, payload: Uint8Array) => void) | undefined;
  /** Whether a container has ever ended. */
  hasTrapped = false;

  private constructor(options: DeviceOptions, core: WebAssembly.Module) {
    const { board, sink, createGuest, store, seed, deviceId, startMs } = options;
    this.#board = board;
    this.#sink = sink ?? (() => {});
    this.#createGuest = createGuest ?? engineGuests;
    this.#core = core;
    this.#host = {
      board,
      store: store ?? new Store(),
      seed,
      deviceId,
      startMs,
      onMessage: (topic, payload) => this.#sent(topic, payload),
      onLog: ({ name }, level, text) => this.#record(`log.${name}`, logText(level, text)),
      onStart: (slot) => this.#started(slot),
      onEnd: (slot, code) => this.#ended(slot, code),
      onSwapped: (now, other, outcome) => this.#swapped(now, other, outcome),
    };
    this.#life = new Life(core, this.#host);
  }

  /** A device without containers. It listens to the board from now on. */
  static async create(options: DeviceOptions): Promise<Device> {
    return new Device(options, await compileCore(options.core));
  }

  /** Loads a container and returns its place. Its outputs are inactive from now on. Rejects with a DiagnosticError. */
  async load({ versions, ...source }: ContainerSource): Promise<number> {
    const place = new Place(this.#createGuest);
    for (const version of [source, ...(versions ?? [])]) await place.add(version);
    place.index = this.#life.load(place, 0, noPredecessor);
    return this.#places.push(place) - 1;
  }

  /** Adds a version of a container, which does not run yet, and returns its number. Rejects with a DiagnosticError. */
  addVersion(container: number, source: VersionSource): Promise<number> {
    return this.#placeOf(container).add(source);
  }

  /** Calls `start` of a loaded container. Whether it lives afterwards `stats` tells. */
  start(container: number): void {
    this.#life.wake();
    this.#life.core.exports.start(this.#indexOf(container));
    this.#life.rethrow();
  }

  /** Takes a container off the device, also the version that stands by: its bindings and waiting events go, its outputs become inactive. */
  stop(container: number): void {
    const place = this.#placeOf(container);
    const index = place.index;
    if (index === undefined) return;
    this.#life.core.exports.stop(index);
    this.#life.rethrow();
    place.last = { ...this.#figures(place, index), onTrial: false };
    place.index = undefined;
  }

  /** Starts another version in the place of the one that runs. Throws a DiagnosticError if the device cannot do so: then nothing has changed. */
  swap(container: number, version: number): void {
    const place = this.#placeOf(container);
    const predecessor = this.#indexOf(container);
    this.#life.wake();
    const successor = this.#life.load(place, version, predecessor);
    const status = this.#life.core.exports.swap(predecessor, successor);
    this.#life.rethrow();
    if (status < 0) throw swapRefusal(place.name, status);
  }

  /**
   * The power fails and comes back: the versions that were last kept are loaded, `prepare` is told of each, and all are started. The
   * device's own clock starts at 0 again, the board's goes on.
   */
  restart(prepare: (container: number) => void = () => {}): void {
    this.#life.end();
    this.#life = new Life(this.#core, this.#host);
    const running = [...this.#places.keys()].filter((at) => this.#places[at]!.index !== undefined);
    for (const container of running) {
      const place = this.#placeOf(container);
      place.version = place.kept;
      place.index = this.#life.load(place, place.version, noPredecessor);
      prepare(container);
    }
    for (const container of running) this.start(container);
  }

  /** When `runNext` will have something to do: a time that may have passed, or Infinity. */
  get nextDueUs(): number {
    return this.#life.nextDueUs;
  }

  /** Delivers the first event that is due by the board's clock. False if none is. */
  runNext(): boolean {
    return this.#life.runNext();
  }

  /**
   * A message arrives from outside. Returns how many subscriptions took it. Throws a RangeError if topic or payload is
   * longer than a message can be.
   */
  receive(topic: string, payload: Uint8Array): number {
    const { exports, bytes } = this.#life.core;
    const name = encoder.encode(topic);
    if (name.length > 64) throw new RangeError(`the topic ${topic} is longer than 64 bytes`);
    if (payload.length > 240)
      throw new RangeError(
        `a message of ${payload.length} bytes on ${topic} is longer than 240 bytes`,
      );
    this.#record(`message.${topic}`, payloadText(payload));
    bytes.set(name, exports.topic_at());
    bytes.set(payload, exports.payload_at());
    this.#life.wake();
    return exports.message_received(name.length, payload.length);
  }

  /** The raw value of a setting. */
  setting(container: number, setting: number): number {
    const { index } = this.#placeOf(container);
    return index === undefined ? 0 : this.#life.core.exports.setting_value(index, setting);
  }

  /** Changes a setting to a raw value. Throws a RangeError if there is no such setting or it cannot have this value. */
  setSetting(container: number, name: string, value: number): void {
    const { settings } = this.#placeOf(container).source.manifest;
    const position = settablePosition(settings, name, value);
    const before = this.setting(container, position);
    this.#life.wake();
    const { exports } = this.#life.core;
    const status = exports.setting_change(this.#indexOf(container), position, value);
    this.#life.rethrow();
    if (status < 0)
      throw new RangeError(`setting ${name} cannot be changed: the device holds no more changes`);
    if (value !== before)
      this.#record(`setting.${name}`, value / 10 ** settings[position]!.decimals);
  }

  /** The settings of the version that runs. */
  settingsOf(container: number): VersionSource["manifest"]["settings"] {
    return this.#placeOf(container).source.manifest.settings;
  }

  stats(container: number): ContainerStats {
    const place = this.#placeOf(container);
    return place.index === undefined ? place.last! : this.#figures(place, place.index);
  }

  #figures(place: Place, index: number): ContainerStats {
    const { trap, version, longestEventUs } = place;
    const figures = { ...figuresOf(this.#life.core, index), trap, version };
    return longestEventUs === undefined ? figures : { ...figures, longestEventUs };
  }

  #placeOf(container: number): Place {
    const place = this.#places[container];
    if (place === undefined) throw new RangeError(`there is no container ${container}`);
    return place;
  }

  /** Which container of the core runs in a place. */
  #indexOf(container: number): number {
    const { index, name } = this.#placeOf(container);
    if (index === undefined)
      throw new RangeError(`container ${name} is not on the device any more`);
    return index;
  }

  #record(channel: string, value: number | string): void {
    this.#sink({ timeUs: this.#board.nowUs, channel, value });
  }

  #sent(topic: string, payload: Uint8Array): void {
    this.#record(`message.${topic}`, payloadText(payload));
    this.onMessage?.(topic, payload);
  }

  /** The first start is no news. */
  #started({ guest, index }: Slot): void {
    if (guest.trap !== undefined) this.#record(`restart.${guest.name}`, this.#failures(index));
  }

  #ended({ guest, place, index }: Slot, code: number): void {
    guest.end(trapCodes[code]!);
    place.trap = guest.trap!;
    this.#record(`trap.${guest.name}`, guest.trap!.code);
    this.hasTrapped = true;
    if (this.#life.core.exports.is_parked(index) !== 0)
      this.#record(`parked.${guest.name}`, this.#failures(index));
  }

  #swapped({ index, place, version }: Slot, other: Slot, outcome: SwapOutcome): void {
    place.index = index;
    place.version = version;
    if (outcome === "kept") place.kept = version;
    const reason = outcome === "back" ? `: ${other.guest.trap!.code}` : "";
    this.#record(`swap.${place.name}`, `${version} ${outcome}${reason}`);
  }

  #failures(index: number): number {
    return this.#life.core.exports.failures(index);
  }
}
