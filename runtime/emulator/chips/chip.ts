/**
 * A part on the desk: something with registers on a bus, something that drives a pin, something that a pin
 * drives, or something that puts a voltage on an ADC input. Chips have no clock of their own: every call brings
 * the virtual time in microseconds, which never decreases, and a chip works out what has happened since.
 */
export type Chip = I2cChip | ContactChip | LoadChip | AnalogChip;

interface Part {
  /** As the rig names it. */
  readonly name: string;
  /** What it is: `bme280`. */
  readonly chip: string;
  /** What a person would see looking at it. */
  state(timeUs: number): ChipState;
}

/** What a view shows of a chip. */
export interface ChipState {
  /** A few words: `21.45 °C  48.1 %  1013.2 hPa`, `on`, `pressed`. */
  readonly line: string;
  /** The one number to draw a chart of. */
  readonly value: number;
  /** Unit of `value`, empty where it has none. */
  readonly unit: string;
}

/** Part that measures. */
interface Sensor extends Part {
  /** Names of the signals it measures: the trace shows them whenever the device turns to the sensor. */
  readonly signals: readonly string[];
}

/** A target on an I2C bus, byte by byte. The board does the addressing. */
export interface I2cChip extends Sensor {
  readonly attached: "i2c";
  readonly bus: number;
  /** 7-bit, right-aligned. */
  readonly address: number;
  /**
   * A start or repeated start with the chip's address, which it acknowledges. What follows happens at `timeUs`, the time
   * at which the transaction began, however long the bytes take.
   */
  start(timeUs: number): void;
  /** Takes the next byte since the start. False if the chip does not acknowledge it. */
  write(byte: number): boolean;
  /** Gives the next byte since the start. */
  read(): number;
}

/** A contact that connects a pin to a level or leaves it open. */
export interface ContactChip extends Part {
  readonly attached: "contact";
  readonly pin: number;
  /** The level the closed contact puts on the pin. */
  readonly closedLevel: boolean;
  /** The board tells when the contact closed or opened. */
  setClosed(closed: boolean): void;
  readonly closed: boolean;
  /** Every change of the contact that these presses make, in order; the first closes it. */
  changes(presses: readonly Press[]): ContactChange[];
}

/** One hold of a button. */
export interface Press {
  readonly fromUs: number;
  /** After `fromUs`. */
  readonly untilUs: number;
}

/** A contact closes or opens. */
export interface ContactChange {
  readonly timeUs: number;
  readonly closed: boolean;
}

/** Something an output drives. */
export interface LoadChip extends Part {
  readonly attached: "load";
  readonly pin: number;
  /** The pin changed its level. */
  setLevel(high: boolean, timeUs: number): void;
  /** The pin is high for `duty` / 65535 of the time, too fast to follow. */
  setDuty(duty: number, timeUs: number): void;
}

/** A voltage on an ADC input. */
export interface AnalogChip extends Sensor {
  readonly attached: "analog";
  readonly pin: number;
  readonly channel: number;
  /** 12 bits: 0 is ground, 4095 the reference voltage. */
  convert(timeUs: number): number;
}
