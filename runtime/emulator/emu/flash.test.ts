import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BareBoard, flashWithBoot2, op } from "../../../test/helpers/bare-board.js";
import { eraseNs, NorFlash, PowerLoss, programNs } from "./flash.js";
import { Pico } from "./pico.js";
import { boot2Crc, romCode } from "./rom.js";

const size = 64 * 1024;

test("erasing sets a sector, programming only clears bits", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      fc.nat(255).map((page) => page * 256),
      (first, second, offset) => {
        const flash = new NorFlash(new Uint8Array(0), size);
        flash.programPage(offset, first);
        flash.programPage(offset, second);
        const both = first.map((byte, i) => byte & second[i]!);
        assert.deepEqual(flash.bytes.subarray(offset, offset + 256), both);
        const sector = offset & ~4095;
        flash.eraseSector(sector);
        assert.ok(flash.bytes.every((byte) => byte === 0xff));
        assert.equal(flash.wear[sector / 4096], 1);
      },
    ),
    { seed: 1, numRuns: 50 },
  );
});

test("offsets that are no sector or page are refused", () => {
  const flash = new NorFlash(new Uint8Array(0), size);
  assert.throws(() => flash.eraseSector(256), /not a multiple of 4096/);
  assert.throws(() => flash.programPage(128, new Uint8Array(256)), /not a multiple of 256/);
  assert.throws(() => flash.eraseSector(size), RangeError);
});

test("a cut of the power leaves a torn sector or page", () => {
  const flash = new NorFlash(new Uint8Array(size), size);
  flash.hook = ({ kind }) => (kind === "erase" ? { afterBytes: 100 } : { afterBytes: 10 });
  assert.throws(() => flash.eraseSector(4096), PowerLoss);
  const sector = flash.bytes.subarray(4096, 8192);
  assert.ok(sector.subarray(0, 100).every((byte) => byte === 0xff));
  assert.ok(sector.subarray(100).some((byte) => byte !== 0xff && byte !== 0));
  assert.ok(flash.bytes.subarray(8192).every((byte) => byte === 0));
  const page = new NorFlash(new Uint8Array(0), size);
  page.hook = () => ({ afterBytes: 10 });
  assert.throws(() => page.programPage(256, new Uint8Array(256)), PowerLoss);
  assert.deepEqual([...page.bytes.subarray(256, 268)], [...new Uint8Array(10), 0x55, 0xff]);
});

test("the CRC of boot2 is CRC-32/MPEG-2", () => {
  // The check value of that algorithm in the catalogue of CRC algorithms.
  assert.equal(boot2Crc(new TextEncoder().encode("123456789")), 0x0376_e6e7);
});

test("a bad boot2 ends in USB boot, a good one runs in RAM", () => {
  const flash = flashWithBoot2(op("movsImm", 0, 42), 0xe7fe);
  const good = new Pico({ flash });
  good.run(1e5);
  assert.equal(good.chip.processor.registers[0], 42);
  assert.equal(good.usbBoot, false);
  for (const at of [0, 100, 252]) {
    const torn = flash.slice();
    torn[at]! ^= 1;
    const pico = new Pico({ flash: torn });
    pico.run(1e6);
    assert.equal(pico.usbBoot, true);
    assert.equal(pico.counters.instructions, 0);
  }
  assert.equal(new Pico({ flash: new Uint8Array(0) }).usbBoot, true);
});

/** A board that calls a function of the ROM with r0 to r3. */
function romBoard(): (name: string, ...words: number[]) => BareBoard {
  const board = new BareBoard([op("blx", 4), 0xe7fe]);
  return (name, ...words) => {
    const lookUp = board.word(0x18) & 0xffff;
    const call = (address: number, ...values: number[]): void => {
      board.registers[15] = 0x2000_0000;
      values.forEach((value, i) => (board.registers[i] = value));
      board.registers[4] = address;
      board.step(3);
      assert.equal(board.registers[15], 0x2000_0002, "it returned");
    };
    call(lookUp, board.word(0x14) & 0xffff, romCode(name));
    const found = board.registers[0]!;
    assert.notEqual(found, 0, name);
    call(found, ...words);
    return board;
  };
}

