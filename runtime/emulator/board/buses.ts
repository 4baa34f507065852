import type { Chip, I2cChip } from "../chips/chip.js";
import type { TransferStatus } from "./io.js";
import type { Probes } from "./probes.js";
import type { Recorder } from "./recorder.js";

export interface I2cResult {
  readonly status: TransferStatus;
  readonly data: Uint8Array;
}

const noBytes = new Uint8Array(0);
const i2cChannels = ["i2c.i2c0", "i2c.i2c1"] as const;

/** The buses of the board. Traced are whole transactions, as text: `w76 F4 27`, `r76 F7 -> 50 6E`, `nak 76`. */
export class Buses {
  readonly #targets = new Map<number, I2cChip>();
  readonly #received = new Map<number, number[]>();
  readonly #recorder: Recorder;
  readonly #probes: Probes;

  constructor(chips: readonly Chip[], recorder: Recorder, probes: Probes) {
    for (const chip of chips)
      if (chip.attached === "i2c") this.#targets.set((chip.bus << 7) | chip.address, chip);
    this.#recorder = recorder;
    this.#probes = probes;
  }

  i2cTransfer(
    bus: number,
    address: number,
    data: Uint8Array,
    readLength: number,
    timeUs: number,
  ): I2cResult {
    const target = this.#targets.get((bus << 7) | address);
    const result = target
      ? exchange(target, data, readLength, timeUs)
      : { status: "nak-address" as const, data: noBytes };
    if (target) this.#probes.record(target.signals, timeUs);
    const channel = i2cChannels[bus] as string;
    if (this.#recorder.wants(channel))
      this.#recorder.record(timeUs, channel, i2cText(address, data, readLength, result));
    return result;
  }

  /** No part speaks SPI yet. Nobody drives the data line, and the pull-down an RP2040 has at reset makes it 0. */
  spiTransfer(bus: number, cs: number, data: Uint8Array, timeUs: number): Uint8Array {
    const answer = new Uint8Array(data.length);
    const channel = `spi.spi${bus}`;
    if (this.#recorder.wants(channel))
      this.#recorder.record(timeUs, channel, `GP${cs}${bytesText(data)} ->${bytesText(answer)}`);
    return answer;
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

function exchange(
  target: I2cChip,
  data: Uint8Array,
  readLength: number,
  timeUs: number,
): I2cResult {
  const status = data.length === 0 ? "ok" : target.write(data, timeUs);
  if (status !== "ok" || readLength === 0) return { status, data: noBytes };
  const answer = new Uint8Array(readLength);
  target.read(answer, timeUs);
  return { status, data: answer };
}

function i2cText(address: number, data: Uint8Array, readLength: number, result: I2cResult): string {
  const target = hex[address];
  if (result.status === "nak-address") return `nak ${target}`;
  if (result.status !== "ok") return `${result.status} ${target}${bytesText(data)}`;
  if (readLength === 0) return `w${target}${bytesText(data)}`;
  return `r${target}${bytesText(data)} ->${bytesText(result.data)}`;
}

/** Two digits for each byte, made once: a traced run of a year spells millions of them. */
const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, "0"),
);

/** Each byte as a blank and two digits. */
function bytesText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += ` ${hex[bytes[i] as number]}`;
  return text;
}
