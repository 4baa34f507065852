import { ends, lives, raw, type HostileCase } from "../case.js";
import { memory, sp, type Code } from "../code.js";

const bounds = ends("memory-bounds");
const memoryBytes = 256;
const data = [{ address: 0, bytes: Uint8Array.from({ length: 20 }, (_, k) => 0x0d * k) }];

/** Bytes of `data` as a little-endian number. */
function word(offset: number, size: number): number {
  return Array.from({ length: size }, (_, k) => ((0x0d * (offset + k)) & 0xff) << (8 * k)).reduce(
    (a, b) => a | b,
  );
}

/** r1 = linear memory + offset. */
const at = (code: Code, offset: number): Code => code.number(1, offset).emit("addHigh", 1, memory);

/** Those that the kernel completes. */
const completed: readonly HostileCase[] = [
  raw(
    "misaligned-loads",
    "loads what is not aligned in its memory",
    lives(word(1, 4), word(6, 4), word(3, 2), (word(9, 2) << 16) >> 16, word(5, 2)),
    (code) => {
      at(code, 1).emit("ldr", 1, 1, 0).publish();
      at(code, 0).number(2, 6).emit("ldrIndexed", 1, 1, 2).publish();
      at(code, 1).emit("ldrh", 1, 1, 2).publish();
      at(code, 0).number(2, 9).emit("ldrshIndexed", 1, 1, 2).publish();
      at(code, 0).number(2, 5).emit("ldrhIndexed", 1, 1, 2).publish();
    },
    { data },
  ),
  raw(
    "misaligned-stores",
    "stores what is not aligned in its memory",
    lives(0x3344_0000, 0x8877_1122, 0x55),
    (code) => {
      at(code, 32).literal(3, 0x1122_3344).number(2, 2).emit("strIndexed", 3, 1, 2);
      code.literal(3, 0x5566).number(2, 1).emit("addsImm8", 1, 6).emit("strhIndexed", 3, 1, 2);
      code.literal(3, 0x8877).emit("strh", 3, 1, 0);
      at(code, 32).emit("ldr", 1, 1, 0).publish();
      at(code, 32).emit("ldr", 1, 1, 4).publish();
      at(code, 32).emit("ldr", 1, 1, 8).emit("uxtb", 1, 1).publish();
    },
  ),
  raw(
    "misaligned-registers",
    "loads what is not aligned into every register",
    lives(0, word(1, 4)),
    (code) => {
      const registers = [0, 1, 2, 3, 4, 5, 6];
      for (const register of registers)
        code
          .number(7, 2 * register + 1)
          .emit("addHigh", 7, memory)
          .emit("ldr", register, 7, 0);
      code.literal(
        7,
        registers.map((register) => word(2 * register + 1, 4)).reduce((a, b) => a ^ b),
      );
      for (const register of registers) code.emit("eors", 7, register);
      code.emit("mov", 1, 7).publish();
      at(code, 1).emit("ldr", 7, 1, 0).emit("mov", 1, 7).publish();
    },
    { data },
  ),
  raw(
    "misaligned-at-end",
    "loads the last bytes of its memory where they are not aligned",
    lives(0),
    (code) => {
      at(code, memoryBytes - 5)
        .emit("ldr", 1, 1, 0)
        .publish();
    },
  ),
  raw(
    "misaligned-to-itself",
    "loads over its own base where it is not aligned",
    lives(word(2, 4)),
    (code) => {
      at(code, 2).emit("ldr", 1, 1, 0).publish();
    },
    { data },
  ),
  raw(
    "misaligned-forever",
    "makes faults that are completed, for ever",
    ends("time-budget"),
    (code) => {
      at(code, 1);
      const loop = code.bind();
      code.emit("ldr", 0, 1, 0).branch(loop).attackSince(loop);
    },
  ),
];

/** One instruction at an address in r1 that nobody may complete. */
function refused(
  name: string,
  tries: string,
  address: (code: Code, kernelData: number) => unknown,
  act: (code: Code) => unknown,
): HostileCase {
  return raw(name, tries, bounds, (code, { kernelData }) => {
    address(code, kernelData);
    act(code.attack());
  });
}

const load = (code: Code): unknown => code.emit("ldr", 0, 1, 0);
const store = (code: Code): unknown => code.emit("str", 0, 1, 0);
const storeHalf = (code: Code): unknown => code.emit("strh", 0, 1, 0);

const refusals: readonly HostileCase[] = [
  refused(
    "odd-store-kernel",
    "stores to a misaligned address of the kernel",
    (code, kernel) => code.literal(1, kernel + 1),
    store,
  ),
  refused(
    "odd-load-kernel",
    "loads from a misaligned address of the kernel",
    (code, kernel) => code.literal(1, kernel + 2),
    load,
  ),
  refused(
    "odd-half-kernel",
    "stores a halfword to an odd address of the kernel",
    (code, kernel) => code.literal(1, kernel + 1),
    storeHalf,
  ),
  refused(
    "store-across-end",
    "stores across the end of its memory",
    (code) => at(code, memoryBytes - 2),
    store,
  ),
  refused(
    "load-across-end",
    "loads across the end of its memory",
    (code) => at(code, memoryBytes - 1),
    load,
  ),
  refused(
    "half-across-end",
    "stores a halfword across the end of its memory",
    (code) => at(code, memoryBytes - 1),
    storeHalf,
  ),
  refused(
    "store-across-start",
    "stores across the start of its memory",
    (code) => code.emit("mov", 1, memory).emit("subsImm8", 1, 2),
    store,
  ),
  refused(
    "store-wrapping",
    "stores across the end of the address space",
    (code) => code.literal(1, 0xffff_fffe),
    store,
  ),
  refused(
    "load-wrapping",
    "loads across the end of the address space",
    (code) => code.literal(1, 0xffff_fffd),
    load,
  ),
  refused(
    "odd-stack",
    "loads from a misaligned address of its stack",
    (code) => code.emit("mov", 1, sp).emit("subsImm8", 1, 6),
    load,
  ),
  refused(
    "odd-code",
    "loads from a misaligned address of its code",
    (code) => code.address(1, 1),
    load,
  ),
  refused(
    "odd-device",
    "loads from a misaligned address of the chip",
    (code) => code.literal(1, 0x4000_4002),
    load,
  ),
  refused(
    "odd-ldm",
    "loads several words from where they are not aligned",
    (code) => at(code, 2),
    (code) => code.emit("ldm", 1, 0b1100),
  ),
  refused(
    "odd-stm",
    "stores several words to where they are not aligned",
    (code) => at(code, 1),
    (code) => code.emit("stm", 1, 0b1101),
  ),
];

export const misalignedCases: readonly HostileCase[] = [...completed, ...refusals];
