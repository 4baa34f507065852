import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { boot, BootError, ExpectationError, type TestDevice } from "../../builder/cli/testing.js";
import { withExample } from "../cli/thimble.js";
import { root } from "../helpers/root.js";

const thermostat = "examples/thermostat";
const folder = root;

/** A device with the thermostat in a cold room. */
function bootCold(on: "sim" | "emu" = "sim"): Promise<TestDevice> {
  return boot(thermostat, { folder, on, signals: { temperature: 18 } });
}

for (const on of ["sim", "emu"] as const)
  describe(`on ${on}`, () => {
    test("a cold room is heated until it is warm", async () => {
      const device = await bootCold(on);
      assert.equal(device.pin("heater"), false);
      device.expectPin("heater", true, { within: "61s" });
      const { value, timeUs } = device.expectMessage("climate", {
        within: "1s",
        matching: { heating: 1 },
      });
      assert.equal((value as { temperature: number }).temperature, 18);
      assert.ok(Math.abs(timeUs - 60_056_000) < 1000);
      device.ramp("temperature", 22, "10m");
      device.expectPin("heater", true, { for: "7m" });
      device.expectPin("heater", false, { within: "4m" });
      device.expectNoMessage("climate", { for: "5m", matching: /"heating":1/ });
      assert.equal(device.pin("heater"), false);
    });

    test("buttons, settings and messages so far", async () => {
      const device = await bootCold(on);
      device.advanceTo("70s");
      device.press("button");
      device.expectMessage("climate", { within: "1s", matching: { target: 21.5 } });
      device.setting("setPoint", 15);
      device.waitFor(() => !device.pin("heater"), "1s");
      const targets = device.messages("climate").map(({ value }) => value as { target: number });
      assert.deepEqual(
        targets.map(({ target }) => target),
        [21, 21.5, 15.5],
      );
      assert.deepEqual(device.logs(), []);
      assert.ok(device.trace.some(({ channel }) => channel === "setting.setPoint"));
      assert.equal(device.stats().trap, null);
    });
  });

test("settings of the owner, from the start on", async () => {
  const device = await boot(thermostat, {
    folder,
    signals: { temperature: 18 },
    settings: { setPoint: 17.5 },
  });
  device.expectMessage("climate", { within: "61s", matching: { target: 17.5, heating: 0 } });
});

test("what is not so is said, with what happened before", async () => {
  const device = await bootCold();
  assert.throws(
    () => device.expectPin("heater", true, { within: "30s" }),
    (error: unknown) => {
      assert.ok(error instanceof ExpectationError);
      assert.equal(error.name, "AssertionError");
      assert.equal(error.code, "ERR_ASSERTION");
      assert.equal(
        error.message,
        "heater is not on within 30s\n  seen: it is off since 00:00:00.000\n" +
          "    00:00:00.000  pin     heater off\n    00:00:00.000  pin     button off",
      );
      assert.equal(error.timeUs, 30_000_000);
      assert.equal(error.events.length, 2);
      return true;
    },
  );
  // A failure takes the time that was waited.
  assert.equal(device.nowUs, 30_000_000);
  assert.throws(
    () => device.expectMessage("climate", { within: "2m", matching: (value) => value === 3 }),
    /^AssertionError: no message on climate with what the test asks for within 2m\n {2}seen: there were 2 others, /,
  );
  assert.throws(
    () => device.waitFor(() => false, "1s", "warmth"),
    /warmth does not hold within 1s/,
  );
  assert.throws(() => device.advanceTo("1s"), /^AssertionError: 1s is over\n/);
});

test("what there is not is refused by name", async () => {
  const device = await bootCold();
  assert.throws(
    () => device.pin("heatr"),
    /^RangeError: there is no need "heatr"\. Did you mean "heater"\?/,
  );
  assert.throws(() => device.set("temprature", 3), RangeError);
  assert.throws(
    () => device.setting("setPoint", 31),
    /goes from 5 to 30, so 31 is out of its range/,
  );
  assert.throws(() => device.swap("v2"), /there is no version "v2"/);
  assert.throws(() => device.messages("readings"), /is a need, not a topic/);
  // @ts-expect-error a number is no duration
  assert.throws(() => device.advance("10"), /^RangeError: "10" is no duration/);
});

test("a new version, kept or not", async () => {
  const versions = { v2: thermostat };
  const device = await boot(thermostat, { folder, versions });
  device.advance("5s");
  device.swap("v2");
  device.expectSwap("kept", { within: "11s" });
  assert.equal(device.stats().version, 1);
});

test("an end that nothing expects throws, another does not", async (t) => {
  const parent = withExample(t, "blink");
  writeFileSync(
    join(parent, "blink", "app.ts"),
    `import { every, log } from "thimble";\nimport { led } from "thimble/needs";\nlet left: i32 = 3;\nevery(1000, () => {\n  left--;\n  log("left");\n  led.write(1 / left > 0);\n});\n`,
  );
  const options = { folder: parent };
  const strict = await boot("blink", options);
  strict.advance("2500ms");
  assert.throws(
    () => strict.advance("1s"),
    /^AssertionError: blink ended: divide-by-zero\n {2}seen: at 00:00:03\.000, in blink.app\.ts:7:\d+; nothing expects it\n/,
  );
  const expecting = await boot("blink", options);
  expecting.expectTrap("divide-by-zero", { within: "4s" });
  assert.equal(expecting.expectLog(/^left$/, { within: "2s" }), "left");
  const easy = await boot("blink", { ...options, ends: ["divide-by-zero"] });
  easy.advance("1m");
  assert.equal(easy.logs("blink").length > 3, true);
});

test("an app that cannot be built says what the command says", async (t) => {
  const parent = withExample(t, "blink");
  writeFileSync(join(parent, "blink", "app.ts"), "const a = b;\n");
  for (let time = 0; time < 2; time++)
    await assert.rejects(boot("blink", { folder: parent }), (error: unknown) => {
      assert.ok(error instanceof BootError);
      assert.match(error.message, /^blink.app\.ts:1:11: error: /);
      return true;
    });
  await assert.rejects(
    boot("nowhere", { folder: parent }),
    /^BootError: nowhere: error: there is no such folder/,
  );
});
