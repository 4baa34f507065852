import {
  type Described,
  encodeDescribed,
  fieldBytes,
  headerBytes,
  needKinds,
} from "../../runtime/manifest/description.js";
import type { Field, Limits, Need, NeedKind } from "../../runtime/manifest/manifest.js";
import type { Policy } from "../../runtime/manifest/state.js";
import {
  identifier,
  mostFields,
  mostNeeds,
  mostSettings,
  mostStateRecords,
  topic,
} from "../../runtime/manifest/terms.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { type Cursor, fail } from "./cursor.js";
import { readPolicy } from "./policy.js";

/** What a description tells of a need or setting, which has its name elsewhere. */
export type NeedFacts = Need extends infer N ? (N extends Need ? Omit<N, "name"> : never) : never;
export interface SettingRange {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Where it stands in the payload. */
  readonly offset: number;
  /** The hash of its name and form, if there is a policy. */
  readonly identity?: { readonly hash: number; readonly offset: number };
}

export interface Description {
  readonly memoryBytes: number;
  readonly eventMs: number;
  readonly needs: readonly NeedFacts[];
  readonly settings: readonly SettingRange[];
  readonly policy?: Policy;
}

const descriptionBytesMax = 4096;
const eventMsMax = 10_000;
const memoryBytesMax = 2 ** 24;
const topicPattern = new RegExp(topic.pattern, "u");
const identifierPattern = new RegExp(identifier.pattern, "u");

/** The description as the core reads it, with 0 for all that only the wiring tells. */
export function writeDescription(described: Described & { readonly limits: Limits }): Uint8Array {
  return encodeDescribed(described, described.needs.map(unwired), described.limits.memoryBytes);
}

/** What a need says of its connection by itself. */
export function unwired(need: Need): Connection {
  switch (need.kind) {
    case "gpio-in":
    case "gpio-out":
      return { kind: "gpio", pin: 0, activeLow: false, pull: "none" };
    case "pwm":
      return { kind: "pwm", pin: 0 };
    case "adc":
      return { kind: "adc", pin: 0, channel: 0 };
    case "i2c":
      return { kind: "i2c", bus: 0, sda: 0, scl: 0, hertz: 0, address: need.address };
    case "spi": {
      const { mode, hertz } = need;
      return { kind: "spi", bus: 0, sck: 0, mosi: 0, miso: 0, cs: 0, hertz, mode };
    }
    case "uart":
      return { kind: "uart", port: 0, tx: 0, rx: 0, baud: need.baud };
    case "publish":
    case "subscribe":
      return { kind: "topic", topic: need.topic };
  }
}

/** Bytes of the description that begins at `offset`, 0 where it has no header. */
export function descriptionBytes(bytes: Uint8Array, offset: number): number {
  const stated = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
  return offset + headerBytes <= bytes.length ? stated : 0;
}

/** Reads a description as `writeDescription` writes it; one in any other order of its texts is refused. */
export function readDescription(cursor: Cursor, bytes: number): Description {
  const base = cursor.offset;
  if (bytes < headerBytes || bytes > descriptionBytesMax)
    fail(base + 2, `a description of ${bytes} bytes`);
  const { memoryBytes, eventMs, needCount, settingCount, stateCount, hasPolicy } =
    readCounts(cursor);
  const records = Array.from({ length: needCount }, () => readNeed(cursor));
  const ranges = Array.from({ length: settingCount }, () => readSetting(cursor));
  const found = hasPolicy ? readPolicy(cursor, settingCount, stateCount) : undefined;
  const fieldCount = records.reduce((sum, record) => sum + record.fieldCount, 0);
  const texts = new Texts(cursor, base, cursor.offset - base, fieldCount, bytes);
  const needs = records.map((record) => texts.complete(record));
  texts.finish();
  if (!found) return { memoryBytes, eventMs, needs, settings: ranges };
  const settings = ranges.map((range, index) => ({ ...range, identity: found.settings[index]! }));
  return { memoryBytes, eventMs, needs, settings, policy: found.policy };
}

