import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import type { Project } from "../project/project.js";
import type { Allocation } from "./allocation.js";
import type { Shaped } from "./shape.js";
import type { SizeSheet } from "./sizes.js";

/** Heap of an app that allocates at its start only, unless thimble.json gives it more. */
const startHeapBytes = 1024;

/** Memory of an app that allocates in handlers, unless thimble.json says otherwise; the allocator's own books take about 1.6 KB of it. */
const collectedMemoryBytes = 8192;

/** What the allocator of the collecting runtime needs at the least beside static data. */
const leastCollectedHeapBytes = 3072;

/**
 * Bytes that a memory region of the smallest MPU can fence: ARMv6-M regions are powers of two from 256 B on, each in eight subregions that can be
 * switched off (ARMv6-M Architecture Reference Manual, section B3.5). 0 stays 0.
 */
export function fencedBytes(bytes: number): number {
  if (bytes === 0) return 0;
  const step = subregionBytes(bytes);
  return Math.ceil(bytes / step) * step;
}

/** The most that can be fenced within a ceiling; 0 below the least. */
function fencedBelow(ceilingBytes: number): number {
  const step = subregionBytes(ceilingBytes);
  return Math.floor(ceilingBytes / step) * step;
}

function subregionBytes(bytes: number): number {
  let regionBytes = 256;
  while (regionBytes < bytes) regionBytes *= 2;
  return regionBytes / 8;
}

/** The memory that the collecting runtime keeps to. */
export function minimalMemoryBytes(ceilingBytes: number | undefined): number {
  return ceilingBytes === undefined ? collectedMemoryBytes : fencedBelow(ceilingBytes);
}

/** Memory of a container: none where the module has none, else static data and a heap if it allocates. */
export function memorySheet(
  { module, heapBase }: Shaped,
  allocation: Allocation,
  ceilingBytes: number | undefined,
): SizeSheet["memory"] {
  if (module.memories.length === 0) return { dataBytes: 0, heapBytes: 0, memoryBytes: 0 };
  if (allocation === "never")
    return { dataBytes: heapBase, heapBytes: 0, memoryBytes: fencedBytes(heapBase) };
  const memoryBytes =
    allocation === "in-handlers"
      ? minimalMemoryBytes(ceilingBytes)
      : ceilingBytes === undefined
        ? fencedBytes(heapBase + startHeapBytes)
        : fencedBelow(ceilingBytes);
  return { dataBytes: heapBase, heapBytes: Math.max(0, memoryBytes - heapBase), memoryBytes };
}

/** What does not fit the limits of thimble.json. */
export function checkLimits(
  { limits, main }: Project,
  memory: SizeSheet["memory"],
  stackBytes: number | null,
  allocation: Allocation,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const refuse = (code: string, message: string, hint: string): void =>
    void found.push({ severity: "error", code, message, file: main, hint });
  const ceiling = limits.memoryBytes ?? Infinity;
  if (memory.memoryBytes > ceiling || memory.dataBytes > ceiling) {
    refuse(
      "limit-memory",
      `the container needs ${Math.max(memory.memoryBytes, fencedBytes(memory.dataBytes))} bytes of memory, and limits.memoryBytes in thimble.json is ${ceiling}`,
      "Raise the limit, or keep less in static buffers and texts.",
    );
  } else if (allocation === "in-handlers" && memory.heapBytes < leastCollectedHeapBytes) {
    refuse(
      "limit-heap",
      `static data takes ${memory.dataBytes} of ${memory.memoryBytes} bytes, which leaves too little for the heap`,
      `Set "limits": { "memoryBytes": ${fencedBytes(memory.dataBytes + 2 * leastCollectedHeapBytes)} } in thimble.json.`,
    );
  }
  if (limits.stackBytes === undefined) return found;
  if (stackBytes === null) {
    refuse(
      "limit-stack",
      "a function calls itself, so the stack has no bound, and thimble.json limits it",
      "Use a loop, or take limits.stackBytes out.",
    );
  } else if (stackBytes > limits.stackBytes) {
    refuse(
      "limit-stack",
      `the container needs up to ${stackBytes} bytes of stack, and limits.stackBytes in thimble.json is ${limits.stackBytes}`,
      "Raise the limit, or nest fewer calls.",
    );
  }
  return found;
}
