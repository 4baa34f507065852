import type { Schema } from "../../runtime/document/schema.js";
import { defaultHealth, defaultRestart } from "../../runtime/manifest/manifest.js";
import {
  appName,
  i2cAddress,
  identifier,
  mostFields,
  mostNeeds,
  mostSettings,
  restartAttempts,
  restartDelayMs,
  topic,
  trialEvents,
  trialSeconds,
} from "../../runtime/manifest/terms.js";

/** SPI clock where thimble.json names none. */
export const defaultSpiHertz = 1_000_000;
export const defaultEventMs = 20;
export const defaultMain = "app.ts";

const unit: Schema = {
  type: "string",
  description: "Unit of the value, for people.",
  minLength: 1,
  maxLength: 16,
  examples: ["°C"],
};

function single(key: string, value: Schema, description: string): Schema {
  return {
    type: "object",
    description,
    properties: { [key]: value },
    required: [key],
    additionalProperties: false,
  };
}

const needKinds: readonly Schema[] = [
  single(
    "gpio",
    { enum: ["in", "out"], description: "Direction of the pin." },
    "A digital pin, wired in rig.json.",
  ),
  single(
    "pwm",
    { const: "out", description: "A pulse width modulated output." },
    "A pulse width modulated output, wired in rig.json.",
  ),
  single(
    "adc",
    { const: "in", description: "An analog input, wired in rig.json." },
    "An analog input, wired in rig.json.",
  ),
  single(
    "i2c",
    { ...i2cAddress, description: "7-bit address of the device; the wiring may name another." },
    "One device on an I2C bus, wired in rig.json.",
  ),
  {
    type: "object",
    description: "One device on an SPI bus, wired in rig.json.",
    properties: {
      spi: { enum: ["mode0", "mode1", "mode2", "mode3"], description: "Clock polarity and phase." },
      hertz: {
        type: "integer",
        description: "Highest clock of the device in hertz.",
        minimum: 2_000,
        maximum: 62_500_000,
        default: defaultSpiHertz,
        examples: [defaultSpiHertz],
      },
    },
    required: ["spi"],
    additionalProperties: false,
  },
  single(
    "uart",
    {
      type: "integer",
      description: "Bits per second.",
      minimum: 300,
      maximum: 921_600,
      examples: [9600],
    },
    "A serial port, wired in rig.json.",
  ),
  {
    type: "object",
    description: "A topic the app sends messages to.",
    properties: {
      publish: { ...topic, description: "Topic that the messages go to." },
      fields: {
        type: "object",
        description: "Numbers of a structured message, by name, each with its count of decimals.",
        propertyNames: { $ref: "#/$defs/identifier" },
        additionalProperties: {
          type: "integer",
          description: "Decimals that the number is sent with.",
          minimum: 0,
          maximum: 9,
          examples: [2],
        },
        maxProperties: mostFields,
        examples: [{ temperature: 2, humidity: 1 }],
      },
      retain: {
        type: "boolean",
        description:
          "Whether the last message is kept and given to those who subscribe later, until the app is stopped.",
        default: false,
        examples: [true],
      },
    },
    required: ["publish"],
    additionalProperties: false,
  },
  single(
    "subscribe",
    { ...topic, description: "Topic that the messages come from." },
    "A topic the app gets messages from.",
  ),
];

function range(
  type: "integer" | "number",
  limits: Schema,
): Record<"default" | "min" | "max", Schema> {
  return {
    default: {
      type,
      description: "Value until the owner sets another.",
      ...limits,
      examples: [20],
    },
    min: { type, description: "Smallest value the owner can set.", ...limits, examples: [5] },
    max: { type, description: "Largest value the owner can set.", ...limits, examples: [30] },
  };
}

const settingTypes: readonly Schema[] = [
  {
    type: "object",
    description: "A switch.",
    properties: {
      type: { const: "bool", description: "Kind of value." },
      default: {
        type: "boolean",
        description: "Value until the owner sets another.",
        examples: [true],
      },
    },
    required: ["type", "default"],
    additionalProperties: false,
  },
  {
    type: "object",
    description: "A whole number.",
    properties: {
      type: { const: "integer", description: "Kind of value." },
      ...range("integer", { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }),
      unit,
    },
    required: ["type", "default", "min", "max"],
    additionalProperties: false,
  },
  {
    type: "object",
    description: "A number with a fixed count of decimals; the app sees it times 10^decimals.",
    properties: {
      type: { const: "decimal", description: "Kind of value." },
      decimals: {
        type: "integer",
        description: "Count of decimals.",
        minimum: 0,
        maximum: 9,
        examples: [2],
      },
      ...range("number", {}),
      unit,
    },
    required: ["type", "decimals", "default", "min", "max"],
    additionalProperties: false,
  },
];

