import type { I2cChip } from "../chips/chip.js";
import { byteText, bytesText } from "./bytes.js";
import type { TransferStatus } from "./io.js";

/** What happens on an I2C bus from a start condition to the stop, with the target it addresses. */
export class I2cTransaction {
  status: TransferStatus;
  /** Bytes of the controller, the one that was not acknowledged included. */
  readonly written: number[] = [];
  /** Bytes of the target. */
  readonly answered: number[] = [];

  constructor(
    readonly address: number,
    readonly target: I2cChip | undefined,
    /** When it began: all of it happens at this time. */
    readonly timeUs: number,
  ) {
    this.status = target === undefined ? "nak-address" : "ok";
  }

  /** A start condition, the first or a repeated one. False if nobody acknowledges. */
  start(): boolean {
    this.target?.start(this.timeUs);
    return this.target !== undefined;
  }

  write(byte: number): boolean {
    this.written.push(byte);
    const acknowledged = this.target?.write(byte) ?? false;
    if (!acknowledged && this.status === "ok") this.status = "nak-data";
    return acknowledged;
  }

  /** A line that nobody drives is high. */
  read(): number {
    const byte = this.target?.read() ?? 0xff;
    this.answered.push(byte);
    return byte;
  }

  /** As text: `w76 F4 27`, `r76 F7 -> 50 6E`, `nak 76`. */
  text(): string {
    const address = byteText(this.address);
    if (this.status === "nak-address") return `nak ${address}`;
    if (this.status !== "ok") return `${this.status} ${address}${bytesText(this.written)}`;
    if (this.answered.length === 0) return `w${address}${bytesText(this.written)}`;
    return `r${address}${bytesText(this.written)} ->${bytesText(this.answered)}`;
  }
}
