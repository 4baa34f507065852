import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bare,
  BareBoard,
  cpsid,
  cpsie,
  msr,
  op,
  special,
} from "../../../test/helpers/bare-board.js";

const interruptEnable = 0xe000_e100;
const interruptPend = 0xe000_e200;
const interruptClear = 0xe000_e280;
const priorities = 0xe000_e400;
const state = 0xe000_ed04;
const svCall = 11;
const pendSv = 14;
const sysTick = 15;
const interrupt = 16;
const nops = (count: number): number[] => Array.from({ length: count }, () => 0xbf00);

function cyclesOf(board: BareBoard, steps = 1): number {
  const before = board.core.cycles;
  board.step(steps);
  return board.core.cycles - before;
}

test("SVC stacks r0-r3, r12, lr, the return address and xPSR, and BX LR brings them back", () => {
  const board = new BareBoard([op("svc", 9), 0xbf00]);
  for (const i of [0, 1, 2, 3, 12, 14]) board.registers[i] = 0x1000 + i;
  board.core.flags = 0x6000_0000;
  assert.equal(cyclesOf(board), 1 + 15);
  const frame = bare.mainStack - 32;
  const words = [0, 4, 8, 12, 16, 20, 24, 28].map((offset) => board.word(frame + offset));
  assert.deepEqual(words, [
    0x1000,
    0x1001,
    0x1002,
    0x1003,
    0x100c,
    0x100e,
    bare.code + 2,
    0x6100_0000,
  ]);
  board.put(board.handlerOf(svCall), op("bx", 14));
  board.registers.fill(0, 0, 4);
  board.registers[12] = 0;
  board.core.flags = 0;
  assert.equal(cyclesOf(board), 15);
  assert.equal(board.registers[15], bare.code + 2);
  assert.equal(board.registers[13], bare.mainStack);
  assert.deepEqual(Array.from(board.registers.slice(0, 4)), [0x1000, 0x1001, 0x1002, 0x1003]);
  assert.equal(board.registers[12], 0x100c);
  assert.equal(board.registers[14], 0x100e);
  assert.equal(board.core.flags >>> 28, 6);
});

test("a stack that is a multiple of 4 only is aligned to 8, and comes back", () => {
  const board = new BareBoard([op("svc", 0), 0xbf00]);
  board.registers[13] = bare.mainStack - 4;
  board.step(1);
  assert.equal(board.registers[13], bare.mainStack - 40);
  assert.equal(board.word(bare.mainStack - 40 + 28) & 0x200, 0x200);
  board.put(board.handlerOf(svCall), op("bx", 14));
  board.step(1);
  assert.equal(board.registers[13], bare.mainStack - 4);
});

test("an unprivileged thread on its own stack returns to just that", () => {
  const board = new BareBoard([op("svc", 0), 0xbf00]);
  board.dropPrivilege();
  board.step(1);
  assert.equal(board.registers[14], 0xffff_fffd);
  assert.equal(board.registers[13], bare.mainStack);
  assert.equal(board.core.readSpecialRegister(special.psp), bare.processStack - 32);
  assert.equal(board.core.readSpecialRegister(special.control), 1, "SPSEL reads 0 in a handler");
  board.put(board.handlerOf(svCall), op("bx", 14));
  board.step(1);
  assert.equal(board.core.readSpecialRegister(special.control), 3);
  assert.equal(board.registers[13], bare.processStack);
});

test("MSR CONTROL in a handler changes privilege but not the stack", () => {
  const board = new BareBoard([op("svc", 0)]);
  board.put(board.handlerOf(svCall), ...msr(special.control, 0));
  board.step(1);
  board.registers[0] = 3;
  board.step(1);
  assert.equal(board.registers[13], bare.mainStack - 32);
  assert.equal(board.core.readSpecialRegister(special.control), 1);
});

test("of what is pending the highest priority comes first, then the lowest number", () => {
  const order: readonly (readonly [readonly number[], number])[] = [
    [[0, 0, 0], interrupt + 3],
    [[1, 0, 1], interrupt + 7],
    [[2, 2, 1], interrupt + 20],
    [[3, 2, 2], interrupt + 7],
  ];
  for (const [[three, seven, twenty], first] of order) {
    const board = new BareBoard([cpsid, ...nops(2), cpsie, ...nops(4)]);
    board.step(1);
    board.poke(priorities, three! << 30);
    board.poke(priorities + 4, seven! << 30);
    board.poke(priorities + 20, twenty! << 6);
    board.poke(interruptEnable, (1 << 3) | (1 << 7) | (1 << 20));
    board.poke(interruptPend, (1 << 3) | (1 << 7) | (1 << 20) | (1 << 21));
    board.step(4);
    assert.equal(board.registers[15], board.handlerOf(first));
    assert.equal(board.word(state) & 0x1ff, first);
  }
});

