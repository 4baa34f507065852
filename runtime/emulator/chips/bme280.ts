import type { Environment } from "../environment/environment.js";
import type { PartSpec } from "../../rig/simulation.js";
import {
  fineTemperature,
  humidityWord,
  operatingRange,
  pressureWord,
  temperatureWord,
  typicalCalibration,
  type Calibration,
} from "./bme280-compensation.js";
import type { I2cChip } from "./chip.js";

/** Registers, BST-BME280-DS002 section 5.3 table 18. */
const register = {
  calibrationLow: 0x88,
  id: 0xd0,
  reset: 0xe0,
  calibrationHigh: 0xe1,
  ctrlHum: 0xf2,
  status: 0xf3,
  ctrlMeas: 0xf4,
  config: 0xf5,
  data: 0xf7,
} as const;

const chipId = 0x60;
/** Writing this to `reset` restarts the chip, section 5.4.2. */
const resetWord = 0xb6;
/** Copying the trimming parameters after a reset, section 1.1 table 1 (start-up time). */
const startUpUs = 2000;
/** By t_sb, section 5.4.6 table 27. */
const standbyUs = [500, 62_500, 125_000, 250_000, 500_000, 1_000_000, 10_000, 20_000] as const;
/** What the registers of a skipped channel hold, sections 5.4.7 to 5.4.9. */
const skipped = { word20: 0x80000, word16: 0x8000 } as const;

const enum Mode {
  sleep = 0,
  forced = 1,
  normal = 3,
}

/** After so many samples nothing is left in the filter of what was before: (15/16)^1024 < 2^-95. */
const filterMemorySamples = 1024;

type Spec = Extract<PartSpec, { chip: "bme280" }>;

/**
 * Bosch BME280: temperature, pressure, humidity, on I2C. Sampled is at the start of a conversion, which takes the longest time
 * the datasheet allows (appendix 9.1), so that a driver that waits too briefly is found out here. SPI is not modelled.
 */
export class Bme280 implements I2cChip {
  readonly attached = "i2c";
  readonly chip = "bme280";
  readonly bus: number;
  readonly address: number;
  readonly signals: readonly string[];
  readonly #calibration: Uint8Array;
  #pointer = 0;
  /** The next byte written is the value for the register at the pointer. */
  #addressed = false;
  /** When the transaction began. */
  #nowUs = 0;
  #ctrlHum = 0;
  #config = 0;
  #mode = Mode.sleep;
  #osrsT = 0;
  #osrsP = 0;
  /** In force since the last write of ctrl_meas, section 5.4.3. */
  #osrsH = 0;
  /** A write of ctrl_meas that waits for the end of the conversion, section 3.3.1. */
  #pendingCtrlMeas: number | undefined;
  /** Start of the running or next conversion. */
  #startUs = Infinity;
  #conversionUs = 0;
  #resetUs = -Infinity;
  #filterT: number | undefined;
  #filterP: number | undefined;
  readonly #data = new Uint8Array(8);

  constructor(
    readonly name: string,
    readonly spec: Spec,
    private readonly environment: Environment,
    private readonly constants: Calibration = typicalCalibration,
  ) {
    this.bus = spec.bus;
    this.address = spec.address;
    this.signals = [spec.temperature, spec.humidity, spec.pressure];
    this.#calibration = calibrationBytes(constants);
    this.#store(skipped.word20, skipped.word20, skipped.word16);
  }

  start(timeUs: number): void {
    this.#advance(timeUs);
    this.#nowUs = timeUs;
    this.#addressed = false;
  }

