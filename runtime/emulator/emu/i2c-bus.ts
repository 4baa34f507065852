import { I2CMode, RPI2C } from "rp2040js";
import type { BoardLink } from "./board-link.js";
import type { Alarm, RP2040 } from "./peripherals.js";

/** Registers, RP2040 datasheet section 4.3.17. */
const register = {
  dataCommand: 0x10,
  interruptMask: 0x30,
  enable: 0x6c,
  sdaHold: 0x7c,
  spikeLength: 0xa0,
} as const;
/** IC_RAW_INTR_STAT. */
const abortBit = 1 << 6;
const controllers = [
  { name: "I2C0", base: 0x40044, irq: 23 },
  { name: "I2C1", base: 0x40048, irq: 24 },
] as const;
/** A byte with its acknowledgement. */
const byteBits = 9;

/** Puts an I2C controller of the emulated chip on the board. */
export function attachI2c(chip: RP2040, bus: number, link: BoardLink): void {
  new I2cController(chip, bus, link);
}

/**
 * An I2C controller whose steps take the time they take on the wire: a bit for a start and a stop, nine for the address and each
 * byte. Nobody stretches the clock.
 */
class I2cController extends RPI2C {
  /** Registers and state as rp2040js begins with them. */
  readonly #atReset: object = Object.fromEntries(
    Object.entries(this).filter(([, value]) => typeof value === "number" || value === false),
  );
  readonly #bus: number;
  readonly #link: BoardLink;
  readonly #alarm: Alarm;
  #mode: I2CMode = I2CMode.Write;
  #address = 0;
  /** Kept, not felt: nobody here looks at the lines between two edges. */
  #sdaHold = 1;
  #complete: () => void = () => {};

  constructor(chip: RP2040, bus: number, link: BoardLink) {
    const { name, base, irq } = controllers[bus]!;
    super(chip, name, irq);
    this.#bus = bus;
    this.#link = link;
    this.#alarm = chip.clock.createAlarm(() => this.#complete());
    chip.i2c[bus] = this;
    chip.peripherals[base] = this;
    this.onStart = () => this.#after(1, () => this.completeStart());
    this.onConnect = (address, mode) => this.#connect(address, mode);
    this.onWriteByte = (byte) => this.#write(byte);
    this.onReadByte = () => this.#read();
    this.onStop = () => this.#after(1, () => this.#stop());
  }

  /** Held in reset: the lines are let go, whatever it was at. */
  reset(): void {
    this.#alarm.cancel();
    Object.assign(this, this.#atReset);
    this.#sdaHold = 1;
    super.writeUint32(register.enable, 0);
    this.checkInterrupts();
  }

  override readUint32(offset: number): number {
    return offset === register.sdaHold ? this.#sdaHold : super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === register.sdaHold) this.#sdaHold = value;
    else if (offset === register.interruptMask) this.#enableInterrupts(value);
    // After an abort its FIFO stays empty until that is cleared.
    else if (offset === register.dataCommand && (this.intRaw & abortBit) !== 0) return;
    else super.writeUint32(offset, value);
  }

  /** rp2040js has the register, but does not let it be written. */
  #enableInterrupts(mask: number): void {
    this.intEnable = mask & 0x1fff;
    this.checkInterrupts();
  }

  #connect(address: number, mode: I2CMode): void {
    this.#address = address;
    this.#mode = mode;
    this.#link.sync();
    const acknowledged = this.#link.board.i2cStart(this.#bus, address);
    this.#after(byteBits, () => this.completeConnect(acknowledged));
  }

  #write(byte: number): void {
    const bits = this.#turn(I2CMode.Write) + byteBits;
    const acknowledged = this.#link.board.i2cWrite(this.#bus, byte);
    this.#after(bits, () => this.completeWrite(acknowledged));
  }

  #read(): void {
    const bits = this.#turn(I2CMode.Read) + byteBits;
    const byte = this.#link.board.i2cRead(this.#bus);
    this.#after(bits, () => this.completeRead(byte));
  }

  #stop(): void {
    this.#link.sync();
    this.#link.board.i2cStop(this.#bus);
    this.completeStop();
  }

  /** The controller makes a repeated start by itself where the direction changes (section 4.3.6). The bits that takes. */
  #turn(mode: I2CMode): number {
    if (mode === this.#mode) return 0;
    this.#mode = mode;
    this.#link.board.i2cStart(this.#bus, this.#address);
    return 1 + byteBits;
  }

  #after(bits: number, complete: () => void): void {
    this.#complete = complete;
    this.#alarm.schedule(bits * this.#bitNanos);
  }

  /** Section 4.3.14: the high time has the length of suppressed spikes and 7 cycles more than its register says, the low time one. */
  get #bitNanos(): number {
    const high = this.sclHighPeriod + this.readUint32(register.spikeLength) + 7;
    return ((high + this.sclLowPeriod + 1) * 1e9) / this.rp2040.clkSys;
  }
}
