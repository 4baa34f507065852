import { helperTable } from "../../../runtime/firmware/helpers.js";
import { ends, lives, raw, seen, type HostileCase, type Place } from "../case.js";
import { callNumber, helperTableRegister, lr, memory, pc, sp, type Code } from "../code.js";

const bad = ends("bad-instruction");

/** Goes to an address, bit 0 as it is, in each of the ways that there are. */
const ways: Readonly<Record<string, (code: Code) => unknown>> = {
  bx: (code) => code.emit("bx", 0),
  blx: (code) => code.emit("blx", 0),
  pop: (code) => code.emit("push", 1).emit("pop", 0x8000),
  mov: (code) => code.emit("mov", pc, 0),
};

function jump(
  name: string,
  tries: string,
  target: (place: Place) => number,
  way: keyof typeof ways = "bx",
): HostileCase {
  return raw(name, tries, bad, (code, place) => {
    code.literal(0, target(place));
    ways[way]!(code);
  });
}

const excReturns = [0xffff_fff1, 0xffff_fff9, 0xffff_fffd] as const;

/** Values that mean a return from an exception where a handler uses them (B1.5.8), and nothing here. */
const returns: readonly HostileCase[] = excReturns.flatMap((value) => {
  const digits = value.toString(16).slice(-2);
  return (["bx", "pop"] as const).map((way) =>
    jump(`${way}-exc-return-${digits}`, `returns from an exception by ${way}`, () => value, way),
  );
});

const anywhere: readonly HostileCase[] = [
  jump("jump-zero", "jumps to 0", () => 0),
  jump("jump-one", "jumps to 0 in Thumb state", () => 1),
  jump("jump-kernel", "jumps into the kernel", ({ kernelCode }) => kernelCode | 1),
  jump("blx-kernel", "calls a function of the kernel", ({ kernelCode }) => kernelCode | 1, "blx"),
  jump("pop-pc-kernel", "returns into the kernel", ({ kernelCode }) => kernelCode | 1, "pop"),
  jump("mov-pc-kernel", "moves into the kernel", ({ kernelCode }) => kernelCode | 1, "mov"),
  jump("jump-kernel-data", "executes data of the kernel", ({ kernelData }) => kernelData | 1),
  jump("jump-neighbour", "jumps into a neighbour", ({ neighbourCode }) => neighbourCode | 1),
  jump("jump-device", "executes registers of the chip", () => 0x4000_0001),
  jump("jump-system", "executes system registers", () => 0xe000_ed01),
  jump("jump-top", "executes the end of the address space", () => 0xffff_ffff),
  jump("jump-fnc-return", "returns from a secure function", () => 0xfeff_ffff),
  raw("jump-even", "leaves Thumb state in its own code", bad, (code) => {
    const target = code.label();
    code.addressOf(0, target).emit("bx", 0).emit("nop").attack();
    code.bind(target);
    code.emit("nop");
  }),
  raw("blx-even", "calls its own code without the Thumb bit", bad, (code) => {
    const target = code.label();
    code.addressOf(0, target).emit("blx", 0).emit("nop").attack();
    code.bind(target);
    code.emit("nop");
  }),
];

/** Writes `bx lr` and runs it. */
const data: readonly HostileCase[] = [
  raw("execute-memory", "executes its memory", bad, (code) => {
    code.literal(1, 0x4770_4770).emit("mov", 0, memory).emit("str", 1, 0, 0);
    code.emit("addsImm8", 0, 1).emit("bx", 0);
  }),
  raw("execute-odd-memory", "executes an odd place of its memory", bad, (code) => {
    code.emit("mov", 0, memory).emit("addsImm8", 0, 7).emit("bx", 0);
  }),
  raw("execute-stack", "executes its stack", bad, (code) => {
    code.literal(1, 0x4770_4770).emit("subSp", 8).emit("strStack", 1, 0);
    code.emit("mov", 0, sp).emit("addsImm8", 0, 1).emit("bx", 0);
  }),
  raw("svc-on-stack", "calls the host from code on its stack", bad, (code) => {
    code.literal(1, 0x4770_df00 + callNumber("random.next"));
    code.emit("subSp", 8).emit("strStack", 1, 0);
    code.emit("mov", 0, sp).emit("addsImm8", 0, 1).emit("blx", 0);
  }),
];

