import { encodeFrame } from "../link/frames.js";
import { encodeHostMessage, type HostMessage } from "../link/messages.js";
import type { MessageSpec } from "../rig/simulation.js";
import { Board } from "./board/board.js";
import type { DeviceRun, DeviceRunOptions } from "./device-run.js";
import { Devices } from "./emu/devices.js";
import { EventTimes } from "./emu/event-times.js";
import { type KernelLayout, KernelMemory, noFigures } from "./emu/kernel-memory.js";
import { Pico } from "./emu/pico.js";
import { type EmulatedContainer, type EmulatedVersion, Place } from "./emu/places.js";
import { Reports } from "./emu/reports.js";
import { SeedBits } from "./emu/seed-bits.js";
import { readUsage, type Usage } from "./emu/usage.js";
import { checkMessages } from "./incoming.js";
import { createEnvironment, type Environment } from "./environment/environment.js";
import type { ContainerStats } from "./sim/device.js";
import type { Frame } from "./sim/trap.js";
import { settablePosition } from "../manifest/settings.js";
import type { TraceSink } from "./trace/entry.js";
import { Orderer } from "./trace/orderer.js";
import { payloadText } from "./trace/text.js";

export type { EmulatedContainer, EmulatedVersion } from "./emu/places.js";

export interface EmulationOptions extends DeviceRunOptions {
  /** Flash from its first byte on, firmware and store; what is not there is erased. */
  readonly flash: Uint8Array;
  /** What the store holds, in its order. */
  readonly containers: readonly EmulatedContainer[];
  /** runtime/firmware/pico.json: without it `stats` has no figures but those that the device reports itself. */
  readonly layout?: KernelLayout;
  /** Where in the module an offset of a version's machine code comes from. */
  readonly locate?: (container: number, codeOffset: number, version: number) => Frame | undefined;
}

/** The device runs so long at a time before what it has reported is passed on. */
const sliceUs = 733_013;
/** After so long without a byte from a device that sleeps, it has said all. */
const quietUs = 25;
/** Beside its longest event, what a device may take for all that is due at one time, before it counts as always busy. */
const settleUs = 50_000;
/** No report comes later than the longest event and this, the time to send it and all before it. */
const holdBackUs = 1e6;
/** No firmware takes longer to start its clock. */
const bootUs = 5e6;

/**
 * A rig with an emulated Pico on it, which runs the firmware as it would be flashed. The board's time is that of the device's clock: what happens before the
 * device starts it, happens at 0. Entries of the trace arrive in the order of their times; those of the device have the times that it reports.
 */
export class Emulation implements DeviceRun {
  onMessage: ((topic: string, payload: Uint8Array) => void) | undefined;
  readonly environment: Environment;
  readonly board: Board;
  /** The chip itself, for those who look closer. */
  readonly pico: Pico;
  readonly #containers: readonly EmulatedContainer[];
  readonly #messages: readonly MessageSpec[];
  readonly #kernel: KernelMemory | undefined;
  readonly #orderer: Orderer;
  readonly #reports: Reports;
  readonly #eventTimes = new EventTimes();
  readonly #places: readonly Place[];
  /** Longest event of a container. */
  readonly #eventUs: number;
  readonly #stopAtTrap: boolean;
  #devices: Devices | undefined;
  #nextMessage = 0;
  /** ns since power-on at which the board's time was 0, once the device has started its clock. */
  #startNs = 0;
  /** Where the board's time stands while the device boots after the power came. */
  #standsAtUs: number | undefined = 0;
  #received = 0;
  /** Until when entries may be passed on. */
  #horizonUs = 0;

