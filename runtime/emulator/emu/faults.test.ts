import assert from "node:assert/strict";
import { test } from "node:test";
import { bare, BareBoard, cpsid, mrs, msr, op, special } from "../../../test/helpers/bare-board.js";

const hardFault = 3;
const svCall = 11;
const full = 0x0300_0000;

/** What ends in a HardFault: the instruction, with r0 holding the address. */
const faults: readonly (readonly [string, number, readonly number[]])[] = [
  ["a load from where nothing is", 0x3000_0000, [op("ldr", 1, 0, 0)]],
  ["a store to where nothing is", 0x3000_0000, [op("str", 1, 0, 0)]],
  ["a load behind the last peripheral", 0x4007_0000, [op("ldr", 1, 0, 0)]],
  ["a load beyond the private peripheral bus", 0xe010_0000, [op("ldr", 1, 0, 0)]],
  ["a misaligned word", 0x2000_1002, [op("ldr", 1, 0, 0)]],
  ["a misaligned half word", 0x2000_1001, [op("ldrh", 1, 0, 0)]],
  ["a misaligned store of a word", 0x2000_1001, [op("str", 1, 0, 0)]],
  ["a misaligned store of a half word", 0x2000_1003, [op("strh", 1, 0, 0)]],
  ["a misaligned LDM", 0x2000_1002, [op("ldm", 0, 6)]],
  ["a misaligned STM", 0x2000_1002, [op("stm", 0, 6)]],
  ["a store to flash", 0x1000_0000, [op("str", 1, 0, 0)]],
  ["a store to the ROM", 0x0000_0000, [op("strb", 1, 0, 0)]],
  ["UDF", 0, [op("udf", 3)]],
  ["a wide UDF", 0, [0xf7f0, 0xa000]],
  ["CBZ, which ARMv6-M has not", 0, [0xb100]],
  ["IT, which ARMv6-M has not", 0, [0xbf08]],
  ["an instruction of 32 bits that is none", 0, [0xe800, 0x0000]],
  ["BKPT without a debugger", 0, [op("bkpt", 7)]],
  ["PUSH of nothing", 0, [0xb400]],
];

for (const [name, address, code] of faults) {
  test(`HardFault: ${name}`, () => {
    const board = new BareBoard([0xbf00, ...code]);
    board.registers[0] = address;
    board.step(2);
    assert.equal(board.registers[15], board.handlerOf(hardFault));
    const frame = board.registers[13]!;
    assert.equal(frame, bare.mainStack - 32);
    assert.equal(board.word(frame), address, "r0");
    assert.equal(board.word(frame + 24), bare.code + 2, "the address of the instruction");
    assert.equal(board.registers[14], 0xffff_fff9);
    assert.equal(board.core.ipsr, hardFault);
  });
}

test("a jump to an even address faults there, with the Thumb bit clear", () => {
  const board = new BareBoard([op("bx", 0)]);
  board.registers[0] = 0x2000_0100;
  board.step(2);
  assert.equal(board.registers[15], board.handlerOf(hardFault));
  assert.equal(board.word(bare.mainStack - 8), 0x2000_0100);
  assert.equal(board.word(bare.mainStack - 4) & 0x0100_0000, 0);
});

for (const target of [0x4000_4000, 0x3000_0000, 0xd000_0000, 0xffff_ff00]) {
  test(`code cannot be executed at ${target.toString(16)}`, () => {
    const board = new BareBoard([op("bx", 0)]);
    board.registers[0] = target | 1;
    board.step(2);
    assert.equal(board.registers[15], board.handlerOf(hardFault));
    assert.equal(board.word(bare.mainStack - 8), target);
  });
}

test("SVC with interrupts off is a HardFault", () => {
  const board = new BareBoard([cpsid, op("svc", 1)]);
  board.step(2);
  assert.equal(board.registers[15], board.handlerOf(hardFault));
  assert.equal(board.word(bare.mainStack - 8), bare.code + 2);
});

test("LDM that fails leaves its base as it was", () => {
  const board = new BareBoard([op("ldm", 1, 0b110)]);
  board.registers[1] = 0x2004_1ffc;
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(hardFault));
  assert.equal(board.registers[1], 0x2004_1ffc);
});

test("PUSH that fails leaves the stack pointer as it was", () => {
  const board = new BareBoard([op("push", 0x10)]);
  board.core.writeSpecialRegister(special.control, 2);
  board.core.writeSpecialRegister(special.psp, 0x2000_0000);
  board.step(1);
  // The frame goes below RAM too: what is seen is where it was meant to be.
  assert.equal(board.core.readSpecialRegister(special.psp), 0x2000_0000 - 32);
});

