import type { RP2040 } from "./peripherals.js";
import { RingOscillator } from "./power.js";

const randomBit = 0x1c;
const base = 0x40060;

/**
 * A ring oscillator whose random bits are those of the rig's seed, the highest first, and zeros from then on. The firmware mixes
 * any multiple of 32 of them to that seed (runtime/ports/rp2040/random.c), so that its random numbers are those of the simulator.
 */
export class SeedBits extends RingOscillator {
  #left = 32;
  readonly #seed: number;

  constructor(chip: RP2040, seed: number) {
    super(chip, seed);
    this.#seed = seed;
    chip.peripherals[base] = this;
  }

  override readUint32(offset: number): number {
    if (offset !== randomBit) return super.readUint32(offset);
    return this.#left === 0 ? 0 : (this.#seed >>> --this.#left) & 1;
  }
}
