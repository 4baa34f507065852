import { ends, lives, raw, type HostileCase, type Place, type TargetName } from "../case.js";
import { instance, memory, sp } from "../code.js";
import { blocks, systemRegisters } from "./blocks.js";

type Kind = "read" | "write";

/** One load or store at an absolute address. */
function access(
  name: string,
  tries: string,
  kind: Kind,
  address: (place: Place) => number,
  only?: readonly TargetName[],
): HostileCase {
  return raw(
    name,
    tries,
    ends("memory-bounds"),
    (code, place) => {
      code.literal(1, address(place)).literal(0, 0xdead_beef).attack();
      code.emit(kind === "read" ? "ldr" : "str", 0, 1, 0);
    },
    only && { only },
  );
}

const both = (
  name: string,
  what: string,
  address: (place: Place) => number,
  only?: readonly TargetName[],
): HostileCase[] => [
  access(`read-${name}`, `reads ${what}`, "read", address, only),
  access(`write-${name}`, `writes to ${what}`, "write", address, only),
];

/** What other people's memory is. */
const places: readonly HostileCase[] = [
  ...both("kernel-data", "data of the kernel", ({ kernelData }) => kernelData),
  ...both("kernel-stack", "the stack of the kernel", ({ kernelStack }) => kernelStack),
  ...both("kernel-code", "code of the kernel", ({ kernelCode }) => kernelCode & ~3),
  ...both("journal", "the journal in flash", ({ journal }) => journal),
  ...both("neighbour", "memory of a neighbour", ({ neighbourMemory }) => neighbourMemory),
  ...both("neighbour-code", "code of a neighbour", ({ neighbourCode }) => neighbourCode & ~3),
  access("write-helpers", "writes to the table of helpers", "write", ({ helpers }) => helpers),
  ...both("zero", "the vector table or the boot ROM at 0", () => 0),
  ...both("last-word", "the last word of the address space", () => 0xffff_fffc),
];

/** The edges of what it owns. */
const edges: readonly HostileCase[] = [
  raw("write-own-code", "changes its own code", ends("memory-bounds"), (code) => {
    code.address(1, 0).attack().emit("str", 0, 1, 0);
  }),
  raw("beyond-memory", "reads behind its memory", ends("memory-bounds"), (code) => {
    code.number(1, 256).emit("addHigh", 1, memory).attack().emit("ldr", 0, 1, 0);
  }),
  raw("before-memory", "writes before its memory", ends("memory-bounds"), (code) => {
    code.emit("mov", 1, memory).emit("subsImm8", 1, 4).attack().emit("str", 0, 1, 0);
  }),
  raw(
    "beyond-eighths",
    "reads in the last eighths of its region, which are not its memory",
    ends("memory-bounds"),
    (code) => {
      code.emit("mov", 1, memory).emit("ldr", 0, 1, 0).emit("addsImm8", 1, 160);
      code.attack().emit("ldr", 0, 1, 0);
    },
    { memoryBytes: 160 },
  ),
  raw(
    "memory-of-none",
    "reads linear memory that it does not have",
    ends("memory-bounds"),
    (code) => {
      code.emit("mov", 1, memory).attack().emit("ldr", 0, 1, 0);
    },
    { memoryBytes: 0 },
  ),
  raw(
    "below-stack",
    "writes to the part of the stack that it was not given",
    ends("memory-bounds"),
    (code) => {
      code.emit("mov", 1, instance).emit("ldr", 1, 1, 0).emit("subsImm8", 1, 160);
      code.emit("str", 0, 1, 0).emit("subsImm8", 1, 4).attack().emit("str", 0, 1, 0);
    },
  ),
  raw(
    "above-stack",
    "reads above its stack by the stack pointer",
    ends("memory-bounds"),
    (code) => {
      code.attack().emit("ldrStack", 0, 1020);
    },
  ),
  raw(
    "stm-across-end",
    "writes several words across the end of its memory",
    ends("memory-bounds"),
    (code) => {
      code.number(1, 248).emit("addHigh", 1, memory).attack().emit("stm", 1, 0b11101);
    },
  ),
  raw("ldm-kernel", "reads several words of the kernel", ends("memory-bounds"), (code, place) => {
    code.literal(1, place.kernelData).attack().emit("ldm", 1, 0b11101);
  }),
  raw("byte-kernel", "writes a byte of the kernel", ends("memory-bounds"), (code, place) => {
    code.literal(1, place.kernelData).attack().emit("strb", 0, 1, 0);
  }),
  raw(
    "pop-kernel",
    "pops what lies on the kernel's stack",
    ends("stack-overflow"),
    (code, place) => {
      code
        .literal(1, place.kernelStack & ~7)
        .emit("mov", sp, 1)
        .emit("pop", 0b11);
    },
  ),
  raw("own-memory", "uses all of its memory, as it may", lives(0x1234, 7), (code) => {
    code
      .emit("mov", 3, memory)
      .literal(1, 0x1234)
      .emit("str", 1, 3, 0)
      .emit("ldr", 1, 3, 0)
      .publish();
    code.emit("mov", 3, memory).emit("addsImm8", 3, 252).number(1, 7).emit("str", 1, 3, 0);
    code.emit("movsImm", 1, 0).emit("ldr", 1, 3, 0).publish();
  }),
];

/** Every block of registers that a chip has. */
const chips: readonly HostileCase[] = Object.entries(blocks).flatMap(([target, list]) =>
  Object.entries(list).map(([name, address], position) => {
    const kind: Kind = position % 2 === 0 ? "read" : "write";
    const tries = `${kind}s the ${name} block`;
    return access(`${target}-${name}`, tries, kind, () => address, [target as TargetName]);
  }),
);

/** What every Cortex-M has. */
const system: readonly HostileCase[] = Object.entries(systemRegisters).flatMap(
  ([name, { address, what, reads }]) => [
    access(`write-${name}`, `writes to ${what}`, "write", () => address),
    ...(reads ? [access(`read-${name}`, `reads ${what}`, "read", () => address)] : []),
  ],
);

export const accessCases: readonly HostileCase[] = [...places, ...edges, ...system, ...chips];