test("a fault in the HardFault handler locks the core up", () => {
  const board = new BareBoard([op("udf", 0)]);
  board.put(board.handlerOf(hardFault), op("udf", 1));
  board.step(2);
  assert.equal(board.pico.lockedUpAt, board.handlerOf(hardFault));
  board.pico.run(1e9);
  assert.equal(board.pico.nowNs, 1e9, "time goes on without it");
});

test("a vector that cannot be read locks the core up", () => {
  const board = new BareBoard([op("udf", 0)]);
  board.core.vectorTable = 0x3000_0000;
  board.step(1);
  assert.equal(board.pico.lockedUpAt, bare.code);
});

/** A container that has the code's page, and its stack, and nothing else. */
function confined(code: readonly number[]): BareBoard {
  const board = new BareBoard(code);
  board.region(0, bare.code, 256, full);
  board.region(1, bare.processStack - 256, 256, full);
  board.protect(5);
  board.dropPrivilege();
  return board;
}

test("a stacking fault is a HardFault, and the SVC that caused it fires after that", () => {
  const board = confined([op("mov", 13, 0), op("svc", 5), 0xbf00]);
  board.registers[0] = 0x2003_0000;
  board.step(2);
  assert.equal(board.registers[15], board.handlerOf(hardFault));
  assert.equal(board.registers[14], 0xffff_fffd);
  assert.equal(board.core.readSpecialRegister(special.psp), 0x2003_0000 - 32);
  assert.equal(board.word(0x2003_0000 - 8), 0, "nothing was written");
  // The handler gives up on the container: a frame on the main stack, back to privileged thread mode.
  board.core.writeSpecialRegister(special.control, 0);
  board.poke(bare.mainStack - 8, 0x2000_0080);
  board.poke(bare.mainStack - 4, 0x0100_0000);
  board.core.writeSpecialRegister(special.msp, bare.mainStack - 32);
  board.put(board.handlerOf(hardFault), op("bx", 14));
  board.registers[14] = 0xffff_fff9;
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(svCall), "it was still pending");
  assert.equal(board.registers[14], 0xffff_fff9);
});

test("a frame that cannot be unstacked is a HardFault without another frame", () => {
  const board = confined([op("svc", 1)]);
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(svCall));
  board.core.writeSpecialRegister(special.psp, 0x2003_0000);
  board.put(board.handlerOf(svCall), op("bx", 14));
  const stackPointer = board.registers[13];
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(hardFault));
  assert.equal(board.registers[14], 0xffff_fffd);
  assert.equal(board.registers[13], stackPointer);
  assert.equal(board.core.ipsr, hardFault);
});

const forbidden: readonly (readonly [string, number, readonly number[]])[] = [
  ["kernel data", 0x2003_0000, [op("ldr", 1, 0, 0)]],
  ["a peripheral", 0x4005_4028, [op("ldr", 1, 0, 0)]],
  ["SIO", 0xd000_0010, [op("str", 1, 0, 0)]],
  ["SysTick", 0xe000_e010, [op("ldr", 1, 0, 0)]],
  ["the MPU", bare.mpu + 4, [op("str", 1, 0, 0)]],
  ["flash", 0x1000_0000, [op("ldr", 1, 0, 0)]],
  ["the ROM", 0x0000_0014, [op("ldrh", 1, 0, 0)]],
  ["code of the kernel", 0x2003_0001, [op("bx", 0)]],
];
for (const [name, address, code] of forbidden) {
  test(`unprivileged code behind the MPU does not get at ${name}`, () => {
    const board = confined(code);
    board.registers[0] = address;
    board.step(2);
    assert.equal(board.registers[15], board.handlerOf(hardFault));
    assert.equal(board.registers[14], 0xffff_fffd);
  });
}

test("unprivileged code does not get at the private peripheral bus without an MPU either", () => {
  const board = new BareBoard([op("ldr", 1, 0, 0)]);
  board.dropPrivilege();
  board.registers[0] = 0xe000_ed00;
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(hardFault));
});

test("what unprivileged code writes to special registers is ignored, flags apart", () => {
  const board = new BareBoard([
    ...msr(special.primask, 0),
    cpsid,
    ...msr(special.control, 1),
    ...msr(special.msp, 0),
    ...msr(special.psp, 0),
    ...msr(0, 2),
    ...mrs(3, special.psp),
    ...mrs(4, special.control),
    ...mrs(5, special.msp),
  ]);
  board.dropPrivilege();
  board.registers[0] = 1;
  board.registers[2] = 0xa000_0000;
  board.registers[3] = board.registers[5] = 77;
  board.step(9);
  assert.equal(board.core.readSpecialRegister(special.control), 3);
  assert.equal(board.core.exceptions.primask, 0);
  assert.equal(board.registers[13], bare.processStack);
  assert.deepEqual(Array.from(board.registers.slice(3, 6)), [0, 3, 0]);
  assert.equal(board.core.flags >>> 28, 0xa);
});
