import { type Cursor, fail } from "./cursor.js";
import { join, writeWords } from "./tables.js";

/** Bytes that linear memory holds before anything runs; the rest of it is 0. */
export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Address and size of a segment. */
const segmentHeaderBytes = 8;

/**
 * The same memory in segments of whole words: in order of their addresses, and without zeros where leaving them out saves bytes. Of
 * segments that overlap, the later one counts, as in a module.
 */
export function wordSegments(data: readonly DataSegment[], memoryBytes: number): DataSegment[] {
  const endBytes = data.reduce(
    (end, { address, bytes }) => Math.max(end, address + bytes.length),
    0,
  );
  if (endBytes > memoryBytes) fail(0, `data up to ${endBytes}, memory up to ${memoryBytes} bytes`);
  const memory = new Uint8Array(Math.ceil(endBytes / 4) * 4);
  for (const { address, bytes } of data) memory.set(bytes, address);
  const words = new Uint32Array(memory.buffer);
  const segments: DataSegment[] = [];
  for (let from = 0; from < words.length; from++) {
    if (words[from] === 0) continue;
    let to = from + 1;
    for (let at = to; at < words.length && 4 * (at - to) <= segmentHeaderBytes; at++)
      if (words[at] !== 0) to = at + 1;
    segments.push({ address: 4 * from, bytes: memory.slice(4 * from, 4 * to) });
    from = to;
  }
  return segments;
}

export function writeData(segments: readonly DataSegment[]): Uint8Array {
  return join(
    segments.flatMap(({ address, bytes }) => [writeWords([address, bytes.length]), bytes]),
  );
}

/** Segments in order, inside of memory and apart. */
export function readData(cursor: Cursor, memoryBytes: number): DataSegment[] {
  const segments: DataSegment[] = [];
  let free = 0;
  while (!cursor.done) {
    const at = cursor.offset;
    const [address, length] = [cursor.u32(), cursor.u32()];
    if (address % 4 !== 0) fail(at, `data at ${address}, no multiple of 4`);
    if (address < free) fail(at, `data at ${address} begins before the end of what precedes it`);
    if (length % 4 !== 0 || length === 0)
      fail(at + 4, `${length} bytes of data, no multiple of 4 above 0`);
    if (length > memoryBytes - address)
      fail(at + 4, `${length} bytes of data at ${address} leave a memory of ${memoryBytes} bytes`);
    segments.push({ address, bytes: cursor.take(length) });
    free = address + length;
  }
  return segments;
}
