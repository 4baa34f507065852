import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  add,
  Assembler,
  call,
  code,
  type Code,
  drop,
  i32,
  load,
  local,
  report,
  unreachable,
} from "../../test/helpers/assemble.js";
import { packagePath } from "../../test/helpers/root.js";
import { DiagnosticError } from "../document/diagnostic.js";
import type { Manifest, Need, Setting } from "../manifest/manifest.js";
import { connect, readRig, type Rig } from "../rig/rig.js";
import { createSimulation, type Simulation, type VersionSource } from "./simulation.js";
import type { TraceEntry } from "./trace/entry.js";

const core = readFileSync(packagePath("runtime", "firmware", "core.wasm"));

const needs: readonly Need[] = [
  { name: "climate", kind: "i2c", address: 0x48 },
  { name: "button", kind: "gpio-in" },
  { name: "relay", kind: "gpio-out" },
  { name: "readings", kind: "publish", topic: "readings", fields: [] },
  { name: "commands", kind: "subscribe", topic: "commands" },
];
const setting: Setting = { name: "step", type: "integer", decimals: 0, default: 1, min: 0, max: 9 };

/** Each second: publishes the first byte of the TMP102's temperature, whole degrees. Switches on presses and commands. */
function app(): Uint8Array {
  const made = new Assembler();
  const sample = made.handler(
    code(
      call("i2c.read-registers", i32(0), i32(0), i32(16), i32(2)),
      drop,
      call("message.publish-number", i32(3), code(i32(16), load(0), i32(255), [0x71]), i32(0)),
    ),
  );
  const press = made.handler(call("gpio.toggle", i32(2)));
  const command = made.handler(report(local(0)));
  const changed = made.handler(report(call("settings.get", i32(0))));
  made.start(
    call("timer.every", i32(1000), i32(sample)),
    call("gpio.watch", i32(1), i32(0), i32(20), i32(press)),
    call("message.subscribe", i32(4), i32(command)),
    call("settings.watch", i32(changed)),
  );
  return made.build();
}

const rigText = JSON.stringify({
  board: "pico",
  wiring: {
    climate: "i2c0",
    button: { pin: "GP14", active: "low", pull: "up" },
    relay: "GP15",
    commands: "commands",
  },
  simulation: {
    signals: {
      room: {
        steps: [
          { at: "0s", value: 20 },
          { at: "2500ms", value: 25 },
        ],
      },
    },
    parts: {
      sensor: { chip: "tmp102", bus: "i2c0", address: "0x48", temperature: "room" },
      push: { chip: "button", pin: "GP14" },
      lamp: { chip: "relay", pin: "GP15" },
    },
    messages: [{ at: "1500ms", topic: "commands", payload: "on" }],
    presses: [{ at: "1200ms", part: "push", for: "100ms" }],
  },
});

function readTestRig(): Rig {
  const { rig, diagnostics } = readRig(rigText, "rig.json");
  assert.ok(rig, JSON.stringify(diagnostics));
  return rig;
}

function manifestOf(wasm: Uint8Array): Manifest {
  return {
    format: 1,
    name: "demo",
    contract: "0.1.0",
    wasm: { bytes: wasm.length, sha256: "" },
    imports: [],
    needs,
    settings: [setting],
    limits: { memoryBytes: 256, stackBytes: 0, eventMs: 20 },
  };
}

async function simulate(
  trace: TraceEntry[],
  settings = new Map<string, number>(),
): Promise<Simulation> {
  const rig = readTestRig();
  const wasm = app();
  const { connections, diagnostics } = connect(rig, needs);
  assert.ok(connections, JSON.stringify(diagnostics));
  const sink = (entry: TraceEntry): void => void trace.push(entry);
  const files = (): string => assert.fail("no file is named");
  return createSimulation({
    core,
    containers: [{ manifest: manifestOf(wasm), wasm, connections }],
    rig,
    files,
    sink,
    settings,
  });
}

const read = (trace: readonly TraceEntry[], channel: string): string[] =>
  trace
    .filter((entry) => entry.channel === channel)
    .map((entry) => `${entry.timeUs} ${entry.value}`);

test("a rig, a board and a container live together", async () => {
  const trace: TraceEntry[] = [];
  const simulation = await simulate(trace);
  simulation.advanceTo(3_500_000);
  assert.equal(simulation.nowUs, 3_500_000);
  // The transfer takes 1 + 9 * 2 + 1 + 9 * 3 + 1 bits at 100 kHz.
  assert.deepEqual(read(trace, "message.readings"), ["1000480 20", "2000480 20", "3000480 25"]);
  const switched = read(trace, "pin.GP15");
  assert.equal(switched.length, 2);
  assert.equal(switched[0], "0 0");
  const atUs = Number(switched[1]!.split(" ")[0]);
  assert.ok(atUs >= 1_220_000 && atUs < 1_230_000, switched[1]);
  assert.deepEqual(read(trace, "message.commands"), ["1500000 on"]);
  assert.deepEqual(read(trace, "log.demo"), ["1500000  2"]);
  const { events, dropped, missed, trap } = simulation.stats(0);
  assert.deepEqual([events, dropped, missed, trap], [5, 0, 0, null]);
});

