import type { Alarm, RP2040, RPUART } from "./peripherals.js";
import type { BoardLink } from "./board-link.js";

/** Start, eight bits, stop. */
const byteBits = 10;
/** Bytes that follow each other sooner were written by one call: its loop takes less, another call more. */
const callNanos = 2000;

/**
 * A serial port of the emulated chip, on the board. What it sends the board gets at once, call by call; what it receives
 * arrives at the pace of the wire.
 */
export class SerialPort {
  readonly #uart: RPUART;
  readonly #port: number;
  readonly #link: BoardLink;
  readonly #flush: Alarm;
  readonly #receive: Alarm;
  #sent: number[] = [];
  #isReceiving = false;

  constructor(chip: RP2040, port: number, link: BoardLink) {
    const uart = chip.uart[port] as RPUART;
    this.#uart = uart;
    this.#port = port;
    this.#link = link;
    this.#flush = chip.clock.createAlarm(() => this.#write());
    this.#receive = chip.clock.createAlarm(() => this.#feed());
    uart.onByte = (byte) => {
      this.#sent.push(byte);
      this.#flush.schedule(callNanos);
    };
  }

  /** Bytes wait on the board. */
  receive(): void {
    if (!this.#isReceiving) this.#feed();
  }

  #write(): void {
    const sent = this.#sent;
    this.#sent = [];
    this.#link.sync();
    this.#link.board.uartWrite(this.#port, Uint8Array.from(sent));
  }

  #feed(): void {
    const [byte] = this.#link.board.uartRead(this.#port, 1);
    this.#isReceiving = byte !== undefined;
    if (byte === undefined) return;
    this.#uart.feedByte(byte);
    this.#receive.schedule((byteBits * 1e9) / this.#uart.baudRate);
  }
}
