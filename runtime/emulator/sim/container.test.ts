import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler, call, i32, report, unreachable } from "../../../test/helpers/assemble.js";
import {
  adc,
  Bench,
  i2c,
  input,
  output,
  publisher,
  spi,
  uart,
} from "../../../test/helpers/bench.js";
import { DiagnosticError } from "../../document/diagnostic.js";

const anything = new Assembler().start(report(i32(1)));

/** The messages of the DiagnosticError that loading fails with. */
async function refusal(
  wasm: Uint8Array,
  parts: Parameters<Bench["load"]>[1] = {},
): Promise<string[]> {
  const bench = await Bench.create();
  const error: unknown = await bench.add(wasm, parts).then(
    () => assert.fail("it was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DiagnosticError, String(error));
  for (const diagnostic of error.diagnostics)
    assert.ok(diagnostic.hint && diagnostic.code.startsWith("container-"));
  return error.diagnostics.map((diagnostic) => diagnostic.message);
}

test("every truncation of a module is refused with words", async () => {
  const wasm = anything.build();
  for (let length = 0; length < wasm.length; length += 7) {
    const [message] = await refusal(wasm.slice(0, length));
    assert.match(
      message!,
      /^container app (is not a valid WebAssembly module: |exports no table named event)/,
    );
  }
});

test("imports outside the contract are named", async () => {
  const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
  const imports = [
    [...text("env"), ...text("abort"), 0, 0],
    [...text("gpio"), ...text("explode"), 0, 0],
    [...text("gpio"), ...text("read"), 2, 0, 1],
  ];
  const body = [imports.length, ...imports.flat()];
  const wasm = Uint8Array.of(
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    1,
    4,
    1,
    0x60,
    0,
    0,
    2,
    body.length,
    ...body,
  );
  assert.deepEqual(await refusal(wasm), [
    "container app imports env.abort (function), which is not in the contract",
    "container app imports gpio.explode (function), which is not in the contract",
    "container app imports gpio.read (memory), which is not in the contract",
    "container app exports no table named event",
  ]);
});

test("an import with other types than the contract's ends the container", async () => {
  // (import "random" "next" (func (result i64))), called by start in entry 0 of the table.
  const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
  const section = (id: number, ...bytes: number[]): number[] => [id, bytes.length, ...bytes];
  const wasm = Uint8Array.of(
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, 2, 0x60, 0, 1, 0x7e, 0x60, 0, 0),
    ...section(2, 1, ...text("random"), ...text("next"), 0, 0),
    ...section(3, 1, 1),
    ...section(4, 1, 0x70, 0, 1),
    ...section(7, 1, ...text("event"), 1, 0),
    ...section(9, 1, 0, 0x41, 0, 0x0b, 1, 1),
    ...section(10, 1, 5, 0, 0x10, 0, 0x1a, 0x0b),
  );
  const bench = await Bench.create();
  await bench.add(wasm);
  assert.equal(bench.trap(), "unknown-call");
});

test("a module that runs code while it is instantiated cannot call the host", async () => {
  const app = new Assembler().start(report(i32(1))).runAtOnce(call("gpio.write", i32(0), i32(1)));
  assert.match(
    (await refusal(app.build(), { needs: [output(1)] }))[0]!,
    /cannot be instantiated: the container has ended/,
  );
  assert.match(
    (await refusal(new Assembler().start().runAtOnce(unreachable).build()))[0]!,
    /cannot be instantiated: unreachable/,
  );
});

test("pins, buses and channels that the board does not have are refused", async () => {
  for (const need of [input(30), output(255), adc(3), spi(30), uart(2)])
    assert.deepEqual(await refusal(anything.build(), { needs: [need] }), [
      "container app is wired to a pin or bus that the board does not have",
    ]);
});

test("what a manifest may not say is refused", async () => {
  const setting = {
    name: "s",
    type: "integer",
    decimals: 0,
    default: 11,
    min: 0,
    max: 10,
  } as const;
  const cases: [parts: Parameters<Bench["load"]>[1], message: RegExp][] = [
    [{ needs: [i2c(0x07)] }, /does not understand/],
    [{ needs: [i2c(0x78)] }, /does not understand/],
    [{ needs: [i2c(0x40, 0)] }, /does not understand/],
    [{ needs: [publisher("a b")] }, /does not understand/],
    [{ needs: [publisher("a/+")] }, /does not understand/],
    [{ needs: [publisher("")] }, /does not understand/],
    [{ needs: [publisher("t", [{ name: 'a"', decimals: 0 }])] }, /does not understand/],
    [{ needs: [publisher("t", [{ name: "a", decimals: 10 }])] }, /does not understand/],
    [{ settings: [setting] }, /does not understand/],
    [{ eventMs: 0 }, /does not understand/],
    [{ eventMs: 60_001 }, /more than the device can hold/],
    [{ needs: Array.from({ length: 33 }, () => input(1)) }, /more than the device can hold/],
  ];
  for (const [parts, message] of cases)
    assert.match((await refusal(anything.build(), parts))[0]!, message);
});

test("a structured message that can be longer than 240 bytes is refused, the longest that cannot is sent", async () => {
  // Eight fields: {"NAME":-2.147483648,…}; 1 + 8 * (14 + 3 + 12 + 1) = 241.
  const fields = (bytes: number) =>
    Array.from({ length: 8 }, (_, i) => ({
      name: `${i}`.padEnd(i === 0 ? bytes : 14, "x"),
      decimals: 9,
    }));
  assert.match(
    (await refusal(anything.build(), { needs: [publisher("t", fields(14))] }))[0]!,
    /longer than 240 bytes/,
  );
  const app = new Assembler();
  const put = (field: number) => call("message.put-number", i32(0), i32(field), i32(-(2 ** 31)));
  app.start(...[...Array(8).keys()].map(put), call("message.send", i32(0)));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [publisher("t", fields(13))] });
  const [message] = bench.values("message.t") as string[];
  assert.equal(message!.length, 240);
  assert.equal(Object.keys(JSON.parse(message!)).length, 8);
});

test("128 containers fit", async () => {
  const bench = await Bench.create();
  for (let i = 0; i < 128; i++) await bench.add(anything.build());
  await assert.rejects(bench.add(anything.build()), /finds no room on the device/);
  // One that is stopped gives its share back.
  bench.device.stop(0);
});
