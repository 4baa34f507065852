import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileNative, type NativeModule } from "../../builder/native/compile.js";
import { listing } from "../../builder/native/listing.js";
import { cyclesOf } from "../../builder/native/thumb/cycles.js";
import { disassemble } from "../../builder/native/thumb/disassemble.js";
import { decode } from "../../builder/wasm/decode.js";
import { NativeMachine } from "../../runtime/emulator/cortex/machine.js";
import { buildExample, exampleNames } from "../helpers/examples.js";
import { objdumpLines, withoutObjdump } from "../helpers/objdump.js";

for (const bounds of ["mpu", "checked"] as const) {
  describe(`the code of the examples, ${bounds}`, () => {
    for (const name of exampleNames()) {
      test(`${name}: objdump reads it as we do`, { skip: withoutObjdump }, async () => {
        const { wasm } = (await buildExample(name)).container;
        const code = instructionsOf(compileNative(wasm, { bounds }).native!);
        assert.deepEqual(
          disassemble(code).map(({ text }) => text),
          objdumpLines(code),
        );
      });

      test(`${name}: the debug build gives the same code, and all of it is listed`, async () => {
        const { wasm, debugWasm } = (await buildExample(name)).container;
        const native = compileNative(debugWasm, { bounds }).native!;
        assert.deepEqual(native.code, compileNative(wasm, { bounds }).native!.code);
        const lines = listing(native, decode(debugWasm).module!).flatMap((item) => item.lines);
        const listed = new Map(
          lines.flatMap(({ offset, words }) =>
            words.map((word, k) => [offset + 2 * k, word] as const),
          ),
        );
        const view = new DataView(native.code.buffer, native.code.byteOffset);
        const first = native.functions[0]!.offset;
        for (let at = first; at < native.code.length; at += 2)
          assert.equal(listed.get(at) ?? 0, view.getUint16(at, true), `at ${at}`);
        assert.ok(lines.some(({ wasm }) => wasm?.text.startsWith("call $")));
      });
    }
  });
}

/** The code with nothing but instructions: NOPs stand for literals and tables, which nobody has to read. */
function instructionsOf({ code, dataRanges }: NativeModule): Uint8Array {
  const found = code.slice();
  for (const { from, to } of dataRanges)
    for (let at = from; at < to; at += 2) found.set([0x00, 0xbf], at);
  return found;
}

/** Straight through, so that what it takes is the sum of its parts. */
const straight: readonly (readonly [text: string, half: number])[] = [
  ["push {r4, r5, lr}", 0xb530],
  ["movs r0, #1", 0x2001],
  ["muls r0, r1", 0x4348],
  ["ldr r1, [sp]", 0x9900],
  ["str r1, [sp]", 0x9100],
  ["mov r2, sp", 0x466a],
  ["ldmia r2!, {r0, r1, r3}", 0xca0b],
  ["cmp r0, r0", 0x4280],
  ["bne, not taken", 0xd100],
  ["nop", 0xbf00],
  ["b to the next but one", 0xe000],
  ["pop {r4, r5, pc}", 0xbd30],
  ["pop {r4, r5, pc}", 0xbd30],
];

test("the machine takes the cycles that are stated", () => {
  const halves = straight.map(([, half]) => half);
  const machine = new NativeMachine();
  machine.load({ code: new Uint8Array(Uint16Array.from(halves).buffer), memoryBytes: 0 });
  const { cycles } = machine.call(0, [], { resultWords: 0 });
  const stated = straight.slice(0, -1).reduce((sum, [, half]) => sum + cyclesOf(half)!.least, 0);
  assert.equal(cycles, stated);
  assert.deepEqual(cyclesOf(0xd100), { least: 1, most: 2 });
  assert.deepEqual(cyclesOf(0xf000, 0xf800), { least: 3, most: 3 });
  assert.equal(cyclesOf(0xb660), undefined);
});
