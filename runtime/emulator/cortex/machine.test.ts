import assert from "node:assert/strict";
import { test } from "node:test";
import { layout } from "./layout.js";
import { type CallResult, type HostCall, type NativeImage, NativeMachine } from "./machine.js";

const bxLr = 0x4770;

function bytesOf(halves: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(halves).buffer);
}

function load(halves: readonly number[], more: Partial<NativeImage> = {}, host?: HostCall) {
  const machine = new NativeMachine(host);
  machine.load({ code: bytesOf(halves), memoryBytes: 256, ...more });
  return machine;
}

/** Runs code that begins at its first halfword. */
function run(halves: readonly number[], words: readonly number[] = []): CallResult {
  return load(halves).call(0, words);
}

test("words go in and come out in registers, further ones on the stack and in the instance block", () => {
  // adds r0, r0, r1; bx lr
  assert.deepEqual(run([0x1840, bxLr], [40, 2]).words.slice(0, 1), [42]);
  // ldr r0, [sp, #4]; bx lr
  assert.equal(run([0x9801, bxLr], [1, 2, 3, 4, 5, 6, 7]).words[0], 6);
  // mov r2, r10; str r0, [r2, #8]; bx lr
  const { words } = load([0x4652, 0x6090, bxLr]).call(0, [9, 8], { resultWords: 5 });
  assert.deepEqual(words, [9, 8, layout.instance, 0xbad0_0003, 9]);
});

test("memory begins with the data, and globals with their values", () => {
  const data = [{ address: 8, bytes: Uint8Array.of(1, 2, 3, 4) }];
  // mov r1, r8; adds r0, r0, r1; ldr r0, [r0]; bx lr
  const machine = load([0x4641, 0x1840, 0x6800, bxLr], { data, globals: [5, 0xffff_ffff] });
  assert.equal(machine.call(0, [8]).words[0], 0x0403_0201);
  assert.deepEqual([machine.global(0), machine.global(1)], [5, 0xffff_ffff]);
  machine.setGlobal(1, 7);
  assert.equal(machine.global(1), 7);
  machine.load({ code: bytesOf([bxLr]), memoryBytes: 256, globals: [1] });
  assert.deepEqual([machine.memory[8], machine.global(0)], [0, 1]);
});

test("UDF names the trap and its place", () => {
  assert.deepEqual(run([0x2001, 0xde03]).trap, { code: "divide-by-zero", codeOffset: 2 });
  assert.deepEqual(run([0xde01]).trap, { code: "unreachable", codeOffset: 0 });
  for (const none of [0xde00, 0xde0f, 0xdeff])
    assert.equal(run([none]).trap?.code, "bad-instruction");
  assert.deepEqual(run([0xde01]).words, []);
});

test("SVC calls the host with four words and keeps the other registers", () => {
  const calls: unknown[] = [];
  const host: HostCall = (number, words, word) => {
    calls.push([number, ...words, word(3), word(4)]);
    return [70, 71];
  };
  // svc #200; bx lr
  const machine = load([0xdfc8, bxLr], {}, host);
  const { words, cycles } = machine.call(0, [1, 2, 3, 4, 5], { resultWords: 4 });
  assert.deepEqual(words, [70, 71, 3, 4]);
  assert.deepEqual(calls, [[200, 1, 2, 3, 4, 4, 5]]);
  assert.equal(cycles, 1 + 15 + 15 + 2);
});

test("a host call may end the container, and one without a host does", () => {
  const refuse: HostCall = () => ({ trap: "bad-handle" });
  assert.deepEqual(load([0x2001, 0xdf10], {}, refuse).call(0, []).trap, {
    code: "bad-handle",
    codeOffset: 2,
  });
  assert.equal(run([0xdf10]).trap?.code, "unknown-call");
  const broken = load([0xdf10, bxLr], {}, () => {
    throw new Error("of the host");
  });
  assert.throws(() => broken.call(0, []), /of the host/);
});

