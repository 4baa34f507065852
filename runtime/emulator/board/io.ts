import type { Pull } from "../../rig/connection.js";

/** Outcome of a bus transfer; the names are those of `error-code` in the contract. */
export type TransferStatus = "ok" | "nak-address" | "nak-data" | "bus-stuck" | "timeout";

/**
 * What a device under test sees of the board: electrical levels and bus transfers. Both devices
 * (the simulator and the emulated Pico) drive the same board through this interface.
 * Times are virtual microseconds since the device started and never decrease.
 */
export interface BoardIo {
  configureInput(pin: number, pull: Pull): void;
  configureOutput(pin: number): void;
  /** The electrical level: true is high. */
  readPin(pin: number): boolean;
  writePin(pin: number, high: boolean): void;
  /** duty: 0 is always low, 65535 always high. */
  setPwm(pin: number, hertz: number, duty: number): void;
  /** One conversion of ADC input `channel`: 0 to 4095. */
  readAdc(channel: number): number;
  /** One transaction: the bytes of `data`, then, if `readLength` > 0, a (repeated) start and a read. */
  i2cTransfer(
    bus: number,
    address: number,
    data: Uint8Array,
    readLength: number,
  ): { status: TransferStatus; data: Uint8Array };
  /** Full duplex; the device selected by `cs` answers as many bytes as `data` has. */
  spiTransfer(bus: number, cs: number, data: Uint8Array): Uint8Array;
  uartWrite(port: number, data: Uint8Array): void;
  /** Takes up to `max` received bytes. */
  uartRead(port: number, max: number): Uint8Array;
  /** Received bytes that wait. */
  uartWaiting(port: number): number;
}

/**
 * The same buses byte by byte, as the controllers of a chip drive them. A transaction is traced when it ends, with the time at
 * which it began, and looks as if it had been made whole.
 */
export interface BusBytes {
  /** A start condition, a repeated one within a transaction, and an address. False if nobody acknowledges it. */
  i2cStart(bus: number, address: number): boolean;
  /** False if the target does not acknowledge the byte. */
  i2cWrite(bus: number, byte: number): boolean;
  i2cRead(bus: number): number;
  i2cStop(bus: number): void;
  /** The line `cs` selects the device behind it. */
  spiSelect(bus: number, cs: number): void;
  /** One byte each way, whoever is selected. */
  spiExchange(bus: number, byte: number): number;
  spiDeselect(bus: number): void;
}

/** What the board tells the device while the clock moves. */
export interface BoardListener {
  /** An input pin changed its electrical level. */
  onPinChange(pin: number, high: boolean, timeUs: number): void;
  /** Bytes arrived on a serial port. */
  onUartReceive(port: number, timeUs: number): void;
}
