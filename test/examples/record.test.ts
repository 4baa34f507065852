import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { meterContainer } from "../../builder/cli/run/metered.js";
import { buildExample, simulateExample } from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";

/**
 * The thermostat against a computation that shares no code with it: not the compiler, not the sensor, not the core. From the record and the
 * words of the example's README follows when the relay must switch.
 */
interface Switching {
  readonly minute: number;
  readonly on: boolean;
}

const set = { belowMilliC: 21_000 - 250, aboveMilliC: 21_000 + 250 };
/** The rig presses the button once, at 20 minutes and 30 seconds: half a degree more from then on, and a reading at that moment. */
const press = { minute: 20.5, milliC: 500 };

/** Rows of `timestamp,value` in degrees Fahrenheit, as [minutes since the first, thousandths of a degree Celsius in steps of 10]. */
function readRecord(text: string): (readonly [minute: number, milliC: number])[] {
  const rows = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
  const startMs = Date.parse(`${rows[0]![0]!.replace(" ", "T")}Z`);
  return rows.map(([time, value]) => {
    const minute = (Date.parse(`${time!.replace(" ", "T")}Z`) - startMs) / 60_000;
    // A BME280 gives hundredths of a degree.
    const centiC = Math.round(((Number(value) - 32) * 500) / 9);
    return [minute, centiC * 10] as const;
  });
}

function expectedSwitchings(text: string, minutes: number): Switching[] {
  const record = readRecord(text);
  const samples = [...Array(minutes).keys()].map((k) => k + 1);
  const times = [...samples.slice(0, 20), press.minute, ...samples.slice(20)];
  const found: Switching[] = [];
  let on = false;
  let row = 0;
  for (const minute of times) {
    while (row + 1 < record.length && record[row + 1]![0] <= minute) row++;
    const milliC = record[row]![1];
    const raised = minute >= press.minute ? press.milliC : 0;
    const next: boolean =
      milliC < set.belowMilliC + raised ? true : milliC > set.aboveMilliC + raised ? false : on;
    if (next !== on) found.push({ minute, on: next });
    on = next;
  }
  return found;
}

async function simulatedSwitchings(text: string, minutes: number): Promise<Switching[]> {
  const found: Switching[] = [];
  const { project, container } = await buildExample("thermostat");
  // With its limits, as `thimble run` has it.
  const limited = { project, container: { ...container, ...meterContainer(container) } };
  const { simulation } = await simulateExample("thermostat", limited, {
    csv: text,
    wants: (channel) => channel === "pin.GP15",
    sink: ({ timeUs, channel, value }) => {
      if (channel !== "pin.GP15" || timeUs === 0) return;
      // The relay follows the sample by the conversion and the bus, and after a press by its debounce.
      const minute = Math.floor(timeUs / 30_000_000) / 2;
      assert.ok(timeUs - minute * 60_000_000 < 100_000, `${timeUs} us is soon after a sample`);
      found.push({ minute, on: value === 1 });
    },
  });
  simulation.advanceTo(minutes * 60_000_000 + 500_000);
  assert.deepEqual(simulation.stats(0).trap, null);
  return found;
}

async function compare(text: string, minutes: number, least: number): Promise<void> {
  const expected = expectedSwitchings(text, minutes);
  assert.ok(expected.length >= least, `${expected.length} switchings are enough to tell`);
  assert.deepEqual(await simulatedSwitchings(text, minutes), expected);
  console.log(`${expected.length} switchings of the relay in ${minutes} minutes, all as computed`);
}

test("two days of the example's own record", async () => {
  const text = readFileSync(packagePath("examples", "thermostat", "room.csv"), "utf8");
  await compare(text, 48 * 60, 4);
});

const ambient = packagePath("..", "shared", "data", "ambient-temperature.csv");
const skip = existsSync(ambient)
  ? false
  : "the record ../shared/data/ambient-temperature.csv is not there";

test("328 days of a real office, hourly, one sample a minute", { skip }, async () => {
  await compare(readFileSync(ambient, "utf8"), 328 * 24 * 60, 100);
});
