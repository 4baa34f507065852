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
      return encodeCbor([0, message.topic, message.payload]);
    case "setting":
      if ((message.value | 0) !== message.value)
        throw new RangeError(`${message.value} is no 32-bit integer`);
      return encodeCbor([1, message.container, message.setting, message.value]);
    case "who":
      return encodeCbor([2]);
    case "swap":
      return encodeCbor([3, message.container, message.version]);
  }
}

function atMost(what: string, bytes: number, max: number): void {
  if (bytes > max) throw new RangeError(`a ${what} of ${bytes} bytes, but at most ${max} fit`);
}

/** As a device reads the body of a frame; undefined if it is wrong. Never throws. */
export function decodeHostMessage(body: Uint8Array): HostMessage | undefined {
  const [kind, ...items] = arrayIn(body) ?? [];
  const [first, second, third] = items;
  if (kind === 0 && items.length === 2 && isText(first) && isBytes(second))
    return second.length > payloadBytesMax
      ? undefined
      : { kind: "message", topic: first, payload: second };
  if (kind === 1 && items.length === 3 && isCount(first) && isCount(second) && isInt32(third))
    return { kind: "setting", container: first, setting: second, value: third };
  if (kind === 2 && items.length === 0) return { kind: "who" };
  if (kind === 3 && items.length === 2 && isCount(first) && isCount(second))
    return { kind: "swap", container: first, version: second };
  return undefined;
}

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
      return [2, m.container, m.timeUs, code, m.codeOffset, m.failures, m.parked];
    }
    case "hello": {
      const reason = positionOf("reset-reason", resetReasons, m.resetReason);
      const { firmware, contract, id, running, containers, wrongFrames } = m;
      return [3, firmware, contract, id, reason, running, containers, wrongFrames];
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
  ([container, timeUs, trap, codeOffset, failures, parked]) => {
    if (!isCount(container) || !isCount(timeUs) || !isCount(trap) || !isCountOrNull(codeOffset))
      return undefined;
    if (!isCount(failures) || typeof parked !== "boolean") return undefined;
    const code = nameOf("trap-code", trapCodes, trap);
    return { kind: "ended", container, timeUs, code, codeOffset, failures, parked };
  },
  ([firmware, contract, id, reason, running, containers, wrongFrames]) => {
    if (!isText(firmware) || !isText(contract) || !isBytes(id) || !isCount(reason))
      return undefined;
    if (!isCountOrNull(running) || !isCount(containers) || !isCount(wrongFrames)) return undefined;
    const resetReason = nameOf("reset-reason", resetReasons, reason);
    return { kind: "hello", firmware, contract, id, resetReason, running, containers, wrongFrames };
  },
  // Devices whose containers had one version each did not tell it.
  ([container, timeUs, name, version = 0]) =>
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
const isCountOrNull = (value: CborValue | undefined): value is number | null =>
  value === null || isCount(value);
const isInt32 = (value: CborValue | undefined): value is number =>
  typeof value === "number" && (value | 0) === value;

function nameOf(list: string, names: readonly string[], position: number): string {
  return names[position] ?? `${list}-${position}`;
}

function positionOf(list: string, names: readonly string[], name: string): number {
  const position = names.indexOf(name);
  return position >= 0 ? position : Number(name.slice(list.length + 1));
}
