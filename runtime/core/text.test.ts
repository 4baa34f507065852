import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  Assembler,
  call,
  code,
  i32,
  load,
  report,
  store,
  wrap,
} from "../../test/helpers/assemble.js";
import { Bench, publisher, subscriber } from "../../test/helpers/bench.js";

/** i64 -> 1 if it is negative, as an i32. */
const isNegative = [0x42, 0, 0x53];
const wrongType = -10;

/** A container that reads each message on "in" as a number with the decimals of the last message on "decimals". */
async function reader(): Promise<(text: string, decimals: number) => number | undefined> {
  const app = new Assembler();
  const read = call("message.read-number", i32(0), code(i32(0), load(0)));
  const setDecimals = app.handler(
    code(i32(0), call("message.read-number", i32(1), i32(0)), wrap, store(0)),
  );
  const received = app.handler(code(report(code(read, wrap)), report(code(read, isNegative))));
  app.start(
    call("message.subscribe", i32(0), i32(received)),
    call("message.subscribe", i32(1), i32(setDecimals)),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [subscriber("in"), subscriber("decimals")] });
  return (text, decimals) => {
    bench.device.receive("decimals", new TextEncoder().encode(String(decimals)));
    bench.device.receive("in", new TextEncoder().encode(text));
    bench.trace.length = 0;
    bench.advanceTo(bench.board.nowUs + 10);
    const [value, negative] = bench.reports();
    if (negative === 0) return value;
    assert.equal(value, wrongType);
    return undefined;
  };
}

/** digits * 10^exponent, times 10^decimals, rounded half away from zero; undefined if it does not fit 32 bits. */
function rounded(digits: bigint, exponent: number): number | undefined {
  const magnitude = digits < 0n ? -digits : digits;
  const scale = 10n ** BigInt(Math.abs(exponent));
  const whole = exponent >= 0 ? magnitude * scale : (2n * magnitude + scale) / (2n * scale);
  const value = digits < 0n ? -whole : whole;
  return value === BigInt.asIntN(32, value) ? Number(value) : undefined;
}

test("numbers are read like exact decimals, rounded half away from zero", async () => {
  const read = await reader();
  const digits = fc.oneof(
    fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
    fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }),
    fc.bigInt({ min: -(2n ** 31n) - 2n, max: 2n ** 31n + 2n }),
  );
  const property = fc.property(
    digits,
    fc.nat(70),
    fc.option(fc.integer({ min: -80, max: 80 })),
    fc.nat(9),
    (number, places, exponent, decimals) => {
      const sign = number < 0n ? "-" : "";
      const padded = (number < 0n ? -number : number).toString().padStart(places + 1, "0");
      const point = padded.length - places;
      const text = `${sign}${padded.slice(0, point)}${places > 0 ? "." : ""}${padded.slice(point)}${exponent === null ? "" : `e${exponent}`}`;
      assert.equal(
        read(text, decimals),
        rounded(number, (exponent ?? 0) - places + decimals),
        text,
      );
    },
  );
  fc.assert(property, { numRuns: 2000 });
});

test("numbers near halves and near the ends of 32 bits", async () => {
  const read = await reader();
  const cases: [text: string, decimals: number, value: number | undefined][] = [
    ["21.5", 3, 21_500],
    ["0.5", 0, 1],
    ["-0.5", 0, -1],
    ["0.49999999999999999999", 0, 0],
    ["2147483647", 0, 2147483647],
    ["2147483647.4999", 0, 2147483647],
    ["2147483647.5", 0, undefined],
    ["-2147483648.4", 0, -2147483648],
    ["-2147483648.5", 0, undefined],
    ["4294967297", 0, undefined],
    ["2.147483647", 9, 2147483647],
    ["1e9", 0, 1_000_000_000],
    ["1E+3", 0, 1000],
    ["1e-99999", 9, 0],
    ["0e99999", 9, 0],
    ["1e99999", 0, undefined],
    [" \t\r\n7 \n", 0, 7],
    ["+7", 0, 7],
    ["007", 0, 7],
    [".5", 1, 5],
    ["5.", 1, 50],
    ["-0", 0, 0],
    ["9".repeat(240), 0, undefined],
    ["0".repeat(239) + "1", 0, 1],
    ["0." + "9".repeat(238), 9, 1_000_000_000],
  ];
  for (const [text, decimals, value] of cases) assert.equal(read(text, decimals), value, text);
});

test("what is not a number is wrong-type", async () => {
  const read = await reader();
  for (const text of [
    "",
    " ",
    "-",
    ".",
    "+.",
    "1.2.3",
    "1..2",
    "1e",
    "1e+",
    "e5",
    "0x10",
    "1,5",
    "12a",
    "1 2",
    "--1",
    "1e5.0",
    "NaN",
    "Infinity",
    "on",
    "{}",
    "1\u0000",
    "½",
  ])
    assert.equal(read(text, 0), undefined, JSON.stringify(text));
});

test("any text is read without a trap, and only numbers are accepted", async () => {
  const read = await reader();
  const grammar = /^[ \t\r\n]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ \t\r\n]*$/;
  const characters = fc.constantFrom(..."0123456789.+-eE \t,x");
  const property = fc.property(
    fc.string({ unit: characters, maxLength: 20 }),
    fc.nat(9),
    (text, decimals) => {
      const value = read(text, decimals);
      if (value !== undefined) assert.match(text, grammar);
      else if (grammar.test(text))
        assert.ok(!(Math.abs(Number(text) * 10 ** decimals) < 2147483647), text);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test("numbers are written so that they read the same", async () => {
  const app = new Assembler();
  const write = app.handler(
    call(
      "message.publish-number",
      i32(0),
      code(call("message.read-number", i32(1), i32(0)), wrap),
      code(i32(0), load(0)),
    ),
  );
  const setDecimals = app.handler(
    code(i32(0), call("message.read-number", i32(2), i32(0)), wrap, store(0)),
  );
  app.start(
    call("message.subscribe", i32(1), i32(write)),
    call("message.subscribe", i32(2), i32(setDecimals)),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), {
    needs: [publisher("out"), subscriber("in"), subscriber("decimals")],
  });
  const property = fc.property(
    fc.oneof(fc.integer(), fc.integer({ min: -1100, max: 1100 })),
    fc.nat(9),
    (value, decimals) => {
      bench.device.receive("decimals", new TextEncoder().encode(String(decimals)));
      bench.device.receive("in", new TextEncoder().encode(String(value)));
      bench.trace.length = 0;
      bench.advanceTo(bench.board.nowUs + 10);
      const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
      const point = digits.length - decimals;
      const expected = `${value < 0 ? "-" : ""}${digits.slice(0, point)}${decimals > 0 ? `.${digits.slice(point)}` : ""}`;
      assert.deepEqual(bench.values("message.out"), [expected]);
      assert.equal(typeof JSON.parse(expected), "number");
    },
  );
  fc.assert(property, { numRuns: 1000 });
});
