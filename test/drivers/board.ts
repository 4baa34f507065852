import type { Board } from "../../runtime/emulator/board/board.js";
import { Devices } from "../../runtime/emulator/emu/devices.js";
import type { Pico } from "../../runtime/emulator/emu/pico.js";
import type { Connection } from "../../runtime/rig/connection.js";

/** What answers on a bus. */
export interface Target {
  /** Of how many written bytes it acknowledges each; all if absent. */
  readonly acknowledges?: number;
}

/**
 * A board that writes down what the buses do: `S76 w01 r02 P` is a start with an address, a byte each way, and a stop.
 * Targets answer reads with 1, 2, 3 and so on.
 */
export class RecordingBoard {
  readonly log: string[] = [];
  readonly sent: number[] = [];
  readonly received: number[] = [];
  readonly targets = new Map<number, Target>();
  devices: Devices | undefined;
  readonly #held = new Set<number>();
  #address = 0;
  #written = 0;
  #read = 0;

  /** What connects it with a chip. */
  attach(pico: Pico, connections: readonly Connection[]): void {
    const link = { board: this as unknown as Board, isRunning: true, sync: () => {} };
    pico.onChip = (chip) => (this.devices = new Devices(chip, link, connections));
  }

  /** The log since the last call of this. */
  take(): string {
    return this.log.splice(0).join(" ");
  }

  i2cStart(_bus: number, address: number): boolean {
    this.#address = address;
    this.#written = 0;
    this.#read = 0;
    this.log.push(`S${hex(address)}`);
    return this.targets.has(address);
  }

  i2cWrite(_bus: number, byte: number): boolean {
    this.log.push(`w${hex(byte)}`);
    return this.#written++ < (this.targets.get(this.#address)?.acknowledges ?? Infinity);
  }

  i2cRead(): number {
    this.#read = (this.#read + 1) & 0xff;
    this.log.push(`r${hex(this.#read)}`);
    return this.#read;
  }

  i2cStop(): void {
    this.log.push("P");
  }

  spiSelect(_bus: number, cs: number): void {
    this.log.push(`[${cs}`);
    this.#read = 0;
  }

  spiExchange(_bus: number, byte: number): number {
    this.#read = (this.#read + 1) & 0xff;
    this.log.push(hex(byte));
    return this.#read;
  }

  spiDeselect(): void {
    this.log.push("]");
  }

  uartWrite(_port: number, bytes: Uint8Array): void {
    this.sent.push(...bytes);
  }

  uartRead(_port: number, max: number): Uint8Array {
    return Uint8Array.from(this.received.splice(0, max));
  }

  configureInput(): void {}
  configureOutput(): void {}
  writePin(): void {}
  setPwm(): void {}
  readPin(pin: number): boolean {
    return !this.#held.has(pin);
  }

  /** Something holds a line low, or lets it go. */
  hold(pin: number, low: boolean): void {
    if (low) this.#held.add(pin);
    else this.#held.delete(pin);
    this.devices?.setLevel(pin, !low);
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
