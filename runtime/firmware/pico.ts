/**
 * Where what lies in the flash of a Pico, as offsets from its first byte, and what its firmware has for containers. SPEC.md section 6 tells
 * why; the linker scripts and runtime/ports/cortex-m hold the same numbers, and a test compares them.
 */
export const picoFlash = {
  flashBytes: 0x200000,
  /** What is erased at once. */
  sectorBytes: 4096,
  /** What is programmed at once. */
  pageBytes: 256,
  firmware: 0x004000,
  firmwareSlotBytes: 0xe000,
  /** Two sectors. */
  journal: 0x020000,
  /** What containers have stored: two sectors. */
  values: 0x022000,
  /** Payloads, to the end of the flash. */
  slots: 0x028000,
} as const;
