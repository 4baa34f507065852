import type { Module } from "../wasm/module.js";

/** Bytes of an object's header; the object's address is behind them (AssemblyScript runtime, "Memory layout"). */
const headerBytes = 20;

/** The runtime's class id of String. */
const stringId = 2;

/**
 * Addresses of the words that say how large the block of a text literal is. The allocator keeps that word for what it may grow or
 * free, and a literal is neither: it costs seven bytes and is never read.
 *
 * Each object is a segment of its own in the module before optimization. A segment whose beginning is named by the code is
 * a buffer of the app's that happens to look like one. (A literal that stands at the address of some number in the code is then left as it is.)
 */
export function textBlockSizes(unoptimized: Module): readonly number[] {
  const named = new Set(
    [...unoptimized.code.map(({ code }) => code), ...unoptimized.globals.map(({ init }) => init)]
      .flat()
      .flatMap(({ opcode, immediates }) => (opcode.name === "i32.const" ? immediates : [])),
  );
  return unoptimized.data.flatMap(({ offset, bytes }) => {
    const address = offset?.[0]?.immediates[0];
    return address !== undefined && !named.has(address) && isText(bytes) ? [address] : [];
  });
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.length < headerBytes) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [blockBytes, manager, collector, id, textBytes] = [0, 4, 8, 12, 16].map((at) =>
    view.getUint32(at, true),
  );
  return (
    blockBytes === bytes.length - 4 &&
    manager === 0 &&
    collector === 0 &&
    id === stringId &&
    textBytes! <= bytes.length - headerBytes
  );
}