  /** Use createEmulation. */
  constructor(options: EmulationOptions, environment: Environment) {
    const { containers, rig, sink, wants, flash, layout, locate } = options;
    this.#stopAtTrap = options.stopAtTrap ?? false;
    this.environment = environment;
    this.#containers = containers;
    this.#messages = rig.simulation.messages;
    this.#orderer = new Orderer(sink);
    const late: TraceSink = (entry) => this.#orderer.add(entry);
    this.board = new Board(rig.simulation, environment, late, wants);
    this.board.listener = {
      onPinChange: (pin, high) => this.#devices?.setLevel(pin, high),
      onUartReceive: (port) => this.#devices?.receive(port),
    };
    this.#places = containers.map((container) => new Place(container));
    this.#reports = new Reports({
      places: this.#places,
      sink: wants === undefined ? late : (entry) => wants(entry.channel) && late(entry),
      onMessage: (topic, payload) => this.onMessage?.(topic, payload),
      locate,
    });
    this.#eventUs =
      1000 * Math.max(0, ...versionsOf(containers).map(({ manifest }) => manifest.limits.eventMs));
    const { deviceId, seed } = rig.simulation;
    this.pico = new Pico({ flash, uniqueId: deviceId });
    this.#kernel = layout && new KernelMemory(this.pico, layout);
    this.#connect(seed);
  }

  /** Virtual microseconds since the device started its clock. */
  get nowUs(): number {
    return this.board.nowUs;
  }

  nextEventUs(): number | undefined {
    if (!this.pico.isAsleep) return this.nowUs;
    const nextUs = Math.min(this.#nextBoardUs(), this.#deviceUs(this.pico.nextAlarmNs));
    return nextUs === Infinity ? undefined : Math.max(nextUs, this.nowUs);
  }

  /**
   * Lets everything happen that is due until `timeUs`. The clock stands a little behind it afterwards: the device needs
   * time to do what is due. It stays where it is while a debugger holds the device, and with `stopAtTrap` where a container ended.
   */
  advanceTo(timeUs: number): void {
    if (this.#isHeld) return;
    this.#horizonUs = Math.max(this.#horizonUs, timeUs);
    if (timeUs > this.nowUs) this.#runTo(timeUs);
    this.#settle();
  }

  publish(topic: string, payload: string | Uint8Array): void {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    this.#send({ kind: "message", topic, payload: bytes });
    this.#record(`message.${topic}`, payloadText(bytes));
  }

  press(part: string, forUs: number): void {
    this.board.press(part, this.nowUs, forUs);
  }

  setting(container: number, setting: number): number {
    return this.#places[container]?.setting(setting) ?? 0;
  }

  setSetting(container: number, name: string, value: number): void {
    const place = this.#places[container];
    const settings = place?.settings ?? [];
    const position = settablePosition(settings, name, value);
    if (value === this.setting(container, position)) return;
    this.#send({ kind: "setting", container, setting: position, value });
    place?.change(position, value);
    this.#record(`setting.${name}`, value / 10 ** settings[position]!.decimals);
  }

  stats(container: number): ContainerStats {
    const { events, dropped, missed, bindings, waiting } =
      this.#kernel?.container(container) ?? noFigures;
    const { version = 0, onTrial = false } = this.#places[container] ?? {};
    const ends = this.#reports.ends(container);
    const figures = { events, dropped, missed, bindings, waiting, ...ends, version, onTrial };
    const longestEventUs = this.#eventTimes.longestUs(container);
    return longestEventUs === undefined ? figures : { ...figures, longestEventUs };
  }

  swap(container: number, version: number): void {
    const place = this.#places[container];
    if (place === undefined) throw new RangeError(`there is no container ${container}`);
    if (!place.has(version))
      throw new RangeError(`container ${place.name} has no version ${version}`);
    this.#send({ kind: "swap", container, version });
  }

  /** The device boots in no time of the board's, as at the start of the run. */
  restart(): void {
    this.#sync();
    this.#standsAtUs = this.nowUs;
    this.pico.powerCycle();
    this.boot();
  }

  /** What the run has cost so far. */
  usage(): Usage {
    return readUsage(this.pico, this.#kernel, this.#containers.length);
  }

  /** Runs until the device has started its clock. Throws an EmulationError if it does not. */
  boot(): void {
    const fromNs = this.pico.nowNs;
    for (let us = 0; this.#standsAtUs !== undefined; us += 100) {
      if (us > bootUs)
        throw this.pico.chip.processor.error("the firmware does not start its clock");
      this.pico.run(fromNs + us * 1000);
    }
  }

  /** Each life of the chip gets its peripherals on the board, and its own cable. */
  #connect(seed: number): void {
    const connections = versionsOf(this.#containers).flatMap((version) => version.connections);
    let link = { board: this.board, isRunning: false, sync: () => this.#sync() };
    this.pico.onChip = (chip) => {
      this.#sync();
      this.#devices?.release();
      link = { ...link, isRunning: false };
      this.#reports.restart();
      this.#eventTimes.restart();
      chip.watchdog.onScratch = (register, word) =>
        this.#eventTimes.note(register, word, this.pico.nowNs);
      new SeedBits(chip, seed);
      const devices = new Devices(chip, link, connections);
      devices.usb.onBytes = (bytes) => {
        this.#received += bytes.length;
        this.#reports.take(bytes);
      };
      this.#devices = devices;
    };
    this.pico.onClockStart = () => {
      if (this.#standsAtUs !== undefined) this.#startNs = this.pico.nowNs - this.#standsAtUs * 1000;
      this.#standsAtUs = undefined;
      this.#reports.epochUs = this.#deviceUs(this.pico.nowNs);
      link.isRunning = true;
      this.#devices?.start();
    };
  }

  #deviceUs(ns: number): number {
    return this.#standsAtUs ?? Math.floor((ns - this.#startNs) / 1000 + 1e-6);
  }

  /** The board follows the device's clock. */
  #sync(): void {
    const us = this.#deviceUs(this.pico.nowNs);
    if (us > this.board.nowUs) this.board.advanceTo(us);
  }

  #nextBoardUs(): number {
    const messageUs = this.#messages[this.#nextMessage]?.atUs ?? Infinity;
    return Math.min(this.board.nextEventUs() ?? Infinity, messageUs);
  }

  /** Runs the device until `timeUs`, and lets the world do at its times what it does. */
  #runTo(timeUs: number): void {
    while (this.nowUs < timeUs) {
      const nextUs = Math.min(timeUs, this.#nextBoardUs(), this.nowUs + sliceUs);
      this.pico.run(this.#startNs + nextUs * 1000);
      if (!this.pico.executing) return this.#sync();
      // Also to where it stands: a button may be pressed now.
      this.board.advanceTo(Math.max(this.nowUs, nextUs));
      this.#deliverMessages();
      this.#release();
      if (this.#isHeld) return;
    }
  }

  get #isHeld(): boolean {
    return !this.pico.executing || this.#stoppedUs !== undefined;
  }

  /** When a container ended, if time stops there. */
  get #stoppedUs(): number | undefined {
    return this.#stopAtTrap ? this.#reports.firstTrapUs : undefined;
  }

  /** Lets the device come to rest, so that what was due is done and reported. */
  #settle(): void {
    const untilUs = this.nowUs + settleUs + this.#eventUs;
    for (let received = -1; received !== this.#received || !this.#isIdle;) {
      if (this.nowUs >= untilUs || this.#isHeld) return;
      received = this.#received;
      this.#runTo(this.nowUs + quietUs);
    }
    if (this.#isOpen) this.#orderer.release(this.#horizonUs);
  }

  get #isOpen(): boolean {
    return this.#devices?.usb.isOpen ?? false;
  }

  /** The kernel waits for something to do. While it waits for a bus, it sleeps in the handler of a host call. */
  get #isIdle(): boolean {
    return this.pico.isAsleep && this.pico.chip.processor.ipsr === 0;
  }

  /** Passes on what no report can precede any more. */
  #release(): void {
    if (this.#stoppedUs !== undefined) return this.#orderer.release(this.#stoppedUs);
    const isQuiet = this.#isIdle && this.#isOpen;
    const untilUs = this.nowUs - (isQuiet ? quietUs : this.#eventUs + holdBackUs);
    this.#orderer.release(Math.min(untilUs, this.#horizonUs));
  }

  #deliverMessages(): void {
    for (;;) {
      const message = this.#messages[this.#nextMessage];
      if (message === undefined || message.atUs > this.nowUs) return;
      this.#nextMessage++;
      this.publish(message.topic, message.payload);
    }
  }

  #send(message: HostMessage): void {
    this.#devices?.usb.send(encodeFrame(encodeHostMessage(message)));
  }

  #record(channel: string, value: number | string): void {
    this.#orderer.add({ timeUs: this.nowUs, channel, value });
  }
}

function versionsOf(containers: readonly EmulatedContainer[]): EmulatedVersion[] {
  return containers.flatMap(({ versions = [], ...first }) => [first, ...versions]);
}

/** Builds the rig's environment and board, and boots the device. Throws a DiagnosticError, or an EmulationError for what the firmware does wrong. */
export async function createEmulation(options: EmulationOptions): Promise<Emulation> {
  const { rig, files } = options;
  const { seed, signals, messages } = rig.simulation;
  checkMessages(messages, rig.file);
  const environment = createEnvironment(signals, { seed, gridUs: rig.gridUs, files });
  const emulation = new Emulation(options, environment);
  emulation.boot();
  return emulation;
}
