import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ends, lives, raw, type HostileCase } from "./case.js";
import { memory } from "./code.js";
import { survey } from "./matrix.js";
import { beatMs, buildNeighbours, type Neighbours } from "./neighbours.js";
import { noPico, PicoBench, picoTarget } from "./pico.js";
import { installCase } from "./stored.js";
import { judge, messagesOf, numbersOf } from "./trace.js";

/** Negated error. */
const quota = -12;

/** Attacks on the flash behind the store: a device cannot do anything else while it erases a sector. */
const floods: readonly HostileCase[] = [
  raw("store-flood", "stores without end, an event for each value", lives(quota), (code) => {
    const refused = code.label();
    code.host("clock.micros").emit("mov", 1, memory).emit("str", 0, 1, 0);
    code.host("store.write", 7, 0, 64).emit("cmpImm", 0, 0).branchIf("lt", refused);
    code.host("timer.after", 1, 1).return();
    code.bind(refused);
    code.emit("mov", 1, 0).publish();
  }),
  raw("store-churn", "stores and removes, an event for each time", lives(quota), (code) => {
    const refused = code.label();
    code.host("store.remove", 9).host("store.set-number", 9, 1);
    code.emit("cmpImm", 0, 0).branchIf("lt", refused).host("timer.after", 1, 1).return();
    code.bind(refused);
    code.emit("mov", 1, 0).publish();
  }),
  raw("store-loop", "stores without end in one event", ends("time-budget"), (code) => {
    const loop = code.bind();
    code.host("store.set-number", 3, 5).host("store.set-number", 3, 6).branch(loop);
    code.attackSince(loop);
  }),
];

let neighbours: Neighbours;
before(async () => {
  neighbours = await buildNeighbours();
});

const untilUs = 3_000_000;
/** An erase takes 45 ms, and 17 pages 0.8 ms each. */
const stallUs = 60_000;

for (const flood of floods) {
  test(
    `${flood.name}: neighbours wait for no more than an erase, and flash lasts`,
    { skip: noPico },
    () => {
      const place = survey(picoTarget(), neighbours);
      const hostile = installCase(flood, place);
      const bench = new PicoBench([neighbours.metronome, hostile]);
      bench.run({ inputs: [], untilUs });
      assert.deepEqual(judge(bench, 1, hostile), []);
      const beats = numbersOf(bench, 0, "beat");
      assert.deepEqual(
        beats,
        beats.map((_, k) => k + 1),
      );
      const times = [0, ...messagesOf(bench, 0).map(({ timeUs }) => timeUs), untilUs];
      const longestUs = Math.max(...times.slice(1).map((timeUs, k) => timeUs - times[k]!));
      assert.ok(longestUs <= beatMs * 1000 + stallUs, `nothing for ${longestUs} us`);
      // What a container may write in an hour is a sector, and the least that one holds beside what counts a quarter of it.
      const { flashErases } = bench.pico.counters;
      assert.ok(flashErases <= 5, `${flashErases} sectors were erased`);
    },
  );
}
