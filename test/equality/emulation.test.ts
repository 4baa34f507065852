import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { buildApp, buildExample, rigOf, wire, type Example } from "../helpers/examples.js";
import { emulate } from "../helpers/emulate.js";
import { packagePath } from "../helpers/root.js";
import type { Emulation } from "../../runtime/emulator/emulation.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";

interface Bench {
  readonly run: Emulation;
  readonly trace: () => string[];
}

async function bench(example: Example, rigText: string, csv = ""): Promise<Bench> {
  const rig = rigOf(rigText);
  const entries: TraceEntry[] = [];
  const run = await emulate({
    containers: [{ ...example.container, connections: wire(example, rig) }],
    rig,
    files: () => csv,
    sink: (entry) => entries.push(entry),
  });
  return {
    run,
    trace: () => entries.map(({ timeUs, channel, value }) => `${timeUs} ${channel} ${value}`),
  };
}

const thermostat = async (): Promise<Bench> => {
  const read = (file: string): string =>
    readFileSync(packagePath("examples", "thermostat", file), "utf8");
  return bench(await buildExample("thermostat"), read("rig.json"), read("room.csv"));
};

test("a run in small steps is the same run", async () => {
  const [whole, steps] = [await thermostat(), await thermostat()];
  whole.run.advanceTo(125e6);
  for (let us = 0; us <= 125e6; us += 33_333) steps.run.advanceTo(us);
  steps.run.advanceTo(125e6);
  assert.deepEqual(steps.trace(), whole.trace());
  assert.ok(whole.trace().some((line) => line.includes("message.climate")));
  assert.ok(steps.run.nowUs >= 125e6 && steps.run.nowUs < 125.1e6);
});

test("at rest the next event is the device's timer or the world's", async () => {
  const { run } = await thermostat();
  run.advanceTo(1e6);
  const nextUs = run.nextEventUs() ?? 0;
  // The kernel looks after its watchdog every few seconds.
  assert.ok(nextUs > 1e6 && nextUs <= 9e6, `${nextUs}`);
  run.press("button", 1000);
  assert.equal(run.nextEventUs(), run.nowUs);
});

const echo = {
  thimble: {
    name: "echo",
    needs: { orders: { subscribe: "orders" }, answers: { publish: "answers" } },
    settings: { factor: { type: "integer", default: 2, min: 1, max: 9 } },
  },
  source: `
    import { log, onMessage } from "thimble";
    import { answers, orders, settings } from "thimble/needs";
    onMessage(orders, () => answers.publishNumber(orders.readNumber(0, 0) * settings.factor));
    log("ready");
  `,
  rig: JSON.stringify({ board: "pico", wiring: {} }),
};

test("messages and settings cross the cable; what is not allowed does not", async () => {
  const { run, trace } = await bench(await buildApp(echo.thimble, echo.source), echo.rig);
  const sent: string[] = [];
  run.onMessage = (topic, payload) => sent.push(`${topic} ${new TextDecoder().decode(payload)}`);
  run.publish("orders", "1");
  run.advanceTo(500_000);
  run.setSetting(0, "factor", 5);
  run.setSetting(0, "factor", 5);
  run.publish("orders", "20");
  run.advanceTo(600_000);
  assert.deepEqual(sent, ["answers 2", "answers 100"]);
  assert.equal(run.setting(0, 0), 5);
  const lines = trace().map((line) => line.slice(line.indexOf(" ") + 1));
  assert.deepEqual(lines.toSorted(), [
    "log.echo ready",
    "message.answers 100",
    "message.answers 2",
    "message.orders 1",
    "message.orders 20",
    "setting.factor 5",
  ]);
  assert.throws(() => run.setSetting(0, "factor", 10), /goes from 1 to 9/);
  assert.throws(() => run.setSetting(0, "fictor", 1), /no setting fictor/);
  assert.throws(() => run.publish("orders", "x".repeat(241)), RangeError);
  assert.equal(run.stats(0).events, 2);
});

