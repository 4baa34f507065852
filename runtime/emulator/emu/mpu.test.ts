import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bare, BareBoard, op } from "../../../test/helpers/bare-board.js";
import { Mpu, Need } from "./mpu.js";

interface Region {
  readonly base: number;
  readonly sizeBits: number;
  readonly disabled: number;
  readonly access: number;
  readonly noExecute: boolean;
}

function attributesOf({ sizeBits, disabled, access, noExecute }: Region): number {
  return (
    ((noExecute ? 1 << 28 : 0) | (access << 24) | (disabled << 8) | ((sizeBits - 1) << 1) | 1) >>> 0
  );
}

function mpuOf(regions: readonly Region[], control: number): Mpu {
  const mpu = new Mpu();
  regions.forEach((region, number) => {
    mpu.setBase((region.base | 16 | number) >>> 0);
    mpu.setAttributes(attributesOf(region));
  });
  mpu.setControl(control);
  return mpu;
}

/** AP as the manual's table has it: what privileged and unprivileged code may do. */
const table = ["--", "w-", "wr", "ww", "--", "r-", "rr", "rr"];

/** The rules again, straight from the manual: the highest region whose subregion is not off decides. */
function expected(regions: readonly Region[], control: number, address: number): string[] {
  const found = regions.findLast(({ base, sizeBits, disabled }) => {
    const bytes = 2 ** sizeBits;
    const start = Math.floor(base / bytes) * bytes;
    if (address < start || address >= start + bytes) return false;
    return ((disabled >> Math.floor((address - start) / (bytes / 8))) & 1) === 0;
  });
  if (!found) return (control & 4) === 0 ? ["-", "-"] : ["wx", "-"];
  return [...table[found.access]!].map((letter) =>
    letter === "-" ? "-" : found.noExecute ? letter : `${letter}x`,
  );
}

function permitted(mpu: Mpu, address: number): string[] {
  return [0, 3].map((shift) => {
    const may = (need: number): boolean => mpu.allows(address, need << shift);
    const data = may(Need.privilegedWrite) ? "w" : may(Need.privilegedRead) ? "r" : "";
    return `${data}${may(Need.privilegedExecute) ? "x" : ""}` || "-";
  });
}

const regionArbitrary = fc.record({
  base: fc.integer({ min: 0, max: 0x100 }).map((n) => (0x2000_0000 + n * 0x100) >>> 0),
  sizeBits: fc.integer({ min: 8, max: 16 }),
  disabled: fc.integer({ min: 0, max: 255 }),
  access: fc.integer({ min: 0, max: 7 }),
  noExecute: fc.boolean(),
});

test("any regions: the highest number whose subregion is on decides, else the default map for privileged code", () => {
  const addresses = fc.array(fc.integer({ min: 0x1fff_f000, max: 0x2002_2000 }), { minLength: 20 });
  fc.assert(
    fc.property(
      fc.array(regionArbitrary, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 5),
      addresses,
      (regions, control, places) => {
        const mpu = mpuOf(regions, control);
        for (const address of places)
          assert.deepEqual(permitted(mpu, address), expected(regions, control, address));
      },
    ),
    { seed: 4, numRuns: 300 },
  );
});

test("a stretch has one answer everywhere, and another begins behind it", () => {
  fc.assert(
    fc.property(
      fc.array(regionArbitrary, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0x2000_0000, max: 0x2001_ffff }),
      (regions, address) => {
        const mpu = mpuOf(regions, 5);
        const { low, high } = mpu.stretch(address);
        assert.ok(low <= address && address < high);
        for (let at = Math.max(low, 0x2000_0000); at < Math.min(high, 0x2002_0000); at += 32)
          assert.deepEqual(permitted(mpu, at), permitted(mpu, address));
      },
    ),
    { seed: 5, numRuns: 100 },
  );
});

test("MPU_TYPE tells eight regions, and RBAR with VALID chooses one", () => {
  const board = new BareBoard([0xbf00]);
  assert.equal(board.word(bare.mpu), 0x800);
  board.poke(bare.mpu + 0xc, 0x2000_0013);
  assert.equal(board.word(bare.mpu + 8), 3);
  assert.equal(board.word(bare.mpu + 0xc), 0x2000_0003);
  board.poke(bare.mpu + 8, 2);
  assert.equal(board.word(bare.mpu + 0xc), 2);
});

test("a region below 256 bytes is an error", () => {
  const board = new BareBoard([0xbf00]);
  assert.throws(() => board.poke(bare.mpu + 0x10, (6 << 1) | 1), /below 256 bytes/);
});

const hardFault = 3;

test("without the default map privileged code needs a region too, but not for the private peripheral bus", () => {
  const board = new BareBoard([op("ldr", 1, 0, 0), op("ldr", 1, 2, 0)]);
  board.region(0, bare.code, 0x1_0000, 0x0300_0000);
  board.region(1, bare.mainStack - 256, 256, 0x0300_0000);
  board.protect(1);
  board.registers[0] = 0xe000_ed00;
  board.registers[2] = 0x2003_0000;
  board.step(1);
  assert.equal(board.registers[1], 0x410c_c601);
  board.step(1);
  assert.equal(board.core.ipsr, hardFault);
});

test("HardFault runs without the MPU unless HFNMIENA is set", () => {
  for (const control of [1, 3]) {
    const board = new BareBoard([op("udf", 0)]);
    board.region(0, bare.code, 256, 0x0300_0000);
    board.region(1, bare.mainStack - 256, 256, 0x0300_0000);
    board.protect(control);
    board.step(3);
    assert.equal(board.pico.lockedUpAt, control === 1 ? undefined : board.handlerOf(hardFault));
  }
});

test("code in a region that may not be executed faults, code beside it goes on", () => {
  const board = new BareBoard(Array.from({ length: 200 }, () => 0xbf00));
  board.region(0, bare.code, 256, 0x1300_8000);
  board.protect(5);
  board.registers[15] = bare.code + 0xe0;
  board.step(2);
  assert.equal(board.core.ipsr, 0, "the last eighth is off, so the default map decides");
  board.registers[15] = bare.code + 0xdc;
  board.step(1);
  assert.equal(board.core.ipsr, hardFault);
});

test("a change of regions counts for the next instruction", () => {
  const board = new BareBoard([op("str", 1, 0, 0), 0xbf00]);
  board.region(0, bare.code, 256, 0x0300_0000);
  board.region(1, bare.mainStack - 256, 256, 0x0300_0000);
  board.protect(5);
  board.dropPrivilege();
  board.core.writeSpecialRegister(9, bare.mainStack);
  board.registers[0] = bare.mpu + 4;
  board.step(1);
  assert.equal(board.core.ipsr, hardFault, "unprivileged code cannot");
});