interface Counts {
  readonly memoryBytes: number;
  readonly eventMs: number;
  readonly needCount: number;
  readonly settingCount: number;
  readonly stateCount: number;
  readonly hasPolicy: boolean;
}

function readCounts(cursor: Cursor): Counts {
  const base = cursor.offset;
  const format = cursor.u16();
  if (format !== 1) fail(base, `the format of the description is ${format}, and only 1 is known`);
  cursor.u16();
  const [memoryBytes, eventMs] = [cursor.u32(), cursor.u32()];
  if (!isFenceable(memoryBytes))
    fail(
      base + 4,
      `a memory of ${memoryBytes} bytes is no multiple of an eighth of a power of two`,
    );
  if (eventMs < 1 || eventMs > eventMsMax) fail(base + 8, `eventMs is ${eventMs}`);
  const [needCount, settingCount] = [cursor.u8(), cursor.u8()];
  if (needCount > mostNeeds) fail(base + 12, `${needCount} needs, at most ${mostNeeds}`);
  if (settingCount > mostSettings)
    fail(base + 13, `${settingCount} settings, at most ${mostSettings}`);
  const [stateCount, policies] = [cursor.u8(), cursor.u8()];
  if (policies > 1) fail(base + 15, `${policies} policies, at most 1`);
  const most = policies * mostStateRecords;
  if (stateCount > most) fail(base + 14, `${stateCount} names of state, at most ${most}`);
  return { memoryBytes, eventMs, needCount, settingCount, stateCount, hasPolicy: policies === 1 };
}

/** Whether the least power of two from 256 on that holds the memory has it as a number of its eighths. */
function isFenceable(memoryBytes: number): boolean {
  if (memoryBytes > memoryBytesMax) return false;
  let region = 256;
  while (region < memoryBytes) region *= 2;
  return memoryBytes % (region / 8) === 0;
}

function readSetting(cursor: Cursor): SettingRange {
  const { offset } = cursor;
  const setting = { default: cursor.i32(), min: cursor.i32(), max: cursor.i32(), offset };
  if (setting.min > setting.default || setting.default > setting.max)
    fail(offset, `a setting is ${setting.default} in a range of ${setting.min} to ${setting.max}`);
  return setting;
}

/** The numbers of a need by their offset and size in bytes. */
const needFields = {
  mode: [1, 1],
  activeLow: [2, 1],
  pull: [3, 1],
  unit: [4, 1],
  address: [5, 1],
  topicBytes: [6, 1],
  fieldCount: [7, 1],
  pins: [8, 4],
  hertz: [12, 4],
  topic: [16, 2],
  fields: [18, 2],
} as const;
type NeedField = keyof typeof needFields;
const needFieldNames = Object.keys(needFields) as NeedField[];

/** A need as it is read, its offset in the payload included. */
type NeedRecord = Record<NeedField | "offset", number> & { readonly kind: NeedKind };

/** What a kind tells by itself, and from where to where. All other numbers are the wiring's or nobody's, and 0. */
const ranges: Partial<Record<NeedKind, Partial<Record<NeedField, readonly [number, number]>>>> = {
  i2c: { address: [0x08, 0x77] },
  spi: { mode: [0, 3], hertz: [1, 0xffffffff] },
  uart: { hertz: [1, 0xffffffff] },
  publish: {
    mode: [0, 1],
    topicBytes: [1, 64],
    fieldCount: [0, mostFields],
    topic: [0, 0xffff],
    fields: [0, 0xffff],
  },
  subscribe: { topicBytes: [1, 64], topic: [0, 0xffff] },
};

