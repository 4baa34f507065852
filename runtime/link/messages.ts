/** What frames say (SPEC.md section 7): a CBOR array, its first item the kind. */
import { errorCodes, levels, resetReasons, trapCodes } from "../emulator/sim/contract.js";
import { type CborValue, decodeCbor, encodeCbor } from "./cbor.js";

/** What a device says. `container` is its place on the device, `timeUs` microseconds since the device started. */
export type DeviceMessage =
  | {
      readonly kind: "message";
      readonly container: number;
      readonly timeUs: number;
      readonly topic: string;
      readonly payload: Uint8Array;
    }
  | {
      readonly kind: "log";
      readonly container: number;
      readonly timeUs: number;
      /** A case of `level`; of a newer contract, `level-` and its position. */
      readonly level: string;
      readonly text: string;
    }
  | {
      readonly kind: "ended";
      readonly container: number;
      readonly timeUs: number;
      /** A case of `trap-code`; of a newer contract, `trap-code-` and its position. */
      readonly code: string;
      /** From the start of the machine code; null where the end lies outside of it. */
      readonly codeOffset: number | null;
      /** This one included. */
      readonly failures: number;
      /** It is not started again. */
      readonly parked: boolean;
    }
  | {
      readonly kind: "hello";
      readonly firmware: string;
      readonly contract: string;
      readonly id: Uint8Array;
      /** A case of `reset-reason`; of a newer contract, `reset-reason-` and its position. */
      readonly resetReason: string;
      /** The container that ran when the watchdog ended the life before, or null. */
      readonly running: number | null;
      /** How many are on the device, each in its place. */
      readonly containers: number;
      /** Frames that came to the device and were wrong, since it started. */
      readonly wrongFrames: number;
    }
  | {
      readonly kind: "started";
      readonly container: number;
      readonly timeUs: number;
      readonly name: string;
      /** Which version of the app this is, counted from 0. */
      readonly version: number;
    }
  | {
      readonly kind: "swapped";
      readonly container: number;
      readonly timeUs: number;
      /** The one that runs now. */
      readonly version: number;
      readonly outcome: SwapOutcome;
      /**
       * `back`: a case of `trap-code`, why the other version is gone; of a newer contract `trap-code-` and its position. `refused`: a case
       * of `error-code`, why there is no swap. Else null.
       */
      readonly reason: string | null;
    };

/** How a swap stands: the new version has been started, has proved itself, has failed, or there is none. */
export type SwapOutcome = (typeof swapOutcomes)[number];
const swapOutcomes = ["trial", "kept", "back", "refused"] as const;

/** What a host says to a device. */
export type HostMessage =
  /** For the subscriptions to the topic. At most 64 bytes of topic and 240 of payload. */
  | { readonly kind: "message"; readonly topic: string; readonly payload: Uint8Array }
  /** Changes a setting, known by its position, to a 32-bit value. */
  | {
      readonly kind: "setting";
      readonly container: number;
      readonly setting: number;
      readonly value: number;
    }
  /** Asks for `hello` and, for each container, `started`. */
  | { readonly kind: "who" }
  /** Puts another version of a container in its place. */
  | { readonly kind: "swap"; readonly container: number; readonly version: number };

export const topicBytesMax = 64;
export const payloadBytesMax = 240;

/** The body of a frame to a device. Throws a RangeError for what no device takes. */
export function encodeHostMessage(message: HostMessage): Uint8Array {
  switch (message.kind) {
    case "message":
      atMost("topic", new TextEncoder().encode(message.topic).length, topicBytesMax);
      atMost("payload", message.payload.length, payloadBytesMax);
      return hostBody(0, {}, message.topic, message.payload);
    case "setting":
      if ((message.value | 0) !== message.value)
        throw new RangeError(`${message.value} is no 32-bit integer`);
      return hostBody(1, { ...message, number: message.setting });
    case "who":
      return hostBody(2);
    case "swap":
      return hostBody(3, { container: message.container, number: message.version });
  }
}

