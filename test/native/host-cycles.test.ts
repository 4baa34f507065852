import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { meterContainer } from "../../builder/cli/run/metered.js";
import { hostCallCycles, plainCallCycles } from "../../builder/native/host-cycles.js";
import { createSimulation } from "../../runtime/emulator/simulation.js";
import { emulate } from "../helpers/emulate.js";
import {
  buildApp,
  buildExample,
  exampleFile,
  exampleNames,
  rigOf,
  simulateExample,
  stageExample,
  wire,
  type Example,
} from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";
import { emulated, measureHostCalls } from "./host-cycles.js";

const isTransfer = /^(i2c|spi|uart)\.(read|write)/;

test("host calls are charged what they take on the emulated Pico", async (t) => {
  const taken = await measureHostCalls();
  assert.ok(taken.size >= 25);
  const wrong: string[] = [];
  for (const [name, cycles] of taken) {
    const [least, most] = [cycles[0]!, cycles.at(-1)!];
    const charged = hostCallCycles[name] ?? plainCallCycles;
    const median = cycles[Math.floor(cycles.length / 2)]!;
    t.diagnostic(`${name}: ${charged} charged, ${least} to ${most} taken, median ${median}`);
    // The time of a transfer is charged by the clock, whether the processor sleeps or waits.
    const isLess = charged < 0.85 * least && !isTransfer.test(name);
    if (charged > 1.15 * most || isLess) wrong.push(`${name} takes ${median}`);
  }
  assert.deepEqual(wrong, []);
});

const metered = ({ project, container }: Example): Example => ({
  project,
  container: { ...container, wasm: meterContainer(container).wasm },
});

/** Turns of 12 cycles in one event, and then so many bytes on a bus, each 80 us. */
const busy = (turns: number, bytes: number): Promise<Example> =>
  buildApp(
    {
      name: "busy",
      needs: { chip: { spi: "mode0", hertz: 100_000 } },
      limits: { eventMs: 10 },
    },
    `import { every } from "thimble";
    import { chip } from "thimble/needs";
    const bytes = memory.data(64);
    let sum: i32 = 0;
    every(500, () => {
      for (let k = 0; k < ${turns}; k++) sum ^= sum << 1 ^ k;
      if (${bytes} > 0) chip.write(bytes, ${bytes});
    });`,
  );

const wiring = { chip: { bus: "spi1", sck: "GP10", mosi: "GP11", miso: "GP8", cs: "GP9" } };

/** How the app ends on the emulated Pico and in the simulator. */
async function endsOf(turns: number, bytes: number): Promise<unknown[]> {
  const app = await busy(turns, bytes);
  const document = { board: "pico", wiring };
  const emulation = await emulated(app, document);
  const rig = rigOf(JSON.stringify(document));
  const simulation = await createSimulation({
    core: readFileSync(packagePath("runtime", "firmware", "core.wasm")),
    containers: [{ ...metered(app).container, connections: wire(app, rig) }],
    rig,
    files: () => "",
    sink: () => {},
  });
  return [emulation, simulation].map((run) => {
    run.advanceTo(900_000);
    return run.stats(0).trap?.code;
  });
}

const live = [undefined, undefined];
const end = ["time-budget", "time-budget"];

test("the simulator ends the events that the emulated Pico ends", async () => {
  assert.deepEqual(await endsOf(104_000, 0), live);
  assert.deepEqual(await endsOf(104_300, 0), end);
});

test("code and buses share the time of an event", async () => {
  assert.deepEqual(await endsOf(50_000, 60), live);
  assert.deepEqual(await endsOf(54_500, 60), end);
});

test("the longest events of the examples are as long in both", async (t) => {
  for (const name of exampleNames()) {
    const example = await buildExample(name);
    const emulation = await emulate({
      ...(await stageExample(name, example)),
      files: (file) => exampleFile(name, file),
      sink: () => {},
    });
    const { simulation } = await simulateExample(name, metered(example), { sink: () => {} });
    const [emu, sim] = [emulation, simulation].map((run) => {
      run.advanceTo(125e6);
      return run.stats(0).longestEventUs!;
    });
    t.diagnostic(`${name}: ${sim} us in the simulator, ${emu} us on the emulated Pico`);
    assert.ok(Math.abs(sim! - emu!) <= Math.max(25, 0.02 * emu!), `${name}: ${sim} and ${emu} us`);
  }
});