  /** Section 6.2.1: pairs of register and value; a register without a value is where the next read starts. */
  write(byte: number): boolean {
    if (this.#addressed) this.#writeRegister(this.#pointer, byte, this.#nowUs);
    else this.#pointer = byte;
    this.#addressed = !this.#addressed;
    return true;
  }

  /** Section 6.2.2: registers from the pointer on. One read sees one measurement (shadowing, section 4). */
  read(): number {
    const value = this.#readRegister(this.#pointer, this.#nowUs);
    this.#pointer = (this.#pointer + 1) & 0xff;
    return value;
  }

  state(timeUs: number) {
    const { temperature, humidity, pressure } = this.#sample(timeUs);
    return {
      line: `${temperature.toFixed(2)} °C  ${humidity.toFixed(1)} %  ${pressure.toFixed(1)} hPa`,
      value: temperature,
      unit: "°C",
    };
  }

  #readRegister(address: number, timeUs: number): number {
    if (address >= register.data && address < register.data + 8)
      return this.#data[address - register.data] as number;
    if (address >= register.calibrationLow && address < register.calibrationLow + 26)
      return this.#calibration[address - register.calibrationLow] as number;
    if (address >= register.calibrationHigh && address < register.calibrationHigh + 7)
      return this.#calibration[26 + address - register.calibrationHigh] as number;
    switch (address) {
      case register.id:
        return chipId;
      case register.ctrlHum:
        return this.#ctrlHum;
      case register.status:
        return (timeUs >= this.#startUs ? 8 : 0) | (timeUs < this.#resetUs + startUpUs ? 1 : 0);
      case register.ctrlMeas:
        return (this.#osrsT << 5) | (this.#osrsP << 2) | this.#mode;
      case register.config:
        return this.#config;
      default:
        return 0;
    }
  }

  #writeRegister(address: number, value: number, timeUs: number): void {
    if (address === register.reset) {
      if (value === resetWord) this.#reset(timeUs);
    } else if (address === register.ctrlHum) {
      if (this.#pendingCtrlMeas === undefined) this.#ctrlHum = value & 7;
    } else if (address === register.ctrlMeas) {
      if (timeUs < this.#startUs) this.#execute(value, timeUs);
      else this.#pendingCtrlMeas ??= value;
    } else if (address === register.config && this.#mode !== Mode.normal) {
      // "May be ignored" in normal mode, section 5.4.6: this one does.
      this.#config = value & 0xfd;
      this.#filterT = undefined;
      this.#filterP = undefined;
    }
  }

  #reset(timeUs: number): void {
    this.#pointer = 0;
    this.#ctrlHum = this.#config = this.#osrsT = this.#osrsP = this.#osrsH = 0;
    this.#mode = Mode.sleep;
    this.#pendingCtrlMeas = undefined;
    this.#startUs = Infinity;
    this.#resetUs = timeUs;
    this.#filterT = this.#filterP = undefined;
    this.#store(skipped.word20, skipped.word20, skipped.word16);
  }

  /** Carries out a write of ctrl_meas, section 5.4.5; no conversion runs. */
  #execute(value: number, timeUs: number): void {
    const waiting = this.#mode === Mode.normal;
    this.#osrsT = value >> 5;
    this.#osrsP = (value >> 2) & 7;
    this.#osrsH = this.#ctrlHum;
    const mode = value & 3;
    this.#mode = mode === 2 ? Mode.forced : mode;
    this.#conversionUs = conversionMaxUs(
      times(this.#osrsT),
      times(this.#osrsP),
      times(this.#osrsH),
    );
    if (this.#mode === Mode.sleep) this.#startUs = Infinity;
    else if (this.#mode === Mode.forced || !waiting) this.#startUs = timeUs;
  }

  /** Ends the conversions that are over and begins those that are due. */
  #advance(timeUs: number): void {
    while (timeUs >= this.#startUs + this.#conversionUs) {
      this.#skipForgotten(timeUs);
      this.#convert(this.#startUs);
      const endUs = this.#startUs + this.#conversionUs;
      const pending = this.#pendingCtrlMeas;
      this.#pendingCtrlMeas = undefined;
      this.#startUs = this.#mode === Mode.normal ? endUs + this.#standbyUs : Infinity;
      if (this.#mode === Mode.forced) this.#mode = Mode.sleep;
      if (pending !== undefined) this.#execute(pending, endUs);
    }
  }

  /** Leaves out conversions nobody read and of which the filter remembers nothing. */
  #skipForgotten(timeUs: number): void {
    if (this.#mode !== Mode.normal || this.#pendingCtrlMeas !== undefined) return;
    const cycleUs = this.#conversionUs + this.#standbyUs;
    const passed = Math.floor((timeUs - this.#startUs) / cycleUs);
    const kept = this.#filterCoefficient > 1 ? filterMemorySamples : 2;
    if (passed > kept) this.#startUs += (passed - kept) * cycleUs;
  }

  get #standbyUs(): number {
    return standbyUs[this.#config >> 5] as number;
  }

  /** Section 5.4.6 table 28: off, 2, 4, 8, 16. */
  get #filterCoefficient(): number {
    return 1 << Math.min((this.#config >> 2) & 7, 4);
  }

  /** Section 3.4. Pressure and humidity are those that fit the temperature word of this conversion. */
  #convert(timeUs: number): void {
    const c = this.constants;
    const coefficient = this.#filterCoefficient;
    const { temperature, humidity, pressure } = this.#sample(timeUs);
    const measuredT = temperatureWord(c, temperature, resolutionBits(this.#osrsT, coefficient));
    const fine = fineTemperature(c, measuredT);
    let wordT: number = skipped.word20;
    if (this.#osrsT > 0)
      wordT = Math.round((this.#filterT = filter(this.#filterT, measuredT, coefficient)));
    let wordP: number = skipped.word20;
    if (this.#osrsP > 0) {
      const measuredP = pressureWord(c, pressure, fine, resolutionBits(this.#osrsP, coefficient));
      wordP = Math.round((this.#filterP = filter(this.#filterP, measuredP, coefficient)));
    }
    const wordH = this.#osrsH > 0 ? humidityWord(c, humidity, fine) : skipped.word16;
    this.#store(wordP, wordT, wordH);
  }

  #sample(timeUs: number) {
    const { environment, spec } = this;
    const { temperatureC, pressureHPa, humidityPercent } = operatingRange;
    return {
      temperature: clamp(environment.valueAt(spec.temperature, timeUs), temperatureC),
      humidity: clamp(environment.valueAt(spec.humidity, timeUs), humidityPercent),
      pressure: clamp(environment.valueAt(spec.pressure, timeUs), pressureHPa),
    };
  }

  /** Sections 5.4.7 to 5.4.9: two 20-bit words, left-aligned in three bytes, and one of 16 bits. */
  #store(wordP: number, wordT: number, wordH: number): void {
    const data = this.#data;
    data[0] = wordP >> 12;
    data[1] = wordP >> 4;
    data[2] = wordP << 4;
    data[3] = wordT >> 12;
    data[4] = wordT >> 4;
    data[5] = wordT << 4;
    data[6] = wordH >> 8;
    data[7] = wordH;
  }
}

/** Oversampling by osrs_x, section 5.4.3 table 20: 0, 1, 2, 4, 8, 16. */
function times(osrs: number): number {
  return osrs === 0 ? 0 : 1 << (Math.min(osrs, 5) - 1);
}

/** Sections 3.4.2 and 3.4.3. A skipped temperature still sets the fine temperature of the other two. */
function resolutionBits(osrs: number, filterCoefficient: number): number {
  return filterCoefficient > 1 || osrs === 0 ? 20 : 15 + Math.min(osrs, 5);
}

/** Longest measurement time, appendix 9.1. */
function conversionMaxUs(timesT: number, timesP: number, timesH: number): number {
  const pressureUs = timesP === 0 ? 0 : 2300 * timesP + 575;
  const humidityUs = timesH === 0 ? 0 : 2300 * timesH + 575;
  return 1250 + 2300 * timesT + pressureUs + humidityUs;
}

/** Section 3.4.4. The first sample after a reset of the filter passes unchanged. */
function filter(memory: number | undefined, word: number, coefficient: number): number {
  return memory === undefined ? word : memory + (word - memory) / coefficient;
}

/** The bytes of 0x88 to 0xA1, then those of 0xE1 to 0xE7, section 4.2.2 table 16. */
function calibrationBytes(c: Calibration): Uint8Array {
  const bytes = new Uint8Array(26 + 7);
  const view = new DataView(bytes.buffer);
  [c.t1, c.t2, c.t3, c.p1, c.p2, c.p3, c.p4, c.p5, c.p6, c.p7, c.p8, c.p9].forEach((value, i) =>
    view.setInt16(2 * i, value, true),
  );
  bytes[25] = c.h1;
  view.setInt16(26, c.h2, true);
  bytes[28] = c.h3;
  bytes[29] = c.h4 >> 4;
  bytes[30] = (c.h4 & 15) | ((c.h5 & 15) << 4);
  bytes[31] = c.h5 >> 4;
  bytes[32] = c.h6;
  return bytes;
}

/** A value that is no number counts as the lowest. */
function clamp(value: number, range: { readonly min: number; readonly max: number }): number {
  return value > range.min ? Math.min(value, range.max) : range.min;
}
