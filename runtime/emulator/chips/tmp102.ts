import type { PartSpec } from "../../rig/simulation.js";
import type { Environment } from "../environment/environment.js";
import type { I2cChip } from "./chip.js";

/** SBOS397, pointer register (table "Pointer Addresses"). */
const register = { temperature: 0, configuration: 1, low: 2, high: 3 } as const;

/** Configuration bits as one 16-bit word, first byte high ("Configuration and Power-Up/Reset Format"). */
const bit = {
  oneShot: 0x8000,
  resolution: 0x6000,
  polarity: 0x0400,
  shutdown: 0x0100,
  alert: 0x0020,
  extended: 0x0010,
} as const;
const powerUp = { configuration: 0x60a0, low: 75 * 16, high: 80 * 16 } as const;

/** Longest conversion time ("Electrical Characteristics"). */
const conversionUs = 35_000;
/** By CR1 CR0 ("Conversion Rate Settings"): 0.25, 1, 4 and 8 Hz. */
const periodUs = [4_000_000, 1_000_000, 250_000, 125_000] as const;
/** By F1 F0 ("Fault Settings"). */
const faults = [1, 2, 4, 6] as const;
/** Conversions looked back at for the alert bit when it has not been asked for in a long time: 2 hours at 8 Hz. */
const alertMemory = 65_536;

type Spec = Extract<PartSpec, { chip: "tmp102" }>;

/** Texas Instruments TMP102: temperature, on I2C. Its ALERT pin is not connected; the alert bit is there. */
export class Tmp102 implements I2cChip {
  readonly attached = "i2c";
  readonly chip = "tmp102";
  readonly bus: number;
  readonly address: number;
  readonly signals: readonly string[];
  #pointer = 0;
  /** When the transaction began. */
  #nowUs = 0;
  /** Bytes since the start. */
  #position = 0;
  /** The register as the bytes under way read or make it. */
  #word = 0;
  #configuration: number = powerUp.configuration;
  /** Limits and result in sixteenths of a degree. */
  #low: number = powerUp.low;
  #high: number = powerUp.high;
  #result = 0;
  /** Start of the first conversion that is not worked out yet; the only one where `#periodic` is false. */
  #startUs = 0;
  #periodic = true;
  #alert = false;
  #faultCount = 0;
  /** Conversions that are not compared with the limits yet: how many, and the start of the first. */
  #uncheckedCount = 0;
  #uncheckedUs = 0;

  constructor(
    readonly name: string,
    readonly spec: Spec,
    private readonly environment: Environment,
  ) {
    this.bus = spec.bus;
    this.address = spec.address;
    this.signals = [spec.temperature];
  }

  start(timeUs: number): void {
    this.#advance(timeUs);
    this.#nowUs = timeUs;
    this.#position = 0;
  }

  /** The pointer, then up to two bytes of its register, high byte first; registers change byte by byte. */
  write(byte: number): boolean {
    const position = this.#position++;
    if (position === 0) {
      this.#pointer = byte & 3;
      this.#word = this.#readRegister();
    } else if (position <= 2) {
      const shift = position === 1 ? 8 : 0;
      this.#word = (this.#word & ~(0xff << shift)) | (byte << shift);
      this.#writeRegister(this.#word);
    }
    return true;
  }

  /** The register the pointer names, again from its first byte after its second. */
  read(): number {
    const first = this.#position++ % 2 === 0;
    if (first) this.#word = this.#readRegister();
    return first ? this.#word >> 8 : this.#word & 0xff;
  }

  state(timeUs: number) {
    const value = this.environment.valueAt(this.spec.temperature, timeUs);
    return { line: `${value.toFixed(2)} °C`, value, unit: "°C" };
  }

