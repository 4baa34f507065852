import { existsSync, readFileSync } from "node:fs";
import { meterContainer } from "../../builder/cli/run/metered.js";
import { decode } from "../../builder/wasm/decode.js";
import { emulate } from "../helpers/emulate.js";
import {
  budgetBytes,
  buildExample,
  exampleNames,
  rigOf,
  simulateExample,
  wire,
  type Example,
} from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";
import { workloads } from "./native/workloads.js";

/** One line of the bench. Times depend on the machine and its load; bytes do not. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "B" | "cycles" | "ms" | "us" | "x real time" | "x plain";
  /** What it must not exceed. */
  readonly most?: number;
}

const coreBytesMax = 16 * 1024;
const editMsMax = 700;
/** Longer than the trial of a new version, so that it is kept. */
const trialUs = 60e6;
/** As `thimble run` does without a trace. */
const quiet = { sink: () => {}, wants: () => false };

/** Sizes of what is shipped. */
export async function sizes(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of exampleNames()) {
    const { container } = await buildExample(name);
    const most = budgetBytes[name]?.most;
    figures.push({
      name: `container of ${name}`,
      value: container.wasm.length,
      unit: "B",
      ...(most !== undefined && { most }),
    });
  }
  const core = readFileSync(packagePath("runtime", "firmware", "core.wasm"));
  return [...figures, { name: "core.wasm", value: core.length, unit: "B", most: coreBytesMax }];
}

/** The first build of a process, which loads the compiler. Must be called before any other. */
export async function coldBuild(): Promise<Figure> {
  const startMs = performance.now();
  await buildExample("thermostat");
  return { name: "first build of thermostat", value: performance.now() - startMs, unit: "ms" };
}

/** From an edited constant to the first event in the simulator, in a process that has built before. */
export async function editToRunning(warmUps: number, rounds: number): Promise<Figure[]> {
  const builds: number[] = [];
  const totals: number[] = [];
  for (let round = 0; round < warmUps + rounds; round++) {
    const startMs = performance.now();
    const example = await buildExample("thermostat", (app) => edited(app, 251 + round));
    const builtMs = performance.now();
    const { simulation } = await simulateExample("thermostat", example, quiet);
    simulation.advanceTo(simulation.nextEventUs() ?? 0);
    if (round < warmUps) continue;
    builds.push(builtMs - startMs);
    totals.push(performance.now() - startMs);
  }
  return [
    { name: "edit to running, warm", value: median(totals), unit: "ms", most: editMsMax },
    { name: "  of which the build", value: median(builds), unit: "ms" },
  ];
}

/** From an edited constant to the new version in the place of the one that runs, as `thimble run --watch` does it, without what the system takes to tell of the edit. */
export async function editToSwapped(warmUps: number, rounds: number): Promise<Figure[]> {
  const first = await buildExample("thermostat");
  const { simulation, rig } = await simulateExample("thermostat", first, quiet);
  const builds: number[] = [];
  const totals: number[] = [];
  for (let round = 0; round < warmUps + rounds; round++) {
    simulation.advanceTo(simulation.nowUs + trialUs);
    const startMs = performance.now();
    const example = await buildExample("thermostat", (app) => edited(app, 551 + round));
    const builtMs = performance.now();
    const { wasm } = meterContainer(example.container);
    const connections = wire(example, rig);
    const version = await simulation.addVersion(0, { ...example.container, wasm, connections });
    simulation.swap(0, version);
    if (round < warmUps) continue;
    builds.push(builtMs - startMs);
    totals.push(performance.now() - startMs);
  }
  return [
    { name: "edit to swapped, warm", value: median(totals), unit: "ms", most: editMsMax },
    { name: "  of which the build", value: median(builds), unit: "ms" },
  ];
}

