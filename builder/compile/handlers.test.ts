import assert from "node:assert/strict";
import { test } from "node:test";
import { containerOf, Running } from "../../test/helpers/container.js";
import { decode } from "../wasm/decode.js";
import type { Module } from "../wasm/module.js";

const imports = `import { every, after, random, Timer } from "thimble";\nimport { led } from "thimble/needs";\n`;

function moduleOf(wasm: Uint8Array): Module {
  const { module } = decode(wasm);
  assert.ok(module && WebAssembly.validate(wasm));
  return module;
}

const uses = (module: Module, name: string): boolean =>
  module.code.some(({ code }) => code.some(({ opcode }) => opcode.name === name));

test("an arrow function becomes a constant, and nothing of its object is left", async () => {
  const { wasm, sizes } = await containerOf(`${imports}every(500, () => { led.toggle(); });`);
  const module = moduleOf(wasm);
  assert.deepEqual([module.memories, module.data, module.globals], [[], [], []]);
  assert.deepEqual(module.exports, [{ name: "event", kind: "table", index: 0 }]);
  assert.deepEqual(sizes.memory, { dataBytes: 0, heapBytes: 0, memoryBytes: 0 });
  const running = await Running.start(wasm);
  assert.deepEqual(running.calls, ["timer.every 500 1"]);
  assert.deepEqual(running.event(1), ["gpio.toggle 0"]);
});

test("entry 0 of the table is start, and the module has no start function of its own", async () => {
  const { wasm } = await containerOf(`${imports}led.write(true); every(500, () => {});`);
  const module = moduleOf(wasm);
  assert.equal(module.start, null);
  assert.deepEqual(module.elements[0]?.offset?.[0]?.immediates, [0]);
  const silent: string[] = [];
  const running = await Running.start(wasm, {}, ({ calls }) => silent.push(...calls));
  assert.deepEqual(silent, [], "instantiation alone calls nothing");
  assert.deepEqual(running.calls, ["gpio.write 0 1", "timer.every 500 1"]);
});

test("named functions, armed twice and with others between", async () => {
  const { wasm } = await containerOf(
    `${imports}
    function on(): void { led.write(true); }
    function off(): void { led.write(false); }
    every(5, on); every(7, off); after(9, on);`,
  );
  assert.equal(moduleOf(wasm).memories.length, 0);
  const running = await Running.start(wasm);
  const [on, off] = running.armed.get("timer.every")!;
  assert.notEqual(on, off);
  assert.deepEqual(running.armed.get("timer.after"), [on]);
  assert.deepEqual(running.event(on!), ["gpio.write 0 1"]);
  assert.deepEqual(running.event(off!), ["gpio.write 0 0"]);
});

test("handlers with a parameter get the value of the event", async () => {
  const { wasm } = await containerOf(
    `import { Edges } from "thimble"; import { led, key } from "thimble/needs";
    key.watch(Edges.Both, 20, (active) => { led.write(!active); });`,
    { needs: { led: { gpio: "out" }, key: { gpio: "in" } } },
  );
  const running = await Running.start(wasm);
  assert.deepEqual(running.calls, ["gpio.watch 1 2 20 1"]);
  assert.deepEqual(running.event(1, 1), ["gpio.write 0 0"]);
  assert.deepEqual(running.event(1, 0), ["gpio.write 0 1"]);
});

test("a variable chosen when the app starts is looked up there", async () => {
  const { wasm } = await containerOf(
    `${imports}
    function on(): void { led.write(true); }
    function off(): void { led.write(false); }
    let chosen: () => void = on;
    if (random() > 9) chosen = off;
    every(5, chosen);`,
  );
  const module = moduleOf(wasm);
  assert.ok(uses(module, "i32.load"));
  for (const [random, expected] of [
    [0, "gpio.write 0 1"],
    [10, "gpio.write 0 0"],
  ] as const) {
    const running = await Running.start(wasm, { "random.next": () => random });
    assert.deepEqual(running.fire("timer.every"), [expected]);
  }
});

test("a variable that changes from event to event", async () => {
  const { wasm } = await containerOf(
    `${imports}
    let chosen: () => void = () => {};
    function on(): void { led.write(true); chosen = off; after(1, chosen); }
    function off(): void { led.write(false); chosen = on; after(1, chosen); }
    chosen = on;
    after(0, chosen);`,
  );
  const running = await Running.start(wasm);
  const seen = [0, 1, 2, 3].map((n) => running.fire("timer.after", 0, n)[0]);
  assert.deepEqual(seen, ["gpio.write 0 1", "gpio.write 0 0", "gpio.write 0 1", "gpio.write 0 0"]);
});

test("an array of functions, one of them armed by name too", async () => {
  const { wasm } = await containerOf(
    `${imports}
    const steps: StaticArray<() => void> = [() => { led.write(true); }, () => { led.write(false); }, () => { led.toggle(); }];
    let next = 0;
    every(5, () => { after(1, steps[next++ % 3]); });
    every(6, steps[1]);`,
  );
  const running = await Running.start(wasm);
  for (let k = 0; k < 4; k++) running.fire("timer.every");
  assert.deepEqual(running.fire("timer.every", 0, 1), ["gpio.write 0 0"]);
  const seen = [0, 1, 2, 3].map((n) => running.fire("timer.after", 0, n)[0]);
  assert.deepEqual(seen, ["gpio.write 0 1", "gpio.write 0 0", "gpio.toggle 0", "gpio.write 0 1"]);
});

