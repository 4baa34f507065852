/**
 * How the link packs a body on a stream of bytes (SPEC.md section 7): CRC-32, COBS and a closing 0.
 */
import { crc32 } from "../firmware/crc32.js";

/** Longest body of a frame from a device: a line of the log. */
export const deviceBodyBytesMax = 379;
/** Longest body that a device takes. */
export const hostBodyBytesMax = 319;

/**
 * Consistent overhead byte stuffing (Cheshire and Baker, 1999), without the closing 0: a code n stands for the n - 1
 * bytes behind it and a 0, 255 for 254 bytes without one. The 0 of the last block is not there.
 */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.floor(bytes.length / 254) + 1);
  let code = 0;
  let end = 1;
  for (const byte of bytes) {
    if (end - code === 255) {
      out[code] = 255;
      code = end++;
    }
    if (byte !== 0) {
      out[end++] = byte;
    } else {
      out[code] = end - code;
      code = end++;
    }
  }
  out[code] = end - code;
  return out.subarray(0, end);
}

/** The bytes that were encoded; undefined where a block is cut short or there is a 0. */
export function cobsDecode(bytes: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(bytes.length);
  let end = 0;
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at]!;
    const block = bytes.subarray(at + 1, at + code);
    if (code === 0 || block.length !== code - 1 || block.includes(0)) return undefined;
    out.set(block, end);
    end += block.length;
    at += code;
    if (code !== 255 && at < bytes.length) out[end++] = 0;
  }
  return bytes.length === 0 ? undefined : out.subarray(0, end);
}

const crcBytes = 4;

/** The CRC as it is sent: the low byte first. */
function crcOf(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(crcBytes);
  new DataView(bytes.buffer).setUint32(0, crc32(body), true);
  return bytes;
}

/** A body as it is sent: with its CRC, encoded, between two zeros. */
export function encodeFrame(body: Uint8Array): Uint8Array {
  return Uint8Array.of(0, ...cobsEncode(Uint8Array.of(...body, ...crcOf(body))), 0);
}

/** Finds the frames in a stream of bytes that comes in any portions. Keeps no more than one frame. */
export class FrameReader {
  readonly #stuffed: Uint8Array;
  /** Bytes since the last 0; beyond the buffer the frame is too long. */
  #length = 0;
  #wrong = 0;

  /** Frames with a longer body count as wrong. */
  constructor(bodyBytesMax: number = deviceBodyBytesMax) {
    this.#stuffed = new Uint8Array(stuffedBytesMax(bodyBytesMax + crcBytes));
  }

  /** Frames that did not arrive whole; bytes that belong to none count as one. */
  get wrong(): number {
    return this.#wrong;
  }

  /** The bodies that are complete with these bytes. */
  push(bytes: Uint8Array): Uint8Array[] {
    const bodies: Uint8Array[] = [];
    for (const byte of bytes) {
      if (byte !== 0) {
        if (this.#length < this.#stuffed.length) this.#stuffed[this.#length] = byte;
        this.#length++;
      } else if (this.#length > 0) {
        const body = this.#take();
        if (body === undefined) this.#wrong++;
        else bodies.push(body);
      }
    }
    return bodies;
  }

  #take(): Uint8Array | undefined {
    const length = this.#length;
    this.#length = 0;
    if (length > this.#stuffed.length) return undefined;
    const frame = cobsDecode(this.#stuffed.subarray(0, length));
    if (frame === undefined || frame.length < crcBytes) return undefined;
    const body = frame.slice(0, -crcBytes);
    return crcOf(body).every((byte, i) => byte === frame[body.length + i]) ? body : undefined;
  }
}

/** One code, and one more for each 254 bytes; an encoder may end a full block with an empty one. */
function stuffedBytesMax(length: number): number {
  return length + Math.floor(length / 254) + 1;
}
