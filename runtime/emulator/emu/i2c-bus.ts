import { I2CMode, type RP2040, type RPI2C } from "rp2040js";
import type { BoardLink } from "./board-link.js";

/** IC_FS_SPKLEN. */
const spikeLength = 0xa0;
/** A byte with its acknowledgement. */
const byteBits = 9;

/** An I2C controller of the emulated chip, on the board. */
export function attachI2c(chip: RP2040, bus: number, link: BoardLink): void {
  new I2cBus(chip, bus, link);
}

/**
 * Its steps take the time they take on the wire: a bit for a start and a
 * stop, nine for the address and each byte. Nobody stretches the clock.
 */
class I2cBus {
  readonly #controller: RPI2C;
  readonly #chip: RP2040;
  readonly #alarm: { schedule(deltaNanos: number): void };
  #mode: I2CMode = I2CMode.Write;
  #complete: () => void = () => {};

  constructor(chip: RP2040, bus: number, link: BoardLink) {
    const controller = chip.i2c[bus] as RPI2C;
    this.#controller = controller;
    this.#chip = chip;
    this.#alarm = chip.clock.createAlarm(() => this.#complete());
    const { board } = link;
    let address = 0;
    const turn = (mode: I2CMode): number => {
      if (mode === this.#mode) return 0;
      // The controller makes a repeated start by itself where the direction changes (datasheet section 4.3.6).
      this.#mode = mode;
      board.i2cStart(bus, address);
      return 1 + byteBits;
    };
    controller.onStart = () => this.#after(1, () => controller.completeStart());
    controller.onConnect = (target, mode) => {
      address = target;
      this.#mode = mode;
      link.sync();
      const acknowledged = board.i2cStart(bus, target);
      this.#after(byteBits, () => controller.completeConnect(acknowledged));
    };
    controller.onWriteByte = (byte) => {
      const bits = turn(I2CMode.Write) + byteBits;
      const acknowledged = board.i2cWrite(bus, byte);
      this.#after(bits, () => controller.completeWrite(acknowledged));
    };
    controller.onReadByte = () => {
      const bits = turn(I2CMode.Read) + byteBits;
      const byte = board.i2cRead(bus);
      this.#after(bits, () => controller.completeRead(byte));
    };
    controller.onStop = () =>
      this.#after(1, () => {
        link.sync();
        board.i2cStop(bus);
        controller.completeStop();
      });
  }

  #after(bits: number, complete: () => void): void {
    this.#complete = complete;
    this.#alarm.schedule(bits * this.#bitNanos);
  }

  /** Section 4.3.14: the high time has the length of suppressed spikes and 7 cycles more than its register says, the low time one. */
  get #bitNanos(): number {
    const { sclHighPeriod, sclLowPeriod } = this.#controller;
    const high = sclHighPeriod + this.#controller.readUint32(spikeLength) + 7;
    return ((high + sclLowPeriod + 1) * 1e9) / this.#chip.clkSys;
  }
}