test("messages, presses and settings from outside arrive at the time they are given", async () => {
  const trace: TraceEntry[] = [];
  const simulation = await simulate(trace, new Map([["step", 4]]));
  const sent: string[] = [];
  simulation.onMessage = (topic, payload) =>
    sent.push(`${topic} ${new TextDecoder().decode(payload)}`);
  assert.equal(simulation.setting(0, 0), 4);
  simulation.advanceTo(100_000);
  simulation.publish("commands", "hello");
  simulation.setSetting(0, "step", 9);
  simulation.press("push", 50_000);
  assert.equal(simulation.nextEventUs(), 100_000);
  simulation.advanceTo(1_100_000);
  assert.deepEqual(read(trace, "log.demo"), ["100000  5", "100001  9"]);
  assert.deepEqual(read(trace, "setting.step"), ["0 4", "100000 9"]);
  assert.equal(read(trace, "pin.GP15").length, 2);
  assert.deepEqual(sent, ["readings 20"]);
  assert.throws(() => simulation.press("lamp", 1), RangeError);
  assert.throws(() => simulation.setSetting(0, "step", 10), RangeError);
});

test("the same calls at the same times give the same trace, however far each goes", async () => {
  const [whole, pieces]: [TraceEntry[], TraceEntry[]] = [[], []];
  (await simulate(whole)).advanceTo(10_000_000);
  const simulation = await simulate(pieces);
  for (let timeUs = 0; timeUs <= 10_000_000; timeUs += 12_345) simulation.advanceTo(timeUs);
  simulation.advanceTo(10_000_000);
  assert.deepEqual(pieces, whole);
});

test("a stopped container does nothing any more", async () => {
  const trace: TraceEntry[] = [];
  const simulation = await simulate(trace);
  simulation.advanceTo(1_400_000);
  simulation.stop(0);
  const before = trace.length;
  simulation.advanceTo(5_000_000);
  assert.deepEqual(
    trace.slice(before).map((entry) => entry.channel),
    ["message.commands"],
  );
  assert.equal(read(trace, "pin.GP15").at(-1), "1400000 0");
});

test("a message in the rig that is too long is a diagnostic", async () => {
  const rig = readTestRig();
  const messages = [{ atUs: 0, topic: "t", payload: "é".repeat(121) }];
  const long: Rig = { ...rig, simulation: { ...rig.simulation, messages } };
  const options = { core, containers: [], rig: long, files: () => "", sink: () => {} };
  await assert.rejects(createSimulation(options), DiagnosticError);
});

/** Publishes its number of version with each of its step's settings, once a second; switches the relay on. */
function version(number: number, body: Code = []): VersionSource {
  const made = new Assembler();
  const tell = made.handler(
    call(
      "message.publish-number",
      i32(3),
      code(i32(100 * number), call("settings.get", i32(0)), add),
      i32(0),
    ),
  );
  made.start(
    call("timer.every", i32(1000), i32(tell)),
    number === 0 ? call("gpio.write", i32(2), i32(1)) : [],
    body,
  );
  const wasm = made.build();
  const { connections } = connect(readTestRig(), needs);
  assert.ok(connections);
  return {
    wasm,
    connections,
    manifest: { ...manifestOf(wasm), health: { seconds: 2, events: 1, confirm: false } },
  };
}

test("versions are swapped, kept or not, and a power failure starts the one that was kept", async () => {
  const trace: TraceEntry[] = [];
  const rig = readTestRig();
  const simulation = await createSimulation({
    core,
    containers: [
      {
        ...version(0),
        versions: [version(1), version(2, unreachable)],
        settings: new Map([["step", 5]]),
      },
    ],
    rig: { ...rig, simulation: { ...rig.simulation, messages: [], presses: [] } },
    files: () => assert.fail("no file is named"),
    sink: (entry) => trace.push(entry),
  });
  simulation.advanceTo(1_500_000);
  simulation.setSetting(0, "step", 7);
  simulation.swap(0, 2);
  simulation.swap(0, 1);
  assert.deepEqual([simulation.stats(0).version, simulation.stats(0).onTrial], [1, true]);
  simulation.advanceTo(4_000_000);
  simulation.restart();
  assert.equal(simulation.nowUs, 4_000_000);
  simulation.advanceTo(5_500_000);
  assert.equal(await simulation.addVersion(0, version(3)), 3);
  simulation.swap(0, 3);
  simulation.advanceTo(6_700_000);
  simulation.restart();
  simulation.advanceTo(8_000_000);
  assert.deepEqual(read(trace, "swap.demo"), [
    "1500000 2 on trial",
    "1500000 0 back: unreachable",
    "1500000 1 on trial",
    "3500000 1 kept",
    "5500000 3 on trial",
  ]);
  // After a power failure the settings are again those of the start.
  assert.deepEqual(read(trace, "message.readings"), [
    "1000000 5",
    "2500000 107",
    "3500000 107",
    "5000000 105",
    "6500000 305",
    "7700000 105",
  ]);
  // The relay stays on where both have it, is off without power, and the version that runs then leaves it so.
  assert.deepEqual(read(trace, "pin.GP15"), ["0 0", "0 1", "4000000 0"]);
  assert.throws(() => simulation.swap(0, 4), RangeError);
});