function readNeed(cursor: Cursor): NeedRecord {
  const { offset } = cursor;
  const number = cursor.u8();
  const kind = needKinds[number];
  if (kind === undefined) return fail(offset, `${number} is no kind of need`);
  const numbers: Partial<Record<NeedField, number>> = {};
  for (const name of needFieldNames) {
    const [at, size] = needFields[name];
    const value = size === 1 ? cursor.u8() : size === 2 ? cursor.u16() : cursor.u32();
    const [least, most] = ranges[kind]?.[name] ?? [0, 0];
    if (value < least || value > most)
      fail(offset + at, `${name} of a need of kind ${kind} is ${value}, not ${least} to ${most}`);
    numbers[name] = value;
  }
  return { ...(numbers as Record<NeedField, number>), kind, offset };
}

/** The fields and texts behind the tables. Each stands where the one before it ends, so nothing overlaps. */
class Texts {
  readonly #cursor: Cursor;
  readonly #base: number;
  readonly #bytes: number;
  #fieldsAt: number;
  #textAt: number;

  constructor(cursor: Cursor, base: number, tableBytes: number, fieldCount: number, bytes: number) {
    this.#cursor = cursor;
    this.#base = base;
    this.#bytes = bytes;
    this.#fieldsAt = tableBytes;
    this.#textAt = tableBytes + fieldCount * fieldBytes;
    if (this.#textAt > bytes) fail(base + 2, `a description of ${bytes} bytes ends in its tables`);
  }

  /** A need with what it refers to. */
  complete(need: NeedRecord): NeedFacts {
    const { kind } = need;
    switch (kind) {
      case "i2c":
        return { kind, address: need.address };
      case "spi":
        return { kind, mode: need.mode as 0 | 1 | 2 | 3, hertz: need.hertz };
      case "uart":
        return { kind, baud: need.hertz };
      case "publish":
        return {
          kind,
          topic: this.#topic(need),
          fields: this.#fields(need),
          ...(need.mode === 1 && { retain: true }),
        };
      case "subscribe":
        return { kind, topic: this.#topic(need) };
      default:
        return { kind };
    }
  }

  /** After the last text nothing follows but zeros. */
  finish(): void {
    if (this.#textAt !== this.#bytes)
      fail(this.#base + 2, `a description of ${this.#bytes} bytes ends at ${this.#textAt}`);
    this.#cursor.offset = this.#base + this.#bytes;
    this.#cursor.padding();
  }

  #topic({ offset, topic: at, topicBytes }: NeedRecord): string {
    return this.#text(at, topicBytes, topicPattern, offset + needFields.topic[0]);
  }

  #fields({ offset, fields: at, fieldCount }: NeedRecord): Field[] {
    const wanted = fieldCount === 0 ? 0 : this.#fieldsAt;
    if (at !== wanted)
      fail(offset + needFields.fields[0], `fields at ${at} of the description, not at ${wanted}`);
    const names = new Set<string>();
    return Array.from({ length: fieldCount }, () => {
      const field = this.#field();
      if (names.has(field.name)) fail(offset, `two fields are named ${field.name}`);
      names.add(field.name);
      return field;
    });
  }

  #field(): Field {
    const at = this.#base + this.#fieldsAt;
    this.#fieldsAt += fieldBytes;
    this.#cursor.offset = at;
    const [nameAt, nameBytes, decimals] = [
      this.#cursor.u16(),
      this.#cursor.u8(),
      this.#cursor.u8(),
    ];
    if (decimals > 9) fail(at + 3, `a field has ${decimals} decimals, at most 9`);
    return { name: this.#text(nameAt, nameBytes, identifierPattern, at), decimals };
  }

  /** The next text. What refers to it stands at `reference`. */
  #text(at: number, bytes: number, pattern: RegExp, reference: number): string {
    if (at !== this.#textAt)
      fail(reference, `a text at ${at} of the description, not at ${this.#textAt}`);
    if (at + bytes > this.#bytes) fail(reference, "a text goes on behind the description");
    this.#textAt += bytes;
    this.#cursor.offset = this.#base + at;
    const text = this.#cursor.text(bytes);
    if (!pattern.test(text))
      fail(this.#base + at, "a topic or name with characters it cannot have");
    return text;
  }
}
