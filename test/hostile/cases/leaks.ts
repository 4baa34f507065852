import { lives, raw, type HostileCase } from "../case.js";
import { instance, memory, sp, type Code } from "../code.js";

const pattern = 0x5ec2_e7ed;
const reserveBytes = 160;
const frameBytes = 32;

/** Leaves the pattern in all of its stack, the words for results, its memory, every register and the flags. */
function fill(code: Code): void {
  code.number(1, 1).publish().emit("push", 0x4000).literal(0, pattern);
  code
    .emit("mov", 1, instance)
    .emit("ldr", 2, 1, 0)
    .emit("subsImm8", 2, reserveBytes)
    .emit("mov", 3, sp);
  const loop = code.bind();
  code.emit("stm", 2, 1).emit("cmp", 2, 3).branchIf("cc", loop).emit("addsImm8", 1, 8);
  for (let word = 2; word < 20; word++) code.emit("stm", 1, 1);
  code.emit("mov", 1, memory).number(2, 64);
  const words = code.bind();
  code.emit("stm", 1, 1).emit("subsImm8", 2, 1).branchIf("ne", words);
  for (let register = 1; register < 13; register++) code.emit("mov", register, 0);
  code.emit("cmn", 0, 0).emit("pop", 0x8000);
}

const filler = (number: number): HostileCase =>
  raw(`fill-${number}`, "leaves a secret wherever it can", lives(1), fill);

const reader = (name: string, tries: string, body: (code: Code) => void): HostileCase =>
  raw(name, tries, lives(0), body, { follows: true });

/** Each reader runs right behind a filler, so what it finds would be the filler's. */
export const leakCases: readonly HostileCase[] = [
  filler(1),
  reader("read-registers", "looks for the last owner's registers and flags", (code) => {
    // MRS r0, APSR: the flags, before anything changes them. The filler's are N and V; Z and C come with the way in.
    code.half(0xf3ef, 0x8000);
    for (let register = 2; register < 8; register++) code.emit("orrs", 1, register);
    for (const register of [11, 12]) code.emit("mov", 2, register).emit("orrs", 1, 2);
    code.literal(2, 0x9000_0000).emit("ands", 0, 2).emit("orrs", 1, 0).publish();
  }),
  filler(2),
  reader("read-stack", "looks for what the last owner left on the stack", (code) => {
    // First what an interrupt would overwrite with this container's own registers. The last word of it is where the code begins, on the way in.
    code.emit("mov", 1, sp).emit("subsImm8", 1, frameBytes).emit("ldm", 1, 0b1111_1100);
    for (let register = 2; register < 8; register++) code.emit("orrs", 0, register);
    code.emit("ldm", 1, 0b100).emit("orrs", 0, 2);
    code.emit("mov", 2, instance).emit("ldr", 1, 2, 0).emit("subsImm8", 1, reserveBytes);
    code.emit("mov", 3, sp).emit("subsImm8", 3, frameBytes + 8);
    const loop = code.bind();
    code.emit("ldm", 1, 0b100).emit("orrs", 0, 2).emit("cmp", 1, 3).branchIf("cc", loop);
    code.emit("mov", 1, 0).publish();
  }),
  filler(3),
  reader(
    "read-above-stack",
    "looks for what the last owner left above the stack pointer",
    (code) => {
      code.emit("mov", 1, sp).emit("mov", 3, instance);
      const loop = code.label();
      const done = code.label();
      code.bind(loop);
      code
        .emit("cmp", 1, 3)
        .branchIf("cs", done)
        .emit("ldm", 1, 0b100)
        .emit("orrs", 0, 2)
        .branch(loop);
      code.bind(done);
      code.emit("mov", 1, 0).publish();
    },
  ),
  filler(4),
  reader("read-results", "looks for the last owner's results in the instance block", (code) => {
    code.emit("mov", 1, instance).emit("addsImm8", 1, 8);
    for (let word = 2; word < 20; word++) code.emit("ldm", 1, 0b100).emit("orrs", 0, 2);
    code.emit("mov", 1, 0).publish();
  }),
  filler(5),
  reader("read-memory", "looks for the last owner's bytes in its own memory", (code) => {
    code.emit("mov", 1, memory).number(3, 64);
    const loop = code.bind();
    code.emit("ldm", 1, 0b100).emit("orrs", 0, 2).emit("subsImm8", 3, 1).branchIf("ne", loop);
    code.emit("mov", 1, 0).publish();
  }),
  raw(
    "registers-after-call",
    "looks for the kernel's registers behind a host call",
    lives(0),
    (code) => {
      // r1-r7, r11 and r12 hold their number; r0 is the result.
      const low = [1, 2, 3, 4, 5, 6, 7];
      for (const register of [11, 12]) code.number(0, register).emit("mov", register, 0);
      for (const register of low) code.number(register, register);
      code.host("random.next").number(0, 0);
      const wrong = code.label();
      for (const register of low) code.emit("cmpImm", register, register).branchIf("ne", wrong);
      for (const register of [11, 12])
        code.emit("mov", 1, register).emit("cmpImm", 1, register).branchIf("ne", wrong);
      code.number(1, 0).publish().return();
      code.bind(wrong);
      code.number(1, 1).publish();
    },
  ),
  raw("call-without-result", "looks for a result where a call has none", lives(0x77), (code) => {
    code.host("timer.cancel", 0x77).emit("mov", 1, 0).publish();
  }),
];
