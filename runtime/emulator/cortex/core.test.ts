import assert from "node:assert/strict";
import { test } from "node:test";
import { nameKey, randomBits } from "../environment/random.js";
import { NativeMachine } from "./machine.js";

/** Runs instructions with r0 to r3 and returns r0. */
function machineOf(...halves: number[]): (...words: number[]) => number {
  const machine = new NativeMachine();
  const code = new Uint8Array(Uint16Array.from([...halves, 0x4770]).buffer);
  machine.load({ code, memoryBytes: 0 });
  return (...words) => machine.call(0, words).words[0]!;
}

const corners = [
  0, 1, 2, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff,
];
const wide = corners.flatMap((low) => corners.map((high) => [low, high] as const));
const signed = (low: number, high: number): bigint => (BigInt(high | 0) << 32n) | BigInt(low);
const unsigned = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

test("a wide comparison by CMP and SBCS sets N, V and C as the architecture says", () => {
  // cmp r0, r2; sbcs r1, r3; b… 1f; movs r0, #0; bx lr; 1: movs r0, #1
  const compare = (branch: number) => machineOf(0x4290, 0x4199, branch, 0x2000, 0x4770, 0x2001);
  const [less, notLess, below] = [compare(0xdb01), compare(0xda01), compare(0xd301)];
  for (const [aLow, aHigh] of wide) {
    for (const [bLow, bHigh] of wide) {
      const words = [aLow, aHigh, bLow, bHigh];
      const isLess = signed(aLow, aHigh) < signed(bLow, bHigh);
      assert.equal(less(...words), Number(isLess), `${words}`);
      assert.equal(notLess(...words), Number(!isLess), `${words}`);
      assert.equal(below(...words), Number(unsigned(aLow, aHigh) < unsigned(bLow, bHigh)));
    }
  }
});

test("ADDS and ADCS overflow as the architecture says", () => {
  // adds r0, r0, r2; adcs r1, r3; bvs 1f; movs r0, #0; bx lr; 1: movs r0, #1
  const overflows = machineOf(0x1880, 0x4159, 0xd601, 0x2000, 0x4770, 0x2001);
  for (const [aLow, aHigh] of wide) {
    for (const [bLow, bHigh] of wide) {
      const sum = signed(aLow, aHigh) + signed(bLow, bHigh);
      const expected = Number(BigInt.asIntN(64, sum) !== sum);
      assert.equal(overflows(aLow, aHigh, bLow, bHigh), expected);
    }
  }
});

/** Result and carry by one step of one bit at a time. */
function stepwise(
  operation: string,
  value: number,
  count: number,
): [result: number, carry: number] {
  let result = value >>> 0;
  let carry = 1;
  for (let i = 0; i < count; i++) {
    carry = operation === "lsls" ? result >>> 31 : result & 1;
    if (operation === "lsls") result = (result << 1) >>> 0;
    else if (operation === "lsrs") result >>>= 1;
    else if (operation === "asrs") result = (result >> 1) >>> 0;
    else result = ((result >>> 1) | (result << 31)) >>> 0;
  }
  return [result, carry];
}

test("shifts by a register take its low byte, and leave the carry at 0", () => {
  const opcodes = { lsls: 0x4088, lsrs: 0x40c8, asrs: 0x4108, rors: 0x41c8 };
  const key = nameKey(5, "shifts");
  for (const [operation, opcode] of Object.entries(opcodes)) {
    const result = machineOf(opcode);
    // cmp r0, r0 sets the carry; then the shift; movs r0, #0; adcs r0, r0
    const carry = machineOf(0x4280, opcode, 0x2000, 0x4140);
    for (const value of [...corners, ...Array.from({ length: 20 }, (_, i) => randomBits(key, i))]) {
      for (const count of [0, 1, 2, 15, 31, 32, 33, 63, 64, 65, 255, 256, 257]) {
        const expected = stepwise(operation, value, count & 255);
        assert.deepEqual(
          [result(value, count), carry(value, count)],
          expected,
          `${operation} ${value} ${count}`,
        );
      }
    }
  }
});

test("a wide instruction that is none ends the container whatever its second half", () => {
  const machine = new NativeMachine();
  for (const second of [0x0000, 0x8000, 0xc000, 0x8f50, 0xa000]) {
    machine.load({ code: new Uint8Array(Uint16Array.of(0xf3bf, second).buffer), memoryBytes: 0 });
    assert.equal(machine.call(0, []).trap?.code, "bad-instruction");
  }
});
