import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { expectGolden } from "../helpers/golden.js";
import { newFolder, thimble } from "./thimble.js";

const files: Readonly<Record<string, string>> = {
  "clock/thimble.json":
    '{ "name": "clock", "needs": { "led": { "gpio": "out" }, "ticks": { "publish": "ticks" } }, "settings": { "step": { "type": "integer", "default": 1, "min": 1, "max": 9 } } }',
  "clock/rig.json":
    '{ "board": "pico", "wiring": { "led": "GP2" }, "simulation": { "parts": { "light": { "chip": "led", "pin": "GP2" } } } }',
  "clock/app.ts": `import { every } from "thimble";
import { led, settings, ticks } from "thimble/needs";

let count: i32 = 0;

every(1000, () => {
  led.toggle();
  count += settings.step;
  ticks.publishNumber(count);
});
`,
  "gong/thimble.json":
    '{ "name": "gong", "needs": { "led": { "gpio": "out" }, "ticks": { "subscribe": "ticks" } }, "settings": { "step": { "type": "integer", "default": 2, "min": 1, "max": 9 } }, "restart": { "delayMs": 500, "attempts": 2 } }',
  "gong/rig.json":
    '{ "board": "pico", "wiring": { "led": "GP3" }, "simulation": { "parts": { "lamp": { "chip": "led", "pin": "GP3" } } } }',
  "gong/app.ts": `import { log, onMessage } from "thimble";
import { led, settings, ticks } from "thimble/needs";

let left: i32 = settings.step;

onMessage(ticks, () => {
  led.toggle();
  left--;
  if (100 / left > 99) log("the next one is the last");
});
`,
  "rig.json":
    '{ "board": "pico", "wiring": { "clock.led": "GP4", "gong.led": { "pin": "GP5", "active": "low" } } }',
};

/** The apps clock and gong, which ends at its second message, in a folder of their own. */
function withApps(t: TestContext): string {
  const folder = newFolder(t);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("two apps on one device: lines, ends with their places, summary", async (t) => {
  const folder = withApps(t);
  const { code, out, err } = await thimble(folder, "run", "clock", "gong", "--for", "8s");
  assert.equal(code, 1);
  const [lines, summary] = out.split("\n\n");
  expectGolden(
    "test/cli/several.golden.txt",
    `${lines}\n--- standard error\n${err}`.replaceAll("\\", "/"),
  );
  for (const row of [
    /^2 apps ran for 8 s in /,
    /^ +events +dropped +missed +ended +longest +memory +container +stack$/m,
    /^ {2}clock +8 +0 +0 +0 +[\d.]+ [mu]s +0 B +\d+ B +\d+ B$/m,
    /^ {2}gong +6 +0 +0 {2}3, parked +[\d.]+ [mu]s +128 B +\d+ B +\d+ B$/m,
    /^ {2}gong\.led {3}switched 6 times, off at the end$/m,
  ])
    assert.match(summary!, row);
});

test("the emulated Pico does the same to both", async (t) => {
  const folder = withApps(t);
  const lines = async (...more: string[]): Promise<string[]> => {
    const { out } = await thimble(folder, "run", "clock", "gong", "--for", "7900ms", ...more);
    const [events] = out.split("\n\n");
    return events!
      .split("\n")
      .map((line) => line.slice("00:00:00.000".length))
      .toSorted();
  };
  assert.deepEqual(await lines("--on", "emu"), await lines());
});

test("one that fails leaves the other as it is alone", async (t) => {
  const folder = withApps(t);
  const ofClock = (text: string): string[] =>
    text
      .split("\n\n")[0]!
      .split("\n")
      .filter((line) => line.includes("  clock  "));
  const both = await thimble(folder, "run", "gong", "clock", "--for", "1m");
  writeFileSync(
    join(folder, "gong", "app.ts"),
    'import { onMessage } from "thimble";\nimport { ticks } from "thimble/needs";\nonMessage(ticks, () => {});\n',
  );
  const healthy = await thimble(folder, "run", "gong", "clock", "--for", "1m");
  assert.equal(healthy.code, 0);
  assert.deepEqual(ofClock(both.out).map(afterTime), ofClock(healthy.out).map(afterTime));
});

const afterTime = (line: string): string => line.slice(line.indexOf("  "));

test("one rig wires needs of one name, and settings go by app", async (t) => {
  const folder = withApps(t);
  const run = ["run", "clock", "gong", "--rig", "rig.json", "--for", "3s", "--json"];
  const settings = ["--setting", "clock.step=5", "--setting", "gong.step=9"];
  const { code, out, err } = await thimble(folder, ...run, ...settings);
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const { apps, outputs, messages } = JSON.parse(out) as {
    apps: { app: string; events: number; ends: number }[];
    outputs: object[];
    messages: { last: string }[];
  };
  assert.deepEqual(
    apps.map(({ app, events, ends }) => ({ app, events, ends })),
    [
      { app: "clock", events: 3, ends: 0 },
      { app: "gong", events: 3, ends: 0 },
    ],
  );
  assert.deepEqual(outputs, [
    { app: "clock", need: "led", pin: "GP4", changes: 3, state: "on" },
    { app: "gong", need: "led", pin: "GP5", changes: 3, state: "on" },
  ]);
  assert.equal(messages[0]?.last, "15");
});

const refused: readonly (readonly [title: string, code: number, args: string[], says: RegExp])[] = [
  [
    "an app twice",
    1,
    ["clock", "clock"],
    /^error: two of the apps are named clock, and a device knows them by their names\n {2}hint: Give one of them another "name"/,
  ],
  [
    "a setting of two apps",
    2,
    ["clock", "gong", "--setting", "step=3"],
    /^error: several apps have a setting step\n {2}hint: Write --setting clock\.step=3 for one of them/,
  ],
  [
    "a setting of an app that is not there",
    2,
    ["clock", "gong", "--setting", "bell.step=3"],
    /^error: --setting bell\.step=3 is for bell, which is none of the apps\n {2}hint: Write clock, gong before the point/,
  ],
  [
    "one wire for both",
    1,
    ["clock", "gong", "--rig", "clock/rig.json"],
    /^clock.rig\.json:1:\d+: error: clock and gong have a need "led" each, and this is one wire\n[^]*hint: Write "clock\.led" and "gong\.led"/,
  ],
];

for (const [title, code, args, says] of refused) {
  test(`refused: ${title}`, async (t) => {
    const ended = await thimble(withApps(t), "run", ...args);
    assert.deepEqual({ code: ended.code, out: ended.out }, { code, out: "" });
    assert.match(ended.err, says);
  });
}

test("refused: two parts of one name", async (t) => {
  const folder = withApps(t);
  const rig = join(folder, "gong", "rig.json");
  writeFileSync(rig, files["gong/rig.json"]!.replace('"lamp"', '"light"'));
  const { code, err } = await thimble(folder, "run", "clock", "gong");
  assert.equal(code, 1);
  assert.match(
    err,
    /^gong.rig\.json: error: the part "light" is another one than that of clock.rig\.json\n {2}hint: /,
  );
});
