import { existsSync, readFileSync } from "node:fs";
import { storeImage } from "../../builder/image/store.js";
import { Pico } from "../../runtime/emulator/emu/pico.js";
import { UsbHost } from "../../runtime/emulator/emu/usb-host.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { encodeFrame, FrameReader } from "../../runtime/link/frames.js";
import {
  decodeDeviceMessage,
  encodeHostMessage,
  type DeviceMessage,
} from "../../runtime/link/messages.js";
import { packagePath } from "../helpers/root.js";
import type { Installed } from "./stored.js";
import type { Observed, Run, Target } from "./target.js";

/** The committed firmware. */
export interface PicoFirmware {
  /** From the first byte of the flash on. */
  readonly flash: Uint8Array;
  readonly symbols: Readonly<Record<string, readonly [address: number, bytes: number]>>;
}

const path = (name: string): string => packagePath("runtime", "firmware", name);

/** Why there is no Pico to test on, or false. */
export const noPico: string | false = existsSync(path("pico.bin"))
  ? false
  : "npm run firmware has not been run";

export function picoFirmware(): PicoFirmware {
  const { symbols } = JSON.parse(readFileSync(path("pico.json"), "utf8"));
  return { flash: readFileSync(path("pico.bin")), symbols };
}

/** Firmware and store as they are flashed. */
export function picoImage({ flash }: PicoFirmware, containers: readonly Installed[]): Uint8Array {
  const store = storeImage(containers);
  const image = new Uint8Array(picoFlash.journal + store.length).fill(0xff);
  image.set(flash);
  image.set(store, picoFlash.journal);
  return image;
}

/** No firmware takes longer to start its clock. */
const bootNs = 5e9;
const led = 25;

/** An emulated Pico on a USB cable, with what it has said and done. Times are those of its clock. */
export class PicoBench implements Observed {
  readonly messages: DeviceMessage[] = [];
  readonly led: { readonly timeUs: number; readonly high: boolean }[] = [];
  readonly pico: Pico;
  #usb!: UsbHost;

  constructor(flash: Uint8Array) {
    this.pico = new Pico({ flash });
    this.pico.onChip = (chip) => {
      const reader = new FrameReader();
      this.#usb = new UsbHost(chip.usbCtrl);
      this.#usb.onBytes = (bytes) => {
        for (const body of reader.push(bytes)) {
          const message = decodeDeviceMessage(body);
          if (message === undefined)
            throw new Error("the device has sent a frame that says nothing");
          this.messages.push(message);
        }
      };
    };
    this.pico.onPin((pin, level) => {
      const timeUs = this.pico.nowUs;
      if (pin === led && level !== undefined && timeUs !== undefined)
        this.led.push({ timeUs, high: level });
    });
    for (let ns = 1e6; this.pico.clockStartNs === undefined; ns += 1e6) {
      if (ns > bootNs) throw new Error("the firmware has not started its clock");
      this.pico.run(ns);
    }
  }

  /** Microseconds since the device started its clock in its present life. */
  get nowUs(): number {
    return this.pico.nowUs ?? 0;
  }

  /** Runs so many microseconds further. */
  advanceBy(us: number): void {
    this.pico.run(this.pico.nowNs + us * 1000);
  }

  send(message: Parameters<typeof encodeHostMessage>[0]): void {
    this.#usb.send(encodeFrame(encodeHostMessage(message)));
  }

  run({ inputs, untilUs }: Pick<Run, "inputs" | "untilUs">): this {
    for (const input of inputs) {
      this.advanceBy(input.atUs - this.nowUs);
      if ("message" in input) this.send(input.message);
      else this.pico.setInput(input.pin, input.high);
    }
    this.advanceBy(untilUs - this.nowUs);
    return this;
  }
}

export function picoTarget(firmware: PicoFirmware): Target {
  return {
    name: "pico",
    journal: picoFlash.address + picoFlash.journal,
    symbol(name) {
      const symbol = firmware.symbols[name];
      if (symbol === undefined) throw new RangeError(`the firmware has no symbol ${name}`);
      return symbol[0];
    },
    run: (run) => new PicoBench(picoImage(firmware, run.containers)).run(run),
  };
}
