import assert from "node:assert/strict";
import { test } from "node:test";
import { NativeMachine } from "../../../runtime/emulator/cortex/machine.js";
import { Assembler } from "./assembler.js";
import type { Assembled } from "./layout.js";

/** Runs the code with words in r0-r3; what r0 is then, or the trap and where. */
function run({ code, bases }: Assembled, ...words: number[]): number | string {
  const placed = Uint8Array.from([...code, ...new Uint8Array(-code.length & 3)]);
  const view = new DataView(placed.buffer);
  for (const { offset, from } of bases) view.setInt32(offset, -from, true);
  const machine = new NativeMachine();
  machine.load({ code: placed, memoryBytes: 256 });
  const { trap, words: results } = machine.call(0, words, { resultWords: 1 });
  return trap ? `${trap.code} at ${trap.codeOffset}` : results[0]!;
}

/** r0 = r0 != 0 ? 1 : 2, with `bytes` of code between the branch and its target, which saves lr where it must. */
function far(bytes: number, backward: boolean): Assembled {
  const asm = new Assembler();
  const [target, start, end] = [asm.label(), asm.label(), asm.label()];
  const fill = (): void => {
    for (let k = 0; k < bytes / 2; k++) asm.emit("addsImm8", 1, 1);
  };
  asm.emit("push", 1 << 14);
  asm.branch(start);
  if (backward) {
    asm.bind(target);
    asm.emit("movsImm", 0, 1);
    asm.branch(end);
    fill();
  }
  asm.bind(start);
  asm.emit("cmpImm", 0, 0);
  asm.branchIf("ne", target);
  asm.emit("movsImm", 0, 2);
  asm.branch(end);
  if (!backward) {
    fill();
    asm.bind(target);
    asm.emit("movsImm", 0, 1);
  }
  asm.bind(end);
  asm.emit("pop", 1 << 15);
  return asm.finish();
}

test("branches reach whatever lies between, in the shortest form", () => {
  for (const backward of [false, true]) {
    for (const bytes of [0, 200, 240, 250, 260, 300, 1900, 2030, 2060, 3000, 200000]) {
      const assembled = far(bytes, backward);
      assert.equal(run(assembled, 5), 1, `${bytes} bytes`);
      assert.equal(run(assembled, 0), 2, `${bytes} bytes`);
      assert.equal(assembled.usesLinkForJump, bytes > 2050, `${bytes} bytes`);
      const fixed = assembled.code.length - bytes;
      assert.ok(fixed <= 28, `${fixed} bytes besides ${bytes}`);
    }
  }
});

test("branches to where control goes anyway vanish", () => {
  const asm = new Assembler();
  const [a, b] = [asm.label(), asm.label()];
  asm.branch(b);
  asm.bind(a);
  asm.bind(b);
  asm.emit("bx", 14);
  assert.equal(asm.finish().code.length, 2);
});

test("literals are shared, and placed within reach however long the code is", () => {
  for (const gap of [2, 300, 1010, 1018, 1030, 5000]) {
    const asm = new Assembler();
    for (let k = 0; k < 40; k++) {
      asm.literal(1, 0x1234_0000 + (k % 20));
      asm.emit("adds", 0, 0, 1);
      for (let n = 0; n < gap / 2; n++) asm.emit("addsImm3", 2, 2, 1);
    }
    asm.emit("bx", 14);
    const expected = (40 * 0x1234_0000 + 2 * 190) % 2 ** 32;
    const assembled = asm.finish();
    assert.equal(run(assembled, 0) as number, expected, `gap of ${gap}`);
    if (gap === 2)
      assert.equal(assembled.data.reduce((n, { from, to }) => n + to - from, 0) & ~3, 80);
  }
});

test("a trap is out of line where that is in reach, and knows its place", () => {
  for (const bytes of [0, 400]) {
    const asm = new Assembler();
    asm.from(7);
    asm.emit("cmpImm", 0, 3);
    asm.trapIf("eq", 2);
    asm.from(8);
    asm.emit("cmpImm", 0, 4);
    asm.trapIf("eq", 2);
    asm.from(9);
    for (let k = 0; k < bytes / 2; k++) asm.emit("addsImm3", 1, 1, 1);
    asm.emit("bx", 14);
    const assembled = asm.finish();
    assert.equal(run(assembled, 5), 5);
    for (const [word, wasmOffset] of [
      [3, 7],
      [4, 8],
    ] as const) {
      const stop = run(assembled, word);
      assert.match(String(stop), /^memory-bounds at /);
      const at = Number(String(stop).split(" at ")[1]);
      assert.equal(assembled.map.findLast(([offset]) => offset <= at)![1], wasmOffset);
      assert.ok(bytes === 0 ? at >= 10 : at <= 10, `at ${at}`);
    }
  }
});

test("table jumps with bytes, halfwords and words", () => {
  for (const [gap, before] of [
    [4, false],
    [100, false],
    [400, false],
    [40000, false],
    [4, true],
    [400, true],
  ] as const) {
    for (const shift of [0, 1]) {
      const asm = new Assembler();
      const targets = Array.from({ length: 7 }, () => asm.label());
      const start = asm.label();
      const bodies = (): void =>
        targets.forEach((label, k) => {
          asm.bind(label);
          asm.emit("movsImm", 0, 10 + k);
          asm.emit("bx", 14);
          for (let n = 0; n < gap / 2; n++) asm.emit("nop");
        });
      asm.emit("push", 1 << 14);
      asm.emit("pop", 1 << 1);
      asm.emit("mov", 14, 1);
      if (before) {
        asm.branch(start);
        bodies();
        asm.bind(start);
      }
      for (let n = 0; n < shift; n++) asm.emit("nop");
      asm.tableJump(0, 1, targets);
      if (!before) bodies();
      const assembled = asm.finish();
      if (assembled.usesLinkForJump) continue;
      for (let k = 0; k < 7; k++) assert.equal(run(assembled, k), 10 + k, `${gap} ${before}`);
    }
  }
});

test("the base of the code is the same wherever it is asked for", () => {
  const asm = new Assembler();
  asm.emit("nop");
  asm.codeBase(0);
  asm.codeBase(1);
  asm.emit("subs", 0, 0, 1);
  asm.emit("bx", 14);
  assert.equal(run(asm.finish()), 0);
});

test("comparisons with 0 may be left out after what sets the flags from the register", () => {
  const asm = new Assembler();
  const known = (): boolean => asm.flagsDescribe(2);
  asm.emit("adds", 2, 2, 3);
  assert.ok(known());
  asm.emit("mov", 4, 2);
  assert.ok(known());
  asm.emit("ldrStack", 2, 0);
  assert.ok(!known());
  asm.emit("ands", 2, 3);
  asm.emit("svc", 16);
  assert.ok(!known());
  asm.emit("ands", 2, 3);
  asm.emit("pop", 1 << 2);
  assert.ok(!known());
  asm.emit("ands", 2, 3);
  asm.bind(asm.label());
  assert.ok(!known());
});
