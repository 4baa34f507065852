import assert from "node:assert/strict";
import { test } from "node:test";
import { bare, BareBoard, op } from "../../../test/helpers/bare-board.js";

const resets = 0x4000_c000;
const watchdog = 0x4005_8000;
const timer = 0x4005_4000;
const clocks = 0x4000_8000;
const powerDomains = 0x4001_0000;
const allBits = 0x1ff_ffff;

/** Crystal, PLL_SYS at 125 MHz, PLL_USB at 48 MHz, a tick of a microsecond; everything out of reset. */
function running(code: readonly number[] = [0xe7fe]): BareBoard {
  const board = new BareBoard(code);
  board.poke(resets, 0);
  board.poke(0x4002_4000, 0xfa_baa0);
  for (const [pll, feedback, dividers] of [
    [0x4002_8000, 125, (6 << 16) | (2 << 12)],
    [0x4002_c000, 100, (5 << 16) | (5 << 12)],
  ]) {
    board.poke(pll! + 8, feedback!);
    board.poke(pll! + 12, dividers!);
    board.poke(pll! + 4, 0);
  }
  board.poke(clocks + 0x30, 2);
  board.poke(clocks + 0x3c, 1);
  board.poke(watchdog + 0x2c, 0x200 | 12);
  return board;
}

test("after a reset the ring oscillator drives the core, then what firmware sets", () => {
  assert.ok(Math.abs(1e9 / new BareBoard([]).core.nsPerCycle - 6.5e6) < 1);
  assert.equal(running().core.nsPerCycle, 8);
});

test("clk_sys without a source is an error", () => {
  const board = new BareBoard([]);
  board.poke(resets, 0);
  assert.throws(() => board.poke(clocks + 0x3c, 1), /clk_sys has no source that runs/);
});

test("clocks read back, and SELECTED tells the source", () => {
  const board = running();
  assert.equal(board.word(clocks + 0x38), 4);
  assert.equal(board.word(clocks + 0x44), 2);
  board.poke(clocks + 0xa0, 0x1234);
  assert.equal(board.word(clocks + 0xa0), 0x1234);
  assert.equal(board.word(clocks + 0xb0), 0x1234);
});

test("RESETS holds everything but the flash's pins at first, and RESET_DONE tells who is out", () => {
  const board = new BareBoard([]);
  assert.equal(board.word(resets), allBits & ~0x240);
  assert.equal(board.word(resets + 8), 0x240);
  board.poke(resets + 0x3000, 1 << 21);
  assert.equal(board.word(resets + 8), 0x240 | (1 << 21));
  assert.equal(board.word(timer + 0x28), 0);
  board.poke(resets + 0x2000, 1 << 21);
  assert.throws(() => board.word(timer + 0x28), /timer is accessed while it is held in reset/);
});

test("a peripheral in reset names its address and the instruction", () => {
  const board = new BareBoard([op("ldr", 1, 0, 0)]);
  board.registers[0] = 0x4003_4018;
  assert.throws(
    () => board.step(1),
    /uart0 is accessed while it is held in reset at 0x40034018 \(instruction at 0x20000000\)/,
  );
});

test("a peripheral without its clock is an error where it would do nothing", () => {
  const board = running();
  assert.throws(() => board.poke(0x4003_4000, 65), /while clk_peri does not run/);
  assert.throws(() => board.poke(0x4004_c000, 5), /while clk_adc does not run/);
  board.poke(clocks + 0x48, 0x800);
  board.poke(clocks + 0x60, 0x800);
  board.poke(0x4003_4000, 65);
  board.poke(0x4004_c000, 5);
});

for (const [name, address] of [
  ["a register that TIMER has not", timer + 0x80],
  ["a register of CLOCKS that is not modelled", clocks + 0x94],
  ["SIO's FIFO", 0xd000_0050],
  ["CLOCKS' interrupt", clocks + 0xb8],
  ["SRAM without striping", 0x2100_0000],
] as const) {
  test(`access to ${name} is an error`, () => {
    const board = running([op("ldr", 1, 0, 0)]);
    board.registers[0] = address;
    assert.throws(() => board.step(1), new RegExp(address.toString(16)));
  });
}

