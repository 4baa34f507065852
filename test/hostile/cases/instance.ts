import { ends, lives, raw, type HostileCase } from "../case.js";
import { helperTableRegister, instance, memory } from "../code.js";

/** What the container's own copy of the limits says must not matter to anybody but itself. */
export const instanceCases: readonly HostileCase[] = [
  raw(
    "stack-limit-gone",
    "clears the stack limit and calls itself for ever",
    ends("stack-overflow"),
    (code) => {
      code.number(0, 0).emit("mov", 1, instance).emit("str", 0, 1, 0);
      const self = code.bind();
      code.emit("push", 0x4000).call(self);
    },
  ),
  raw(
    "memory-size-forged",
    "says that its memory has no end and names what lies beyond",
    ends("bad-pointer"),
    (code) => {
      code.literal(0, -1).emit("mov", 1, instance).emit("str", 0, 1, 4);
      code.number(0, 256).number(1, 8).attack().host("device.id");
    },
  ),
  raw("instance-filled", "fills its instance block and returns", lives(1), (code) => {
    code.number(1, 1).publish().literal(0, -1).emit("mov", 1, instance);
    for (let k = 0; k < 20; k++) code.emit("str", 0, 1, 4 * k);
  }),
  raw(
    "memory-register-moved",
    "points r8 at the kernel before a host call",
    lives(8, 0xd00d),
    (code, place) => {
      // The id goes to its own memory, and the kernel's word is what it was.
      code
        .literal(0, 0xd00d)
        .emit("mov", 7, memory)
        .emit("str", 0, 7, 16)
        .literal(1, place.kernelData)
        .emit("mov", memory, 1);
      code
        .host("device.id", 0, 8)
        .emit("mov", 6, 0)
        .emit("mov", memory, 7)
        .emit("mov", 1, 6)
        .publish();
      code.emit("ldr", 1, 7, 16).publish();
    },
  ),
  raw(
    "registers-moved",
    "points r9 and r10 at the kernel, calls the host and returns",
    lives(1),
    (code, place) => {
      code
        .literal(1, place.kernelData)
        .emit("mov", helperTableRegister, 1)
        .emit("mov", instance, 1);
      code.host("random.next").number(1, 1).publish();
    },
  ),
  raw(
    "helper-register-moved",
    "calls a helper through the kernel's data",
    ends("memory-bounds"),
    (code, place) => {
      code
        .literal(1, place.kernelData)
        .emit("mov", helperTableRegister, 1)
        .attack()
        .emit("ldr", 1, 1, 0);
    },
  ),
  raw("callee-saved-lost", "returns with all registers spoilt", lives(1), (code) => {
    code.number(1, 1).publish().literal(0, 0xbad0_bad0);
    for (let register = 1; register < 13; register++) code.emit("mov", register, 0);
  }),
  raw(
    "globals-filled",
    "fills its globals and what lies behind them",
    ends("memory-bounds"),
    (code) => {
      code.emit("mov", 1, instance).literal(0, -1);
      const loop = code.bind();
      code.attack().emit("stm", 1, 1).branch(loop);
    },
    { globals: [1, 2, 3] },
  ),
];