test("a trap is told with its place in the module", async () => {
  const source = `
    import { after } from "thimble";
    let zero = 0;
    after(100, () => { zero = 1 / zero; });
  `;
  const { run, trace } = await bench(
    await buildApp({ name: "broken", needs: {} }, source),
    echo.rig,
  );
  run.advanceTo(200_000);
  const { trap, failures } = run.stats(0);
  assert.equal(trap?.code, "divide-by-zero");
  assert.equal(failures, 1);
  assert.ok((trap.offset ?? 0) > 0 && trap.frames.length === 1);
  assert.match(trace().at(-1) ?? "", /^100\d{3} trap.broken divide-by-zero$/);
});

test("what a run costs", async () => {
  const { run } = await thermostat();
  run.advanceTo(61e6);
  const usage = run.usage();
  assert.ok(usage.seconds > 61 && usage.seconds < 62);
  assert.ok(usage.load > 0 && usage.load < 0.01 && usage.load + usage.sleepShare === 1);
  assert.ok(usage.cycles > 7e9 && usage.instructions > 100_000);
  assert.equal(usage.memoryBytes, 160);
  assert.ok(usage.containerStackBytes! > 80 && usage.containerStackBytes! < 4096);
  assert.ok(usage.kernelStackBytes! > 200 && usage.kernelStackBytes! < 4096);
  assert.deepEqual(usage.flash, { erases: 0, programs: 0, worst: { offset: 0, erases: 0 } });
  assert.ok(usage.chargePerDayMah > 200 && usage.chargePerDayMah < 250);
});

const pump = (body: string): Promise<Example> =>
  buildApp(
    {
      name: "pump",
      needs: { out: { publish: "out" } },
      health: { seconds: 1, events: 1 },
      settings: { step: { type: "integer", default: 2, min: 1, max: 9 } },
    },
    `import { every, log } from "thimble";
     import { out, settings } from "thimble/needs";
     let zero = 0;
     ${body}`,
  );

/** Version 0 publishes 0, version 1 traps, version 2 publishes 2 and what is set. */
async function pumps(): Promise<Bench> {
  const sources = await Promise.all([
    pump("every(100, () => out.publishNumber(0));"),
    pump(`log("${"long ".repeat(9)}"); every(150, () => { zero = 1 / zero; });`),
    pump("every(100, () => { out.publishNumber(2); out.publishNumber(settings.step); });"),
  ]);
  const rig = rigOf(JSON.stringify({ board: "pico", wiring: {} }));
  const [first, ...versions] = sources.map((example) => ({
    ...example.container,
    connections: wire(example, rig),
  }));
  const entries: TraceEntry[] = [];
  const run = await emulate({
    containers: [{ ...first!, versions }],
    rig,
    files: () => "",
    sink: (entry) => entries.push(entry),
  });
  return {
    run,
    trace: () => entries.map(({ timeUs, channel, value }) => `${timeUs} ${channel} ${value}`),
  };
}

const fates = (trace: readonly string[]): string[] =>
  trace.filter((line) => / (swap|trap)\./.test(line)).map((line) => line.replace(/^\d+ /, ""));

test("a version that fails goes back, and its place is in its own code", async () => {
  const { run, trace } = await pumps();
  run.advanceTo(250_000);
  run.swap(0, 1);
  run.advanceTo(300_000);
  assert.deepEqual([run.stats(0).version, run.stats(0).onTrial], [1, true]);
  assert.equal(run.stats(0).events, 0);
  run.advanceTo(600_000);
  const { version, onTrial, trap, failures } = run.stats(0);
  assert.deepEqual([version, onTrial, trap?.code, failures], [0, false, "divide-by-zero", 0]);
  // Version 0 is shorter than the place in version 1.
  assert.ok((trap?.offset ?? 0) > 0 && trap?.frames.length === 1);
  assert.deepEqual(fates(trace()), [
    "swap.pump 1 on trial",
    "trap.pump divide-by-zero",
    "swap.pump 0 back: divide-by-zero",
  ]);
  assert.ok(run.stats(0).events >= 4, "the figures are those of version 0");
});

