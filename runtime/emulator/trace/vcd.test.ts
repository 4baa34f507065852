import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TraceEntry } from "./entry.js";
import { createVcdTrace } from "./vcd.js";

function dump(entries: readonly TraceEntry[]): string {
  let text = "";
  const { sink, end } = createVcdTrace((piece) => (text += piece));
  entries.forEach(sink);
  end();
  return text;
}

test("a short run", () => {
  const text = dump([
    { timeUs: 0, channel: "pin.GP15", value: 0 },
    { timeUs: 0, channel: "signal.temperature", value: 21.45 },
    { timeUs: 65_000_000, channel: "pin.GP15", value: 1 },
    { timeUs: 65_000_000, channel: "message.climate", value: "21.45 °C \\40" },
    { timeUs: 65_000_001, channel: "pin.GP2", value: 1 },
  ]);
  assert.equal(
    text,
    `$version thimble $end
$timescale 1us $end
$scope module pin $end
$var wire 1 ! GP15 $end
$var wire 1 $ GP2 $end
$upscope $end
$scope module signal $end
$var real 64 " temperature $end
$upscope $end
$scope module message $end
$var string 1 # climate $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
x!
x$
$end
0!
r21.45 "
#65000000
1!
s21.45\\040\\302\\260C\\040\\13440 #
#65000001
1$
`,
  );
});

/** Reads a dump back by the grammar of IEEE 1364-2005 section 18.2, with strings. */
function parse(text: string): TraceEntry[] {
  const tokens = text.split(/\s+/).filter((token) => token !== "");
  const channels = new Map<string, string>();
  const entries: TraceEntry[] = [];
  let scope = "";
  let timeUs = NaN;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string;
    const add = (code: string | undefined, value: number | string) =>
      entries.push({
        timeUs,
        channel: channels.get(code ?? "") ?? assert.fail(`no variable ${code}`),
        value,
      });
    if (token === "$dumpvars" || (token === "$end" && entries.length === 0)) continue;
    else if (token.startsWith("$") && !Number.isFinite(timeUs)) {
      const end = tokens.indexOf("$end", i);
      if (token === "$scope") scope = tokens[i + 2] as string;
      if (token === "$var") channels.set(tokens[i + 3] as string, `${scope}.${tokens[i + 4]}`);
      i = end;
    } else if (token.startsWith("#")) timeUs = Number(token.slice(1));
    else if (token.startsWith("x")) continue;
    else if (token.startsWith("r")) add(tokens[++i], Number(token.slice(1)));
    else if (token.startsWith("s")) add(tokens[++i], unescape(token.slice(1)));
    else add(token.slice(1), Number(token[0]));
  }
  return entries;
}

function unescape(text: string): string {
  const bytes = [...text.matchAll(/\\([0-7]{3})|(.)/gs)].map(([, octal, plain]) =>
    octal === undefined ? (plain as string).charCodeAt(0) : parseInt(octal, 8),
  );
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

test("what is parsed back is what was written, for hundreds of channels", () => {
  const gap = fc.integer({ min: 0, max: 3 });
  const pin = fc.record({
    gap,
    channel: fc.nat(199).map((n) => `pin.GP${n}`),
    value: fc.integer({ min: 0, max: 1 }),
  });
  const real = fc.record({
    gap,
    channel: fc.nat(9).map((n) => `signal.s${n}`),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  });
  const text = fc.record({
    gap,
    channel: fc.nat(9).map((n) => `log.a${n}`),
    value: fc.string({ unit: "grapheme" }),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(pin, real, text), { maxLength: 400, size: "max" }), (steps) => {
      let timeUs = 0;
      const entries = steps.map(({ gap: us, channel, value }) => ({
        timeUs: (timeUs += us),
        channel,
        value,
      }));
      assert.deepEqual(parse(dump(entries)), entries);
    }),
    { numRuns: 30 },
  );
});
