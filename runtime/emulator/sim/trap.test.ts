import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  call,
  callIndirect,
  code,
  divide,
  drop,
  f64,
  i32,
  load,
  report,
  truncate,
  unreachable,
} from "../../../test/helpers/assemble.js";
import { Bench, i2c, input } from "../../../test/helpers/bench.js";
import { contractFunctions, type TrapCode, trapCodes } from "./contract.js";
import { framesOfError, trapOfError } from "./trap.js";

const recursion = (app: Assembler): readonly number[] => app.define(app.callNext());
const loggingRecursion = (app: Assembler): readonly number[] =>
  app.define(code(report(i32(1)), app.callNext()));
const read = call("i2c.read", i32(0), i32(0), i32(100));

/** What a handler does, and how its container ends. */
const ends: readonly (readonly [
  name: string,
  code: TrapCode,
  body: (app: Assembler) => readonly number[],
])[] = [
  ["unreachable", "unreachable", () => unreachable],
  ["a load beyond the memory", "memory-bounds", () => code(i32(65_533), load(0), drop)],
  ["a division by zero", "divide-by-zero", () => code(i32(1), i32(0), divide, drop)],
  [
    "the division that overflows",
    "integer-overflow",
    () => code(i32(-(2 ** 31)), i32(-1), divide, drop),
  ],
  ["a conversion that overflows", "integer-overflow", () => code(f64(1e20), truncate, drop)],
  ["an empty entry of the table", "bad-indirect-call", () => code(i32(2), callIndirect)],
  ["an entry beyond the table", "bad-indirect-call", () => code(i32(100), callIndirect)],
  ["an entry of another type", "bad-indirect-call", () => code(i32(1), callIndirect)],
  ["endless recursion", "stack-overflow", recursion],
  ["endless recursion with host calls", "stack-overflow", loggingRecursion],
  [
    "an event longer than its budget",
    "time-budget",
    () => code(read, drop, read, drop, read, drop),
  ],
  ["a handle out of range", "bad-handle", () => call("gpio.unwatch", i32(9))],
  ["a pointer out of range", "bad-pointer", () => code(call("device.id", i32(-1), i32(8)), drop)],
  ["an argument out of range", "bad-argument", () => call("store.remove", i32(256))],
];

for (const [name, expected, body] of ends) {
  test(`${name}: ${expected}`, async () => {
    const app = new Assembler();
    const helper = body(app);
    const handler = app.handler(helper);
    // Twice, so that a container that had to be left is seen not to be called again.
    app.start(call("timer.every", i32(5), i32(handler)));
    const bench = await Bench.create();
    await bench.add(app.build(), { needs: [i2c(0x40), input(1)] });
    // A second container shows that the core has kept its senses.
    const other = new Assembler();
    other.start(call("timer.every", i32(7), i32(other.handler(report(i32(7))))));
    await bench.add(other.build(), { name: "other" });
    bench.advanceTo(100_000);
    const { trap, events, bindings } = bench.device.stats(0);
    assert.equal(trap?.code, expected);
    assert.equal(events, 1);
    assert.equal(bindings, 1); // the timer of its restart
    assert.deepEqual(bench.values("trap.app"), [expected]);
    const { events: delivered, missed } = bench.device.stats(1);
    assert.equal(delivered + missed, 14);
    assert.deepEqual(bench.reports("other"), Array(delivered).fill(7));
  });
}

test("a trap in start, an empty entry as handler, start as handler", async () => {
  for (const [body, expected] of [
    [unreachable, "unreachable"],
    [call("timer.after", i32(0), i32(1)), "bad-indirect-call"],
    [call("timer.after", i32(0), i32(0)), "bad-indirect-call"],
    [call("timer.after", i32(0), i32(2 ** 31)), "bad-indirect-call"],
  ] as const) {
    const bench = await Bench.create();
    await bench.add(new Assembler().start(body).build());
    bench.advanceTo(10);
    assert.equal(bench.trap(), expected);
  }
});

test("the place of a trap is that of the innermost instruction, with the calls around it", async () => {
  const app = new Assembler();
  const inner = app.define(code(i32(1), drop, unreachable));
  const handler = app.handler(inner);
  app.start(call("timer.after", i32(0), i32(handler)));
  const wasm = app.build();
  const bench = await Bench.create();
  await bench.add(wasm);
  bench.advanceTo(10);
  const trap = bench.device.stats(0).trap!;
  const first = contractFunctions.length;
  assert.deepEqual(
    trap.frames.map((frame) => frame.function),
    [first, first + 1],
  );
  assert.equal(trap.offset, trap.frames[0]!.offset);
  assert.equal(wasm[trap.offset!], 0x00);
  assert.deepEqual([...wasm.subarray(trap.offset! - 3, trap.offset!)], [0x41, 1, 0x1a]);
  assert.equal(trap.timeUs, 0);
});

