import assert from "node:assert/strict";
import { test } from "node:test";
import type { Setting } from "../../../runtime/manifest/manifest.js";
import type { SignalSpec } from "../../../runtime/rig/simulation.js";
import { Failure } from "../failure.js";
import {
  formatSetting,
  readFor,
  readPair,
  readSetting,
  readSignal,
  readSpeed,
  unknownName,
} from "./options.js";

/** What a wrong command line says: message and hint. */
function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Failure);
    assert.equal(error.exitCode, 2);
    return error.diagnostics.map(({ message, hint }) => `${message}. ${hint}`).join("\n");
  }
  assert.fail("nothing was wrong");
}

test("times and speeds", () => {
  assert.equal(readFor("24h"), 86_400_000_000);
  assert.equal(readFor("1.5s"), 1_500_000);
  assert.equal(readFor("all"), "all");
  assert.equal(readSpeed("60"), 60);
  assert.equal(readSpeed("0.5x"), 0.5);
  assert.equal(readSpeed("max"), Infinity);
  for (const wrong of ["", "0", "-1", "1e3", "x", "Infinity"])
    assert.match(
      complaint(() => readSpeed(wrong)),
      /is no speed/,
    );
});

const record: SignalSpec = {
  kind: "csv",
  file: "room.csv",
  column: "t",
  unit: "F",
  interpolate: "linear",
  plus: { kind: "constant", value: 1 },
};

test("a number is a constant", () => {
  assert.deepEqual(readSignal("-3.5", record), { kind: "constant", value: -3.5 });
});

test("a file keeps what the rig says about its column and unit", () => {
  assert.deepEqual(readSignal("other.csv", record), {
    kind: "csv",
    file: "other.csv",
    column: "t",
    unit: "F",
    interpolate: "linear",
  });
  assert.deepEqual(readSignal("other.csv", undefined), {
    kind: "csv",
    file: "other.csv",
    interpolate: "hold",
  });
});

test("options of a file replace those of the rig, and names may hold commas", () => {
  assert.deepEqual(
    readSignal("a,b.csv,unit=C,column=T, inside,time=when,interpolate=hold", record),
    {
      kind: "csv",
      file: "a,b.csv",
      unit: "C",
      column: "T, inside",
      time: "when",
      interpolate: "hold",
    },
  );
  assert.equal(
    complaint(() => readSignal("a.csv,colum=x", record)),
    '--set has no option "colum". Did you mean "column"?',
  );
  assert.match(
    complaint(() => readSignal("a.csv,interpolate=cubic", record)),
    /Write "hold" or "linear"/,
  );
});

test("names and values are separated by an equals sign", () => {
  assert.deepEqual(readPair("--set", "a=b=c"), ["a", "b=c"]);
  for (const wrong of ["a", "=b", "a="])
    assert.match(
      complaint(() => readPair("--set", wrong)),
      /gives no value\. Write --set NAME=VALUE/,
    );
});

test("a name that is not there brings the near one, or all", () => {
  assert.deepEqual(
    unknownName("signal", "temprature", ["temperature", "humidity"]).diagnostics[0]!.hint,
    'Did you mean "temperature"?',
  );
  assert.deepEqual(
    unknownName("signal", "x", ["temperature", "humidity"]).diagnostics[0]!.hint,
    "There are temperature and humidity.",
  );
  assert.deepEqual(unknownName("setting", "x", []).diagnostics[0]!.hint, "There are no settings.");
});

const setPoint: Setting = {
  name: "setPoint",
  type: "decimal",
  decimals: 3,
  default: 21_500,
  min: 5_000,
  max: 30_000,
  unit: "°C",
};
const level: Setting = { name: "level", type: "integer", decimals: 0, default: 5, min: -9, max: 9 };
const armed: Setting = { name: "armed", type: "bool", decimals: 0, default: 0, min: 0, max: 1 };

test("settings are exact, and refused outside their type and range", () => {
  assert.equal(readSetting(setPoint, "21.5"), 21_500);
  assert.equal(readSetting(setPoint, "5"), 5_000);
  assert.equal(readSetting(level, "-9"), -9);
  assert.equal(readSetting(armed, "on"), 1);
  assert.equal(readSetting(armed, "false"), 0);
  assert.equal(formatSetting(setPoint, 21_500), "21.5");
  assert.equal(formatSetting(armed, 1), "true");
  assert.equal(
    complaint(() => readSetting(setPoint, "30.001")),
    "setting setPoint goes from 5 to 30, so 30.001 is out of its range. Write --setting setPoint=30, or change the range in thimble.json.",
  );
  assert.equal(
    complaint(() => readSetting(setPoint, "21.0005")),
    'setting setPoint is a number with at most 3 decimals, not "21.0005". Write --setting setPoint=N, from 5 to 30.',
  );
  assert.equal(
    complaint(() => readSetting(level, "4.5")),
    'setting level is a whole number, not "4.5". Write --setting level=N, from -9 to 9.',
  );
  assert.equal(
    complaint(() => readSetting(armed, "yes")),
    'setting armed is true or false, not "yes". Write --setting armed=true or =false.',
  );
});
