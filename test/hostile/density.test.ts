import assert from "node:assert/strict";
import { test } from "node:test";
import type { Container } from "../../builder/compile/build.js";
import { nativeImage } from "../../builder/image/image.js";
import { containerOf } from "../helpers/container.js";
import { noPico, PicoBench } from "./pico.js";
import type { Installed } from "./stored.js";
import { endsOf, messagesOf, numbersOf } from "./trace.js";

const count = 100;
const untilUs = 3_000_000;
/** No event comes later than this, the time in which all are started included. */
const latestUs = 15_000;

/** Counts on a timer, in memory of its own. */
const source = `
import { every } from "thimble";
import { counts, settings } from "thimble/needs";
const counter = new StaticArray<i32>(1);
every(settings.periodMs, () => counts.publishNumber(++counter[0]));
`;

/** Each has another period, so that they meet in ever other ways. */
const periodMs = (index: number): number => 50 + index;

async function counter({ manifest, wasm }: Container, index: number): Promise<Installed> {
  const name = `counter-${index}`;
  const { needs, settings } = manifest;
  const connections = [{ kind: "topic", topic: "counts" }] as const;
  const own = new Map([["periodMs", periodMs(index)]]);
  const { payload, description } = await nativeImage({ ...manifest, name }, wasm, connections, own);
  return { name, payload, description, needs, settings, connections };
}

test(
  "100 containers live at once on the emulated Pico, and each is served",
  { skip: noPico },
  async (context) => {
    const app = await containerOf(source, {
      needs: { counts: { publish: "counts" } },
      settings: { periodMs: { type: "integer", default: 1, min: 1, max: 1000 } },
    });
    assert.ok(app.manifest.limits.memoryBytes > 0, "each has memory of its own");
    const counters = await Promise.all(Array.from({ length: count }, (_, k) => counter(app, k)));
    const bench = new PicoBench(counters);
    bench.run({ inputs: [], untilUs });
    let lateUs = 0;
    for (let k = 0; k < count; k++) {
      assert.deepEqual(endsOf(bench, k), [], `counter ${k} has not ended`);
      const counted = numbersOf(bench, k, "counts");
      assert.deepEqual(
        counted,
        counted.map((_, n) => n + 1),
        `counter ${k} has counted one by one`,
      );
      const due = (n: number): number => n * periodMs(k) * 1000;
      assert.ok(
        due(counted.length + 1) > untilUs - latestUs,
        `counter ${k} only counts ${counted.length}`,
      );
      messagesOf(bench, k).forEach(({ timeUs }, n) => {
        lateUs = Math.max(lateUs, timeUs - due(n + 1));
      });
    }
    assert.ok(lateUs <= latestUs, `an event came ${lateUs} us late`);
    context.diagnostic(`${bench.messages.length} frames, no event later than ${lateUs} us`);
  },
);
