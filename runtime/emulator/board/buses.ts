import type { Chip, I2cChip } from "../chips/chip.js";
import { bytesText } from "./bytes.js";
import { I2cTransaction } from "./i2c-transaction.js";
import type { TransferStatus } from "./io.js";
import type { Probes } from "./probes.js";
import type { Recorder } from "./recorder.js";

export interface I2cResult {
  readonly status: TransferStatus;
  readonly data: Uint8Array;
}

interface SpiTransfer {
  readonly cs: number;
  readonly timeUs: number;
  readonly sent: number[];
  readonly answered: number[];
}

const noBytes = new Uint8Array(0);
const i2cChannels = ["i2c.i2c0", "i2c.i2c1"] as const;

/** The buses of the board. Traced are whole transactions, when they end, with the time at which they began. */
export class Buses {
  readonly #targets = new Map<number, I2cChip>();
  /** By bus: what has begun. */
  readonly #transactions: (I2cTransaction | undefined)[] = [];
  readonly #selected: (SpiTransfer | undefined)[] = [];
  readonly #received = new Map<number, number[]>();
  readonly #recorder: Recorder;
  readonly #probes: Probes;

  constructor(chips: readonly Chip[], recorder: Recorder, probes: Probes) {
    for (const chip of chips)
      if (chip.attached === "i2c") this.#targets.set((chip.bus << 7) | chip.address, chip);
    this.#recorder = recorder;
    this.#probes = probes;
  }

  /** A whole transaction. */
  i2cTransfer(
    bus: number,
    address: number,
    data: Uint8Array,
    readLength: number,
    timeUs: number,
  ): I2cResult {
    let acknowledged = this.i2cStart(bus, address, timeUs);
    const transaction = this.#transactions[bus] as I2cTransaction;
    for (let i = 0; acknowledged && i < data.length; i++)
      acknowledged = transaction.write(data[i] as number);
    if (acknowledged && readLength > 0) {
      if (data.length > 0) transaction.start();
      for (let i = 0; i < readLength; i++) transaction.read();
    }
    this.i2cStop(bus);
    const { status, answered } = transaction;
    return { status, data: answered.length > 0 ? Uint8Array.from(answered) : noBytes };
  }

  i2cStart(bus: number, address: number, timeUs: number): boolean {
    let transaction = this.#transactions[bus];
    if (transaction?.address !== address) {
      this.i2cStop(bus);
      const target = this.#targets.get((bus << 7) | address);
      transaction = new I2cTransaction(address, target, timeUs);
      this.#transactions[bus] = transaction;
    }
    return transaction.start();
  }

  i2cWrite(bus: number, byte: number): boolean {
    return this.#transactions[bus]?.write(byte) ?? false;
  }

  i2cRead(bus: number): number {
    return this.#transactions[bus]?.read() ?? 0xff;
  }

  i2cStop(bus: number): void {
    const transaction = this.#transactions[bus];
    if (transaction === undefined) return;
    this.#transactions[bus] = undefined;
    const { target, timeUs } = transaction;
    if (target) this.#probes.record(target.signals, timeUs);
    const channel = i2cChannels[bus] as string;
    if (this.#recorder.wants(channel)) this.#recorder.record(timeUs, channel, transaction.text());
  }

  /** A whole transfer. */
  spiTransfer(bus: number, cs: number, data: Uint8Array, timeUs: number): Uint8Array {
    this.spiSelect(bus, cs, timeUs);
    const answer = data.map((byte) => this.spiExchange(bus, byte));
    this.spiDeselect(bus);
    return answer;
  }

  spiSelect(bus: number, cs: number, timeUs: number): void {
    this.spiDeselect(bus);
    this.#selected[bus] = { cs, timeUs, sent: [], answered: [] };
  }

  /** No part speaks SPI yet. Nobody drives the data line, and the pull-down an RP2040 has at reset makes it 0. */
  spiExchange(bus: number, byte: number): number {
    const answer = 0;
    const transfer = this.#selected[bus];
    transfer?.sent.push(byte);
    transfer?.answered.push(answer);
    return answer;
  }

  /** The end of a transfer: `GP17 9F 00 -> 00 00`. A device that was selected for nothing is no transfer. */
  spiDeselect(bus: number): void {
    const transfer = this.#selected[bus];
    this.#selected[bus] = undefined;
    if (transfer === undefined || transfer.sent.length === 0) return;
    const { cs, timeUs, sent, answered } = transfer;
    const channel = `spi.spi${bus}`;
    if (this.#recorder.wants(channel))
      this.#recorder.record(timeUs, channel, `GP${cs}${bytesText(sent)} ->${bytesText(answered)}`);
  }

  uartWrite(port: number, data: Uint8Array, timeUs: number): void {
    const channel = `uart.uart${port}`;
    if (this.#recorder.wants(channel))
      this.#recorder.record(timeUs, channel, `tx${bytesText(data)}`);
  }

  uartReceive(port: number, data: Uint8Array, timeUs: number): void {
    const waiting = this.#received.get(port) ?? [];
    this.#received.set(port, [...waiting, ...data]);
    const channel = `uart.uart${port}`;
    if (this.#recorder.wants(channel))
      this.#recorder.record(timeUs, channel, `rx${bytesText(data)}`);
  }

  uartRead(port: number, max: number): Uint8Array {
    return Uint8Array.from(this.#received.get(port)?.splice(0, max) ?? []);
  }

  uartWaiting(port: number): number {
    return this.#received.get(port)?.length ?? 0;
  }
}
