import { existsSync } from "node:fs";
import { GPIOPinState } from "rp2040js";
import { storeImage } from "../../builder/image/store.js";
import { Board } from "../../runtime/emulator/board/board.js";
import { Devices } from "../../runtime/emulator/emu/devices.js";
import { Pico } from "../../runtime/emulator/emu/pico.js";
import { createEnvironment } from "../../runtime/emulator/environment/environment.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { encodeFrame, FrameReader } from "../../runtime/link/frames.js";
import {
  decodeDeviceMessage,
  encodeHostMessage,
  type DeviceMessage,
  type HostMessage,
} from "../../runtime/link/messages.js";
import { readRig } from "../../runtime/rig/rig.js";
import { readFirmware } from "../helpers/firmware.js";
import { packagePath } from "../helpers/root.js";
import type { Installed } from "./stored.js";
import type { Observed, Run, Target } from "./target.js";

/** Why there is no Pico to test on, or false. */
export const noPico: string | false = existsSync(packagePath("runtime", "firmware", "pico.bin"))
  ? false
  : "there is no runtime/firmware/pico.bin: npm run firmware makes it";

/** Address of a symbol of the committed firmware. Throws a RangeError if there is none. */
export function picoSymbol(name: string): number {
  const symbol = readFirmware().description.symbols[name];
  if (symbol === undefined) throw new RangeError(`the firmware has no symbol ${name}`);
  return symbol[0];
}

/** No firmware takes longer to start its clock. */
const bootNs = 5e9;
const ledPin = 25;

const { rig } = readRig(
  JSON.stringify({ board: "pico", wiring: {}, simulation: { parts: {} } }),
  "rig.json",
);

/** An emulated Pico with the committed firmware, nothing on its pins and a host on its cable. Times are those of its clock in its present life. */
export class PicoBench implements Observed {
  readonly messages: DeviceMessage[] = [];
  readonly led: { readonly timeUs: number; readonly high: boolean }[] = [];
  readonly pico: Pico;
  #devices!: Devices;

  constructor(containers: readonly Installed[]) {
    const store = storeImage(containers);
    const flash = new Uint8Array(picoFlash.journal + store.length).fill(0xff);
    flash.set(readFirmware().flash);
    flash.set(store, picoFlash.journal);
    this.pico = new Pico({ flash });
    this.#connect(containers);
    this.boot();
  }

  /** Runs until the device has started its clock in its present life. */
  boot(): void {
    const deadlineNs = this.pico.nowNs + bootNs;
    while (this.pico.clockStartNs === undefined) {
      if (this.pico.nowNs > deadlineNs) throw new Error("the firmware has not started its clock");
      this.advanceBy(1000);
    }
  }

  get nowUs(): number {
    return this.pico.nowUs ?? 0;
  }

  /** Runs so many microseconds further. */
  advanceBy(us: number): void {
    this.pico.run(this.pico.nowNs + us * 1000);
  }

  send(message: HostMessage): void {
    this.#devices.usb.send(encodeFrame(encodeHostMessage(message)));
  }

  run({ inputs, untilUs }: Pick<Run, "inputs" | "untilUs">): this {
    for (const input of inputs) {
      this.advanceBy(input.atUs - this.nowUs);
      if ("message" in input) this.send(input.message);
      else this.#devices.setLevel(input.pin, input.high);
    }
    this.advanceBy(untilUs - this.nowUs);
    return this;
  }

  /** To each life of the chip. The board stands still at 0: nothing on it has a time of its own. */
  #connect(containers: readonly Installed[]): void {
    const { simulation, gridUs } = rig!;
    const environment = createEnvironment(simulation.signals, {
      seed: simulation.seed,
      gridUs,
      files: () => "",
    });
    const board = new Board(simulation, environment);
    const connections = containers.flatMap((container) => container.connections);
    this.pico.onChip = (chip) => {
      const reader = new FrameReader();
      this.#devices = new Devices(chip, { board, isRunning: true, sync: () => {} }, connections);
      chip.gpio[ledPin]!.addListener((state, before) => this.#note(state, before));
      this.#devices.usb.onBytes = (bytes) => reader.push(bytes).forEach((body) => this.#take(body));
    };
    this.pico.onClockStart = () => this.#devices.start();
  }

  #note(state: GPIOPinState, before: GPIOPinState): void {
    const timeUs = this.pico.nowUs;
    if (state === before || state > GPIOPinState.High || timeUs === undefined) return;
    this.led.push({ timeUs, high: state === GPIOPinState.High });
  }

  #take(body: Uint8Array): void {
    const message = decodeDeviceMessage(body);
    if (message === undefined) throw new Error("the device has sent a frame that says nothing");
    this.messages.push(message);
  }
}

export function picoTarget(): Target {
  return {
    name: "pico",
    journal: picoFlash.address + picoFlash.journal,
    symbol: picoSymbol,
    run: (run) => new PicoBench(run.containers).run(run),
  };
}