test("misaligned loads and stores of memory are completed and counted", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => 0x80 + i);
  const data = [{ address: 0, bytes }];
  const at = (opcode: number) => [0x4643, 0x18c0, opcode, bxLr]; // mov r3, r8; adds r0, r0, r3; …
  const cases: [opcode: number, from: number, value: number][] = [
    [0x6800, 1, 0x8483_8281], // ldr r0, [r0]
    [0x6800, 252, 0x7f7e_7d7c],
    [0x8800, 3, 0x8483], // ldrh r0, [r0]
  ];
  for (const [opcode, from, value] of cases) {
    const result = load(at(opcode), { data }).call(0, [from]);
    assert.equal(result.words[0], value);
    assert.equal(result.misaligned, from % 4 === 0 ? 0 : 1);
    assert.equal(result.cycles, 1 + 1 + 2 + 2 + (from % 4 === 0 ? 0 : 30));
  }
  // movs r2, #0; ldrsh r0, [r0, r2]
  const signed = load([0x2200, 0x4643, 0x18c0, 0x5e80, bxLr], { data }).call(0, [5]);
  assert.equal(signed.words[0], 0xffff_8685);
  const machine = load(at(0x6001)); // str r1, [r0]
  assert.equal(machine.call(0, [5, 0x1234_5678]).misaligned, 1);
  assert.deepEqual([...machine.memory.subarray(4, 10)], [0, 0x78, 0x56, 0x34, 0x12, 0]);
});

test("an access of anything that is not the container's ends it with memory-bounds", () => {
  const at = (opcode: number) => [0x4643, 0x18c0, opcode, bxLr];
  for (const opcode of [0x6800, 0x8800, 0x6001, 0x8001, 0x7001]) {
    for (const from of [256, 1 << 20, -4, 0x8000_0000, 0xe000_0000]) {
      const { trap } = load(at(opcode)).call(0, [from]);
      assert.deepEqual(trap, { code: "memory-bounds", codeOffset: 4 }, `${opcode} ${from}`);
    }
  }
  // A word that begins inside, and LDM and STM, which no handler completes.
  assert.equal(load(at(0x6800)).call(0, [253]).trap?.code, "memory-bounds");
  for (const opcode of [0xc802, 0xc002])
    assert.equal(load(at(opcode)).call(0, [2]).trap?.code, "memory-bounds");
});

test("code can be read but not written", () => {
  // ldr r0, [pc, #0]; bx lr; a literal
  assert.equal(run([0x4800, bxLr, 0x5678, 0x1234]).words[0], 0x1234_5678);
  assert.equal(run([0x6001, bxLr], [layout.code]).trap?.code, "memory-bounds");
});

test("what is no instruction for a container ends it", () => {
  const others = [
    [0xbe00], // bkpt
    [0xf3ef, 0x8014], // mrs r0, CONTROL
    [0xb672], // cpsid i
    [0xbf30], // wfi
    [0xe800],
    [0xf800],
    [0xb100],
    [0xb400],
    [0x4701],
  ];
  for (const halves of others)
    assert.deepEqual(run(halves).trap, { code: "bad-instruction", codeOffset: 0 });
});

test("code runs nowhere but in its own region, and only as Thumb", () => {
  const code = layout.code + 4;
  const jumps: [opcode: number, to: number, good: boolean][] = [
    [0x4700, code | 1, true], // bx r0
    [0x4700, code, false],
    [0x4687, code, true], // mov pc, r0
    [0x4700, layout.memory | 1, false],
    [0x4780, layout.instance | 1, false], // blx r0
    [0x4780, code, false],
    [0x4700, layout.code + 9, false],
  ];
  for (const [opcode, to, good] of jumps) {
    const machine = load([opcode, 0xde01, 0x46c0, bxLr]);
    const { trap } = machine.call(0, [to]);
    assert.equal(trap?.code, good ? undefined : "bad-instruction", `${opcode} ${to}`);
  }
  // push {r0}; pop {pc}: the word has no Thumb bit.
  assert.equal(run([0xb401, 0xbd00], [code]).trap?.code, "bad-instruction");
});

test("endless code ends with the instructions it was given", () => {
  const machine = load([0xe7fe]);
  const result = machine.call(0, [], { instructionsMax: 1000 });
  assert.deepEqual(result.trap, { code: "time-budget", codeOffset: 0 });
  assert.deepEqual([result.instructions, result.cycles], [1000, 2000]);
});