test("the ROM's functions erase and program flash, in their time", () => {
  const call = romBoard();
  call("IF");
  const board = call("EX");
  const { pico } = board;
  board.pico.flash.bytes.fill(0, 0x2000, 0x4000);
  let before = pico.nowNs;
  call("RE", 0x2000, 8192, 1 << 16, 0xd8);
  assert.ok(Math.abs(pico.nowNs - before - 2 * eraseNs) < 1e5);
  assert.deepEqual([...pico.flash.wear.subarray(1, 5)], [0, 1, 1, 0]);
  pico.chip.ram.fill(0xa5, 0x8000, 0x8200);
  before = pico.nowNs;
  call("RP", 0x2100, 0x2000_8000, 512);
  assert.ok(Math.abs(pico.nowNs - before - 2 * programNs) < 1e5);
  assert.equal(pico.flash.bytes[0x20ff], 0xff);
  assert.ok(pico.flash.bytes.subarray(0x2100, 0x2300).every((byte) => byte === 0xa5));
  assert.equal(pico.flash.bytes[0x2300], 0xff);
  call("FC");
  call("CX");
  assert.equal(pico.chip.ssi.xip, true);
  assert.equal(pico.counters.flashErases, 2);
  assert.equal(pico.counters.flashPrograms, 2);
});

test("an unknown function is not found", () => {
  const board = new BareBoard([op("blx", 4)]);
  board.registers[0] = board.word(0x14) & 0xffff;
  board.registers[1] = romCode("XX");
  board.registers[4] = board.word(0x18) & 0xffff;
  board.step(3);
  assert.equal(board.registers[0], 0);
});

test("what would go wrong on a board is an error", () => {
  const started = (): ReturnType<typeof romBoard> => {
    const call = romBoard();
    call("EX");
    return call;
  };
  assert.throws(() => started()("RE", 256, 4096), /multiples of 4096/);
  assert.throws(() => started()("RP", 0, 0x2000_0000, 100), /multiples of 256/);
  assert.throws(() => started()("RP", 0, 0x1000_0000, 256), /lies in flash/);
  assert.throws(() => started()("RE", 0x20_0000, 4096), /flash ends/);
  const inXip = romBoard();
  inXip("CX");
  assert.throws(() => inXip("RE", 0, 4096), /still in XIP/);
  const stale = started();
  stale("RE", 4096, 4096);
  assert.throws(() => stale("CX"), /not flushed/);
});

test("flash cannot be read or executed while XIP is off", () => {
  const board = new BareBoard([op("ldr", 1, 0, 0)]);
  board.registers[0] = 0x1000_0100;
  assert.throws(() => board.step(1), /XIP is off.* at 0x10000100 \(instruction at 0x20000000\)/);
  const jump = new BareBoard([op("bx", 0)]);
  jump.registers[0] = 0x1000_0101;
  assert.throws(() => jump.step(2), /XIP is off/);
});

test("flash appears at four addresses and repeats beyond its end", () => {
  const call = romBoard();
  const board = call("CX");
  board.put(0x2000_0000, op("ldr", 1, 0, 0));
  board.pico.flash.bytes.set([1, 2, 3, 4], 0x1000);
  for (const address of [0x1000_1000, 0x1100_1000, 0x1200_1000, 0x1300_1000, 0x1020_1000]) {
    board.registers[15] = 0x2000_0000;
    board.registers[0] = address;
    board.step(1);
    assert.equal(board.registers[1], 0x0403_0201);
  }
});

test("the flash answers JEDEC id, unique id and a serial read through the SSI", () => {
  const uniqueId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const board = new BareBoard([0xe7fe], { uniqueId });
  const { ssi } = board.pico.chip;
  ssi.exitXip();
  const exchange = (...bytes: number[]): number[] => {
    for (const byte of bytes) ssi.writeUint32(0x60, byte);
    const answer = bytes.map(() => ssi.readUint32(0x60));
    assert.equal(ssi.readUint32(0x28) & 8, 0, "nothing is left");
    return answer;
  };
  assert.deepEqual(exchange(0x9f, 0, 0, 0).slice(1), [0xef, 0x40, 0x15]);
  assert.deepEqual(exchange(0x4b, ...Array.from({ length: 12 }, () => 0)).slice(5), [...uniqueId]);
  board.pico.flash.bytes.set([7, 8, 9], 0x1_2345);
  assert.deepEqual(exchange(3, 0x01, 0x23, 0x45, 0, 0, 0).slice(4), [7, 8, 9]);
  assert.throws(() => exchange(0x20), /does not know command 20h/);
});

test("power can be cut by the hook in the middle of a run", () => {
  const call = romBoard();
  const board = call("EX");
  const operations: string[] = [];
  board.pico.onFlashOperation = (operation) => {
    operations.push(`${operation.kind} ${operation.offset}`);
    return operations.length === 2 ? { afterBytes: 0 } : undefined;
  };
  assert.throws(() => call("RE", 0, 8192), PowerLoss);
  assert.deepEqual(operations, ["erase 0", "erase 4096"]);
});
