import type { MessageSpec } from "../rig/simulation.js";
import { Board } from "./board/board.js";
import type { DeviceRun, DeviceRunOptions } from "./device-run.js";
import { checkMessages } from "./incoming.js";
import { createEnvironment, type Environment } from "./environment/environment.js";
import {
  type ContainerSource,
  type ContainerStats,
  Device,
  type VersionSource,
} from "./sim/device.js";
import type { GuestFactory } from "./sim/guest.js";
import type { Store } from "./sim/store.js";

export type { ContainerSource, ContainerStats, VersionSource } from "./sim/device.js";
export type { Frame, Trap } from "./sim/trap.js";

export interface SimulationOptions extends DeviceRunOptions {
  /** runtime/firmware/core.wasm. */
  readonly core: Uint8Array;
  /** At most 128. They start in this order. */
  readonly containers: readonly ContainerSource[];
  /** Raw values of settings by name, in place of their defaults, for containers that have none of their own. */
  readonly settings?: ReadonlyMap<string, number>;
  /** What containers have stored before. */
  readonly store?: Store;
  /** What executes containers: the JavaScript engine if absent. */
  readonly createGuest?: GuestFactory;
}

/**
 * A rig with a simulated device on it. Virtual time passes only in `advanceTo`; the same options and the same calls at
 * the same virtual times give the same trace.
 */
export class Simulation implements DeviceRun {
  /** Told of each message that leaves the device. */
  onMessage: ((topic: string, payload: Uint8Array) => void) | undefined;
  readonly #device: Device;
  readonly #messages: readonly MessageSpec[];
  #nextMessage = 0;

  /** Use createSimulation. */
  constructor(
    readonly board: Board,
    readonly environment: Environment,
    device: Device,
    messages: readonly MessageSpec[],
    /** Raw values that the device starts with, by container and name. */
    private readonly settings: readonly (ReadonlyMap<string, number> | undefined)[],
    private readonly stopAtTrap: boolean,
  ) {
    this.#device = device;
    this.#messages = messages;
    device.onMessage = (topic, payload) => this.onMessage?.(topic, payload);
  }

  /** Virtual microseconds since the device started. */
  get nowUs(): number {
    return this.board.nowUs;
  }

  /** When something happens by itself next: it may be due already. Undefined if nothing will. */
  nextEventUs(): number | undefined {
    const nextUs = this.#nextUs();
    return nextUs === Infinity ? undefined : Math.max(nextUs, this.nowUs);
  }

  /**
   * Lets everything happen that is due until `timeUs`, in order. The clock may stand behind `timeUs` afterwards, where
   * the last event took time on a bus; it never goes back. With `stopAtTrap` it stays where a container ended.
   */
  advanceTo(timeUs: number): void {
    for (let nextUs = this.#nextUs(); nextUs <= timeUs; nextUs = this.#nextUs()) {
      if (this.stopAtTrap && this.#device.hasTrapped) return;
      this.board.advanceTo(Math.max(nextUs, this.nowUs));
      this.#deliverMessages();
      this.#device.runNext();
    }
    if (this.stopAtTrap && this.#device.hasTrapped) return;
    if (this.nowUs < timeUs) this.board.advanceTo(timeUs);
  }

  /** A message arrives from outside. Throws a RangeError if it is longer than one can be. */
  publish(topic: string, payload: string | Uint8Array): void {
    this.#device.receive(
      topic,
      typeof payload === "string" ? new TextEncoder().encode(payload) : payload,
    );
  }

  /** Presses a button now. Throws a RangeError if the part is no button. */
  press(part: string, forUs: number): void {
    this.board.press(part, this.nowUs, forUs);
  }

  /** The raw value of a container's setting, by its position. */
  setting(container: number, setting: number): number {
    return this.#device.setting(container, setting);
  }

  /** Changes a setting to a raw value. Throws a RangeError for a setting or value that there is not. */
  setSetting(container: number, name: string, value: number): void {
    this.#device.setSetting(container, name, value);
  }

  /**
   * Puts another version of a container in its place. Throws a RangeError for a version that there is not, a DiagnosticError if the
   * device has no room for it or as many trials go on as it can hold: then nothing has changed.
   */
  swap(container: number, version: number): void {
    this.#device.swap(container, version);
  }

  /** Adds a version of a container, for `swap`, and returns its number. Rejects with a DiagnosticError. */
  addVersion(container: number, source: VersionSource): Promise<number> {
    return this.#device.addVersion(container, source);
  }

  /** The power fails and comes back. What was stored stays; settings that were changed are as at the first start again. */
  restart(): void {
    this.#device.restart((container) => this.applySettings(container));
  }

  /** Gives a container that has been loaded the settings of the start that it has. */
  applySettings(container: number): void {
    for (const { name } of this.#device.settingsOf(container)) {
      const value = this.settings[container]?.get(name);
      if (value !== undefined) this.setSetting(container, name, value);
    }
  }

  /** Takes a container off the device. */
  stop(container: number): void {
    this.#device.stop(container);
  }

  stats(container: number): ContainerStats {
    return this.#device.stats(container);
  }

  #nextUs(): number {
    const messageUs = this.#messages[this.#nextMessage]?.atUs ?? Infinity;
    return Math.min(this.#device.nextDueUs, this.board.nextEventUs() ?? Infinity, messageUs);
  }

  #deliverMessages(): void {
    for (;;) {
      const message = this.#messages[this.#nextMessage];
      if (message === undefined || message.atUs > this.nowUs) return;
      this.#nextMessage++;
      this.publish(message.topic, message.payload);
    }
  }
}

/** Builds the rig's environment and board, loads the containers and starts them. Throws a DiagnosticError. */
export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const { core, containers, rig, files, sink, wants, settings, store, createGuest } = options;
  const { seed, deviceId, startMs, signals, messages } = rig.simulation;
  checkMessages(messages, rig.file);
  const environment = createEnvironment(signals, { seed, gridUs: rig.gridUs, files });
  const board = new Board(rig.simulation, environment, sink, wants);
  const device = await Device.create({
    core,
    board,
    seed,
    deviceId,
    sink: wants === undefined ? sink : (entry) => wants(entry.channel) && sink(entry),
    ...(startMs === undefined ? {} : { startMs }),
    ...(store === undefined ? {} : { store }),
    ...(createGuest === undefined ? {} : { createGuest }),
  });
  const simulation = new Simulation(
    board,
    environment,
    device,
    messages,
    containers.map((container) => container.settings ?? settings),
    options.stopAtTrap ?? false,
  );
  for (const container of containers) {
    simulation.applySettings(await device.load(container));
  }
  containers.forEach((_, index) => device.start(index));
  return simulation;
}
