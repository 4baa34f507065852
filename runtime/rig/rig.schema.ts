import { durationForm, durationPattern } from "../document/duration.js";
import type { Schema } from "../document/schema.js";
import { i2cAddress, topic } from "../manifest/terms.js";
import { unitNames } from "./units.js";

export const defaultGridMs = 10;
export const defaultSeed = 1;
export const defaultSpeed = 60;
export const defaultNoiseEveryMs = 1000;
export const defaultBounceMs = 2;
export const defaultI2cHertz = 100_000;
/** As the contract bounds `message.read`. */
export const mostPayloadBytes = 240;

const number: Schema = { type: "number", examples: [21] };
const duration: Schema = { $ref: "#/$defs/duration" };
const pin: Schema = { type: "string", examples: ["GP15"] };
const signalName: Schema = {
  type: "string",
  description: "Name of a signal.",
  examples: ["temperature"],
};
const label: Schema = {
  type: "string",
  pattern: "^[A-Za-z][A-Za-z0-9_-]{0,31}$",
  patternErrorMessage: "a name of at most 32 letters, digits, - and _ that starts with a letter",
};

/** A need, for one app of several also with the app before it. */
const needName: Schema = {
  type: "string",
  pattern: "^([a-z][a-z0-9-]{0,31}\\.)?[a-z][A-Za-z0-9]{0,31}$",
  patternErrorMessage: "the name of a need, or APP.NEED for one app of several",
};

