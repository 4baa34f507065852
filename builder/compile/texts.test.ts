import assert from "node:assert/strict";
import { test } from "node:test";
import { containerOf, Running } from "../../test/helpers/container.js";
import { decode } from "../wasm/decode.js";

const imports = `import { every, log, logNumber } from "thimble";\n`;

/** The 32-bit words of static data, by address. */
function words(wasm: Uint8Array): (address: number) => number {
  const memory = new DataView(new ArrayBuffer(4096));
  for (const { offset, bytes } of decode(wasm).module!.data)
    bytes.forEach((byte, k) => memory.setUint8(offset![0]!.immediates[0]! + k, byte));
  return (address) => memory.getUint32(address, true);
}

function textAt(running: Running, call: string): string {
  const [, , pointer, length] = call.split(" ").map(Number);
  const bytes = running.memory.slice(pointer!, pointer! + 2 * length!);
  return new TextDecoder("utf-16le").decode(bytes);
}

test("a literal keeps its text, length and class, and not the size of its block", async () => {
  const { wasm } = await containerOf(
    `${imports}every(5, () => { log("alpha"); log("beta"); log("gamma"); log("omega π"); });`,
  );
  const running = await Running.start(wasm);
  const calls = running.fire("timer.every");
  assert.deepEqual(
    calls.map((call) => textAt(running, call)),
    ["alpha", "beta", "gamma", "omega π"],
  );
  const word = words(wasm);
  // The first literals stand at addresses that the code also has as plain numbers, and may keep theirs.
  for (const call of calls.slice(-1)) {
    const [, , pointer = 0, length = 0] = call.split(" ").map(Number);
    assert.deepEqual(
      [-20, -8, -4].map((at) => word(pointer + at)),
      [0, 2, 2 * length],
    );
  }
});

test("a buffer of the app that looks like a literal is left alone", async () => {
  // The 32 bytes that stand for the literal "a", written out.
  const bytes = [
    28,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    97,
    ...Array<number>(11).fill(0),
  ];
  const { wasm } = await containerOf(
    `${imports}const twin = memory.data<u8>([${bytes.join(", ")}]); every(5, () => { logNumber("", load<u32>(twin)); log("a"); });`,
  );
  const running = await Running.start(wasm);
  assert.equal(running.fire("timer.every")[0]?.split(" ")[3], "28");
});

test("what the library does with literals works as before", async () => {
  const { wasm } = await containerOf(
    `${imports}let line = "start";
    const list: string[] = ["one", "two", "three"];
    const grown: i32[] = [1, 2];
    every(5, () => {
      line = line.concat("|").concat("end".padStart(5, "xy")).replace("|", "--").toUpperCase();
      log(line); line = "again";
      list.push("four"); log(list.join(","));
      grown.push(3); log(grown.toString());
      log("a-b-c".split("-").reverse().join("+") + "z".repeat(3) + "trim ".trim());
    });`,
    { limits: { memoryBytes: 16384 } },
  );
  const running = await Running.start(wasm);
  const seen = running.fire("timer.every").map((call) => textAt(running, call));
  assert.deepEqual(seen, ["START--XYEND", "one,two,three,four", "1,2,3", "c+b+azzztrim"]);
  running.collect();
  assert.equal(textAt(running, running.fire("timer.every")[0]!), "AGAIN--XYEND");
});
