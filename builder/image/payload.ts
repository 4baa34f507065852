import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import type { Limits, Need, Setting } from "../../runtime/manifest/manifest.js";
import type { Policy } from "../../runtime/manifest/state.js";
import { Cursor, fail, padded, PayloadError } from "./cursor.js";
import { type DataSegment, readData, wordSegments, writeData } from "./data.js";
import {
  descriptionBytes,
  type Description,
  readDescription,
  writeDescription,
} from "./description.js";
import * as format from "./header.js";
import { joinNames, namesOf } from "./names.js";
import * as tables from "./tables.js";

/**
 * A native container: code for ARMv6-M and all that a device must know to run it. Offsets of functions count bytes from the
 * start of the code; they are even. SPEC.md section 4 defines the bytes.
 */
export interface Payload {
  readonly bounds: "mpu" | "checked";
  /** Name of the app. */
  readonly name: string;
  /** Contract version the container was built against, `major.minor.patch`, each 0 to 9999. */
  readonly contract: string;
  readonly needs: readonly Need[];
  readonly settings: readonly Omit<Setting, "unit">[];
  /** `stackBytes` is that of the machine code with its helpers, up to 262,136. */
  readonly limits: Limits;
  /** Absent from a payload from before there were swaps. */
  readonly policy?: Policy | undefined;
  /** Position independent; executed where it lies, at a multiple of 4. */
  readonly code: Uint8Array;
  /** The function at each place of the event table, or -1 where there is none that takes at most one word. Entry 0 is `start` of the app. */
  readonly entries: readonly number[];
  /** The start function of the module, which runs before any entry. */
  readonly start?: number | undefined;
  /** The exported function `collect`. */
  readonly collect?: number | undefined;
  readonly data: readonly DataSegment[];
  /** Initial words of the globals. */
  readonly globals: readonly number[];
  /** Positions in the helper table of the helpers that the code calls, 0 to 255. */
  readonly helpers: readonly number[];
  /** Numbers of the contract functions that the code calls, 0 to 238. */
  readonly hostCalls: readonly number[];
  /** SHA-256 of the debug map, 32 bytes. */
  readonly mapSha256: Uint8Array;
}

/** A part of a payload: whole words, in the order of `partNames`, one behind the other. */
export interface Part {
  readonly name: PartName;
  /** From the first byte of the payload. */
  readonly offset: number;
  readonly bytes: number;
}

const partNames = [
  "header",
  "description",
  "host calls",
  "helpers",
  "entries",
  "globals",
  "data",
  "names",
  "code",
] as const;
export type PartName = (typeof partNames)[number];

/** The bytes of a payload. Throws a DiagnosticError where it holds what no reader would take. */
export function encodePayload(payload: Payload): Uint8Array {
  try {
    const bytes = write(payload);
    read(bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    const message = `${payload.name} cannot become a payload: ${error.message}`;
    throw new DiagnosticError([{ severity: "error", code: "payload-refused", message }]);
  }
}

/** Reads a payload that nobody has checked: its contents, or the first thing that is wrong with it. Never throws. */
export function decodePayload(bytes: Uint8Array): {
  payload?: Payload;
  parts?: readonly Part[];
  error?: { offset: number; message: string };
} {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return { error: { offset: error.offset, message: error.message } };
  }
}

function write(payload: Payload): Uint8Array {
  const { limits, start, collect, entries, globals } = payload;
  const roots = [start, collect].filter((offset) => offset !== undefined);
  const description = writeDescription(payload);
  const hostCalls = tables.writeSet(payload.hostCalls, format.hostCallsMax);
  const helpers = tables.writeSet(payload.helpers, format.helpersMax);
  const data = writeData(wordSegments(payload.data, limits.memoryBytes));
  const names = tables.writeNames(namesOf(payload));
  const code = tables.padCode(payload.code);
  const body = tables.join([
    description,
    hostCalls,
    helpers,
    tables.writeCodeOffsets([...roots, ...entries], code.length),
    tables.writeWords(globals),
    data,
    names,
    code,
  ]);
  const [contractMajor, contractMinor, contractPatch] = payload.contract.split(".").map(Number);
  const header = format.writeHeader({
    format: format.formatVersion,
    cpu: format.cpuArmV6M,
    bounds: format.boundsModes.indexOf(payload.bounds),
    payloadBytes: format.headerBytes + body.length,
    codeBytes: code.length,
    dataBytes: data.length,
    contractMajor: contractMajor!,
    contractMinor: contractMinor!,
    contractPatch: contractPatch!,
    stackWords: stackWords(limits.stackBytes),
    entries: entries.length,
    globalWords: globals.length,
    nameBytes: names.length,
    stateWords: 0,
    helperAbi: format.helperAbiVersion,
    helperSetWords: helpers.length / 4,
    hostCallSetWords: hostCalls.length / 4,
    roots:
      (start === undefined ? 0 : format.startRoot) |
      (collect === undefined ? 0 : format.collectRoot),
    mapSha256: payload.mapSha256,
  });
  return tables.join([header, body]);
}