test("only a higher priority preempts, and the return goes back to the handler", () => {
  const board = new BareBoard(nops(4));
  board.poke(priorities, 0x0080_40c0);
  board.poke(interruptEnable, 7);
  board.poke(interruptPend, 4);
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(interrupt + 2));
  board.poke(interruptPend, 1);
  board.step(2);
  assert.equal(board.registers[15], board.handlerOf(interrupt + 2), "3 waits for 2");
  board.poke(interruptPend, 2);
  board.step(1);
  assert.equal(board.registers[15], board.handlerOf(interrupt + 1), "1 preempts 2");
  assert.equal(board.registers[14], 0xffff_fff1);
  board.put(board.handlerOf(interrupt + 1), op("bx", 14));
  board.step(1);
  assert.equal(board.core.ipsr, interrupt + 2);
  board.put(board.handlerOf(interrupt + 2), op("bx", 14));
  const stackPointer = board.registers[13];
  assert.equal(cyclesOf(board), 2 + 6, "tail-chained");
  assert.equal(board.core.ipsr, interrupt);
  assert.equal(board.registers[13], stackPointer, "with the frame that is there");
  assert.equal(board.registers[14], 0xffff_fff9);
});

test("SVCall, PendSV and SysTick have the priorities of SHPR2 and SHPR3", () => {
  const board = new BareBoard([op("svc", 0), ...nops(3)]);
  board.poke(0xe000_ed1c, 0x8000_0000);
  board.poke(0xe000_ed20, 0x40c0_0000);
  assert.equal(board.word(0xe000_ed1c), 0x8000_0000);
  assert.equal(board.word(0xe000_ed20), 0x40c0_0000);
  board.step(1);
  board.poke(state, 1 << 28);
  board.step(1);
  assert.equal(board.core.ipsr, svCall, "PendSV is lower");
  board.poke(state, 1 << 26);
  board.step(1);
  assert.equal(board.core.ipsr, sysTick, "SysTick is higher");
  board.poke(state, 1 << 25);
  board.put(board.handlerOf(sysTick), op("bx", 14));
  board.put(board.handlerOf(svCall), op("bx", 14));
  board.step(2);
  assert.equal(board.core.ipsr, pendSv);
});

test("an exception of higher priority that arrives while another is stacked comes first", () => {
  const board = new BareBoard(nops(8));
  board.poke(priorities, 0x0000_00c0);
  board.poke(interruptEnable, 3);
  const alarm = board.pico.chip.clock.createAlarm(() => board.core.setInterrupt(1, true));
  board.step(1);
  board.poke(interruptPend, 1);
  alarm.schedule(5 * board.core.nsPerCycle);
  board.step(1);
  assert.equal(board.core.ipsr, interrupt + 1);
  board.core.setInterrupt(1, false);
  board.put(board.handlerOf(interrupt + 1), op("bx", 14));
  board.step(1);
  assert.equal(board.core.ipsr, interrupt);
});

test("an interrupt whose line has fallen stays pending, one whose line is still high comes again", () => {
  const board = new BareBoard([cpsid, 0xbf00, cpsie, ...nops(4)]);
  board.poke(interruptEnable, 1 << 13);
  board.step(1);
  board.core.setInterrupt(13, true);
  board.core.setInterrupt(13, false);
  board.step(3);
  assert.equal(board.core.ipsr, interrupt + 13);
  board.core.setInterrupt(13, true);
  board.put(board.handlerOf(interrupt + 13), op("bx", 14));
  board.step(1);
  assert.equal(board.core.ipsr, interrupt + 13, "tail-chained into itself");
  board.poke(interruptClear, 1 << 13);
  board.core.setInterrupt(13, false);
  board.poke(interruptClear, 1 << 13);
  board.step(1);
  assert.equal(board.core.ipsr, 0);
});

