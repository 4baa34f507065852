import { ends, lives, raw, type HostileCase, type Place } from "../case.js";
import { callNumber, instance, lr, memory, sp, type Code } from "../code.js";

const overflow = ends("stack-overflow");

/** Below the limit that word 0 of the instance block states. */
const reserveBytes = 160;
const exceptionFrameBytes = 32;

/** r1 = the lowest address of the stack plus `bytes`. */
function stackBottom(code: Code, bytes: number): void {
  code.emit("mov", 1, instance).emit("ldr", 1, 1, 0).emit("subsImm8", 1, reserveBytes);
  code.emit("addsImm8", 1, bytes);
}

const call = (code: Code): Code => code.svc(callNumber("random.next"));

const depth: readonly HostileCase[] = [
  raw("recursion", "calls itself for ever", overflow, (code) => {
    const self = code.bind();
    code.emit("push", 0x4000).call(self);
  }),
  raw("recursion-with-calls", "calls itself and the host for ever", overflow, (code) => {
    const self = code.bind();
    code.emit("push", 0x4000);
    call(code).call(self);
  }),
  raw("big-frame", "takes a frame of 504 bytes", overflow, (code) => {
    code.emit("subSp", 504).emit("strStack", 0, 0);
  }),
  raw(
    "frame-beyond-guard",
    "takes a frame of 8 KB, beyond whatever guards the stack",
    overflow,
    (code) => {
      for (let k = 0; k < 17; k++) code.emit("subSp", 508);
      code.emit("strStack", 0, 0);
    },
  ),
  raw("frame-beyond-then-push", "pushes below whatever guards the stack", overflow, (code) => {
    for (let k = 0; k < 17; k++) code.emit("subSp", 508);
    code.emit("push", 0xff);
  }),
  raw(
    "frame-beyond-then-call",
    "calls the host from below whatever guards the stack",
    overflow,
    (code) => {
      for (let k = 0; k < 17; k++) code.emit("subSp", 508);
      call(code);
    },
  ),
  raw("push-too-much", "pushes one word more than there is room for", overflow, (code) => {
    stackBottom(code, exceptionFrameBytes);
    code.emit("mov", sp, 1).attack().emit("push", 0x40ff);
  }),
  raw(
    "store-below",
    "stores below the stack by the stack pointer's copy",
    ends("memory-bounds"),
    (code) => {
      stackBottom(code, exceptionFrameBytes);
      code
        .emit("mov", sp, 1)
        .emit("subsImm8", 1, exceptionFrameBytes + 4)
        .attack()
        .emit("str", 0, 1, 0);
    },
  ),
  raw("stack-just-full", "calls the host with room for one frame to the byte", lives(1), (code) => {
    stackBottom(code, exceptionFrameBytes);
    code.emit("mov", 7, sp).emit("mov", sp, 1);
    call(code).emit("mov", sp, 7).number(1, 1).publish();
  }),
  raw("stack-too-full", "calls the host with eight bytes less than a frame", overflow, (code) => {
    stackBottom(code, exceptionFrameBytes - 8);
    code.emit("mov", sp, 1);
    call(code);
  }),
  raw(
    "stack-word-too-full",
    "calls the host with four bytes less than a frame",
    overflow,
    (code) => {
      stackBottom(code, exceptionFrameBytes - 4);
      code.emit("mov", sp, 1);
      call(code);
    },
  ),
];

/** Where the stack pointer goes. r7 holds it in the end. */
const away: Readonly<
  Record<string, { readonly to: string; readonly go: (code: Code, place: Place) => unknown }>
> = {
  kernel: {
    to: "the kernel's data",
    go: (code, place) => code.literal(7, (place.kernelData & ~7) + 64),
  },
  "kernel-stack": {
    to: "the kernel's stack",
    go: (code, place) => code.literal(7, place.kernelStack & ~7),
  },
  zero: { to: "0", go: (code) => code.number(7, 0) },
  "thirty-two": { to: "32", go: (code) => code.number(7, 32) },
  top: { to: "the end of the address space", go: (code) => code.literal(7, 0xffff_fff0) },
  neighbour: {
    to: "a neighbour's memory",
    go: (code, place) => code.literal(7, place.neighbourMemory + 64),
  },
  "own-memory": {
    to: "its linear memory",
    go: (code) => code.emit("mov", 7, memory).emit("addsImm8", 7, 128),
  },
  code: { to: "its code", go: (code) => code.address(7, 64) },
  helpers: { to: "the helpers", go: (code, place) => code.literal(7, place.helpers + 1024) },
  device: { to: "registers of the chip", go: (code) => code.literal(7, 0x4000_4100) },
  system: { to: "system registers", go: (code) => code.literal(7, 0xe000_ee00) },
  "other-stack": {
    to: "the part of the stack that others have",
    go: (code) => {
      stackBottom(code, 0);
      code.emit("subsImm8", 1, 64).emit("mov", 7, 1);
    },
  },
};

const acts: Readonly<
  Record<string, { readonly what: string; readonly act: (code: Code) => unknown }>
> = {
  call: { what: "calls the host", act: call },
  fault: { what: "makes a fault", act: (code) => code.emit("movsImm", 1, 0).emit("ldr", 0, 1, 0) },
  udf: { what: "executes udf #1", act: (code) => code.emit("udf", 1) },
  loop: { what: "loops until the tick", act: (code) => code.branch(code.bind()) },
  return: { what: "returns", act: (code) => code.emit("bx", lr) },
  "kernel-call": { what: "makes the kernel call 1", act: (code) => code.svc(1) },
};

/** The hardware can write the frame of the tick, and that the container's time is over needs no look at it. */
const hasFrame = (place: string, act: string): boolean => place === "own-memory" && act === "loop";

const thorough: readonly string[] = ["zero", "kernel", "own-memory"];

/**
 * Every place with a host call, and some of them with every act: the exception cannot be stacked, or has been where no frame is looked at.
 */
const moved: readonly HostileCase[] = Object.entries(away).flatMap(([place, { to, go }]) =>
  Object.entries(acts)
    .filter(([act]) => act === "call" || thorough.includes(place))
    .map(([act, { what, act: attack }]) =>
      raw(
        `sp-${place}-${act}`,
        `moves the stack pointer to ${to} and ${what}`,
        hasFrame(place, act) ? ends("time-budget") : overflow,
        (code, where) => {
          go(code, where);
          code.emit("mov", sp, 7);
          if (hasFrame(place, act)) code.attack();
          attack(code);
        },
      ),
    ),
);

const odd: readonly HostileCase[] = [
  raw("sp-odd", "makes the stack pointer odd and calls the host", lives(1), (code) => {
    code.emit("mov", 7, sp).emit("mov", 6, sp).emit("subsImm8", 6, 13).emit("mov", sp, 6);
    call(code).emit("mov", sp, 7).number(1, 1).publish();
  }),
  raw(
    "sp-word",
    "calls the host with a stack pointer that is no multiple of 8",
    lives(1),
    (code) => {
      code.emit("subSp", 4);
      call(code).emit("addSp", 4).number(1, 1).publish();
    },
  ),
  raw("sp-left-low", "returns with its stack pointer elsewhere on its stack", lives(1), (code) => {
    code.number(1, 1).publish().emit("subSp", 40);
  }),
  raw("sp-in-instance", "calls the host with its stack in its instance block", overflow, (code) => {
    code.emit("mov", 7, instance).emit("addsImm8", 7, 64).emit("mov", sp, 7);
    call(code);
  }),
];

export const stackCases: readonly HostileCase[] = [...depth, ...moved, ...odd];