/** What has a place in each body to a device. */
interface Fields {
  readonly container?: number;
  readonly number?: number;
  readonly value?: number;
}

const fieldBytes = 8;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function hostBody(
  kind: number,
  { container = 0, number = 0, value = 0 }: Fields = {},
  topic = "",
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  for (const field of [container, number])
    if ((field & 0xffff) !== field) throw new RangeError(`${field} is no 16-bit number`);
  const fields = new DataView(new ArrayBuffer(fieldBytes));
  fields.setUint16(0, container, true);
  fields.setUint16(2, number, true);
  fields.setInt32(4, value, true);
  return encodeCbor([kind, new Uint8Array(fields.buffer), topic, payload]);
}

function atMost(what: string, bytes: number, max: number): void {
  if (bytes > max) throw new RangeError(`a ${what} of ${bytes} bytes, but at most ${max} fit`);
}

/** Heads that a device expects: an array of four, eight bytes; texts and bytes with a length of up to 23 or, behind 24, of one byte. */
const hostHeads = { array: 0x84, fields: 0x40 + fieldBytes, topic: 0x60, payload: 0x40 } as const;

/** As a device reads the body of a frame; undefined if it is wrong. Never throws. */
export function decodeHostMessage(body: Uint8Array): HostMessage | undefined {
  const items = 3 + fieldBytes;
  if (body.length < items || body[0] !== hostHeads.array || body[2] !== hostHeads.fields)
    return undefined;
  const topic = bytesAt(body, items, hostHeads.topic);
  const payload = topic && bytesAt(body, topic.end, hostHeads.payload);
  if (topic === undefined || payload?.end !== body.length) return undefined;
  const fields = new DataView(body.buffer, body.byteOffset + 3, fieldBytes);
  const container = fields.getUint16(0, true);
  const number = fields.getUint16(2, true);
  switch (body[1]) {
    case 0:
      if (payload.bytes.length > payloadBytesMax) return undefined;
      return messageOf(topic.bytes, payload.bytes);
    case 1:
      return { kind: "setting", container, setting: number, value: fields.getInt32(4, true) };
    case 2:
      return { kind: "who" };
    case 3:
      return { kind: "swap", container, version: number };
    default:
      return undefined;
  }
}

function messageOf(topic: Uint8Array, payload: Uint8Array): HostMessage | undefined {
  try {
    return { kind: "message", topic: utf8.decode(topic), payload };
  } catch {
    return undefined;
  }
}

function bytesAt(
  body: Uint8Array,
  at: number,
  head: number,
): { readonly bytes: Uint8Array; readonly end: number } | undefined {
  const low = (body[at] ?? Infinity) - head;
  if (low < 0 || low > 24) return undefined;
  const start = low < 24 ? at + 1 : at + 2;
  const end = start + (low < 24 ? low : (body[at + 1] ?? Infinity));
  return end <= body.length ? { bytes: body.slice(start, end), end } : undefined;
}

/** Where an end lies outside of the machine code, and what ran when none did. */
const noOffset = 0xffff_ffff;
const noPlace = 0xff;

/** The body of a frame from a device. */
export function encodeDeviceMessage(message: DeviceMessage): Uint8Array {
  return encodeCbor(itemsOf(message));
}

function itemsOf(m: DeviceMessage): CborValue[] {
  switch (m.kind) {
    case "message":
      return [0, m.container, m.timeUs, m.topic, m.payload];
    case "log":
      return [1, m.container, m.timeUs, positionOf("level", levels, m.level), m.text];
    case "ended": {
      const code = positionOf("trap-code", trapCodes, m.code);
      return [2, m.container, m.timeUs, code, m.codeOffset ?? noOffset, m.failures, m.parked];
    }
    case "hello": {
      const reason = positionOf("reset-reason", resetReasons, m.resetReason);
      const { firmware, contract, id, running, containers, wrongFrames } = m;
      return [3, running ?? noPlace, 0, firmware, contract, id, reason, containers, wrongFrames];
    }
    case "started":
      return [4, m.container, m.timeUs, m.name, m.version];
    case "swapped": {
      const { container, timeUs, version, outcome, reason } = m;
      const [list, names] = reasonsOf(outcome);
      const code = reason === null ? 0 : positionOf(list, names, reason);
      return [5, container, timeUs, version, swapOutcomes.indexOf(outcome), code];
    }
  }
}