test("the place of a refused host call is the call", async () => {
  const app = new Assembler();
  const handler = app.handler(call("gpio.toggle", i32(3)));
  const wasm = app.start(call("timer.after", i32(0), i32(handler))).build();
  const bench = await Bench.create();
  await bench.add(wasm);
  bench.advanceTo(10);
  const { offset, frames } = bench.device.stats(0).trap!;
  assert.equal(frames.length, 1);
  assert.deepEqual([...wasm.subarray(offset! - 2, offset! + 2)], [0x41, 3, 0x10, 2]);
});

test("what three engines say", () => {
  const said: readonly (readonly [TrapCode, ...string[]])[] = [
    [
      "unreachable",
      "unreachable",
      "unreachable executed",
      "Unreachable code should not be executed (evaluating 'f()')",
    ],
    [
      "memory-bounds",
      "memory access out of bounds",
      "index out of bounds",
      "Out of bounds memory access (evaluating 'f()')",
    ],
    [
      "divide-by-zero",
      "divide by zero",
      "remainder by zero",
      "integer divide by zero",
      "Division by zero (evaluating 'f()')",
    ],
    [
      "integer-overflow",
      "divide result unrepresentable",
      "integer overflow",
      "Integer overflow (evaluating 'f()')",
      "float unrepresentable in integer range",
      "Out of bounds Trunc operation (evaluating 'f()')",
    ],
    ["invalid-conversion", "invalid conversion to integer"],
    [
      "bad-indirect-call",
      "table index is out of bounds",
      "null function or function signature mismatch",
      "indirect call to null",
      "indirect call signature mismatch",
      "Out of bounds call_indirect (evaluating 'f()')",
      "call_indirect to a null table entry (evaluating 'f()')",
      "call_indirect to a signature that does not match (evaluating 'f()')",
    ],
    ["stack-overflow", "Maximum call stack size exceeded", "too much recursion", "Stack overflow"],
  ];
  for (const [expected, ...messages] of said)
    for (const message of messages)
      assert.equal(trapOfError(new Error(message)), expected, message);
  assert.equal(trapOfError(new RangeError("?")), "stack-overflow");
  assert.equal(trapOfError(new TypeError("Cannot convert 1 to a BigInt")), "unknown-call");
});

test("frames as three engines write them", () => {
  const error = (stack: string): Error => Object.assign(new Error("x"), { stack });
  const expected = [
    { function: 3, offset: 0x1a2 },
    { function: 12, offset: 0x7f },
  ];
  const v8 =
    "RuntimeError: unreachable\n    at hostCall (file:///x.js:1:2)\n    at inner (wasm://wasm/0a1b:wasm-function[3]:0x1a2)\n    at wasm://wasm/0a1b:wasm-function[12]:0x7f\n    at call (file:///x.js:3:4)\n    at wasm://wasm/ffff:wasm-function[1]:0x1";
  const spiderMonkey =
    "inner@file:///x.js:wasm-function[3]:0x1a2\n@file:///x.js:wasm-function[12]:0x7f\ncall@file:///x.js:1:1\n@file:///core:wasm-function[1]:0x1";
  const javaScriptCore =
    "<?>.wasm-function[3]@[wasm code]\n<?>.wasm-function[12]@[wasm code]\nwasm-stub@[wasm code]\ncall@file:///x.js:1:1";
  assert.deepEqual(framesOfError(error(v8)), expected);
  assert.deepEqual(framesOfError(error(spiderMonkey)), expected);
  assert.deepEqual(framesOfError(error(javaScriptCore)), [{ function: 3 }, { function: 12 }]);
  assert.deepEqual(framesOfError("not an error"), []);
});

test("every code but none that only a chip or another host can give is among the cases above", () => {
  const shown = new Set<string>(ends.map(([, expected]) => expected));
  const missing = trapCodes.filter((item) => !shown.has(item));
  assert.deepEqual(missing, [
    "none",
    "invalid-conversion",
    "too-many-bindings",
    "unknown-call",
    "bad-instruction",
    "health-missed",
  ]);
});