/** A stack too large for its field becomes a number that the header refuses. */
function stackWords(stackBytes: number | null): number {
  if (stackBytes === null) return format.noStackBound;
  const words = Math.ceil(stackBytes / 4);
  return words < format.noStackBound ? words : Infinity;
}

function read(bytes: Uint8Array): { payload: Payload; parts: readonly Part[] } {
  const header = format.readHeader(new Cursor(bytes, 0, bytes.length, "header"));
  const parts = layOut(header, bytes);
  const cursor = (name: PartName): Cursor => {
    const { offset, bytes: size } = parts.find((part) => part.name === name)!;
    return new Cursor(bytes, offset, offset + size, name);
  };
  const description = readDescription(
    cursor("description"),
    descriptionBytes(bytes, format.headerBytes),
  );
  const { memoryBytes, eventMs, policy } = description;
  const payload = {
    bounds: format.boundsModes[header.bounds]!,
    contract: [header.contractMajor, header.contractMinor, header.contractPatch].join("."),
    limits: {
      memoryBytes,
      stackBytes: header.stackWords === format.noStackBound ? null : 4 * header.stackWords,
      eventMs,
    },
    ...(policy && { policy }),
    hostCalls: tables.readSet(cursor("host calls"), format.hostCallsMax),
    helpers: tables.readSet(cursor("helpers"), format.helpersMax),
    ...readEntries(cursor("entries"), header),
    globals: tables.readWords(cursor("globals")),
    data: readData(cursor("data"), memoryBytes),
    ...readNamed(cursor("names"), header, description),
    code: cursor("code").take(header.codeBytes),
    mapSha256: header.mapSha256,
  };
  return { payload, parts };
}

/** Where the parts lie. Their sizes add up to that of the payload, and that is what there is. */
function layOut(header: format.Header, bytes: Uint8Array): Part[] {
  const { payloadBytes, roots } = header;
  if (payloadBytes !== bytes.length)
    fail(8, `the payload has ${payloadBytes} bytes, but there are ${bytes.length}`);
  const rootCount = (roots & format.startRoot ? 1 : 0) + (roots & format.collectRoot ? 1 : 0);
  const sizes: Record<PartName, number> = {
    header: format.headerBytes,
    description: padded(descriptionBytes(bytes, format.headerBytes)),
    "host calls": 4 * header.hostCallSetWords,
    helpers: 4 * header.helperSetWords,
    entries: 4 * (rootCount + header.entries),
    globals: 4 * header.globalWords,
    data: header.dataBytes,
    names: padded(header.nameBytes),
    code: header.codeBytes,
  };
  let offset = 0;
  const parts = partNames.map((name) => {
    const part = { name, offset, bytes: sizes[name] };
    offset += part.bytes;
    return part;
  });
  if (offset !== payloadBytes)
    fail(8, `the payload has ${payloadBytes} bytes, but its parts have ${offset}`);
  return parts;
}

function readEntries(
  cursor: Cursor,
  { roots, codeBytes }: format.Header,
): Pick<Payload, "start" | "collect" | "entries"> {
  const function_ = (what: string): number => {
    const at = cursor.offset;
    const offset = tables.readCodeOffset(cursor, codeBytes);
    return offset === tables.emptyEntry ? fail(at, `${what} is empty`) : offset;
  };
  const start = roots & format.startRoot ? function_("the start function") : undefined;
  const collect = roots & format.collectRoot ? function_("collect") : undefined;
  const entries = [function_("entry 0")];
  while (!cursor.done) entries.push(tables.readCodeOffset(cursor, codeBytes));
  return {
    ...(start !== undefined && { start }),
    ...(collect !== undefined && { collect }),
    entries,
  };
}

function readNamed(
  cursor: Cursor,
  { nameBytes }: format.Header,
  { needs, settings }: Description,
): Pick<Payload, "name" | "needs" | "settings"> {
  const count = 1 + needs.length + settings.length;
  const records = tables.readNames(cursor, nameBytes, count);
  return joinNames(records, needs, settings);
}