/**
 * What the body of a frame from a device says; undefined if it is wrong, or of a kind that is not known. Items behind
 * the known ones are ignored: a newer device may say more. Never throws.
 */
export function decodeDeviceMessage(body: Uint8Array): DeviceMessage | undefined {
  const [kind, ...items] = arrayIn(body) ?? [];
  return typeof kind === "number" ? deviceMessages[kind]?.(items) : undefined;
}

type Items = readonly (CborValue | undefined)[];

/** By kind. */
const deviceMessages: readonly ((items: Items) => DeviceMessage | undefined)[] = [
  ([container, timeUs, topic, payload]) =>
    isCount(container) && isCount(timeUs) && isText(topic) && isBytes(payload)
      ? { kind: "message", container, timeUs, topic, payload }
      : undefined,
  ([container, timeUs, level, text]) =>
    isCount(container) && isCount(timeUs) && isCount(level) && isText(text)
      ? { kind: "log", container, timeUs, level: nameOf("level", levels, level), text }
      : undefined,
  ([container, timeUs, trap, offset, failures, parked]) => {
    if (!isCount(container) || !isCount(timeUs) || !isCount(trap) || !isCount(offset))
      return undefined;
    if (!isCount(failures) || typeof parked !== "boolean") return undefined;
    const code = nameOf("trap-code", trapCodes, trap);
    const codeOffset = offset === noOffset ? null : offset;
    return { kind: "ended", container, timeUs, code, codeOffset, failures, parked };
  },
  ([noted, , firmware, contract, id, reason, containers, wrongFrames]) => {
    if (!isText(firmware) || !isText(contract) || !isBytes(id) || !isCount(reason))
      return undefined;
    if (!isCount(noted) || !isCount(containers) || !isCount(wrongFrames)) return undefined;
    const running = noted === noPlace ? null : noted;
    const resetReason = nameOf("reset-reason", resetReasons, reason);
    return { kind: "hello", firmware, contract, id, resetReason, running, containers, wrongFrames };
  },
  ([container, timeUs, name, version]) =>
    isCount(container) && isCount(timeUs) && isText(name) && isCount(version)
      ? { kind: "started", container, timeUs, name, version }
      : undefined,
  ([container, timeUs, version, outcome, code]) => {
    const known = typeof outcome === "number" ? swapOutcomes[outcome] : undefined;
    if (!isCount(container) || !isCount(timeUs) || !isCount(version)) return undefined;
    if (known === undefined || !isCount(code)) return undefined;
    const reason = known === "trial" || known === "kept" ? null : nameOf(...reasonsOf(known), code);
    return { kind: "swapped", container, timeUs, version, outcome: known, reason };
  },
];

/** The enumeration that says why; error codes count from 1. */
function reasonsOf(outcome: SwapOutcome): [list: string, names: readonly string[]] {
  return outcome === "back" ? ["trap-code", trapCodes] : ["error-code", ["none", ...errorCodes]];
}

function arrayIn(body: Uint8Array): readonly CborValue[] | undefined {
  const result = decodeCbor(body);
  return result.ok && isArray(result.value) ? result.value : undefined;
}

const isArray = (value: CborValue): value is readonly CborValue[] => Array.isArray(value);
const isText = (value: CborValue | undefined): value is string => typeof value === "string";
const isBytes = (value: CborValue | undefined): value is Uint8Array => value instanceof Uint8Array;
const isCount = (value: CborValue | undefined): value is number =>
  typeof value === "number" && value >= 0;

function nameOf(list: string, names: readonly string[], position: number): string {
  return names[position] ?? `${list}-${position}`;
}

function positionOf(list: string, names: readonly string[], name: string): number {
  const position = names.indexOf(name);
  return position >= 0 ? position : Number(name.slice(list.length + 1));
}
