import { picoFlash } from "../../runtime/firmware/pico.js";

/** A container and the sectors that hold it, as offsets in flash. */
export interface Slot {
  readonly offset: number;
  readonly bytes: number;
}

const { flashBytes, sectorBytes } = picoFlash;

/**
 * The size of the slot for `bytes`: whole sectors, and as many eighths of the least power of two that holds them, so that one region of an
 * ARMv6-M MPU is the slot (ARMv6-M Architecture Reference Manual, section B3.5).
 */
export function slotBytes(bytes: number): number {
  const step = Math.max(sectorBytes, regionBytes(bytes) / 8);
  return Math.ceil(bytes / step) * step;
}

/** The least power of two that holds a slot: a multiple of it is where the slot begins. */
export function regionBytes(bytes: number): number {
  let region: number = sectorBytes;
  while (region < bytes) region *= 2;
  return region;
}

/**
 * Places slots in their order, each at the first offset where it fits: a small one goes into the gap before a large one. Undefined for those
 * that do not fit.
 */
export function placeSlots(sizes: readonly number[]): (Slot | undefined)[] {
  const taken: Slot[] = [];
  return sizes.map((size) => {
    const bytes = slotBytes(size);
    const offset = firstFit(taken, bytes, regionBytes(size));
    if (offset === undefined) return undefined;
    const slot = { offset, bytes };
    taken.push(slot);
    taken.sort((a, b) => a.offset - b.offset);
    return slot;
  });
}

/** `taken` is in the order of its offsets. */
function firstFit(
  taken: readonly Slot[],
  bytes: number,
  alignmentBytes: number,
): number | undefined {
  const align = (offset: number): number => Math.ceil(offset / alignmentBytes) * alignmentBytes;
  let offset = align(picoFlash.slots);
  for (const slot of taken) {
    if (offset + bytes <= slot.offset) return offset;
    offset = Math.max(offset, align(slot.offset + slot.bytes));
  }
  return offset + bytes <= flashBytes ? offset : undefined;
}
