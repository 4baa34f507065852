import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packagePath } from "../helpers/root.js";
import { editedExample, refresh } from "./app.js";
import { openEditor } from "./service.js";

const inSdk = (...parts: string[]): string =>
  packagePath("sdk", "assembly", ...parts).replaceAll("\\", "/");

test("needs and drivers complete, and nothing of JavaScript's library does", (t) => {
  const editor = openEditor(editedExample(t, "thermostat"));
  assert.deepEqual(editor.complete("heater.").toSorted(), ["read", "toggle", "write"]);
  assert.ok(editor.complete("sensor.").includes("temperatureMilliC"));
  assert.deepEqual(editor.complete("settings."), ["setPoint"]);
  assert.ok(editor.complete("readings.").includes("publish"));
  const names = new Set(editor.complete(""));
  for (const name of ["i32", "climate", "every"]) assert.ok(names.has(name), name);
  for (const name of ["Promise", "JSON", "document", "setTimeout"])
    assert.ok(!names.has(name), name);
});

test("a hover shows the docstring of the SDK, of a driver and of a need", (t) => {
  const editor = openEditor(editedExample(t, "thermostat"));
  assert.match(editor.hover("every"), /[Cc]alls/);
  assert.match(editor.hover("sensor.temperatureMilliC"), /Celsius/);
  assert.equal(editor.hover("Bme280.on(climate"), "An I2C device at address 0x76.");
  assert.match(editor.hover("settings.setPoint"), /°C: 5000 to 30000/);
});

test("go to definition lands in the SDK, for a need in the file that is written for the app", (t) => {
  const folder = editedExample(t, "thermostat");
  const editor = openEditor(folder);
  const every = editor.definition("every");
  assert.equal(every.file, inSdk("timer.ts"));
  assert.match(every.line, /^export function every\(/);
  assert.equal(editor.definition("sensor.temperatureMilliC").file, inSdk("drivers", "bme280.ts"));
  const climate = editor.definition("Bme280.on(climate");
  assert.equal(climate.file, join(folder, ".thimble", "needs.ts").replaceAll("\\", "/"));
  assert.match(climate.line, /^export const climate: I2cDevice/);
});

test("a need that is added to thimble.json completes after the next build", (t) => {
  const folder = editedExample(t, "thermostat");
  const editor = openEditor(folder);
  const typed = 'import { lamp } from "thimble/needs";\nlamp.';
  assert.ok(!editor.complete(typed).includes("toggle"));
  const file = join(folder, "thimble.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"heater":', '"lamp": { "gpio": "out" },\n    "heater":'));
  refresh(folder);
  assert.deepEqual(editor.complete(typed).toSorted(), ["read", "toggle", "write"]);
});

test("an editor marks a wrong argument, and nothing in the app as it is", (t) => {
  const folder = editedExample(t, "thermostat");
  const editor = openEditor(folder);
  assert.deepEqual(editor.errors(), []);
  const file = join(folder, "app.ts");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nevery("1s", measure);\n`);
  assert.deepEqual(editor.errors(), [
    "Argument of type 'string' is not assignable to parameter of type 'number'.",
  ]);
});
