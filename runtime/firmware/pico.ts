/**
 * Where what lies in the flash of a Pico, as offsets from its first byte. SPEC.md section 6 tells why; the linker scripts hold the same
 * numbers.
 */
export const picoFlash = {
  /** Where the chip sees its flash: RP2040 datasheet, section 2.2. */
  address: 0x10000000,
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

/** What containers share, as runtime/core/config.h and runtime/ports/cortex-m have it: a test compares them. */
export const picoLimits = {
  containers: 127,
  bindings: 512,
  bindingsPerContainer: 32,
  events: 256,
  eventsPerContainer: 16,
  messages: 48,
  messagesPerContainer: 4,
  /** What runtime/ports/cortex-m/native.c keeps of a container, beside its globals. */
  recordBytes: 32,
  /** The stack that one container after the other takes. */
  stackBytes: 4096,
  /** A container gets its part of it in such pieces. */
  stackStepBytes: 512,
  /** Of that, what helpers and an exception take beside the container. */
  stackReserveBytes: 160,
  /** The instance block at its top, beside the globals: SPEC.md section 5. */
  instanceBytes: 80,
} as const;
