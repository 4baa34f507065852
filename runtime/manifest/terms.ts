import type { Schema } from "../document/schema.js";

/** Forms that several documents share, each written once. */

/** Most needs of an app. */
export const mostNeeds = 32;
/** Most settings of an app. */
export const mostSettings = 32;
/** Most fields of a message. */
export const mostFields = 8;

/** Most fields of the state. */
export const mostStateFields = 64;
/** Most fields and older names of fields together. */
export const mostStateRecords = 96;
/** Most bytes of the state object. */
export const mostStateBytes = 1024;

/** Length of a trial. */
export const trialSeconds = { type: "integer", minimum: 1, maximum: 65_535 } satisfies Schema;
/** Events that a new version must handle on trial. */
export const trialEvents = { type: "integer", minimum: 0, maximum: 65_535 } satisfies Schema;
/** How long an app that has ended waits to be started again. */
export const restartDelayMs = { type: "integer", minimum: 10, maximum: 60_000 } satisfies Schema;
/** How often it is started again. */
export const restartAttempts = { type: "integer", minimum: 0, maximum: 15 } satisfies Schema;

/** The schema of a name of an app. */
export const appName = {
  type: "string",
  pattern: "^[a-z][a-z0-9-]{0,31}$",
  patternErrorMessage: 'a name of at most 32 of a-z, 0-9 and "-" that starts with a letter',
  examples: ["thermostat"],
} satisfies Schema;

/** Name of a need, a setting or a field: it becomes an identifier. */
export const identifier = {
  type: "string",
  pattern: "^[a-z][A-Za-z0-9]{0,31}$",
  patternErrorMessage: "a name in camelCase, at most 32 letters and digits",
  examples: ["setPoint"],
} satisfies Schema;

/** Name of a field of the state: an identifier of the app. */
export const stateName = {
  type: "string",
  pattern: "^[A-Za-z_$][A-Za-z0-9_$]{0,63}$",
  patternErrorMessage: 'a name of at most 64 letters and digits of ASCII, "_" and "$"',
  examples: ["targetMilliC"],
} satisfies Schema;

/** Printable ASCII without blanks and without the wildcards of MQTT. */
export const topic = {
  type: "string",
  pattern: '^[!"$-*,-~]{1,64}$',
  patternErrorMessage: 'a topic of 1 to 64 characters of ASCII without blanks, "+" and "#"',
  examples: ["climate"],
} satisfies Schema;

/** I2C addresses that a device can have, 0x08 to 0x77, right-aligned. */
export const i2cAddress = {
  type: "string",
  pattern: "^0x(0[89A-Fa-f]|[1-6][0-9A-Fa-f]|7[0-7])$",
  patternErrorMessage:
    'a 7-bit address, "0x08" to "0x77" (an 8-bit one from a datasheet is halved: 0xEC is "0x76")',
  examples: ["0x76"],
} satisfies Schema;
