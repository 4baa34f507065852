import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { containerOf, Running, type App, type Settings } from "../../test/helpers/container.js";
import { decode } from "../wasm/decode.js";
import type { Container } from "./build.js";
import { locate } from "./locate.js";
import { moveMappings, parseSourceMap, positionAt, printSourceMap } from "./sourcemap.js";

/** Code offsets of the innermost call first, as the engine's stack has them. */
function offsetsOf(error: unknown): number[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return [...stack.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map(([, hex]) =>
    parseInt(hex!, 16),
  );
}

async function trapOffsets(wasm: Uint8Array, act: (running: Running) => void): Promise<number[]> {
  try {
    act(await Running.start(wasm));
  } catch (error) {
    assert.ok(error instanceof WebAssembly.RuntimeError);
    return offsetsOf(error);
  }
  assert.fail("it did not trap");
}

/** Where a trap is found, by the container and by its debug twin, which must agree. */
async function placeOfTrap(container: Container, act: (running: Running) => void): Promise<string> {
  const offsets = await trapOffsets(container.wasm, act);
  assert.deepEqual(await trapOffsets(container.debugWasm, act), offsets);
  const place = locate(container.sourceMap, ...offsets);
  return `${place?.file}:${place?.line}`;
}

const fire = (running: Running): void => void running.fire("timer.every");

const cases: readonly {
  readonly what: string;
  readonly app: App;
  readonly parts?: Settings;
  readonly at: string;
  readonly act?: (running: Running) => void;
}[] = [
  {
    what: "an array index out of range",
    app: `import { every, logNumber } from "thimble";
const steps: StaticArray<i32> = [1, 2, 3];
let n = 0;
every(5, () => {
  logNumber("step",
    steps[n + 3]);
  n++;
});`,
    at: "app.ts:6",
  },
  {
    what: "a division by zero",
    app: `import { every, logNumber, random } from "thimble";

every(5, () => {
  const share: i32 = random();
  logNumber("share", 100 / share);
});`,
    at: "app.ts:5",
  },
  {
    what: "a throw",
    app: `import { every, random } from "thimble";
import { led } from "thimble/needs";
function check(): void {
  if (random() == 0)
    throw new Error("no luck");
  led.toggle();
}
every(5, () => { check(); led.toggle(); });`,
    at: "app.ts:5",
  },
  {
    what: "an assertion in another file",
    app: {
      "app.ts": `import { every } from "thimble";\nimport { show } from "./show";\nevery(5, show);`,
      "show.ts": `import { led } from "thimble/needs";\nexport function show(): void {\n  led.toggle();\n  assert(led.read());\n}`,
    },
    at: "show.ts:4",
  },
  {
    what: "a trap inside an SDK driver",
    app: `import { every, logNumber } from "thimble";
import { Bme280 } from "thimble/drivers";
import { climate } from "thimble/needs";
const far = changetype<Bme280>(0xfffffff0);
every(5, () => {
  logNumber("far",
    far.temperatureMilliC());
});
every(6, () => { logNumber("pressure", Bme280.on(climate).temperatureMilliC()); });`,
    parts: { needs: { climate: { i2c: "0x76" } } },
    at: "app.ts:7",
  },
  {
    what: "a trap when the app starts",
    app: `import { every, random } from "thimble";
import { led } from "thimble/needs";
led.toggle();
if (random() == 0) unreachable();
every(5, () => { led.toggle(); });`,
    at: "app.ts:4",
    act: () => {},
  },
  {
    what: "an index out of range in the collecting runtime",
    app: `import { every, log, random } from "thimble";
let names: string[] = ["a"];
every(5, () => {
  names.push("b" + names.length.toString());
  log("a");
  log(names[7 + random()]);
});`,
    at: "app.ts:6",
  },
];

for (const { what, app, parts, at, act = fire } of cases) {
  test(`${what} is found at ${at}`, async () => {
    assert.equal(await placeOfTrap(await containerOf(app, parts), act), at);
  });
}

test("the debug twin is the container with sections behind it, and each mapping stands at an instruction", async () => {
  const { wasm, debugWasm, sourceMap } = await containerOf(cases[0]!.app);
  assert.deepEqual(debugWasm.subarray(0, wasm.length), wasm);
  assert.ok(WebAssembly.validate(debugWasm));
  const starts = new Set(
    decode(wasm).module!.code.flatMap(({ code }) => code.map(({ offset }) => offset)),
  );
  const { mappings, sources } = parseSourceMap(sourceMap);
  assert.ok(mappings.length > 5);
  for (const { offset, source } of mappings) {
    assert.ok(starts.has(offset), `${offset}`);
    assert.ok(source < sources.length);
  }
  const { file, version } = JSON.parse(sourceMap) as { file: string; version: number };
  assert.deepEqual([file, version], ["test.wasm", 3]);
});

test("a place that is in no map", () => {
  const empty = printSourceMap({ sources: [], mappings: [] }, "x.wasm");
  assert.equal(locate(empty, 5), undefined);
  assert.deepEqual(parseSourceMap(empty), { sources: [], mappings: [] });
  assert.equal(
    positionAt({ sources: ["a.ts"], mappings: [{ offset: 9, source: 0, line: 0, column: 0 }] }, 8),
    undefined,
  );
});

test("a map is read as it was written", () => {
  const mapping = fc
    .tuple(fc.nat(100_000), fc.nat(3), fc.nat(9_999), fc.nat(500))
    .map(([offset, source, line, column]) => ({ offset, source, line, column }));
  fc.assert(
    fc.property(fc.array(mapping, { maxLength: 50 }), (mappings) => {
      const map = {
        sources: ["a.ts", "b.ts", "c.ts", "d.ts"],
        mappings: mappings.toSorted((a, b) => a.offset - b.offset),
      };
      assert.deepEqual(parseSourceMap(printSourceMap(map, "x.wasm")), map);
    }),
  );
});

test("the format is the one of ECMA-426", () => {
  const map = {
    sources: ["a.ts", "b.ts"],
    mappings: [
      { offset: 16, source: 0, line: 0, column: 5 },
      { offset: 20, source: 1, line: 2, column: 0 },
    ],
  };
  // VLQ in base64: 16 is gB, 5 is K; then 4 is I, 1 is C, 2 is E, -5 is L.
  assert.equal(
    printSourceMap(map, "x.wasm"),
    '{"version":3,"file":"x.wasm","sources":["a.ts","b.ts"],"names":[],"mappings":"gBAAK,ICEL"}\n',
  );
});

test("mappings follow their instructions, and those of instructions that are gone go", () => {
  const map = {
    sources: ["a.ts"],
    mappings: [10, 12, 14].map((offset, line) => ({ offset, source: 0, line, column: 0 })),
  };
  const moved = moveMappings(map, [
    [14, 3],
    [10, 7],
  ]);
  assert.deepEqual(
    moved.mappings.map(({ offset, line }) => [offset, line]),
    [
      [3, 2],
      [7, 0],
    ],
  );
});
