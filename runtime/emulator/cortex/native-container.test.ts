import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Bench, output, type Parts } from "../../../test/helpers/bench.js";
import { buildExample, simulateExample } from "../../../test/helpers/examples.js";
import { packagePath } from "../../../test/helpers/root.js";
import { contractFunctions } from "../sim/contract.js";
import { createCsvTrace } from "../trace/csv.js";
import type { CallResult } from "./machine.js";
import { firstContractCall } from "../sim/contract.js";
import { nativeGuests, type NativeProgram } from "./native-container.js";

/** The SVC of a contract function, such as gpio.write. */
function svc(name: string): number {
  const item = contractFunctions.find((each) => `${each.interface}.${each.name}` === name);
  assert.ok(item, name);
  return 0xdf00 + firstContractCall + item.number;
}

const bxLr = 0x4770;

/** A program of these halfwords with an entry at each of the offsets. */
function program(
  halves: readonly number[],
  entries: readonly number[],
  more: Partial<NativeProgram> = {},
): NativeProgram {
  const code = new Uint8Array(Uint16Array.from(halves).buffer);
  const functions = entries.map((offset, index) => ({ index: index + 5, offset }));
  return { code, memoryBytes: 256, data: [], globals: [], entries, functions, map: [], ...more };
}

const guests = (native: NativeProgram, onCall?: (container: string, result: CallResult) => void) =>
  nativeGuests({
    compile: () => native,
    helpers: new Uint8Array(0),
    helperCount: 0,
    ...(onCall && { onCall }),
  });

/** A bench on which the program has been started. */
async function started(native: NativeProgram, parts: Parts = {}): Promise<Bench> {
  const bench = await Bench.create({ createGuest: guests(native) });
  await bench.add(new Uint8Array(0), { memoryBytes: 256, ...parts });
  return bench;
}

/** log.number(0, 0, r0, 0), then the return. */
const report = [0x0002, 0x2000, 0x2100, 0x2300, svc("log.number"), bxLr];

test("blink in machine code lives as expected.csv says", async () => {
  // start: movs r0, #250; lsls r0, r0, #1; movs r1, #1; svc timer.every; bx lr. tick: movs r0, #0; svc gpio.toggle; bx lr
  const start = [0x20fa, 0x0040, 0x2101, svc("timer.every"), bxLr];
  const tick = [0x2000, svc("gpio.toggle"), bxLr];
  const native = program([...start, ...tick], [0, 2 * start.length], { memoryBytes: 0 });
  let text = "";
  let cycles = 0;
  const trace = createCsvTrace((part) => (text += part));
  const { simulation } = await simulateExample("blink", await buildExample("blink"), {
    sink: trace.sink,
    createGuest: guests(native, (_, result) => (cycles += result.cycles)),
  });
  simulation.advanceTo(10_000_000);
  trace.end();
  assert.equal(text, readFileSync(packagePath("examples", "blink", "expected.csv"), "utf8"));
  assert.equal(cycles, 1 + 1 + 1 + 31 + 2 + 20 * (1 + 31 + 2));
});

test("an entry gets its value, a wide result both words, and collect follows each event", async () => {
  // start: svc clock.micros; mov r0, r1; report. collect: movs r0, #9; report
  const start = [svc("clock.micros"), 0x4608, ...report];
  const native = program([...start, 0x2009, ...report], [0], { collect: 2 * start.length });
  const bench = await Bench.create({ createGuest: guests(native) });
  bench.board.advanceTo(5 * 2 ** 32);
  await bench.add(new Uint8Array(0), { memoryBytes: 256 });
  assert.deepEqual(bench.reports(), [5, 9]);

  // start: movs r0, #3; movs r1, #1; svc timer.after; bx lr. later: adds r0, #40; report
  const later = [0x2003, 0x2101, svc("timer.after"), bxLr];
  const other = await started(program([...later, 0x3028, ...report], [0, 2 * later.length]));
  other.advanceTo(3000);
  assert.deepEqual(other.reports(), [40]);
});

test("the core reads strings in the memory of the machine", async () => {
  const data = [{ address: 8, bytes: Uint8Array.from([104, 0, 105, 0]) }];
  // movs r0, #2 (level info); movs r1, #8; movs r2, #2; svc log.write; bx lr
  const bench = await started(
    program([0x2002, 0x2108, 0x2202, svc("log.write"), bxLr], [0], { data }),
  );
  assert.match(bench.values("log.app").join(), /hi$/);
});

test("a trap tells the place in the module", async () => {
  const map = [
    [0, 100],
    [2, 120],
    [4, 140],
  ] as const;
  const bench = await started(
    program([bxLr, 0x46c0, 0xde01, bxLr], [2, 0], {
      map,
      functions: [
        { index: 4, offset: 0 },
        { index: 6, offset: 2 },
      ],
    }),
  );
  const { trap } = bench.device.stats(0);
  assert.deepEqual(trap, {
    code: "unreachable",
    offset: 140,
    frames: [{ function: 6, offset: 140 }],
    timeUs: 0,
  });
  assert.deepEqual(bench.values("trap.app"), ["unreachable"]);
});

test("what the core refuses ends the container", async () => {
  const write = [0x2001, 0x2101, svc("gpio.write"), bxLr];
  assert.equal((await started(program(write, [0]), { needs: [output(3)] })).trap(), "bad-handle");
  assert.equal((await started(program([0xdf00, bxLr], [0]))).trap(), "unknown-call");
  assert.equal((await started(program([0xdffe, bxLr], [0]))).trap(), "unknown-call");
  assert.equal((await started(program([bxLr], [-1]))).trap(), "bad-indirect-call");
  assert.equal((await started(program([bxLr], []))).trap(), "bad-indirect-call");
});
