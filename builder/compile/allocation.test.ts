import assert from "node:assert/strict";
import { test } from "node:test";
import { containerOf, Running, type Settings } from "../../test/helpers/container.js";
import { decode } from "../wasm/decode.js";
import { encode } from "../wasm/encode.js";

const imports = `import { after, every, log, logNumber } from "thimble"; import { led } from "thimble/needs";\n`;

const apps: readonly {
  readonly what: string;
  readonly app: string;
  readonly runtime: "stub" | "minimal";
  readonly heap: boolean;
}[] = [
  { what: "nothing", app: `every(5, () => { led.toggle(); });`, runtime: "stub", heap: false },
  { what: "literals only", app: `every(5, () => { log("on"); });`, runtime: "stub", heap: false },
  {
    what: "a static array of numbers",
    app: `const steps: StaticArray<u8> = [1, 2, 3]; let n = 0; every(5, () => { logNumber("", steps[n++ % 3]); });`,
    runtime: "stub",
    heap: false,
  },
  {
    what: "a buffer made at the start",
    app: `const buffer = new StaticArray<u8>(16); every(5, () => { buffer[0]++; logNumber("", buffer[0]); });`,
    runtime: "stub",
    heap: true,
  },
  {
    what: "an object made at the start",
    app: `class Filter { value: i32 = 0; add(x: i32): i32 { this.value += (x - this.value) >> 2; return this.value; } }
      const filter = new Filter(); every(5, () => { logNumber("", filter.add(9)); });`,
    runtime: "stub",
    heap: true,
  },
  {
    what: "a function of the start that handlers do not reach",
    app: `function make(): StaticArray<u8> { return new StaticArray<u8>(8); } const a = make(); every(5, () => { a[1]++; });`,
    runtime: "stub",
    heap: true,
  },
  {
    what: "new in a handler",
    app: `class P { x: i32 = 3; } every(5, () => { const p = new P(); logNumber("", p.x); });`,
    runtime: "minimal",
    heap: true,
  },
  {
    what: "a text put together in a handler",
    app: "let n = 0; every(5, () => { n++; log(`n=${n}`); });",
    runtime: "minimal",
    heap: true,
  },
  {
    what: "an array that grows in a handler, kept by a module variable",
    app: `let last: i32[] = []; every(5, () => { last.push(1); if (last.length > 20) last = []; });`,
    runtime: "minimal",
    heap: true,
  },
  {
    what: "a map written in a handler",
    app: `const seen = new Map<i32, i32>(); let n = 0; every(5, () => { n = (n + 1) % 9; seen.set(n, n); logNumber("", seen.size); });`,
    runtime: "minimal",
    heap: true,
  },
  {
    what: "a function that a handler calls through a variable",
    app: `class P { x: i32 = 3; } function make(): void { const p = new P(); logNumber("", p.x); }
      let f: () => void = make; every(5, () => { f(); });`,
    runtime: "minimal",
    heap: true,
  },
];

for (const { what, app, runtime, heap } of apps) {
  test(`${what}: ${runtime}${heap ? " with a heap" : ""}`, async () => {
    const { wasm, sizes, manifest } = await containerOf(imports + app);
    assert.equal(sizes.runtime, runtime);
    assert.equal(sizes.memory.heapBytes > 0, heap);
    assert.ok(sizes.memory.memoryBytes >= sizes.memory.dataBytes + sizes.memory.heapBytes);
    assert.equal(manifest.limits.memoryBytes, sizes.memory.memoryBytes);
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(
      ({ name }) => name,
    );
    assert.equal(exports.includes("collect"), runtime === "minimal");
  });
}

/** The same container with its memory exported, which it is only where a host call takes an address. */
function withMemory(wasm: Uint8Array): Uint8Array {
  const module = decode(wasm).module!;
  const others = module.exports.filter(({ kind }) => kind !== "memory");
  return encode({ ...module, exports: [...others, { name: "memory", kind: "memory", index: 0 }] })
    .bytes;
}

/** Runs timer events and says what was written above the container's memory. */
async function survive(app: string, events: number, parts: Settings = {}): Promise<void> {
  const { wasm, sizes } = await containerOf(imports + app, parts);
  const { memoryBytes } = sizes.memory;
  const canary = 0xa5;
  const fill = (running: Running): void => void running.memory.fill(canary, memoryBytes);
  const running = await Running.start(withMemory(wasm), {}, fill);
  for (let k = 0; k < events; k++) {
    running.fire("timer.every");
    if (sizes.runtime === "minimal") running.collect();
  }
  const above = running.memory.findLastIndex((byte) => byte !== canary);
  assert.ok(above < memoryBytes, `byte ${above} of ${memoryBytes} was written`);
}

const texts =
  "let n = 0; every(5, () => { n++; log(`event ${n}: ` + (n * 7).toString() + ' done'); });";

test("texts for 20,000 events stay within the memory of the manifest", () =>
  survive(texts, 20_000));

test("and within a smaller one", () => survive(texts, 20_000, { limits: { memoryBytes: 4096 } }));

test("so do arrays that grow and go", () =>
  survive(
    `let last: i32[] = []; let n = 0;
    every(5, () => { last.push(n++); if (last.length == 40) last = []; log(last.length.toString()); });`,
    20_000,
  ));

test("so do maps and objects that point at each other", () =>
  survive(
    `class Node { next: Node | null = null; constructor(public value: i32) {} }
    const seen = new Map<string, i32>(); let head: Node | null = null; let n = 0;
    every(5, () => {
      n++;
      const node = new Node(n); node.next = head; head = n % 10 == 0 ? null : node;
      if (n % 16 == 0) seen.clear(); else seen.set("key" + (n % 16).toString(), n);
    });`,
    20_000,
  ));

test("an app that allocates when it starts stays within it too", () =>
  survive(
    `const a = new StaticArray<i32>(64); const b: i32[] = [1, 2, 3]; every(5, () => { a[3] += b[1]; logNumber("", a[3]); });`,
    100,
  ));

test("an app that keeps all it makes traps before it leaves its memory", async () => {
  await assert.rejects(
    survive(
      `let all: string[] = []; let n = 0; every(5, () => { n++; all.push("event " + n.toString()); log(all[0]); });`,
      2_000,
    ),
    (error) => error instanceof WebAssembly.RuntimeError,
  );
});
