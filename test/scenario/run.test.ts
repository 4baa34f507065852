import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { thimble, thimbleProcess, withExample } from "../cli/thimble.js";
import { exampleNames } from "../helpers/examples.js";
import { expectGolden } from "../helpers/golden.js";
import { packagePath } from "../helpers/root.js";

/** A copy of the thermostat with these files in place of its own scenarios: the folder that holds it. */
function withScenarios(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = withExample(t, "thermostat");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const control = "thermostat/tests/control.scenario";

const mixed = `scenario "heats a cold room"
  set temperature to 18
  expect heater on within 61s
  expect message climate heating = 1 within 1s

scenario "expects it too early & <loudly>"
  set temperature to 18
  expect heater on within 30s # half a minute

scenario "does not stay"
  set temperature to 18
  expect heater on within 70s
  set temperature to 30
  expect heater stays on for 5m

scenario "no such message, issue #5 \\\\"
  set temperature to 21
  expect message climate temperature > 25 within 150s

scenario "a message that must not come"
  at 30s setting setPoint to 30
  after 10s
  expect no message climate matching {"heating": 1, "target": 30} until 2m

scenario "a statement that comes too late"
  set temperature to 18
  expect heater on within 2m
  at 10s press button

scenario "a line that is not logged"
  expect log matching /hot/ within 1s
`;

for (const reporter of ["spec", "tap", "junit"]) {
  test(`scenarios that hold and such that do not, as ${reporter}`, async (t) => {
    const folder = withScenarios(t, { [control]: mixed });
    const { code, out, err } = await thimble(folder, "test", "thermostat", "--reporter", reporter);
    assert.deepEqual({ code, err }, { code: 4, err: "" });
    expectGolden(`test/scenario/${reporter}.golden.txt`, out);
  });
}

test("--out writes the report, and people are told what they want to know", async (t) => {
  const folder = withScenarios(t, { [control]: mixed });
  const args = ["test", "thermostat", "--reporter", "junit", "--out", "report.xml"];
  const { code, out } = await thimble(folder, ...args);
  assert.equal(code, 4);
  assert.equal(out, readFileSync(packagePath("test", "scenario", "spec.golden.txt"), "utf8"));
  assert.equal(
    readFileSync(join(folder, "report.xml"), "utf8"),
    readFileSync(packagePath("test", "scenario", "junit.golden.txt"), "utf8"),
  );
});

test("--json is one document", async (t) => {
  const folder = withScenarios(t, { [control]: mixed });
  const { code, out } = await thimble(folder, "test", "thermostat", "--json");
  const document = JSON.parse(out) as { passed: number; failed: number; scenarios: object[] };
  assert.deepEqual([code, document.passed, document.failed], [4, 1, 6]);
  const { failure } = document.scenarios[1] as { failure: Record<string, unknown> };
  const { line, column, statement, timeUs } = failure;
  assert.deepEqual(
    { line, column, statement, timeUs },
    { line: 8, column: 3, statement: "expect heater on within 30s", timeUs: 30_000_000 },
  );
});

test("--filter takes those whose name or file holds a text", async (t) => {
  const folder = withScenarios(t, { [control]: mixed });
  const some = await thimble(folder, "test", "thermostat", "--filter", "A COLD");
  assert.equal(some.code, 0, some.out);
  assert.match(some.out, /1 scenario: 1 passed;/);
  const none = await thimble(folder, "test", "thermostat", "--filter", "nothing");
  assert.equal(none.code, 2);
  assert.match(none.err, /no scenario is called anything with "nothing"/);
});

test("examples hold what their scenarios say, in the simulator and on the emulated Pico", async () => {
  const apps = exampleNames()
    .map((name) => packagePath("examples", name))
    .filter((folder) => existsSync(join(folder, "tests")));
  assert.ok(apps.length >= 2);
  for (const on of ["sim", "emu"]) {
    const { code, out } = await thimble(packagePath(), "test", ...apps, "--on", on);
    assert.equal(code, 0, out);
    assert.match(
      out,
      /\n\d+ scenarios: \d+ passed; .* (in the simulator|on the emulated Pico) in /,
    );
  }
});

test("an app that ends itself fails its scenario at its place, unless that is expected", async (t) => {
  const atTen = "at 10s setting setPoint to 30\n";
  const folder = withScenarios(t, {
    [control]: [
      `scenario "not expected"\n${atTen}after 1s\n`,
      `scenario "expected"\n${atTen}expect trap divide-by-zero within 1s\nexpect message climate within 2m\n`,
      `scenario "another one expected"\n${atTen}expect trap unreachable within 1s\n`,
      `scenario "parked"\n${atTen}at 20s setting setPoint to 29\nsetting setPoint to 30\nexpect parked within 1s\n`,
    ].join(""),
  });
  const app = join(folder, "thermostat", "app.ts");
  const source = readFileSync(app, "utf8").replace(
    "onSettingsChange(measure);",
    "onSettingsChange(() => {\n  boostMilliC = 12 / (30_000 - settings.setPoint);\n});",
  );
  writeFileSync(app, source);
  const project = join(folder, "thermostat", "thimble.json");
  const json = JSON.parse(readFileSync(project, "utf8")) as object;
  writeFileSync(project, JSON.stringify({ ...json, restart: { attempts: 1 } }));
  const line = source.split("\n").findIndex((text) => text.includes("12 /")) + 1;
  const { code, out } = await thimble(folder, "test", "thermostat", "--reporter", "tap");
  assert.equal(code, 4);
  const ended = '\\n {2}---\\n {2}message: "thermostat ended: divide-by-zero"';
  assert.match(out, new RegExp(`\\nnot ok 1 - .*: not expected${ended}`));
  assert.match(
    out,
    new RegExp(
      `seen: "at 00:00:10\\.000, in thermostat.+app\\.ts:${line}:\\d+; nothing expects it"`,
    ),
  );
  assert.match(out, /\nok 2 - .*: expected\n/);
  assert.match(out, new RegExp(`\\nnot ok 3 - .*: another one expected${ended}`));
  assert.match(out, /\nok 4 - .*: parked\n/);
});

/** An app that listens to the thermostat. */
const display = {
  "display/app.ts": `import { log, onMessage } from "thimble";
import { climate, dim, light, shown } from "thimble/needs";
let count = 0;
onMessage(climate, () => {
  light.toggle();
  dim.setDuty(count > 0 ? 32768 : 9830);
  shown.publishNumber(++count, 0);
  log("shown");
});
`,
  "display/thimble.json": `{ "name": "display", "needs": { "climate": { "subscribe": "climate" }, "light": { "gpio": "out" }, "dim": { "pwm": "out" }, "shown": { "publish": "shown" } } }`,
  "display/rig.json": `{ "board": "pico", "wiring": { "light": "LED", "dim": "GP16" }, "simulation": { "messages": [{ "at": "1s", "topic": "climate", "payload": "{}" }] } }`,
};

test("several apps on one device, and messages that arrive from outside", async (t) => {
  const folder = withScenarios(t, {
    ...display,
    "thermostat/tests/two.scenario": `app ../../display
scenario "one tells the other"
  set temperature to 18.5
  expect dim = 0
  expect message shown = 1 within 2s
  expect display.light on
  expect dim = 15%
  expect dim < 20 for 10s
  expect dim >= 50% within 1m
  expect dim < 51
  expect message climate temperature = 18.5 within 1m
  expect message shown = 2 within 1s
  expect log = "shown" of display within 1s
  expect display.light off
  expect thermostat.heater on
scenario "what comes from outside is published by no app"
  expect no message climate for 30s
  publish climate {"temperature": 1}
  expect message shown = 2 within 1s
  expect no message climate for 10s
`,
  });
  for (const on of ["sim", "emu"]) {
    const { code, out, err } = await thimble(folder, "test", "thermostat", "--on", on);
    assert.deepEqual({ code, err }, { code: 0, err: "" }, out);
  }
});

/** A counter and its next version, which has another name for the count and must say that it works. */
const counter = {
  "counter/app.ts": `import { persistent } from "thimble";
import { Button } from "thimble/drivers";
import { button, count } from "thimble/needs";
class State { presses: i32 = 0; }
const state = persistent<State>();
Button.on(button).onPress(() => { count.publish(++state.presses); });
count.publish(state.presses);
`,
  "counter/thimble.json": `{ "name": "counter", "needs": { "button": { "gpio": "in" }, "count": { "publish": "count", "fields": { "presses": 0 } } } }`,
  "counter/rig.json": `{ "board": "pico", "wiring": { "button": { "pin": "GP14", "active": "low", "pull": "up" } },
    "simulation": { "parts": { "button": { "chip": "button", "pin": "GP14" } } } }`,
  "next/app.ts": `import { confirm, persistent, was } from "thimble";
import { Button } from "thimble/drivers";
import { button, count } from "thimble/needs";
class State { @was("presses") total: i32 = 0; }
const state = persistent<State>();
Button.on(button).onPress(() => { count.publish(++state.total, 2); confirm(); });
count.publish(state.total, 2);
`,
  "next/thimble.json": `{ "name": "counter", "needs": { "button": { "gpio": "in" }, "count": { "publish": "count", "fields": { "presses": 0, "version": 0 } } },
    "health": { "seconds": 20, "confirm": true } }`,
  "next/rig.json": `{ "board": "pico", "wiring": { "button": { "pin": "GP14", "active": "low", "pull": "up" } },
    "simulation": { "parts": { "button": { "chip": "button", "pin": "GP14" } } } }`,
  "bad/app.ts": `import { button, count } from "thimble/needs";
count.publish(button.read() ? 1 : 0);
assert(false);
`,
  "bad/thimble.json": `{ "name": "counter", "needs": { "button": { "gpio": "in" }, "count": { "publish": "count", "fields": { "presses": 0 } } } }`,
  "bad/rig.json": `{ "board": "pico", "wiring": { "button": { "pin": "GP14", "active": "low", "pull": "up" } } }`,
  "counter/tests/swap.scenario": `version v2 ../../next
version bad ../../bad

scenario "the count moves, and the version stays over a restart"
  at 1s press button
  expect message count presses = 1 within 1s
  swap to v2
  expect message count presses = 1 and version = 2 within 1s
  press button at 3s
  expect message count presses = 2 within 1s
  expect swap kept within 21s
  restart
  expect message count version = 2 within 2s

scenario "a version that does not say that it works goes back"
  at 1s swap to v2
  expect no swap back for 19s
  expect swap back within 2s
  press button
  expect message count matching /^[^v]*$/ within 1s

scenario "one that goes back where nothing expects it"
  at 1s swap to v2
  after 1m

scenario "one that ends at once"
  at 1s swap to bad
  expect trap unreachable within 1s
  expect swap back within 1s

scenario "one that ends at once, before one can look"
  at 1s swap to bad
  expect no swap back for 5s

scenario "one message is not two"
  at 1s press button
  expect message count within 1s
  expect message count within 1s
`,
};

test("swaps to another version, and the power that fails, on both devices", async (t) => {
  const folder = withScenarios(t, counter);
  for (const on of ["sim", "emu"]) {
    const args = ["test", "counter", "--on", on, "--reporter", "tap"];
    const { code, out, err } = await thimble(folder, ...args);
    assert.deepEqual({ code, err }, { code: 4, err: "" }, out + err);
    assert.match(out, /^TAP version 14\n1\.\.6\nok 1 /);
    assert.match(
      out,
      /\nok 2 [^]*\nnot ok 3 .*\n {2}---\n {2}message: "counter went back to the version before: health-missed"\n/,
    );
    assert.match(
      out,
      /\nok 4 [^]*\nnot ok 5 [^]* message: "(counter went back|version that goes back)[^]*\nnot ok 6 /,
    );
    assert.match(out, /seen: "at 00:00:21\.000; nothing expects it"/);
  }
});

test("paths and names that there are not: where they are written", async (t) => {
  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    ["rig cold.json\nexpect heater on", /control\.scenario:1:5: error: there is no "cold\.json"\n/],
    ["app ../../nowhere\nexpect heater on", /:1:5: error: there is no "\.\.\/\.\.\/nowhere"\n/],
    [
      "version v2 ../../blink\nswap to v2",
      /:1:12: error: this is the app "blink", which is not on the device\n[^]*hint: A version has the name of its app: "thermostat"\./,
    ],
    [
      "expect heatr on\nexpect message climate temp > 3 within 1m\nset temprature to 3",
      /:1:8: error: there is no need "heatr"\n[^]*:2:24: error: [^]*:3:5: error: [^]*Did you mean "temperature"\?\n\n3 errors\n$/,
    ],
    [
      "at 10s pres button",
      /:1:8: error: no statement starts with "pres"\n {2}1 \| at 10s pres button\n/,
    ],
  ];
  for (const [text, says] of cases) {
    const folder = withScenarios(t, { [control]: text });
    cpSync(packagePath("examples", "blink"), join(folder, "blink"), {
      recursive: true,
      filter: (path) => !/[/\\](dist|\.thimble)$/.test(path),
    });
    const { code, out, err } = await thimble(folder, "test", "thermostat");
    assert.deepEqual({ code, out }, { code: 1, out: "" }, err);
    assert.match(err, says);
  }
});

