import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRecords } from "../environment/records.js";
import { createCsvTrace } from "./csv.js";

function written(entries: { timeUs: number; channel: string; value: number | string }[]): string[] {
  const pieces: string[] = [];
  const { sink, end } = createCsvTrace((text) => pieces.push(text));
  entries.forEach(sink);
  end();
  return pieces;
}

test("a line for each entry, quotes where RFC 4180 wants them", () => {
  const text = written([
    { timeUs: 0, channel: "pin.GP15", value: 1 },
    { timeUs: 10_000_000, channel: "message.climate", value: '{"t":21.45,"h":48}' },
    { timeUs: 10_000_000, channel: "log.thermostat", value: "a\nb" },
  ]).join("");
  assert.equal(
    text,
    `time_us,channel,value
0,pin.GP15,1
10000000,message.climate,"{""t"":21.45,""h"":48}"
10000000,log.thermostat,"a
b"
`,
  );
});

test("a run without entries has its headings", () => {
  assert.deepEqual(written([]), ["time_us,channel,value\n"]);
});

test("what is read back is what was written, and no piece is large", () => {
  const entry = fc.record({
    timeUs: fc.nat(),
    channel: fc.string({ minLength: 1, unit: "binary" }),
    value: fc.oneof(fc.integer(), fc.string({ unit: "binary" })),
  });
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const records = [...parseRecords(written(entries).join(""), "trace.csv")].slice(1);
      const expected = entries.map(({ timeUs, channel, value }) => [
        `${timeUs}`,
        channel,
        `${value}`,
      ]);
      assert.deepEqual(
        records.map(({ fields }) => fields.map(({ text }) => text)),
        expected,
      );
    }),
  );
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    timeUs: i,
    channel: "pin.GP1",
    value: i % 2,
  }));
  assert.ok(written(many).every((piece) => piece.length < 20_000));
});
