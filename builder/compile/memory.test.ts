import assert from "node:assert/strict";
import { test } from "node:test";
import { buildApp, containerOf } from "../../test/helpers/container.js";
import { fencedBytes, minimalMemoryBytes } from "./memory.js";

const imports = `import { every, log } from "thimble"; import { led } from "thimble/needs";\n`;

test("memory is rounded up to eighths of the region that holds it", () => {
  const expected = {
    0: 0,
    1: 32,
    32: 32,
    33: 64,
    255: 256,
    256: 256,
    257: 320,
    512: 512,
    513: 640,
    1000: 1024,
    1025: 1280,
    8192: 8192,
  };
  for (const [bytes, fenced] of Object.entries(expected))
    assert.equal(fencedBytes(Number(bytes)), fenced, bytes);
  assert.deepEqual(
    [minimalMemoryBytes(undefined), minimalMemoryBytes(5000), minimalMemoryBytes(4096)],
    [8192, 4096, 4096],
  );
});

test("what fits is built", async () => {
  const app = `${imports}every(5, () => { log("0123456789"); });`;
  const { sizes } = await containerOf(app);
  const fits = await buildApp(app, {
    limits: {
      memoryBytes: sizes.memory.memoryBytes,
      stackBytes: Math.max(64, sizes.stackBytes ?? 0),
    },
  });
  assert.deepEqual(fits.diagnostics, []);
});

const texts = "let n = 0; every(5, () => { n++; log(`n=${n}`); });";

for (const { what, app, limits, code, message } of [
  {
    what: "static data above the limit",
    app: `const big = memory.data(3000); every(5, () => { store<u8>(big, 1); led.write(load<u8>(big) > 0); });`,
    limits: { memoryBytes: 1024 },
    code: "limit-memory",
    message:
      /^the container needs 3072 bytes of memory, and limits.memoryBytes in thimble.json is 1024$/,
  },
  {
    what: "a heap too small for the allocator",
    app: texts,
    limits: { memoryBytes: 2048 },
    code: "limit-heap",
    message: /^static data takes \d+ of 2048 bytes, which leaves too little for the heap$/,
  },
  {
    what: "stack above the limit",
    app: `function f(a: i64, b: i64): i64 { led.toggle(); return a > 0 ? g(b, a) * b : a; }
      function g(a: i64, b: i64): i64 { led.toggle(); return h(b, a) - a; } function h(a: i64, b: i64): i64 { led.toggle(); led.toggle(); return a * b; }
      every(5, () => { led.write(f(3, 4) > g(h(1, 2), 2)); });`,
    limits: { stackBytes: 64 },
    code: "limit-stack",
    message:
      /^the container needs up to \d+ bytes of stack, and limits.stackBytes in thimble.json is 64$/,
  },
  {
    what: "recursion under a limit",
    app: `function f(n: i32): i32 { led.toggle(); return n < 2 ? 1 : f(n - 1) + f(n - 2); } every(5, () => { led.write(f(9) > 1); });`,
    limits: { stackBytes: 4096 },
    code: "limit-stack",
    message: /^a function calls itself, so the stack has no bound/,
  },
]) {
  test(`${what} is refused`, async () => {
    const { container, diagnostics } = await buildApp(imports + app, { limits });
    assert.equal(container, undefined);
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.file, one.hint !== undefined]),
      [[code, "app.ts", true]],
    );
    assert.match(diagnostics[0]!.message, message);
  });
}

test("the hint of a heap too small leads to a build", async () => {
  const { diagnostics } = await buildApp(imports + texts, { limits: { memoryBytes: 2048 } });
  const memoryBytes = Number(/"memoryBytes": (\d+)/.exec(diagnostics[0]?.hint ?? "")?.[1]);
  assert.ok((await buildApp(imports + texts, { limits: { memoryBytes } })).container);
});

test("without a limit recursion is built, and its stack has no figure", async () => {
  const { sizes, manifest } = await containerOf(
    `${imports}function f(n: i32): i32 { led.toggle(); return n < 2 ? 1 : f(n - 1) + f(n - 2); } every(5, () => { led.write(f(9) > 1); });`,
  );
  assert.deepEqual([sizes.stackBytes, manifest.limits.stackBytes], [null, null]);
});

test("functions that call each other in a ring have no figure either, and those beside them do not hide it", async () => {
  const { sizes } = await containerOf(
    `${imports}function a(n: i32): void { led.toggle(); if (n > 0) { b(n - 1); c(); } } function b(n: i32): void { c(); led.toggle(); a(n); a(n - 1); }
    function c(): void { led.write(true); led.write(false); }
    every(5, () => { c(); a(3); }); every(6, () => { b(4); });`,
  );
  assert.equal(sizes.stackBytes, null);
});