test("what was kept starts when the power comes back, what was on trial does not", async () => {
  const { run, trace } = await pumps();
  run.advanceTo(100_000);
  run.setSetting(0, "step", 7);
  run.swap(0, 2);
  run.advanceTo(1_150_000);
  assert.equal(run.setting(0, 0), 7);
  assert.deepEqual([run.stats(0).version, run.stats(0).onTrial], [2, false]);
  run.swap(0, 0);
  run.advanceTo(1_500_000);
  assert.deepEqual([run.stats(0).version, run.stats(0).onTrial], [0, true]);
  const beforeUs = run.nowUs;
  run.restart();
  assert.equal(run.nowUs, beforeUs);
  run.advanceTo(1_700_000);
  assert.deepEqual([run.stats(0).version, run.stats(0).onTrial], [2, false]);
  assert.equal(run.setting(0, 0), 2);
  assert.match(trace().at(-1)!, /^16\d{5} message.out 2$/);
  assert.deepEqual(
    run.pico.starts.map(({ reason }) => reason),
    ["power", "power"],
  );
  run.restart();
  run.pico.chip.requestReset(1);
  run.advanceTo(1_900_000);
  assert.equal(run.stats(0).version, 2);
});

test("a swap that the device refuses is told", async () => {
  const { run, trace } = await pumps();
  assert.throws(() => run.swap(0, 3), /container pump has no version 3/);
  assert.throws(() => run.swap(1, 0), RangeError);
  // A byte of version 2 in flash is another one.
  const { bytes } = run.pico.flash;
  bytes[0x028000 + 2 * 4096 + 100]! ^= 1;
  run.advanceTo(50_000);
  run.swap(0, 2);
  run.advanceTo(90_000);
  assert.deepEqual(fates(trace()), ["swap.pump 0 refused: wrong-type"]);
  assert.deepEqual([run.stats(0).version, run.stats(0).onTrial], [0, false]);
});

test("a device that starts again goes on in the board's time, with its settings as flashed", async () => {
  const source = `
    import { every } from "thimble";
    import { lamp, settings } from "thimble/needs";
    every(100, () => lamp.toggle());
  `;
  const app = await buildApp(
    {
      name: "lamp",
      needs: { lamp: { gpio: "out" } },
      settings: { step: { type: "integer", default: 2, min: 1, max: 9 } },
    },
    source,
  );
  const rig = JSON.stringify({ board: "pico", wiring: { lamp: "GP15" } });
  const { run, trace } = await bench(app, rig);
  run.advanceTo(150_000);
  run.setSetting(0, "step", 7);
  run.advanceTo(160_000);
  run.pico.chip.requestReset(1);
  run.advanceTo(400_000);
  assert.equal(run.setting(0, 0), 2);
  assert.deepEqual(
    run.pico.starts.map(({ reason }) => reason),
    ["power", "watchdog"],
  );
  const rebootUs = (run.pico.starts[1]!.atNs - run.pico.starts[0]!.atNs) / 1000;
  const lines = trace()
    .filter((line) => line.includes("pin."))
    .slice(0, 4);
  const times = lines.map((line) => Number(line.split(" ")[0]));
  assert.deepEqual(
    lines.map((line) => line.split(" ")[2]),
    ["0", "1", "0", "1"],
  );
  assert.ok(times[1]! - 100_000 < 100);
  // Its pins are let go at once; then it boots, and starts as the first time.
  assert.ok(Math.abs(times[2]! - 160_000) < 1000, `${times[2]}`);
  assert.ok(times[3]! > rebootUs + 100_000, `${times[3]}`);
});
