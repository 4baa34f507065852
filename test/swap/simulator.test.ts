import assert from "node:assert/strict";
import { test } from "node:test";
import { meterContainer } from "../../builder/cli/run/metered.js";
import type { VersionSource } from "../../runtime/emulator/sim/device.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { Random } from "../fuzz/random.js";
import { Bench } from "../helpers/bench.js";
import { channels } from "./model.js";
import { play, type Player } from "./play.js";
import { family, type Version } from "./versions.js";

/** More by npm run soak. */
const swaps = Number(process.env["SWAPS"] ?? 1200);
const firstSeed = Number(process.env["SEED"] ?? 1);
const rounds = 3;

/** One that loops needs a clock in it. */
function sourceOf({ manifest, wasm, connections, behaviour }: Version): VersionSource {
  const metered = behaviour.kind === "loops" ? meterContainer({ manifest, wasm }).wasm : wasm;
  return { manifest, wasm: metered, connections };
}

async function simulate(versions: readonly Version[]): Promise<Player> {
  const bench = await Bench.create();
  const { device, board, trace } = bench;
  const [first, ...later] = versions.map(sourceOf);
  await device.load({ ...first!, versions: later });
  device.start(0);
  return {
    get nowUs() {
      return board.nowUs;
    },
    advanceTo: (timeUs) => bench.advanceTo(timeUs),
    swap: (version) => device.swap(0, version),
    restart: () => device.restart(),
    take: () => trace.splice(0).filter(({ channel }) => channels.includes(channel)),
  };
}

/** The same player, each entry of its trace as `look` gives it. */
function seenThrough(player: Player, look: (entry: TraceEntry) => TraceEntry): Player {
  return {
    get nowUs() {
      return player.nowUs;
    },
    advanceTo: (timeUs) => player.advanceTo(timeUs),
    swap: (version) => player.swap(version),
    restart: () => player.restart(),
    take: () => player.take().map(look),
  };
}

for (let round = 0; round < rounds; round++) {
  const seed = firstSeed + round;
  const count = Math.ceil(swaps / rounds);
  test(`${count} swaps of versions at random, good and bad, seed ${seed}`, async (t) => {
    const random = new Random(seed);
    const versions = family(random, 120);
    const counts = play(await simulate(versions), versions, {
      random,
      swaps: count,
      toleranceUs: 0,
    });
    t.diagnostic(JSON.stringify(counts));
    for (const [what, times] of Object.entries(counts)) assert.ok(times > 0, `no ${what}`);
  });
}

test("the same swaps give the same trace", async () => {
  const traces = await Promise.all(
    [1, 2].map(async () => {
      const random = new Random(firstSeed);
      const versions = family(random, 30);
      const player = await simulate(versions);
      const seen: TraceEntry[] = [];
      const noted = seenThrough(player, (entry) => {
        seen.push(entry);
        return entry;
      });
      play(noted, versions, { random, swaps: 50, toleranceUs: 0 });
      return seen;
    }),
  );
  assert.ok(traces[0]!.length > 100);
  assert.deepEqual(traces[0], traces[1]);
});

test("the model sees what is wrong", async () => {
  const random = new Random(firstSeed);
  const versions = family(random, 30);
  const inner = await simulate(versions);
  // A byte of the state is another one, in one message.
  let messages = 0;
  const wrong = seenThrough(inner, (entry) => {
    if (!entry.channel.startsWith("message.") || ++messages !== 200) return entry;
    const text = String(entry.value);
    const [before, byte, after] = [text.slice(0, 24), text.slice(24, 26), text.slice(26)];
    return { ...entry, value: `${before}${byte === "00" ? "01" : "00"}${after}` };
  });
  assert.throws(
    () => play(wrong, versions, { random, swaps: 200, toleranceUs: 0 }),
    /the state of version \d+/,
  );
});