test("a function that is armed and called through a variable", async () => {
  const { wasm } = await containerOf(
    `${imports}
    function on(): void { led.write(true); }
    let later: () => void = on;
    every(5, on);
    every(6, () => { later(); later = () => { led.toggle(); }; });`,
  );
  const running = await Running.start(wasm);
  assert.deepEqual(running.fire("timer.every", 0, 0), ["gpio.write 0 1"]);
  assert.deepEqual(running.fire("timer.every", 0, 1), ["gpio.write 0 1"]);
  assert.deepEqual(running.fire("timer.every", 0, 1), ["gpio.toggle 0"]);
});

test("a timer is known by its handler", async () => {
  const { wasm } = await containerOf(
    `${imports}const blinking: Timer = every(5, () => { led.toggle(); }); after(90, () => { blinking.cancel(); });`,
  );
  const running = await Running.start(wasm);
  const [handler] = running.armed.get("timer.every")!;
  assert.deepEqual(running.fire("timer.after"), [`timer.cancel ${handler}`]);
});

test("function objects at every distance are still found through static data", async () => {
  // Texts of growing length push the objects and the array that names them to other addresses, those that end in a zero byte among them.
  for (let pad = 0; pad <= 12; pad++) {
    const { wasm } = await containerOf(
      `${imports}import { log } from "thimble";
      log("${"x".repeat(40 + 8 * pad)}");
      function on(): void { led.write(true); }
      function off(): void { led.write(false); }
      every(5, on); every(5, off);
      const both: StaticArray<() => void> = [on, off];
      let n = 0;
      every(7, () => { after(1, both[n++]); });`,
    );
    const running = await Running.start(wasm);
    running.fire("timer.every", 0, 2);
    running.fire("timer.every", 0, 2);
    assert.deepEqual(running.fire("timer.after", 0, 0), ["gpio.write 0 1"], `${pad}`);
    assert.deepEqual(running.fire("timer.after", 0, 1), ["gpio.write 0 0"], `${pad}`);
  }
});

test("a number that happens to be the address of a function object does no harm", async () => {
  for (let number = 28; number <= 76; number += 4) {
    const { wasm } = await containerOf(`${imports}every(${number}, () => { led.toggle(); });`);
    const running = await Running.start(wasm);
    assert.deepEqual(running.calls, [`timer.every ${number} 1`]);
    assert.deepEqual(running.fire("timer.every"), ["gpio.toggle 0"]);
  }
});

test("memory stays where an instruction touches it, and is exported only where a host call takes an address", async () => {
  const touched = await containerOf(
    `${imports}const seen = memory.data(8); every(5, () => { store<u8>(seen, load<u8>(seen) + 1); led.write(load<u8>(seen) > 1); });`,
  );
  const module = moduleOf(touched.wasm);
  assert.equal(module.memories.length, 1);
  assert.equal(
    module.exports.some(({ kind }) => kind === "memory"),
    false,
  );
  const running = await Running.start(touched.wasm);
  assert.deepEqual(running.fire("timer.every"), ["gpio.write 0 0"]);
  assert.deepEqual(running.fire("timer.every"), ["gpio.write 0 1"]);

  const passed = await containerOf(
    `${imports}import { log } from "thimble"; every(5, () => { log("hi"); });`,
  );
  assert.ok(
    moduleOf(passed.wasm).exports.some(({ name, kind }) => kind === "memory" && name === "memory"),
  );
});

test("memory.grow and memory.size: there is one page, and it stays one", async () => {
  const { wasm } = await containerOf(
    `import { every, logNumber } from "thimble"; every(5, () => { logNumber("", memory.grow(1)); logNumber("", memory.size()); });`,
  );
  const running = await Running.start(wasm);
  const numbers = running.fire("timer.every").map((call) => call.split(" ").at(-2));
  assert.deepEqual(numbers, ["-1", "1"]);
});

test("what an app exports stays out of the container", async () => {
  const { wasm } = await containerOf(
    `${imports}export function helper(): void { led.toggle(); } export let count = 0; every(5, helper); every(6, () => { count++; });`,
  );
  assert.deepEqual(WebAssembly.Module.exports(new WebAssembly.Module(wasm)), [
    { name: "event", kind: "table" },
  ]);
});

test("a load that extends the sign is not followed by an extension", async () => {
  const { wasm } = await containerOf(
    `import { every, logNumber } from "thimble"; const at = memory.data(8); store<u8>(at, 200); store<u16>(at, 60000, 2);
    every(5, () => { logNumber("", load<i8>(at)); logNumber("", load<i16>(at, 2)); logNumber("", i32(i64(load<i8>(at)) >> 1)); });`,
  );
  assert.equal(uses(moduleOf(wasm), "i32.extend8_s"), false);
  const running = await Running.start(wasm);
  const numbers = running.fire("timer.every").map((call) => Number(call.split(" ").at(-2)));
  assert.deepEqual(numbers, [-56, -5536, -28]);
});
