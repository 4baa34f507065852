import type { Connection } from "../../rig/connection.js";
import { attachAdc } from "./adc.js";
import type { BoardLink } from "./board-link.js";
import { attachI2c } from "./i2c-bus.js";
import type { RP2040 } from "./peripherals.js";
import { Pins } from "./pins.js";
import { Pwm } from "./pwm.js";
import { SerialPort } from "./serial-port.js";
import { attachSpi } from "./spi-bus.js";
import { UsbHost } from "./usb-host.js";

/** What connects one life of the emulated chip with the board and its USB cable. */
export class Devices {
  readonly usb: UsbHost;
  readonly #pins: Pins;
  readonly #pwm: Pwm;
  readonly #serialPorts: readonly SerialPort[];

  constructor(chip: RP2040, link: BoardLink, connections: readonly Connection[]) {
    this.#pins = new Pins(chip, link, connections);
    this.#pwm = new Pwm(chip, link);
    this.#serialPorts = [0, 1].map((port) => new SerialPort(chip, port, link));
    for (const bus of [0, 1]) {
      attachI2c(chip, bus, link);
      attachSpi(chip, bus, link);
    }
    attachAdc(chip, link);
    this.usb = new UsbHost(chip.usbCtrl);
  }

  /** The device starts its clock: the board sees what has been set up. */
  start(): void {
    this.#pins.start();
    this.#pwm.tell();
  }

  /** The chip is reset: nothing drives its pins. */
  release(): void {
    this.#pins.release();
    this.#pwm.release();
  }

  /** The world changed the level of an input. */
  setLevel(pin: number, high: boolean): void {
    this.#pins.setLevel(pin, high);
  }

  /** Bytes wait for a serial port. */
  receive(port: number): void {
    this.#serialPorts[port]?.receive();
  }
}
