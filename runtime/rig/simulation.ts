import type { Place } from "../document/node.js";

/** A place in a rig. */
export interface RigPlace extends Place {
  /** The rig, where several were joined and it is not the first. */
  readonly file?: string;
}

/**
 * The `simulation` part of a rig: what surrounds the device while an app is rehearsed. Everything is
 * resolved: times are virtual microseconds, pins are GPIO numbers, and every name that a part, a
 * message or a press mentions exists. Maps keep the order of the file.
 */
export interface Simulation {
  /** Seed of all noise and of `random`: 0 to 2^32 - 1. */
  readonly seed: number;
  /** Virtual seconds per real second in the live view, above 0. */
  readonly speed: number;
  /** Wall time at virtual time 0 in milliseconds since 1970; absent where the device does not know it. */
  readonly startMs?: number;
  /** 8 bytes. */
  readonly deviceId: Uint8Array;
  readonly signals: ReadonlyMap<string, SignalSpec>;
  readonly parts: ReadonlyMap<string, PartSpec>;
  /** In the order of their times. */
  readonly messages: readonly MessageSpec[];
  /** In the order of their times. */
  readonly presses: readonly PressSpec[];
}

/** A quantity over time. Where `plus` is given, its value is added. */
export type SignalSpec = SignalShape & { readonly plus?: SignalSpec };

export type SignalShape =
  | { readonly kind: "constant"; readonly value: number }
  | {
      readonly kind: "noise";
      readonly mean: number;
      /** Standard deviation, >= 0. */ readonly deviation: number;
      /** A new value each. */ readonly everyUs: number;
    }
  | {
      readonly kind: "sine";
      readonly mean: number;
      readonly amplitude: number;
      readonly periodUs: number;
      /** How far the sine has run at time 0. */ readonly phaseUs: number;
    }
  | {
      readonly kind: "steps";
      /** In the order of their times, at least one; the first value holds before it. */ readonly steps: readonly Step[];
    }
  | CsvShape;

/** From `atUs` on, a signal has this value. */
export interface Step {
  readonly atUs: number;
  readonly value: number;
}

/** A column of a CSV file. Time 0 is its first row; after its last row the last value holds. */
export interface CsvShape {
  readonly kind: "csv";
  /** Name of the file as written, relative to the rig. */
  readonly file: string;
  /** Heading of the column with the values; the second column where absent. */
  readonly column?: string;
  /** Heading of the column with the times; the first column where absent. */
  readonly time?: string;
  /** What the values are in, converted to the base unit of its quantity (`units.ts`). */
  readonly unit?: string;
  readonly interpolate: "hold" | "linear";
  /** Where the rig names the file; absent where a command line does. */
  readonly place?: RigPlace;
}

/** Something on the desk. Pins are GPIO numbers, buses are numbers, addresses are 7-bit; signals go by name. */
export type PartSpec =
  | {
      readonly chip: "bme280";
      readonly bus: number;
      readonly address: number;
      /** °C */ readonly temperature: string;
      /** % */ readonly humidity: string;
      /** hPa */ readonly pressure: string;
    }
  | {
      readonly chip: "tmp102";
      readonly bus: number;
      readonly address: number;
      /** °C */ readonly temperature: string;
    }
  | {
      readonly chip: "button";
      readonly pin: number;
      /** What a press connects the pin to. */ readonly connects: "ground" | "supply";
      /** How long its contacts bounce. */ readonly bounceUs: number;
    }
  | { readonly chip: "led" | "relay"; readonly pin: number; readonly activeLow: boolean }
  | {
      readonly chip: "potentiometer";
      readonly pin: number;
      /** ADC input. */ readonly channel: number;
      /** 0 to 1. */ readonly position: string;
    };

/** A message that arrives from outside. */
export interface MessageSpec {
  readonly atUs: number;
  readonly topic: string;
  /** At most 240 bytes in UTF-8. */
  readonly payload: string;
  /** Where the rig names the topic; absent where a command line or a person does. */
  readonly place?: RigPlace;
}

/** A press of a button. */
export interface PressSpec {
  readonly atUs: number;
  /** Name of a part whose chip is `button`. */
  readonly part: string;
  readonly forUs: number;
}
