import type { Schema } from "../document/schema.js";
import { stateTypeBytes } from "./state.js";
import {
  appName,
  identifier,
  mostFields,
  mostNeeds,
  mostSettings,
  mostStateBytes,
  mostStateFields,
  mostStateRecords,
  restartAttempts,
  restartDelayMs,
  stateName,
  topic,
  trialEvents,
  trialSeconds,
} from "./terms.js";

const int32: Schema = { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const count: Schema = { type: "integer", minimum: 0, maximum: 2 ** 24 };

function strict(
  properties: Readonly<Record<string, Schema>>,
  required = Object.keys(properties),
): Schema {
  return { type: "object", properties, required, additionalProperties: false };
}

/** An object of which all fields but these have to be there. */
function strictBut(
  optional: readonly string[],
  properties: Readonly<Record<string, Schema>>,
): Schema {
  return strict(
    properties,
    Object.keys(properties).filter((key) => !optional.includes(key)),
  );
}

function need(kind: Schema, properties: Readonly<Record<string, Schema>>): Schema {
  return strictBut(["retain"], { kind, name: identifier, ...properties });
}

const needSchema: Schema = {
  oneOf: [
    need({ enum: ["gpio-in", "gpio-out", "pwm", "adc"] }, {}),
    need({ const: "i2c" }, { address: { type: "integer", minimum: 0x08, maximum: 0x77 } }),
    need(
      { const: "spi" },
      { mode: { enum: [0, 1, 2, 3] }, hertz: { type: "integer", minimum: 1, maximum: 62_500_000 } },
    ),
    need({ const: "uart" }, { baud: { type: "integer", minimum: 1, maximum: 921_600 } }),
    need(
      { const: "publish" },
      {
        topic,
        fields: {
          type: "array",
          items: strict({
            name: identifier,
            decimals: { type: "integer", minimum: 0, maximum: 9 },
          }),
          maxItems: mostFields,
        },
        retain: { type: "boolean" },
      },
    ),
    need({ const: "subscribe" }, { topic }),
  ],
};

const settingFields: Readonly<Record<string, Schema>> = {
  name: identifier,
  type: { enum: ["bool", "integer", "decimal"] },
  decimals: { type: "integer", minimum: 0, maximum: 9 },
  default: int32,
  min: int32,
  max: int32,
  unit: { type: "string", minLength: 1, maxLength: 16 },
};

const stateSchema: Schema = strict({
  bytes: { type: "integer", minimum: 1, maximum: mostStateBytes },
  fields: {
    type: "array",
    items: strictBut(["was"], {
      name: stateName,
      type: { enum: Object.keys(stateTypeBytes) },
      offset: { type: "integer", minimum: 0, maximum: mostStateBytes - 1 },
      was: { type: "array", items: stateName, minItems: 1, maxItems: mostStateRecords },
    }),
    minItems: 1,
    maxItems: mostStateFields,
  },
});

/** What a manifest from before there were swaps lacks, or that not every app has. */
const optional = ["state", "health", "restart"];

/** A manifest as the builder writes it. */
export const manifestSchema: Schema = strictBut(optional, {
  format: { const: 1 },
  name: appName,
  contract: {
    type: "string",
    pattern: "^\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}$",
    patternErrorMessage: "a version such as 0.1.0",
  },
  wasm: strict({
    bytes: count,
    sha256: {
      type: "string",
      pattern: "^[0-9a-f]{64}$",
      patternErrorMessage: "64 lower-case hexadecimal digits",
    },
  }),
  imports: {
    type: "array",
    items: {
      type: "string",
      pattern: "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$",
      patternErrorMessage: "interface.function, such as gpio.write",
    },
    maxItems: 255,
  },
  needs: { type: "array", items: needSchema, maxItems: mostNeeds },
  settings: {
    type: "array",
    items: strictBut(["unit"], settingFields),
    maxItems: mostSettings,
  },
  state: stateSchema,
  limits: strict({
    memoryBytes: count,
    stackBytes: { oneOf: [count, { type: "null" }] },
    eventMs: { type: "integer", minimum: 1, maximum: 10_000 },
  }),
  health: strict({ seconds: trialSeconds, events: trialEvents, confirm: { type: "boolean" } }),
  restart: strict({ delayMs: restartDelayMs, attempts: restartAttempts }),
});