/** The app with another constant, so that nothing can answer from a cache. */
function edited(app: string, hysteresisMilliC: number): string {
  const text = app.replace(/hysteresisMilliC = \d+/, `hysteresisMilliC = ${hysteresisMilliC}`);
  if (text === app) throw new Error("the thermostat has no constant hysteresisMilliC");
  return text;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const record = packagePath("..", "shared", "data", "ambient-temperature.csv");
const recordDays = 328;

/** How fast the thermostat lives through the record of a real room; nothing where that is not there. */
export async function simulationSpeed(days: number = recordDays): Promise<Figure[]> {
  if (!existsSync(record)) return [];
  const csv = readFileSync(record, "utf8");
  const example = await buildExample("thermostat");
  const { simulation } = await simulateExample("thermostat", example, { ...quiet, csv });
  const startMs = performance.now();
  simulation.advanceTo(days * 86_400e6);
  const ms = performance.now() - startMs;
  return [
    { name: `simulator, ${days} days`, value: (days * 86_400e3) / ms, unit: "x real time" },
    { name: "  which took", value: ms, unit: "ms" },
  ];
}

/** What counting time and holding memory to its bytes costs the simulator: the thermostat through days of the record, and workloads in the engine alone. */
export async function limitFigures(days: number): Promise<Figure[]> {
  const { project, container } = await buildExample("thermostat");
  const limited = { ...container, wasm: meterContainer(container).wasm };
  const lives: readonly (() => Promise<number>)[] = [container, limited].map(
    (version) => () => lifeMs({ project, container: version }, days),
  );
  const [plainMs, limitedMs] = await leastOf(5, lives);
  const sizeRatio = limited.wasm.length / container.wasm.length;
  const figures: Figure[] = [
    { name: "limits: thermostat, time", value: limitedMs! / plainMs!, unit: "x plain" },
    { name: "  its size", value: sizeRatio, unit: "x plain" },
  ];
  for (const { name, n, module } of workloads) {
    if (module === undefined) continue;
    const wasm = readFileSync(module);
    const { bytes, runs } = limitedWorkload(wasm, n);
    const [plain, counted] = await leastOf(9, runs);
    figures.push(
      { name: `limits: ${name}, time`, value: counted! / plain!, unit: "x plain" },
      { name: "  its size", value: bytes / wasm.length, unit: "x plain" },
    );
  }
  return figures;
}

/** The least time of each, taken in turns, so that load of the machine meets all of them. */
async function leastOf(
  rounds: number,
  runs: readonly (() => number | Promise<number>)[],
): Promise<number[]> {
  const least = runs.map(() => Infinity);
  for (let round = 0; round < rounds; round++)
    for (const [k, run] of runs.entries()) least[k] = Math.min(least[k]!, await run());
  return least;
}

async function lifeMs(example: Example, days: number): Promise<number> {
  const { simulation } = await simulateExample("thermostat", example, quiet);
  const startMs = performance.now();
  simulation.advanceTo(days * 86_400e6);
  return performance.now() - startMs;
}

/** A workload plain and with limits: each run lasts a while, or the clock would not tell them apart. */
function limitedWorkload(wasm: Uint8Array, n: number) {
  const manifest = { limits: { memoryBytes: 65_536 * decode(wasm).module!.memories[0]!.min } };
  const limited = meterContainer({ wasm, manifest }).wasm;
  const runs = [wasm, limited].map((bytes) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const run = exports["run"] as (n: number) => number;
    return (): number => {
      const startMs = performance.now();
      for (let k = 0; k < 20; k++) run(n);
      return performance.now() - startMs;
    };
  });
  return { bytes: limited.length, runs };
}

/** How long the emulated Pico takes for a day of the thermostat with a sample a second, each of some ten bus transfers. */
export async function emulationSpeed(hours: number): Promise<Figure[]> {
  const perSecond = (source: string): string =>
    source.replace("every(60_000, measure)", "every(1_000, measure)");
  const example = await buildExample("thermostat", perSecond);
  const read = (file: string): string =>
    readFileSync(packagePath("examples", "thermostat", file), "utf8");
  const rig = rigOf(read("rig.json"));
  const emulation = await emulate({
    containers: [{ ...example.container, connections: wire(example, rig) }],
    rig,
    files: read,
    ...quiet,
  });
  let messages = 0;
  emulation.onMessage = () => messages++;
  const startMs = performance.now();
  emulation.advanceTo(hours * 3600e6);
  const ms = performance.now() - startMs;
  if (messages < hours * 3600 - 2) throw new Error(`${messages} samples in ${hours} hours`);
  return [
    {
      name: `emulated Pico, ${hours} h at 1 Hz`,
      value: ms,
      unit: "ms",
      most: (60_000 * hours) / 24,
    },
  ];
}
