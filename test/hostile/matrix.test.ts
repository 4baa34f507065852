import assert from "node:assert/strict";
import { before, test } from "node:test";
import { hostileCases } from "./cases/index.js";
import { durationMs, groupCases, runTrial, survey, toleranceUs } from "./matrix.js";
import { beatMs, buildNeighbours, type Neighbours } from "./neighbours.js";
import { noPico, picoTarget } from "./pico.js";
import { noQemu, qemuTarget } from "./qemu.js";
import type { Target } from "./target.js";
import { before as earlier, judge, ledOf, traceOf, type Trace } from "./trace.js";

const targets: readonly {
  readonly name: string;
  readonly skip: string | false;
  readonly make: () => Target;
}[] = [
  { name: "the emulated Pico", skip: noPico, make: () => picoTarget() },
  { name: "mps2-an385", skip: noQemu, make: () => qemuTarget("an385") },
  { name: "mps2-an505", skip: noQemu, make: () => qemuTarget("an505") },
];

let neighbours: Neighbours;
before(async () => {
  neighbours = await buildNeighbours();
});

/** Order and values are the same until then; times differ by what the hostile ones may take. */
function assertSame(trace: Trace, whole: Trace, untilUs: number, who: string): void {
  const alone = earlier(whole, untilUs);
  assert.deepEqual(trace.values, alone.values, who);
  trace.timesUs.forEach((timeUs, k) => {
    const lateUs = timeUs - alone.timesUs[k]!;
    assert.ok(Math.abs(lateUs) <= toleranceUs, `${who} did "${trace.values[k]}" ${lateUs} us late`);
  });
}

for (const { name, skip, make } of targets) {
  test(
    `hostile containers on ${name} end as they should, and neighbours do not notice`,
    { skip },
    (context) => {
      const target = make();
      const place = survey(target, neighbours);
      const groups = groupCases(hostileCases, target, place);
      const longestMs = Math.max(...groups.map(durationMs));
      const alone = runTrial(target, [], place, neighbours, longestMs);
      // Neighbours that do nothing would notice nothing.
      const beats = Math.floor(longestMs / beatMs);
      assert.equal(traceOf(alone.observed, 0).values.length, beats);
      assert.ok(traceOf(alone.observed, alone.listener).values.length > beats);
      assert.ok(ledOf(alone.observed).values.length >= beats);
      const wrong: string[] = [];
      for (const group of groups) {
        const ms = durationMs(group);
        const { cases, observed, listener } = runTrial(target, group, place, neighbours, ms);
        cases.forEach((hostile, k) => {
          for (const found of judge(observed, k + 1, hostile))
            wrong.push(`${hostile.name}: ${found}`);
        });
        const among = `among ${cases[0]!.name} to ${cases.at(-1)!.name}`;
        const traces: readonly [string, Trace, Trace][] = [
          ["metronome", traceOf(observed, 0), traceOf(alone.observed, 0)],
          ["listener", traceOf(observed, listener), traceOf(alone.observed, alone.listener)],
          ["pin", ledOf(observed), ledOf(alone.observed)],
        ];
        for (const [who, trace, whole] of traces)
          assertSame(trace, whole, ms * 1000, `the ${who} ${among}`);
      }
      assert.deepEqual(wrong, []);
      context.diagnostic(
        `${groups.flat().length} containers in ${groups.length} starts of the device`,
      );
    },
  );
}
