import assert from "node:assert/strict";
import { test } from "node:test";
import { containerOf, Running } from "../../test/helpers/container.js";
import { decode } from "../wasm/decode.js";

/** Where static data begins. */
const firstAddress = 8;

/** How many stores the start function has, and how many bytes of static data lie in the 24 that the app has for itself. */
async function startOf(
  before: string,
): Promise<{ stores: number; dataBytes: number; wasm: Uint8Array }> {
  const { wasm } = await containerOf(
    `import { every, log, logNumber, now } from "thimble";
    const at = memory.data(24);
    ${before}
    every(5, () => { for (let k = 0; k < 24; k++) logNumber("", load<u8>(at + k)); });`,
  );
  const module = decode(wasm).module!;
  const imported = module.imports.filter(({ kind }) => kind === "function").length;
  const start = module.code[module.elements[0]!.functions[0]! - imported]!;
  const stores = start.code.filter(({ opcode }) => opcode.name.includes("store")).length;
  const own = module.data.filter(({ offset }) => offset![0]!.immediates[0]! < firstAddress + 24);
  return { stores, dataBytes: own.reduce((sum, { bytes }) => sum + bytes.length, 0), wasm };
}

/** What the handler reads in memory. */
async function memoryOf(wasm: Uint8Array): Promise<number[]> {
  const running = await Running.start(wasm, { "clock.millis": () => 0n });
  return running.fire("timer.every").map((call) => Number(call.split(" ")[3]));
}

test("stores of constants at the start are static data, of every size, and the last one counts", async () => {
  const { stores, dataBytes, wasm } = await startOf(
    `store<i32>(at, 9); store<u8>(at + 1, 255); store<i16>(at, -2, 4); store<i64>(at, -3, 8);
    store<f32>(at, 1.5, 16); store<u8>(at, 0, 20); store<u16>(at, 0x100, 22);`,
  );
  const bytes = [
    [9, 255, 0, 0],
    [254, 255, 0, 0],
    [253, 255, 255, 255, 255, 255, 255, 255],
    [0, 0, 192, 63],
    [0, 0, 0, 1],
  ].flat();
  assert.equal(stores, 0);
  assert.deepEqual(await memoryOf(wasm), bytes);
  assert.equal(dataBytes, 24);
});

test("zeros cost nothing", async () => {
  const { stores, dataBytes } = await startOf("store<i64>(at, 0); store<f64>(at, 0, 8);");
  assert.deepEqual([stores, dataBytes], [0, 0]);
});

test("what follows a call, or is no constant, stays code", async () => {
  const called = await startOf(`store<u8>(at, 1); log("on"); store<u8>(at, 2, 1);`);
  assert.equal(called.stores, 1);
  assert.deepEqual((await memoryOf(called.wasm)).slice(0, 3), [1, 2, 0]);
  const computed = await startOf("store<u8>(at, u8(now()), 2); store<u8>(at, 7, 3);");
  assert.equal(computed.stores, 2);
  assert.deepEqual((await memoryOf(computed.wasm)).slice(0, 4), [0, 0, 0, 7]);
});