test("narrow stores reach peripherals on all lanes", () => {
  const board = running([op("strb", 1, 0, 0)]);
  board.registers[0] = watchdog + 0x0c;
  board.registers[1] = 0x5a;
  board.step(1);
  assert.equal(board.word(watchdog + 0x0c), 0x5a5a_5a5a);
});

test("the timer counts microseconds from when it has a tick, 64 bits, and can be set", () => {
  const board = running();
  const { pico } = board;
  assert.equal(board.word(timer + 0x28), 0);
  pico.run(pico.nowNs + 5_000_100);
  assert.equal(board.word(timer + 0x0c), 5000);
  assert.equal(board.word(timer + 0x08), 0);
  let started = 0;
  pico.onClockStart = () => started++;
  board.poke(timer + 4, 0xffff_fff0);
  board.poke(timer, 1);
  assert.equal(started, 0);
  pico.run(pico.nowNs + 100_000);
  assert.equal(board.word(timer + 0x0c), 0x54);
  assert.equal(board.word(timer + 0x08), 2);
  board.poke(timer + 4, 0);
  board.poke(timer, 0);
  assert.equal(started, 1);
  pico.run(pico.nowNs + 7_000);
  assert.equal(pico.nowUs, 7);
  board.poke(timer + 0x30, 1);
  pico.run(pico.nowNs + 7_000);
  assert.equal(board.word(timer + 0x28), 7, "paused");
});

test("an alarm fires when the low word becomes its target", () => {
  const board = running();
  board.poke(timer + 0x38, 15);
  board.poke(timer + 0x14, 300);
  board.poke(timer + 0x10, 200);
  assert.equal(board.word(timer + 0x20), 3);
  board.poke(timer + 0x20, 2);
  board.poke(0xe000_e100, 3);
  const { pico } = board;
  const startNs = pico.nowNs;
  pico.run(startNs + 199_000);
  assert.equal(board.core.ipsr, 0);
  pico.run(startNs + 200_400);
  assert.equal(board.core.ipsr, 16);
  assert.equal(board.word(timer + 0x34), 1);
  board.poke(timer + 0x34, 1);
  assert.equal(board.word(timer + 0x40), 0);
  pico.run(startNs + 400_000);
  assert.equal(board.word(timer + 0x34), 0, "the disarmed one did not");
});

test("a watchdog that is not fed resets the chip: flash, scratch and RAM stay, the clock starts anew", () => {
  const board = running();
  const { pico } = board;
  const boots: number[] = [];
  pico.onChip = () => boots.push(pico.nowNs);
  board.poke(powerDomains + 8, 0x1fffc);
  board.poke(watchdog + 0x0c, 0xdead_beef);
  board.poke(0x2000_9000, 77);
  board.poke(watchdog + 4, 20_000);
  board.poke(watchdog, 1 << 30);
  const startNs = pico.nowNs;
  pico.run(startNs + 9_000_000);
  assert.equal(board.word(watchdog) & 0xff_ffff, 20_000 - 18_000, "two a microsecond: erratum E1");
  board.poke(watchdog + 4, 20_000);
  pico.run(startNs + 18_000_000);
  assert.equal(pico.starts.length, 1);
  pico.run(startNs + 40_000_000);
  assert.deepEqual(
    pico.starts.map(({ reason }) => reason),
    ["power", "watchdog"],
  );
  assert.ok(Math.abs(pico.starts[1]!.atNs - startNs - 19_000_000) < 2_000);
  assert.equal(boots.length, 2);
  assert.equal(board.word(watchdog + 8), 1);
  assert.equal(board.word(watchdog + 0x0c), 0xdead_beef);
  assert.equal(board.word(0x2000_9000), 77);
  assert.equal(board.word(resets), allBits & ~0x240);
  assert.equal(pico.nowUs, undefined);
});

