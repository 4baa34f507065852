import { contractFunctions, firstContractCall } from "../../../runtime/emulator/sim/contract.js";
import { ends, lives, raw, type HostileCase } from "../case.js";
import { callNumber, type Code } from "../code.js";

/** What containers have no assembler for (ARMv6-M Architecture Reference Manual, chapters A6 and B4), each two halfwords. */
const msr = (special: number, register = 0): [number, number] => [
  0xf380 | register,
  0x8800 | special,
];
const mrs = (register: number, special: number): [number, number] => [
  0xf3ef,
  0x8000 | (register << 8) | special,
];
const special = {
  apsr: 0,
  msp: 8,
  psp: 9,
  primask: 16,
  basepri: 17,
  faultmask: 19,
  control: 20,
} as const;
const isb = [0xf3bf, 0x8f6f] as const;
const cpsid = 0xb672;
const cpsie = 0xb662;

const bad = ends("bad-instruction");
const late = ends("time-budget");

/** Goes on for ever, with these halfwords in the loop. */
function forever(code: Code, ...halves: readonly number[]): void {
  const loop = code.bind();
  code
    .half(...halves)
    .branch(loop)
    .attackSince(loop);
}

/** Privileged code could do it; what follows shows whether it could. */
const rights: readonly HostileCase[] = [
  raw(
    "raise-privilege",
    "clears nPRIV and reads the kernel",
    ends("memory-bounds"),
    (code, place) => {
      code
        .number(0, 0)
        .half(...msr(special.control), ...isb)
        .literal(1, place.kernelData);
      code.attack().emit("ldr", 0, 1, 0);
    },
  ),
  raw("raise-privilege-write", "clears nPRIV and stops the tick", ends("memory-bounds"), (code) => {
    code
      .number(0, 0)
      .half(...msr(special.control), ...isb)
      .literal(1, 0xe000_e010);
    code.attack().emit("str", 0, 1, 0);
  }),
  raw("main-stack", "asks for the main stack", lives(3), (code) => {
    code
      .number(0, 1)
      .half(...msr(special.control), ...isb)
      .half(...mrs(1, special.control))
      .publish();
  }),
  raw("set-msp", "sets the kernel's stack pointer", lives(0, 1), (code) => {
    code
      .number(0, 0)
      .half(...msr(special.msp))
      .half(...mrs(1, special.msp))
      .publish();
    code.number(1, 1).publish();
  }),
  raw("set-psp", "sets its own stack pointer as the kernel does", lives(1), (code) => {
    code
      .number(0, 0)
      .half(...msr(special.psp))
      .number(1, 1)
      .publish();
  }),
  raw("read-psp", "reads the stack pointers", lives(0, 0), (code) => {
    code
      .half(...mrs(1, special.psp))
      .publish()
      .half(...mrs(1, special.msp))
      .publish();
  }),
  raw("mask-and-loop", "masks interrupts and loops", late, (code) => {
    code
      .half(cpsid)
      .number(0, 1)
      .half(...msr(special.primask));
    forever(code);
  }),
  raw("mask-in-loop", "masks interrupts again and again", late, (code) => {
    forever(code, cpsid, cpsid);
  }),
  raw(
    "mask-faults",
    "masks faults and priorities, and loops",
    late,
    (code) => {
      code
        .number(0, 1)
        .half(...msr(special.faultmask))
        .number(0, 0x20)
        .half(...msr(special.basepri));
      forever(code);
    },
    { only: ["an385", "an505"] },
  ),
  raw("mask-stays-off", "masks interrupts and reads the mask", lives(0), (code) => {
    code
      .half(cpsid)
      .half(...mrs(1, special.primask))
      .publish()
      .half(cpsie);
  }),
];

const loops: readonly HostileCase[] = [
  raw("loop", "loops for ever", late, (code) => forever(code)),
  raw("loop-of-loads", "reads its memory for ever", late, (code) => {
    code.emit("mov", 1, 8);
    forever(code, 0x6808);
  }),
  raw("loop-of-calls", "calls the host for ever", late, (code) => {
    forever(code, 0xdf00 + callNumber("random.next"));
  }),
  raw("loop-of-clock", "waits for a time that does not come", late, (code) => {
    forever(code, 0xdf00 + callNumber("clock.micros"), 0xdf00 + callNumber("clock.millis"));
  }),
  raw("wfi-forever", "sleeps for ever by WFI", late, (code) => forever(code, 0xbf30)),
  raw("wfe-forever", "sleeps for ever by WFE", late, (code) => forever(code, 0xbf20)),
  raw("wfi-masked", "sleeps for ever with interrupts masked", late, (code) => {
    code.half(cpsid);
    forever(code, 0xbf30);
  }),
  raw("hints", "sends events, yields, waits for memory", lives(1), (code) => {
    code.half(0xbf40, 0xbf10, 0xbf00, 0xf3bf, 0x8f4f, 0xf3bf, 0x8f5f, ...isb);
    code.number(1, 1).publish();
  }),
  raw("sev-wfe", "wakes itself once", lives(1), (code) => {
    code.half(0xbf40, 0xbf20).number(1, 1).publish();
  }),
];

/** An instruction that nobody may execute, where it stands. */
function illegal(
  name: string,
  tries: string,
  halves: readonly number[],
  only?: HostileCase["only"],
): HostileCase {
  return raw(name, tries, bad, (code) => void code.attack().half(...halves), only && { only });
}

const illegals: readonly HostileCase[] = [
  illegal("udf-0", "executes udf #0, no trap code", [0xde00]),
  illegal("udf-15", "executes udf #15, no trap code yet", [0xde0f]),
  illegal("udf-255", "executes udf #255", [0xdeff]),
  illegal("udf-wide", "executes a long undefined instruction", [0xf7f0, 0xa000]),
  illegal("undefined", "executes an opcode that means nothing", [0xb800]),
  illegal("coprocessor", "writes to a coprocessor", [0xee00, 0x0f10]),
  illegal("float-add", "adds floats in hardware", [0xee30, 0x0a00]),
  illegal("float-store", "stores a register of the float unit", [0xed80, 0x0a00]),
  illegal("bkpt", "stops for a debugger", [0xbe00]),
  illegal("bkpt-semihosting", "calls the debugger's host", [0xbeab]),
  // There it has another stack, on which the fault finds no room: nothing is on its own.
  raw(
    "bxns",
    "goes over to the non-secure world",
    ends("stack-overflow"),
    (code) => void code.half(0x4704),
    {
      only: ["an505"],
    },
  ),
  ...(["unreachable", "memory-bounds", "time-budget"] as const).map((code, k) =>
    raw(`claims-${code}`, `ends by itself, as if by ${code}`, ends(code), (asm) => {
      asm.attack().emit("udf", [1, 2, 8][k]!);
    }),
  ),
];

/** The first supervisor call behind those of the contract. */
const behind = firstContractCall + contractFunctions.length;

/** Supervisor calls that are no host calls. */
const calls: readonly HostileCase[] = [
  raw("svc-0", "ends its call early, as the kernel's stub does", lives(1), (code) => {
    code.number(1, 1).publish().svc(0).attack().half(0xde00);
  }),
  ...[
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    behind,
    behind + 1,
    100,
    127,
    128,
    200,
    254,
    255,
  ].map((number) =>
    raw(`svc-${number}`, `makes the kernel call ${number}`, ends("unknown-call"), (code) => {
      code.number(0, 0).number(1, 0).number(2, 0).number(3, 0).attack().svc(number);
    }),
  ),
];

export const privilegeCases: readonly HostileCase[] = [...rights, ...loops, ...illegals, ...calls];
