import { type RP2040 } from "rp2040js";
import { PlainRegisters } from "./registers.js";

/** VREG_AND_CHIP_RESET (RP2040 datasheet 2.10.6 and 2.12.8): the voltage is kept, not felt. */
export class VoltageRegulator extends PlainRegisters {
  constructor(chip: RP2040, powerOn: boolean) {
    super(chip, "VREG_AND_CHIP_RESET", [
      [0x0, 0x10b1],
      [0x4, 0x0091],
      [0x8, powerOn ? 0x100 : 0],
    ]);
  }
}

/** The ring oscillator (2.17.8): always on and stable, its random bit from a generator with a seed. */
export class RingOscillator extends PlainRegisters {
  #state: number;

  constructor(chip: RP2040, seed: number) {
    super(chip, "ROSC", [
      [0x00, 0xaa0],
      [0x04, 0],
      [0x08, 0],
      [0x0c, 0],
      [0x10, 0xaa0],
      [0x14, 8],
      [0x20, 0],
    ]);
    this.#state = seed | 1;
  }

  override readUint32(offset: number): number {
    if (offset === 0x18) return 0x8000_1000;
    if (offset === 0x1c) return this.#randomBit();
    return super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === 0x00 && (value & 0xff_f000) === 0xd1_e000)
      this.warn("the ring oscillator was turned off");
    super.writeUint32(offset, value);
  }

  /** Xorshift (Marsaglia 2003). */
  #randomBit(): number {
    let word = this.#state;
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    this.#state = word;
    return word & 1;
  }
}
