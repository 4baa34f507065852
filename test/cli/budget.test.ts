import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { thimble, withExample } from "./thimble.js";

/** The part of the output from the sheet on. */
const sheetOf = (out: string): string => out.slice(out.indexOf(" on a Raspberry Pi Pico: "));

test("the sheet of an app that fits", async (t) => {
  const folder = withExample(t, "thermostat");
  const { code, out, err } = await thimble(folder, "build", "thermostat", "--board", "pico");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const sheet = sheetOf(out);
  assert.match(sheet, /^ on a Raspberry Pi Pico: fits\n/);
  for (const row of [
    /^ {2}flash {6}4,096 of 1,933,312 B {3}payload [\d,]+ \(code [\d,]+\), wiring \d+$/m,
    /^ {2}firmware {2}[\d,]+ of {4}57,344 B {3}helpers [\d,]+ of it$/m,
    /^ {2}RAM {10}224 of {3}2\d\d,\d{3} B {3}memory 160, kernel 36$/m,
    /^ {2}stack {8}512 of {5}4,096 B {3}calls \d+, globals 84, reserve 160$/m,
    /^ {2}climate {3}i2c0 at 0x76: GP4, GP5$/m,
  ])
    assert.match(sheet, row);
});

test("wiring that the board cannot do: the error, and the sheet says no", async (t) => {
  const folder = withExample(t, "blink");
  const rig = '{ "board": "pico", "wiring": { "led": "GP30" } }';
  writeFileSync(join(folder, "blink", "rig.json"), rig);
  const { code, out, err } = await thimble(folder, "build", "blink", "--board", "pico");
  assert.equal(code, 1);
  assert.match(err, /^blink\/rig\.json:1:39: error: wiring\.led is "GP30", which is no pin/);
  assert.match(sheetOf(out), /^ on a Raspberry Pi Pico: does not fit\n/);
  assert.match(out, /^ {2}wiring {4}not possible on this board, see above$/m);
});

test("without wiring, pins are not checked", async (t) => {
  const folder = withExample(t, "blink");
  rmSync(join(folder, "blink", "rig.json"));
  const { code, out } = await thimble(folder, "build", "blink", "--board", "pico");
  assert.equal(code, 0);
  assert.match(out, /^ {2}wiring {4}there is no rig\.json, so pins are not checked$/m);
});

test("an app that needs more than the board has is refused with what helps", async (t) => {
  const folder = withExample(t, "blink");
  const app = `import { led } from "thimble/needs";
import { every } from "thimble";
const samples = memory.data(300000);
every(500, () => {
  store<u8>(samples + 299999, load<u8>(samples) + 1);
  led.toggle();
});
`;
  writeFileSync(join(folder, "blink", "app.ts"), app);
  const { code, out, err } = await thimble(folder, "build", "blink", "--board", "pico", "--json");
  assert.equal(err, "");
  const { budget } = JSON.parse(out) as {
    budget?: { fits: boolean; refusals: { code: string }[] };
  };
  assert.equal(code, 1);
  assert.equal(budget?.fits, false);
  assert.deepEqual(
    budget.refusals.map((refusal) => refusal.code),
    ["board-memory"],
  );
});

for (const [options, message] of [
  ["--board uno", /there is no board "uno"\n {2}hint: Write --board pico\./],
  ["--rig a.json", /--rig is for --board/],
] as const) {
  test(`wrong command line: build ${options}`, async (t) => {
    const { code, err } = await thimble(withExample(t, "blink"), "build", ...options.split(" "));
    assert.equal(code, 2);
    assert.match(err, message);
  });
}
