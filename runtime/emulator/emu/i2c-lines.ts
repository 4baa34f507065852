import type { BoardLink } from "./board-link.js";

/** Bits of a byte with its acknowledgement. */
const byteBits = 9;

/**
 * The two lines of an I2C bus whose pins the firmware drives by hand: what the controller cannot do, an address without bytes
 * above all. Writes only: a target that is read drives nothing.
 */
export class I2cLines {
  #sda = true;
  #scl = true;
  #isActive = false;
  #isAddressed = false;
  #bits = 0;
  #count = 0;

  /** `drive` is told when a target pulls SDA low, and when it lets it go. */
  constructor(
    private readonly bus: number,
    private readonly link: BoardLink,
    private readonly drive: (low: boolean) => void,
  ) {}

  /** What the firmware does with the lines now: false pulls one low, true lets it go. */
  update(sda: boolean, scl: boolean): void {
    const [wasSda, wasScl] = [this.#sda, this.#scl];
    this.#sda = sda;
    this.#scl = scl;
    if (scl && wasScl) {
      if (wasSda && !sda) this.#start();
      else if (!wasSda && sda) this.#stop();
    } else if (scl !== wasScl && this.#isActive) {
      if (scl) this.#sample(sda);
      else this.#fall();
    }
  }

  #start(): void {
    this.#isActive = true;
    this.#isAddressed = false;
    this.#bits = 0;
    this.#count = 0;
  }

  #stop(): void {
    if (this.#isActive && this.#isAddressed) {
      this.link.sync();
      this.link.board.i2cStop(this.bus);
    }
    this.#isActive = false;
  }

  #sample(sda: boolean): void {
    this.#count++;
    if (this.#count < byteBits) this.#bits = ((this.#bits << 1) | (sda ? 1 : 0)) & 0xff;
  }

  #fall(): void {
    if (this.#count === byteBits - 1 && this.#take(this.#bits)) this.drive(true);
    if (this.#count !== byteBits) return;
    this.drive(false);
    this.#count = 0;
  }

  /** A whole byte. True if it is acknowledged. */
  #take(byte: number): boolean {
    const { board } = this.link;
    if (this.#isAddressed) return board.i2cWrite(this.bus, byte);
    this.#isAddressed = true;
    this.link.sync();
    return board.i2cStart(this.bus, byte >> 1);
  }
}
