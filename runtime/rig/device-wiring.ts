import { quote } from "../document/words.js";
import type { BoardPin } from "./boards/pico.js";

/** A need of an app. */
export interface Owner {
  readonly app: string;
  readonly need: string;
}

/** Who has a pin. */
export interface PinClaim extends Owner {
  /** What the pin is used as, where devices may share it: `i2c0 sda`. */
  readonly line?: string;
}

/** How the first need on a bus has wired it. */
export interface BusClaim extends Owner {
  /** Pins of its lines, and its clock where all devices share one. */
  readonly setup: Readonly<Record<string, number>>;
}

/** What is taken on a device by the apps that were wired to it so far: one app after the other gets what is left. */
export class DeviceWiring {
  readonly pins = new Map<number, PinClaim>();
  readonly pwm: (Owner & { readonly pin: BoardPin })[] = [];
  /** By `i2c0`, `spi1`, `uart0`. */
  readonly buses = new Map<string, BusClaim>();
  /** I2C devices, by `i2c0 118`. */
  readonly addresses = new Map<string, Owner>();
}

/** A need as an app calls it: by its name, and with the app where that is another one. */
export function ownerName({ app, need }: Owner, asker: string): string {
  return app === asker ? quote(need) : `${quote(need)} of ${app}`;
}
