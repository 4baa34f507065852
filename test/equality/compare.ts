import assert from "node:assert/strict";
import type { DeviceRun } from "../../runtime/emulator/device-run.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";

/** What came out of a run. */
export interface Outcome {
  readonly entries: TraceEntry[];
  readonly stats: ReturnType<DeviceRun["stats"]>;
  readonly sent: string[];
}

function byChannel(entries: readonly TraceEntry[]): Map<string, TraceEntry[]> {
  const channels = new Map<string, TraceEntry[]>();
  for (const entry of entries) {
    const list = channels.get(entry.channel);
    if (list === undefined) channels.set(entry.channel, [entry]);
    else list.push(entry);
  }
  return new Map([...channels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same values in the same order on each channel. Returns the largest difference of times in microseconds. */
export function assertSameLife(
  simulated: readonly TraceEntry[],
  emulated: readonly TraceEntry[],
  boundUs: number,
): number {
  const [expected, actual] = [byChannel(simulated), byChannel(emulated)];
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  let worstUs = 0;
  for (const [channel, entries] of expected) {
    const others = actual.get(channel)!;
    if (channel.startsWith("pwm.")) {
      const hertz = expected.get(channel.replace("pwm", "hertz"))!;
      assertSameDuty(
        entries,
        others,
        Math.max(...hertz.map(({ value }) => Number(value))),
        boundUs,
      );
      continue;
    }
    assert.deepEqual(
      others.map(({ value }) => value),
      entries.map(({ value }) => value),
      channel,
    );
    entries.forEach(({ timeUs }, i) => {
      const lateUs = others[i]!.timeUs - timeUs;
      worstUs = Math.max(worstUs, Math.abs(lateUs));
      assert.ok(Math.abs(lateUs) <= boundUs, `${channel} at ${timeUs} us: ${lateUs} us late`);
    });
  }
  assertOrdered(emulated);
  return worstUs;
}

/** The same for all that came out. */
export function assertEqual(
  { simulated, emulated }: { simulated: Outcome; emulated: Outcome },
  boundUs: number,
): number {
  const worstUs = assertSameLife(simulated.entries, emulated.entries, boundUs);
  // A simulation has started its containers before anybody can listen; what they said then is in the trace.
  assert.deepEqual(emulated.sent.slice(-simulated.sent.length), simulated.sent);
  const figures = (stats: Outcome["stats"]) => ({
    ...stats,
    longestEventUs: undefined,
    trap: stats.trap?.code,
  });
  assert.deepEqual(figures(emulated.stats), figures(simulated.stats));
  return worstUs;
}

/**
 * The hardware has 125 MHz / hertz counts a period, at most 65,535, and what it makes of a duty shows in its trace, anew when the
 * frequency changes: so compared is what the output does a while after each change, to half a count.
 */
function assertSameDuty(
  expected: readonly TraceEntry[],
  actual: readonly TraceEntry[],
  hertz: number,
  boundUs: number,
): void {
  const tolerance = 1 + (65_535 / 2) * Math.max(hertz / 125e6, 1 / 65_535);
  const at = (entries: readonly TraceEntry[], timeUs: number): number =>
    Number(entries.findLast((entry) => entry.timeUs <= timeUs)?.value ?? 0);
  for (const { timeUs } of [...expected, ...actual]) {
    const settledUs = timeUs + boundUs;
    if (expected.some((entry) => entry.timeUs > timeUs && entry.timeUs <= settledUs)) continue;
    const [wanted, seen] = [at(expected, settledUs), at(actual, settledUs)];
    assert.ok(
      Math.abs(wanted - seen) <= tolerance,
      `duty ${seen} in place of ${wanted} at ${timeUs} us`,
    );
  }
}

function assertOrdered(entries: readonly TraceEntry[]): void {
  for (let i = 1; i < entries.length; i++)
    assert.ok(
      entries[i]!.timeUs >= entries[i - 1]!.timeUs,
      `entry ${i} is before the one it follows`,
    );
}