/** Bytes of the names of an app with the one need of all of these; they lie before its code. */
const nameBytes = (app: string): number =>
  Math.ceil((2 + app.length + 2 + seen.need.name.length) / 4) * 4;

/** Bytes of a payload before its names: header, description, two entries. */
const bytesBeforeNames = 72 + 40 + 8;

/** What lies in flash around the code in its slot can be executed, but nothing can be called from there. */
const slot: readonly HostileCase[] = [
  raw(
    "svc-outside-code",
    "calls the host from the initial data in its slot",
    bad,
    (code) => {
      code
        .address(0, -nameBytes("svc-outside-code") - 4 + 1)
        .emit("mov", 7, lr)
        .emit("blx", 0)
        .emit("bx", 7);
    },
    { data: [{ address: 0, bytes: Uint8Array.of(callNumber("random.next"), 0xdf, 0x70, 0x47) }] },
  ),
  // It begins with `ldr r4, [r6, #4]`, as an instruction, and r6 is 0 at entry.
  raw("execute-own-header", "executes the header of its payload", bad, (code) => {
    code.address(0, -nameBytes("execute-own-header") - bytesBeforeNames + 1).emit("bx", 0);
  }),
  raw("run-off-the-end", "executes what is erased behind its code", bad, (code) => {
    code.address(0, 2049).emit("bx", 0);
  }),
];

/** r4 = a place in a helper, counted from its first instruction. */
function helperAddress(code: Code, name: string, offset = 0): void {
  const position = helperTable.findIndex((helper) => helper.name === name);
  code
    .number(4, 4 * position)
    .emit("addHigh", 4, helperTableRegister)
    .emit("ldr", 4, 4, 0);
  code.emit("addsImm8", 4, offset);
}

/** Offset in memory.copy of `pop {r4-r6, pc}`. */
const copied = 76;

/** Helpers run with the rights of who calls them, from wherever he enters. */
const helpers: readonly HostileCase[] = [
  raw(
    "helper-writes-kernel",
    "lets a helper write to the kernel",
    ends("memory-bounds"),
    (code, place) => {
      helperAddress(code, "memory.copy");
      code.literal(0, place.kernelData).emit("mov", 1, memory).number(2, 16).emit("blx", 4);
    },
  ),
  raw(
    "helper-reads-kernel",
    "lets a helper read the kernel",
    ends("memory-bounds"),
    (code, place) => {
      helperAddress(code, "memory.copy");
      code.emit("mov", 0, memory).literal(1, place.kernelData).number(2, 16).emit("blx", 4);
    },
  ),
  raw(
    "helper-without-push",
    "enters a helper behind its push",
    ends("memory-bounds"),
    (code, place) => {
      helperAddress(code, "memory.copy", 2);
      code.literal(0, place.kernelData).emit("mov", 1, memory).number(2, 16).emit("blx", 4);
    },
  ),
  raw(
    "helper-pop-kernel",
    "lets the pop of a helper return into the kernel",
    bad,
    (code, place) => {
      helperAddress(code, "memory.copy", copied);
      code
        .literal(3, place.kernelCode | 1)
        .emit("push", 0b1111)
        .emit("bx", 4);
    },
  ),
  raw("helper-even", "enters a helper without the Thumb bit", bad, (code) => {
    helperAddress(code, "memory.copy");
    code.emit("subsImm8", 4, 1).emit("bx", 4);
  }),
  raw("helper-back", "enters a helper in its middle and comes back", lives(5), (code) => {
    const back = code.label();
    code.emit("mov", 7, lr);
    helperAddress(code, "memory.copy", copied);
    code.addressOf(3, back, 1).emit("push", 0b1111).emit("bx", 4);
    code.bind(back);
    code.number(1, 5).publish().emit("bx", 7);
  }),
];

export const jumpCases: readonly HostileCase[] = [
  ...anywhere,
  ...returns,
  ...data,
  ...slot,
  ...helpers,
];