function variant(
  description: string,
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: "object",
    description,
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const wires: readonly Schema[] = [
  {
    type: "string",
    description: "A pin (GP15, LED), a bus (i2c0, spi0, uart0), or another topic.",
    examples: ["GP15"],
  },
  variant(
    "A digital pin.",
    { pin: { ...pin, description: "Pin of the board." } },
    {
      active: {
        enum: ["high", "low"],
        description: "Level that counts as active.",
        default: "high",
      },
      pull: {
        enum: ["none", "up", "down"],
        description: "Resistor in the chip, for inputs.",
        default: "none",
      },
    },
  ),
  variant(
    "A device on an I2C bus.",
    { bus: { enum: ["i2c0", "i2c1"], description: "The bus." } },
    {
      sda: { ...pin, description: "Data pin.", examples: ["GP4"] },
      scl: { ...pin, description: "Clock pin.", examples: ["GP5"] },
      hertz: {
        type: "integer",
        description: "Clock of the bus.",
        minimum: 10_000,
        maximum: 1_000_000,
        default: defaultI2cHertz,
        examples: [defaultI2cHertz],
      },
      address: {
        ...i2cAddress,
        description: "7-bit address, where it is not the one the app was written for.",
      },
    },
  ),
  variant(
    "A device on an SPI bus.",
    { bus: { enum: ["spi0", "spi1"], description: "The bus." } },
    {
      sck: { ...pin, description: "Clock pin.", examples: ["GP18"] },
      mosi: { ...pin, description: "Pin for data to the device.", examples: ["GP19"] },
      miso: { ...pin, description: "Pin for data from the device.", examples: ["GP16"] },
      cs: { ...pin, description: "Pin that selects the device.", examples: ["GP17"] },
    },
  ),
  variant(
    "A serial port.",
    { port: { enum: ["uart0", "uart1"], description: "The port." } },
    {
      tx: { ...pin, description: "Pin for data out.", examples: ["GP0"] },
      rx: { ...pin, description: "Pin for data in.", examples: ["GP1"] },
    },
  ),
];

const plus: Schema = { $ref: "#/$defs/signal" };

function signal(key: string, value: Schema, description: string): Schema {
  return variant(description, { [key]: value }, { plus });
}

const signals: readonly Schema[] = [
  signal("constant", { ...number, description: "The value." }, "Always the same."),
  signal(
    "noise",
    variant(
      "Random values with a normal distribution, the same in every run.",
      {
        mean: number,
        deviation: {
          type: "number",
          description: "Standard deviation.",
          minimum: 0,
          examples: [0.5],
        },
      },
      {
        everyMs: {
          type: "integer",
          description: "Milliseconds until the next value.",
          minimum: 1,
          maximum: 86_400_000,
          default: defaultNoiseEveryMs,
        },
      },
    ),
    "Random values.",
  ),
  signal(
    "sine",
    variant(
      "A sine wave.",
      {
        mean: number,
        amplitude: number,
        period: { ...duration, description: "Time of one wave." },
      },
      { phase: { ...duration, description: "How far the wave has run at the start." } },
    ),
    "A sine wave.",
  ),
  signal(
    "steps",
    {
      type: "array",
      description: "Values, each from its time on.",
      items: { $ref: "#/$defs/step" },
      minItems: 1,
      maxItems: 10_000,
      examples: [[{ at: "0s", value: 20 }]],
    },
    "Values that change at given times.",
  ),
  variant(
    "A recording.",
    {
      csv: {
        type: "string",
        description: "CSV file, relative to this one.",
        minLength: 1,
        examples: ["room.csv"],
      },
    },
    {
      column: {
        type: "string",
        description: "Heading of the column with the values; the second one unless given.",
        minLength: 1,
      },
      time: {
        type: "string",
        description:
          "Heading of the column with the times, dates or seconds; the first one unless given.",
        minLength: 1,
      },
      unit: { enum: unitNames, description: "Unit of the values in the file." },
      interpolate: {
        enum: ["hold", "linear"],
        description: "Between two rows: the earlier value, or a straight line.",
        default: "hold",
      },
      plus,
    },
  ),
];

function onBus(
  chip: string,
  addresses: readonly string[],
  description: string,
  senses: Readonly<Record<string, Schema>>,
): Schema {
  const bus: Schema = { enum: ["i2c0", "i2c1"], description: "Bus it hangs on." };
  return variant(description, {
    chip: { const: chip },
    bus,
    address: { enum: addresses, description: "Its 7-bit address." },
    ...senses,
  });
}

function onPin(
  chip: string,
  description: string,
  more: Readonly<Record<string, Schema>> = {},
): Schema {
  return variant(
    description,
    { chip: { const: chip }, pin: { ...pin, description: "Pin it hangs on." } },
    more,
  );
}

const active: Schema = {
  enum: ["high", "low"],
  description: "Level that switches it on.",
  default: "high",
};

const parts: readonly Schema[] = [
  onBus("bme280", ["0x76", "0x77"], "Sensor of temperature, humidity and pressure.", {
    temperature: { ...signalName, description: "Signal in °C." },
    humidity: { ...signalName, description: "Signal in %.", examples: ["humidity"] },
    pressure: { ...signalName, description: "Signal in hPa.", examples: ["pressure"] },
  }),
  onBus("tmp102", ["0x48", "0x49", "0x4A", "0x4B", "0x4a", "0x4b"], "Temperature sensor.", {
    temperature: { ...signalName, description: "Signal in °C." },
  }),
  onPin("button", "Push button.", {
    connects: {
      enum: ["ground", "supply"],
      description: "What a press connects the pin to.",
      default: "ground",
    },
    bounceMs: {
      type: "number",
      description: "How long its contacts bounce.",
      minimum: 0,
      maximum: 1000,
      default: defaultBounceMs,
    },
  }),
  onPin("led", "Light.", { active }),
  onPin("relay", "Relay.", { active }),
  variant("Potentiometer between ground and the supply.", {
    chip: { const: "potentiometer" },
    pin: { ...pin, description: "Analog pin its wiper is on.", examples: ["GP26"] },
    position: {
      ...signalName,
      description: "Signal from 0 (ground) to 1 (supply).",
      examples: ["knob"],
    },
  }),
];

const simulation: Schema = {
  type: "object",
  description: "What surrounds the device in a rehearsal.",
  properties: {
    seed: {
      type: "integer",
      description: "Seed of everything random.",
      minimum: 0,
      maximum: 2 ** 32 - 1,
      default: defaultSeed,
    },
    speed: {
      type: "number",
      description: "Simulated seconds per second in the live view.",
      minimum: 0.01,
      maximum: 1_000_000,
      default: defaultSpeed,
    },
    start: {
      type: "string",
      description: "Wall time at the start; the device does not know it unless given.",
      pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$",
      patternErrorMessage: 'a time in UTC such as "2026-01-01T00:00:00Z"',
      examples: ["2026-01-01T00:00:00Z"],
    },
    deviceId: {
      type: "string",
      description: "Unique id of the device.",
      pattern: "^[0-9A-Fa-f]{16}$",
      patternErrorMessage: '8 bytes in 16 hexadecimal digits, such as "e6605838833d2b2a"',
    },
    signals: {
      type: "object",
      description: "Quantities over time, by name.",
      propertyNames: { $ref: "#/$defs/label" },
      additionalProperties: { $ref: "#/$defs/signal" },
      maxProperties: 64,
    },
    parts: {
      type: "object",
      description: "What is connected to the board, by name.",
      propertyNames: { $ref: "#/$defs/label" },
      additionalProperties: { $ref: "#/$defs/part" },
      maxProperties: 64,
    },
    messages: {
      type: "array",
      description: "Messages that arrive from outside.",
      items: variant("A message.", {
        at: { ...duration, description: "When it arrives." },
        topic: { ...topic, description: "Its topic." },
        payload: {
          type: "string",
          description: "Its text.",
          maxLength: mostPayloadBytes,
          examples: ["21.5"],
        },
      }),
      maxItems: 10_000,
    },
    presses: {
      type: "array",
      description: "Presses of buttons.",
      items: variant("A press.", {
        at: { ...duration, description: "When it starts." },
        part: { type: "string", description: "Name of the button.", examples: ["button"] },
        for: { ...duration, description: "How long it lasts." },
      }),
      maxItems: 10_000,
    },
  },
  additionalProperties: false,
};

/** rig.json. The file rig.schema.json beside this one is printed from it, for editors. */
export const rigSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "rig.json",
  description:
    "The board an app runs on, what its needs are wired to, and what surrounds it in a rehearsal.",
  type: "object",
  examples: [{ board: "pico", wiring: { led: "LED" } }],
  properties: {
    $schema: { type: "string", description: "Where editors find the description of this file." },
    board: { enum: ["pico"], description: "The board." },
    gridMs: {
      type: "integer",
      description: "Milliseconds between two possible changes of a signal.",
      minimum: 1,
      maximum: 1000,
      default: defaultGridMs,
    },
    wiring: {
      type: "object",
      description:
        "What each need of thimble.json is wired to, by its name, or by APP.NEED where several apps have such a need.",
      propertyNames: { $ref: "#/$defs/needName" },
      additionalProperties: { $ref: "#/$defs/wire" },
      maxProperties: 4096,
      examples: [{ led: "LED" }],
    },
    simulation,
  },
  required: ["board", "wiring"],
  additionalProperties: false,
  $defs: {
    needName,
    label,
    duration: {
      type: "string",
      pattern: durationPattern,
      patternErrorMessage: durationForm,
      examples: ["10s"],
    },
    wire: { description: "What a need is wired to.", oneOf: wires, examples: ["GP15"] },
    step: variant("A value from a time on.", {
      at: { ...duration, description: "From when on." },
      value: number,
    }),
    signal: { description: "A quantity over time.", oneOf: signals, examples: [{ constant: 21 }] },
    part: {
      description: "Something connected to the board.",
      oneOf: parts,
      examples: [{ chip: "led", pin: "GP15" }],
    },
  },
};
