import assert from "node:assert/strict";
import { test } from "node:test";
import { containerOf, Running, type App } from "../../test/helpers/container.js";
import { decode } from "../wasm/decode.js";

const needs = { led: { gpio: "out" }, climate: { i2c: "0x76" } };
const driver = `import { every, logNumber, random } from "thimble";
import { Bme280, Relay } from "thimble/drivers";
import { climate, led } from "thimble/needs";
// @ts-ignore: decorator
@inline function five(): i32 { return 5; }
`;

async function globalsOf(app: App): Promise<number> {
  const { wasm } = await containerOf(app, { needs });
  const { module } = decode(wasm);
  return module?.globals.length ?? -1;
}

/** The numbers that `logNumber` was given when the app started, and then at its first timer. */
async function numbersOf(app: App, random = 0): Promise<number[]> {
  const { wasm } = await containerOf(app, { needs });
  const running = await Running.start(wasm, { "random.next": () => random });
  const calls = [...running.calls, ...running.fire("timer.every")];
  return calls.flatMap((call) => {
    const [name, , , value] = call.split(" ");
    return name === "log.number" ? [Number(value)] : [];
  });
}

test("a driver made at the top level is a constant: no module variable is left", async () => {
  const app = `${driver}const sensor = Bme280.on(climate); const relay = Relay.on(led);
    every(5, () => { relay.set(sensor.read()); });`;
  assert.equal(await globalsOf(app), 0);
});

test("so are drivers made in an imported file, one alone in it too", async () => {
  const app = {
    "app.ts": `${driver}import { sensor } from "./sensor"; import { relay } from "./outputs/index";
      every(5, () => { relay.set(sensor.read()); });`,
    "sensor.ts": `import { Bme280 } from "thimble/drivers"; import { climate } from "thimble/needs";
      export const sensor = Bme280.on(climate);`,
    "outputs/index.ts": `import { Relay } from "thimble/drivers"; import { led } from "thimble/needs";
      export const relay = Relay.on(led); export const other = Relay.on(led);`,
  };
  assert.equal(await globalsOf(app), 0);
});

test("two sensors keep apart", async () => {
  const { wasm } = await containerOf(
    `${driver}import { second } from "thimble/needs";
    const a = Bme280.on(climate); const b = Bme280.on(second);
    every(5, () => { a.read(); b.read(); });`,
    { needs: { ...needs, second: { i2c: "0x77" } } },
  );
  const running = await Running.start(wasm);
  const reads = running.fire("timer.every").map((call) => call.split(" "));
  assert.deepEqual(
    reads.map(([, device]) => device),
    ["1", "1", "1", "2", "2", "2"],
  );
  const [first, last] = [reads[0]!, reads[3]!].map(([, , , address]) => Number(address));
  assert.equal(last! - first!, 48, "each has its own 48 bytes");
});

test("a constant from an inlined call", async () => {
  const app = `${driver}const value = five(); every(5, () => { logNumber("", value); });`;
  assert.equal(await globalsOf(app), 0);
  assert.deepEqual(await numbersOf(app), [5]);
});

test("a variable that is assigned later keeps what it was until then", async () => {
  const app = `${driver}
    let value: i32 = 0;
    function show(): void { logNumber("", value); }
    show(); value = five(); show();
    every(5, show);`;
  assert.deepEqual(await numbersOf(app), [0, 5, 5]);
});

test("a variable that a handler changes", async () => {
  const app = `${driver}let value = five(); every(5, () => { value++; logNumber("", value); });`;
  assert.deepEqual(await numbersOf(app), [6]);
});

test("a constant whose value depends on a condition", async () => {
  const app = `${driver}
    // @ts-ignore: decorator
    @inline function choose(): i32 { let y = 5; if (random() > 3) y = 6; return y; }
    const value = choose(); every(5, () => { logNumber("", value); });`;
  assert.deepEqual(await numbersOf(app, 0), [5]);
  assert.deepEqual(await numbersOf(app, 9), [6]);
});

test("a constant whose value depends on where the function returns", async () => {
  const app = `${driver}
    // @ts-ignore: decorator
    @inline function choose(): i32 { if (random() > 3) return 6; return 5; }
    const value = choose(); every(5, () => { logNumber("", value); });`;
  assert.deepEqual(await numbersOf(app, 0), [5]);
  assert.deepEqual(await numbersOf(app, 9), [6]);
});

test("a constant of a conditional expression", async () => {
  const app = `${driver}const value = random() > 3 ? five() : 6; every(5, () => { logNumber("", value); });`;
  assert.deepEqual(await numbersOf(app, 0), [6]);
  assert.deepEqual(await numbersOf(app, 9), [5]);
});

test("constants of other types, and what a constant is made from happens in its place", async () => {
  const app = `${driver}
    // @ts-ignore: decorator
    @inline function half(): f64 { logNumber("", 1); return 2.5; }
    // @ts-ignore: decorator
    @inline function long(): i64 { logNumber("", 2); return 7; }
    // @ts-ignore: decorator
    @inline function word(): i32 { logNumber("", 3); return 9; }
    logNumber("", 0);
    const a = half(); const b = long(); const c = word();
    logNumber("", 4);
    every(5, () => { logNumber("", i32(a * 2)); logNumber("", i32(b)); logNumber("", c); });`;
  assert.deepEqual(await numbersOf(app), [0, 1, 2, 3, 4, 5, 7, 9]);
});

test("a start that is one trap builds, and ends there", async () => {
  await assert.rejects(numbersOf("unreachable();"), /unreachable/);
});