test("a folder without scenarios, a file without an app, options that there are not", async (t) => {
  const folder = withScenarios(t, { "alone.scenario": "after 1s\n", "empty/x": "" });
  const cases: readonly (readonly [code: number, says: RegExp, ...args: string[]])[] = [
    [1, /^empty: error: this app has no scenarios\n {2}hint: Write one into tests/, "empty"],
    [1, /^nowhere: error: there is no such folder\n/, "nowhere"],
    [1, /^alone\.scenario: error: this file is in no app/, "alone.scenario"],
    [
      1,
      /^thermostat.tests.x\.scenario: error: there is no such file\n/,
      "thermostat/tests/x.scenario",
    ],
    [2, /^error: there is no device "pico" to test on\n/, "thermostat", "--on", "pico"],
    [
      2,
      /^error: there is no reporter "taap"\n {2}hint: Did you mean --reporter tap/,
      "--reporter",
      "taap",
    ],
  ];
  for (const [code, says, ...args] of cases) {
    const ended = await thimble(folder, "test", ...args);
    assert.deepEqual({ code: ended.code, out: ended.out }, { code, out: "" });
    assert.match(ended.err, says);
  }
});

test("one file of an app, from inside its folder, with the exit code for the shell", (t) => {
  const folder = withScenarios(t, {
    "thermostat/tests/good.scenario": "expect heater off\n",
    "thermostat/tests/bad.scenario": "expect heater on\n",
  });
  const inside = join(folder, "thermostat", "tests");
  assert.equal(thimbleProcess(inside, "test", "good.scenario").code, 0);
  assert.equal(thimbleProcess(inside, "test", "bad.scenario").code, 4);
});
