/**
 * Where things lie while a container runs, as on an RP2040: code and helpers in flash, memory, stack and instance block in RAM. Nothing else is
 * mapped, and the gaps between them are wider than what one instruction can reach past an end.
 */
export const layout = {
  helpers: 0x1001_0000,
  code: 0x1010_0000,
  memory: 0x2000_0000,
  /** Lowest address of the stack's region. */
  stack: 0x2003_4000,
  /** The instance block. */
  instance: 0x2004_0000,
  ramEnd: 0x2004_2000,
} as const;

/** Three pages of WebAssembly. */
export const memoryBytesMax = 0x3_0000;
export const stackBytesMax = 0xb000;
export const codeBytesMax = 0xf0_0000;
/** Below `layout.code`. */
export const helpersBytesMax = 0x1_0000;

/** Words of the instance block before the globals; the ABI names them. */
export const instanceWords = {
  stackLimit: 0,
  memoryBytes: 1,
  results: 2,
  globals: 20,
} as const;

/** Results that a function returns in registers; further ones are in the instance block, at most 18. */
export const resultRegisters = 4;
export const resultWordsMax = 22;