test("CTRL.TRIGGER resets at once, AIRCR too, and REASON tells them apart", () => {
  const board = running();
  board.poke(powerDomains + 8, 0x1fffc);
  board.poke(watchdog, 0x8000_0000);
  board.pico.run(board.pico.nowNs + 1000);
  assert.equal(board.word(watchdog + 8), 2);
  board.poke(0xe000_ed0c, 0x05fa_0004);
  board.pico.run(board.pico.nowNs + 1000);
  assert.equal(board.word(watchdog + 8), 0);
  assert.deepEqual(
    board.pico.starts.map(({ reason }) => reason),
    ["power", "forced", "software"],
  );
  board.poke(0xe000_ed0c, 0x1234_0004);
  board.pico.run(board.pico.nowNs + 1000);
  assert.equal(board.pico.starts.length, 3, "not without the key");
});

test("a watchdog that PSM does not let reset the core is an error", () => {
  const board = running();
  assert.throws(() => board.poke(watchdog, 0x8000_0000), /PSM.WDSEL/);
});

test("a locked up core is brought back by the watchdog", () => {
  const board = running([op("udf", 0)]);
  board.put(board.handlerOf(3), op("udf", 0));
  board.poke(powerDomains + 8, 0x1fffc);
  board.poke(watchdog + 4, 2_000);
  board.poke(watchdog, 1 << 30);
  board.pico.run(board.pico.nowNs + 5_000_000);
  assert.equal(board.pico.starts.length, 2);
  assert.equal(board.pico.lockedUpAt, undefined);
});

test("a pin sees its pull, what the board drives, and what the chip drives", () => {
  const board = running();
  const { pico } = board;
  const seen: unknown[] = [];
  pico.onPin((pin, level) => seen.push([pin, level]));
  const level = (): number => (board.word(0xd000_0004) >>> 5) & 1;
  board.poke(0x4001_c004 + 20, 0x4a);
  assert.equal(level(), 1, "pull-up");
  pico.setInput(5, false);
  assert.equal(level(), 0);
  pico.setInput(5, undefined);
  assert.equal(level(), 1);
  board.poke(0x4001_4000 + 8 * 5 + 4, 5);
  board.poke(0xd000_0024, 1 << 5);
  assert.equal(level(), 0);
  board.poke(0xd000_0014, 1 << 5);
  assert.equal(level(), 1);
  assert.deepEqual(seen, [
    [5, false],
    [5, true],
  ]);
});

test("an edge is latched when the level changes, and only then", () => {
  const board = running();
  const { pico } = board;
  const io = 0x4001_4000;
  const raw = (): number => (board.word(io + 0xf0) >>> 20) & 15;
  board.poke(0x4001_c004 + 20, 0x42);
  pico.setInput(5, false);
  board.poke(io + 0xf0, 0xf << 20);
  board.poke(0x4001_c004 + 20, 0x42);
  assert.equal(raw(), 1, "low, without an edge");
  pico.setInput(5, true);
  assert.equal(raw(), 2 | 8);
  pico.setInput(5, false);
  assert.equal(raw(), 1 | 4 | 8);
  board.poke(io + 0xf0, 8 << 20);
  assert.equal(raw(), 1 | 4);
  board.poke(io + 0x100, 4 << 20);
  assert.equal(board.core.exceptions.lines >>> 13, 1);
  board.poke(io + 0xf0, 4 << 20);
  assert.equal(board.core.exceptions.lines >>> 13, 0);
});

test("the random bit of the ring oscillator follows the seed", () => {
  const bits = (seed: number): number[] => {
    const { pico } = new BareBoard([], { seed });
    return Array.from({ length: 64 }, () => pico.peekWord(0x4006_001c));
  };
  assert.deepEqual(bits(1), bits(1));
  assert.notDeepEqual(bits(1), bits(5));
  assert.ok(bits(1).some((bit) => bit === 0) && bits(1).some((bit) => bit === 1));
});

test("two runs are the same to the nanosecond", () => {
  const run = (): unknown => {
    const board = running([op("addsImm8", 0, 1), op("str", 0, 4, 0), 0xe7fc]);
    board.registers[4] = bare.mainStack;
    board.pico.run(board.pico.nowNs + 1_234_567);
    return [board.pico.nowNs, [...board.registers], board.pico.counters];
  };
  assert.deepEqual(run(), run());
});