/** thimble.json. The file thimble.schema.json beside this one is printed from it, for editors. */
export const projectSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "thimble.json",
  description:
    "What a sensor app is called, what it needs, what its owner can set, and what it may use up.",
  type: "object",
  examples: [{ name: "blink", needs: { led: { gpio: "out" } } }],
  properties: {
    $schema: { type: "string", description: "Where editors find the description of this file." },
    name: { ...appName, description: "Name of the app and of the files that are built from it." },
    main: {
      type: "string",
      description: "Main file of the app, relative to this file.",
      pattern: "^([^./\\\\:][^/\\\\:]*/)*[^./\\\\:][^/\\\\:]*\\.ts$",
      patternErrorMessage:
        'the path of a .ts file in this folder or below it, with "/" and without ".."',
      default: defaultMain,
      examples: [defaultMain],
    },
    needs: {
      type: "object",
      description:
        "What the app reaches of the world, by the name the app knows it by. The wiring in rig.json says where each is.",
      propertyNames: { $ref: "#/$defs/identifier" },
      additionalProperties: { $ref: "#/$defs/need" },
      maxProperties: mostNeeds,
      default: {},
      examples: [{ led: { gpio: "out" } }],
    },
    settings: {
      type: "object",
      description: "Values that the owner of the device can change while the app runs, by name.",
      propertyNames: { $ref: "#/$defs/identifier" },
      additionalProperties: { $ref: "#/$defs/setting" },
      maxProperties: mostSettings,
      default: {},
      examples: [
        { setPoint: { type: "decimal", decimals: 1, default: 21.5, min: 5, max: 30, unit: "°C" } },
      ],
    },
    limits: {
      type: "object",
      description: "Ceilings that a build must fit under.",
      properties: {
        memoryBytes: {
          type: "integer",
          description: "Most bytes of memory for data and heap.",
          minimum: 64,
          maximum: 262_144,
          examples: [1024],
        },
        stackBytes: {
          type: "integer",
          description: "Most bytes of stack.",
          minimum: 64,
          maximum: 65_536,
          examples: [512],
        },
        eventMs: {
          type: "integer",
          description: "Longest time in milliseconds that one event may take.",
          minimum: 1,
          maximum: 10_000,
          default: defaultEventMs,
          examples: [defaultEventMs],
        },
      },
      additionalProperties: false,
      default: {},
      examples: [{ memoryBytes: 1024 }],
    },
    health: {
      type: "object",
      description:
        "How a new version of the app proves itself. If it fails, the version before it comes back as it was.",
      properties: {
        seconds: {
          ...trialSeconds,
          description: "Length of its trial in seconds.",
          default: defaultHealth.seconds,
          examples: [defaultHealth.seconds],
        },
        events: {
          ...trialEvents,
          description:
            "The least number of events, the start apart, that it must handle in that time.",
          default: defaultHealth.events,
          examples: [3],
        },
        confirm: {
          type: "boolean",
          description: "Whether it must call confirm() in that time.",
          default: defaultHealth.confirm,
          examples: [true],
        },
      },
      additionalProperties: false,
      default: {},
      examples: [{ seconds: 10, events: 3 }],
    },
    restart: {
      type: "object",
      description: "What happens when the app has ended by a fault.",
      properties: {
        delayMs: {
          ...restartDelayMs,
          description:
            "Milliseconds until it is started again; twice as many after the next end, and so on.",
          default: defaultRestart.delayMs,
          examples: [defaultRestart.delayMs],
        },
        attempts: {
          ...restartAttempts,
          description: "How often it is started again before it stays ended.",
          default: defaultRestart.attempts,
          examples: [defaultRestart.attempts],
        },
      },
      additionalProperties: false,
      default: {},
      examples: [{ delayMs: 1000, attempts: 5 }],
    },
  },
  required: ["name"],
  additionalProperties: false,
  $defs: {
    identifier,
    need: {
      description: "One thing the app reaches.",
      oneOf: needKinds,
      examples: [{ gpio: "out" }],
    },
    setting: {
      description: "A value that the owner can change.",
      oneOf: settingTypes,
      examples: [{ type: "bool", default: true }],
    },
  },
};
