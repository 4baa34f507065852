import { type Cursor, fail } from "./cursor.js";

/** The numbers of the header by their offset and size in bytes, SPEC.md section 4. The SHA-256 of the debug map follows them. */
const fields = {
  format: [4, 2],
  cpu: [6, 1],
  bounds: [7, 1],
  payloadBytes: [8, 4],
  codeBytes: [12, 4],
  dataBytes: [16, 4],
  contractMajor: [20, 2],
  contractMinor: [22, 2],
  contractPatch: [24, 2],
  stackWords: [26, 2],
  entries: [28, 2],
  globalWords: [30, 2],
  nameBytes: [32, 2],
  stateWords: [34, 2],
  helperAbi: [36, 1],
  helperSetWords: [37, 1],
  hostCallSetWords: [38, 1],
  roots: [39, 1],
} as const;

type HeaderField = keyof typeof fields;
const fieldNames = Object.keys(fields) as HeaderField[];

export type Header = Readonly<Record<HeaderField, number>> & { readonly mapSha256: Uint8Array };

export const headerBytes = 72;
const digestOffset = 40;
const digestBytes = 32;

/** ASCII "thmb". */
const magic = [0x74, 0x68, 0x6d, 0x62] as const;

/** What this code writes and reads; any other version is refused. */
export const formatVersion = 1;
/** Version of the helper table (its order, and what its routines take and return); lines added at its end keep it. */
export const helperAbiVersion = 1;
export const cpuArmV6M = 1;
export const boundsModes = [undefined, "mpu", "checked"] as const;

/** `stackWords` of code whose stack has no bound. */
export const noStackBound = 0xffff;

/** Bits of `roots`. */
export const startRoot = 1;
export const collectRoot = 2;

export const payloadBytesMax = 2 ** 24;
/** A helper is known by one byte; a host call by an SVC number from 16 to 254. */
export const helpersMax = 256;
export const hostCallsMax = 239;
const setWordsMax = 8;

/** The largest numbers that a field can hold in a valid header. */
const limits: Partial<Record<HeaderField, number>> = {
  payloadBytes: payloadBytesMax,
  codeBytes: payloadBytesMax,
  dataBytes: payloadBytesMax,
  contractMajor: 9999,
  contractMinor: 9999,
  contractPatch: 9999,
  stateWords: 0,
  helperSetWords: setWordsMax,
  hostCallSetWords: setWordsMax,
  roots: startRoot | collectRoot,
};

/** The bytes of a header. A number beyond its field becomes what a reader refuses, never a smaller one. */
export function writeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  for (const name of fieldNames) {
    const [offset, size] = fields[name];
    const value = header[name];
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size))
      fail(offset, `${name} cannot be ${value}`);
    if (size === 1) view.setUint8(offset, value);
    else if (size === 2) view.setUint16(offset, value, true);
    else view.setUint32(offset, value, true);
  }
  if (header.mapSha256.length !== digestBytes)
    fail(digestOffset, `a SHA-256 has ${digestBytes} bytes, not ${header.mapSha256.length}`);
  bytes.set(header.mapSha256, digestOffset);
  return bytes;
}

/** Reads a header and checks each number by itself. */
export function readHeader(cursor: Cursor): Header {
  magic.forEach((byte, offset) => {
    if (cursor.u8() !== byte) fail(offset, "this is no payload: it does not begin with `thmb`");
  });
  const numbers: Partial<Record<HeaderField, number>> = {};
  for (const name of fieldNames) {
    const [offset, size] = fields[name];
    const value = size === 1 ? cursor.u8() : size === 2 ? cursor.u16() : cursor.u32();
    checkField(name, value, offset);
    numbers[name] = value;
  }
  return { ...(numbers as Record<HeaderField, number>), mapSha256: cursor.take(digestBytes) };
}

function checkField(name: HeaderField, value: number, offset: number): void {
  const known = { format: formatVersion, cpu: cpuArmV6M, helperAbi: helperAbiVersion } as const;
  const wanted = (known as Partial<Record<HeaderField, number>>)[name];
  if (wanted !== undefined && value !== wanted)
    fail(offset, `${name} is ${value}, and only ${wanted} is known`);
  if (name === "bounds" && boundsModes[value] === undefined)
    fail(offset, `bounds is ${value}, neither 1 (mpu) nor 2 (checked)`);
  const most = limits[name] ?? Infinity;
  if (value > most) fail(offset, `${name} is ${value}, above ${most}`);
  if (name === "codeBytes" && (value === 0 || value % 4 !== 0))
    fail(offset, `codeBytes is ${value}, no multiple of 4 above 0`);
  if (name === "dataBytes" && value % 4 !== 0)
    fail(offset, `dataBytes is ${value}, no multiple of 4`);
  if (name === "entries" && value === 0) fail(offset, "there is no entry, and entry 0 is `start`");
}
