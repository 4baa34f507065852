import assert from "node:assert/strict";
import { test } from "node:test";
import { joinSimulations, sameSurroundings } from "./join.js";
import { readRig, type Rig } from "./rig.js";

function rigOf(file: string, simulation: object): Rig {
  const text = JSON.stringify({ board: "pico", wiring: {}, simulation });
  const { rig, diagnostics } = readRig(text, file);
  assert.ok(rig, diagnostics[0]?.message);
  return rig;
}

const room = { temperature: { csv: "room.csv" } };
const sensor = { chip: "tmp102", bus: "i2c0", address: "0x48", temperature: "temperature" };
const button = { chip: "button", pin: "GP14" };

test("what two rigs say alike is one thing, the rest is put beside it", () => {
  const one = rigOf("a/rig.json", {
    seed: 7,
    signals: room,
    parts: { sensor },
    messages: [{ at: "5s", topic: "t", payload: "late" }],
  });
  const other = rigOf("b/rig.json", {
    signals: { ...room, humidity: { csv: "damp.csv" } },
    parts: { sensor, button },
    messages: [{ at: "1s", topic: "t", payload: "early" }],
    presses: [{ at: "2s", part: "button", for: "1s" }],
  });
  const { simulation, diagnostics } = joinSimulations([one, other]);
  assert.deepEqual(diagnostics, []);
  assert.equal(simulation?.seed, 7);
  assert.deepEqual([...simulation.signals.keys()], ["temperature", "humidity"]);
  assert.deepEqual([...simulation.parts.keys()], ["sensor", "button"]);
  assert.deepEqual(
    simulation.messages.map(({ payload, place }) => [payload, place?.file]),
    [
      ["early", "b/rig.json"],
      ["late", undefined],
    ],
  );
  assert.equal(simulation.presses.length, 1);
  const damp = simulation.signals.get("humidity");
  assert.equal(damp?.kind === "csv" && damp.place?.file, "b/rig.json");
});

test("a rig that two apps share is taken once", () => {
  const rig = rigOf("rig.json", { messages: [{ at: "1s", topic: "t", payload: "x" }] });
  assert.equal(joinSimulations([rig, rig]).simulation?.messages.length, 1);
});

test("two things of one name, and two parts in one place, are refused", () => {
  const one = rigOf("a/rig.json", { signals: room, parts: { sensor, button } });
  const other = rigOf("b/rig.json", {
    signals: { temperature: { constant: 20 } },
    parts: { button: { ...button, pin: "GP13" }, thermometer: sensor },
  });
  const { simulation, diagnostics } = joinSimulations([one, other]);
  assert.equal(simulation, undefined);
  assert.deepEqual(
    diagnostics.map(({ code, file, message }) => `${code} ${file}: ${message}`),
    [
      'two-of-a-name b/rig.json: the signal "temperature" is another one than that of a/rig.json',
      'two-of-a-name b/rig.json: the part "button" is another one than that of a/rig.json',
      'shared-address b/rig.json: the part "thermometer" has the bus and the address of "sensor" in a/rig.json',
    ],
  );
});

test("surroundings are the same wherever they are written, and others if a value is another", () => {
  const text =
    '{ "board": "pico", "wiring": {}, "simulation": { "signals": { "t": { "constant": 1 } } } }';
  const { rig } = readRig(text, "rig.json");
  const spread = readRig(text.replaceAll("{", "{\n"), "rig.json").rig!;
  const warmer = readRig(text.replace("1 }", "2 }"), "rig.json").rig!;
  assert.ok(sameSurroundings(rig!, spread));
  assert.ok(!sameSurroundings(rig!, warmer));
});