test("PRIMASK holds everything back but NMI and HardFault", () => {
  const board = new BareBoard([cpsid, ...nops(8)]);
  board.poke(interruptEnable, 1);
  board.step(1);
  board.poke(interruptPend, 1);
  board.poke(state, (1 << 28) | (1 << 26));
  board.step(2);
  assert.equal(board.core.ipsr, 0);
  board.poke(state, 0x8000_0000);
  board.step(1);
  assert.equal(board.core.ipsr, 2);
});

test("WFI ends with an interrupt that PRIMASK holds back, and time has passed meanwhile", () => {
  const board = new BareBoard([cpsid, op("wfi"), op("movsImm", 0, 1), cpsie, 0xbf00]);
  board.poke(interruptEnable, 1 << 5);
  board.pico.chip.clock.createAlarm(() => board.core.setInterrupt(5, true)).schedule(1e6);
  board.step(2);
  assert.equal(board.pico.isAsleep, true);
  board.step(1);
  assert.equal(board.registers[0], 1);
  assert.ok(board.pico.nowNs >= 1e6 && board.pico.nowNs < 1.01e6);
  assert.ok(board.pico.counters.sleepNs > 0.99e6);
  board.step(2);
  assert.equal(board.core.ipsr, interrupt + 5);
});

test("WFI is not ended by what is disabled or too low", () => {
  const board = new BareBoard([op("wfi"), op("movsImm", 0, 1)]);
  board.poke(interruptPend, 1 << 5);
  board.poke(0xe000_ed10, 4);
  board.pico.run(1e6);
  assert.equal(board.registers[0], 0);
  assert.equal(board.pico.isAsleep, true);
  assert.equal(board.pico.counters.deepSleeps, 1);
});

test("WFE takes an event that SEV has left, and waits for the next", () => {
  const board = new BareBoard([
    op("sev"),
    op("wfe"),
    op("movsImm", 0, 1),
    op("wfe"),
    op("movsImm", 0, 2),
  ]);
  board.pico.run(1e6);
  assert.equal(board.registers[0], 1);
  assert.equal(board.pico.isAsleep, true);
  board.poke(0xe000_ed10, 16);
  board.poke(interruptPend, 1);
  board.pico.run(2e6);
  assert.equal(board.registers[0], 2, "SEVONPEND wakes");
});

test("sleep on exit sleeps when the last handler has returned", () => {
  const board = new BareBoard([op("svc", 0), op("movsImm", 0, 1)]);
  board.put(board.handlerOf(svCall), op("bx", 14));
  board.poke(0xe000_ed10, 2);
  board.pico.run(1e6);
  assert.equal(board.pico.isAsleep, true);
  assert.equal(board.registers[0], 0);
});

test("an exception return that fits nothing is an error, not a guess", () => {
  const board = new BareBoard([op("svc", 0)]);
  board.put(board.handlerOf(svCall), op("bx", 0));
  board.step(1);
  board.registers[0] = 0xffff_fff1;
  assert.throws(() => board.step(1), /0xfffffff1 fits no active exception/);
});

test("counters tell exceptions by number and the lowest stacks", () => {
  const board = new BareBoard([op("push", 0xff), op("svc", 0)]);
  board.step(2);
  const { exceptions, lowestMsp } = board.pico.counters;
  assert.equal(exceptions[svCall], 1);
  assert.equal(lowestMsp, bare.mainStack - 64);
});

test("SysTick counts down from RELOAD, and pends its exception each time it reaches 0", () => {
  const board = new BareBoard(nops(64));
  board.poke(0xe000_e014, 9);
  board.poke(0xe000_e018, 123);
  board.poke(0xe000_e010, 7);
  assert.equal(board.word(0xe000_e018), 0, "a write clears it");
  board.step(1);
  assert.equal(board.word(0xe000_e018), 9, "then it loads RELOAD");
  board.step(4);
  assert.equal(board.word(0xe000_e018), 5);
  board.step(5);
  assert.equal(board.word(0xe000_e018), 0);
  assert.equal(board.core.ipsr, 0);
  board.step(1);
  assert.equal(board.core.ipsr, sysTick);
  assert.equal(board.word(0xe000_e010), 0x1_0007);
  assert.equal(board.word(0xe000_e010), 7, "reading clears COUNTFLAG");
  assert.equal(board.word(0xe000_e018), 5, "10 cycles from 0 to 0, of which entry took 15");
});