test("a stack that runs out of its region is a stack-overflow", () => {
  // push {r4, lr}; b back
  const machine = load([0xb510, 0xe7fd], { stackBytes: 1024 });
  const result = machine.call(0, []);
  assert.deepEqual(result.trap, { code: "stack-overflow", codeOffset: 0 });
  assert.deepEqual([result.stackBytes, result.instructions], [1024, 257]);
  // sub sp, #508 twice; str r1, [sp]
  assert.equal(
    load([0xb0ff, 0xb0ff, 0xb0ff, 0x9100], { stackBytes: 1024 }).call(0, []).trap?.code,
    "stack-overflow",
  );
});

test("the instance block says how far the stack may reach and how large memory is", () => {
  // mov r2, r10; ldmia r2!, {r0, r1}; bx lr
  const { words } = load([0x4652, 0xca03, bxLr], { stackBytes: 2048 }).call(0, []);
  assert.deepEqual(words, [layout.stack + 160, 256]);
});

test("the deepest stack is measured, arguments included", () => {
  // push {r4, lr}; pop {r4, pc}
  assert.equal(run([0xb510, 0xbd10]).stackBytes, 8);
  assert.equal(run([0xb510, 0xbd10], [1, 2, 3, 4, 5, 6]).stackBytes, 16);
});

test("code that breaks the ABI is a fault of the compiler", () => {
  // movs r1, #0; mov r8 / r4 / r11, r1; bx lr
  assert.throws(() => run([0x2100, 0x4688, bxLr]), /left r8 as 0x0/);
  assert.throws(() => run([0x2100, 0x460c, bxLr]), /left r4 as 0x0 instead of 0xbad00004/);
  assert.throws(() => run([0x2100, 0x468b, bxLr]), /left r11/);
  assert.throws(() => run([0xb081, bxLr]), /left r13/);
});

test("what does not fit the layout is refused", () => {
  const image = { code: new Uint8Array(4), memoryBytes: 0 };
  const machine = new NativeMachine();
  assert.throws(() => machine.load({ ...image, memoryBytes: 0x4_0000 }), RangeError);
  assert.throws(() => machine.load({ ...image, memoryBytes: 6 }), RangeError);
  assert.throws(() => machine.load({ ...image, stackBytes: 0x1_0000 }), RangeError);
  assert.throws(() => machine.load({ ...image, globals: Array(3000).fill(0) }), RangeError);
  machine.load({ ...image, memoryBytes: 0x3_0000 });
  assert.throws(() => machine.call(0, [], { resultWords: 23 }), RangeError);
});

/** Instructions, without the BX LR that follows, and their cycles in the model. */
const costs: readonly [name: string, halves: readonly number[], cycles: number][] = [
  ["adds", [0x1840], 1],
  ["muls", [0x4348], 1],
  ["adcs", [0x4148], 1],
  ["lsls by register", [0x4088], 1],
  ["ldr", [0x9900], 2],
  ["str", [0xb401, 0x9100, 0xbc01], 2 + 2 + 2],
  ["push and pop of one", [0xb401, 0xbc01], 2 + 2],
  ["push of three with lr, pop of two and one", [0xb530, 0xbc30, 0xbc02], 4 + 3 + 2],
  ["branch", [0xe7ff], 2],
  ["branch not taken", [0x2000, 0xd1ff], 1 + 1],
  ["branch taken", [0x2000, 0xd0ff], 1 + 2],
  ["nop", [0x46c0], 1],
  // push {lr}; bl to the next; pop {r1}; mov lr, r1
  ["bl", [0xb500, 0xf000, 0xf800, 0xbc02, 0x468e], 2 + 3 + 2 + 1],
];

test("cycles are those of the stated model, every time", () => {
  for (const [name, halves, cycles] of costs) {
    const machine = load([...halves, bxLr]);
    const words = [0, 0, 0, 0, 0, 0];
    const [first, again] = [machine.call(0, words), machine.call(0, words)];
    assert.equal(first.cycles, cycles + 2, name);
    assert.deepEqual(again, first);
  }
});