  #writeRegister(word: number): void {
    if (this.#pointer === register.temperature) return;
    this.#checkAlerts();
    if (this.#pointer === register.configuration) this.#configure(word, this.#nowUs);
    else if (this.#pointer === register.low) this.#low = this.#fromLimit(word);
    else this.#high = this.#fromLimit(word);
  }

  #readRegister(): number {
    switch (this.#pointer) {
      case register.temperature:
        return this.#toRegister(this.#result) | (this.#extended ? 1 : 0);
      case register.configuration:
        return this.#readConfiguration(this.#nowUs);
      case register.low:
        return this.#toRegister(this.#low);
      default:
        return this.#toRegister(this.#high);
    }
  }

  /** OS reads 1 once a single conversion is over; AL is 1 while there is no alert, the reverse where POL is 1. */
  #readConfiguration(timeUs: number): number {
    this.#checkAlerts();
    const idle = !this.#periodic && timeUs < this.#startUs;
    const alertHigh = this.#alert === ((this.#configuration & bit.polarity) !== 0);
    const settings = this.#configuration & ~(bit.oneShot | bit.alert);
    return settings | bit.resolution | (idle ? bit.oneShot : 0) | (alertHigh ? bit.alert : 0);
  }

  #configure(word: number, timeUs: number): void {
    this.#configuration = word & 0xffd0;
    const shutdown = (word & bit.shutdown) !== 0;
    if (shutdown) {
      // A conversion that runs is completed first ("Shutdown Mode").
      if (this.#periodic && timeUs < this.#startUs) this.#startUs = Infinity;
      this.#periodic = false;
      if (word & bit.oneShot && timeUs < this.#startUs) this.#startUs = timeUs;
    } else if (!this.#periodic) {
      this.#periodic = true;
      this.#startUs = timeUs;
    }
  }

  /** Works out the result of the conversions that are over, and leaves their alerts for when they are asked for. */
  #advance(timeUs: number): void {
    if (timeUs < this.#startUs + conversionUs) return;
    if (this.#uncheckedCount > 0 && !this.#periodic) this.#checkAlerts();
    if (this.#uncheckedCount === 0) this.#uncheckedUs = this.#startUs;
    const over = this.#periodic
      ? Math.floor((timeUs - conversionUs - this.#startUs) / this.#periodUs) + 1
      : 1;
    this.#result = this.#measure(this.#startUs + (over - 1) * this.#periodUs);
    this.#uncheckedCount += over;
    this.#startUs = this.#periodic ? this.#startUs + over * this.#periodUs : Infinity;
  }

  get #periodUs(): number {
    return periodUs[(this.#configuration >> 6) & 3] as number;
  }

  /** In sixteenths of a degree, "Electrical Characteristics" and "Temperature Register". */
  #measure(timeUs: number): number {
    const limit = this.#extended ? 150 * 16 : 2047;
    const sixteenths = Math.round(this.environment.valueAt(this.spec.temperature, timeUs) * 16);
    return Math.min(Math.max(sixteenths, -55 * 16), limit);
  }

  /** Compares the results since the last call with the limits ("Fault Queue", "Alert (AL Bit)"). */
  #checkAlerts(): void {
    for (let i = Math.max(0, this.#uncheckedCount - alertMemory); i < this.#uncheckedCount; i++) {
      const result = this.#measure(this.#uncheckedUs + i * this.#periodUs);
      const fault = this.#alert ? result < this.#low : result >= this.#high;
      this.#faultCount = fault ? this.#faultCount + 1 : 0;
      if (this.#faultCount < (faults[(this.#configuration >> 11) & 3] as number)) continue;
      this.#alert = !this.#alert;
      this.#faultCount = 0;
    }
    this.#uncheckedCount = 0;
  }

  get #extended(): boolean {
    return (this.#configuration & bit.extended) !== 0;
  }

  /** 12 bits left-aligned, or 13 in extended mode ("Temperature Register"). */
  #toRegister(sixteenths: number): number {
    return (sixteenths << (this.#extended ? 3 : 4)) & 0xffff;
  }

  #fromLimit(word: number): number {
    return ((word << 16) >> 16) >> (this.#extended ? 3 : 4);
  }
}
