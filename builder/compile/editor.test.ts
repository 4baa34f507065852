import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { containerOf, projectOf, type Settings } from "../../test/helpers/container.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { packagePath } from "../../test/helpers/root.js";
import { editorFiles } from "./editor.js";
import { needsSource } from "./needs.js";

/** A need and a setting of every kind, and texts that try to end a comment. */
const everything: Settings = {
  needs: {
    key: { gpio: "in" },
    led: { gpio: "out" },
    fan: { pwm: "out" },
    light: { adc: "in" },
    climate: { i2c: "0x76" },
    display: { spi: "mode3", hertz: 8_000_000 },
    modem: { uart: 115_200 },
    plain: { publish: "plain" },
    odd: { publish: "a*/b`c" },
    readings: { publish: "*/room", fields: { temperature: 3, count: 0 } },
    orders: { subscribe: "orders*/" },
  },
  settings: {
    enabled: { type: "bool", default: true },
    count: { type: "integer", default: 5, min: 0, max: 9 },
    setPoint: { type: "decimal", decimals: 3, default: 21.5, min: 5, max: 30, unit: "°C */" },
  },
};

const app = `import { after, confirm, every, log, logNumber, now, onMessage, onSettingsChange, persistent, store, was, Edges, Level } from "thimble";
import { Bme280, Button, Relay, Tmp102 } from "thimble/drivers";
import { climate, display, fan, key, led, light, modem, odd, orders, plain, readings, settings } from "thimble/needs";

const sensor = Bme280.on(climate);
const button = Button.on(key);
const relay = Relay.on(led);
const other = Tmp102.on(climate);
const buffer = memory.data(8);

class State {
  /** Sums up. */
  @was("sum", "count") total: u64 = 0;
  heating: bool = false;
  get isOld(): bool { return this.total > 1000; }
}
const state = persistent<State>();

function control(): void {
  if (!settings.enabled || !sensor.read()) return;
  confirm();
  state.total += u64(sensor.temperatureMilliC());
  state.heating = state.isOld;
  relay.holdAbove(sensor.temperatureMilliC(), settings.setPoint - 250, settings.setPoint + 250);
  readings.publish(sensor.temperatureMilliC(), settings.count);
  plain.publishNumber(other.temperatureMilliC(0), 3);
  odd.publishText("odd");
  fan.setDuty(light.read());
  display.write(buffer, 8);
  modem.write(buffer, 8);
  store.setNumber(1, i32(now()));
  logNumber("pressure", sensor.pressurePa(), 2);
}

button.onPress(() => { led.toggle(); });
key.watch(Edges.Both, 20, (active) => { if (active) log("pressed", Level.Debug); });
onMessage(orders, () => { logNumber("order", orders.readNumber(0, -1)); });
onSettingsChange(control);
modem.watch(() => { modem.read(buffer, 8); });
const timer = every(60_000, () => { sensor.measure(control); });
after(5, () => { timer.cancel(); log("stopped"); });
`;

test("the module of needs and the configuration are these texts", () => {
  const project = projectOf(everything);
  const files = editorFiles(project, { sdkPath: "../sdk", stdPath: "../std" });
  assert.deepEqual([...files.keys()], [".thimble/needs.ts", ".thimble/tsconfig.json"]);
  assert.equal(files.get(".thimble/needs.ts"), needsSource(project));
  const text = [...files].map(([path, content]) => `==== ${path}\n${content}`).join("");
  expectGolden("builder/compile/editor.golden.txt", text);
});

test("a project without needs and settings has an empty module", () => {
  const text = needsSource(projectOf({ needs: {} }));
  assert.equal(text.split("\n").filter((line) => line !== "" && !line.startsWith("//")).length, 0);
});

test("an app that uses all of it is built", async () => {
  const { wasm } = await containerOf(app, everything);
  assert.ok(WebAssembly.validate(wasm));
});

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** What TypeScript finds in an app as an editor sees it. */
function editorFindings(source: string, parts: Settings): string {
  const folder = mkdtempSync(join(tmpdir(), "thimble-editor-"));
  folders.push(folder);
  const files = new Map(
    editorFiles(projectOf(parts), {
      sdkPath: packagePath("sdk", "assembly"),
      stdPath: packagePath("node_modules", "assemblyscript", "std"),
    }),
  )
    .set("app.ts", source)
    .set("tsconfig.json", '{ "extends": "./.thimble/tsconfig.json" }\n');
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const tsc = packagePath("node_modules", "typescript", "bin", "tsc");
  try {
    return execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8", cwd: folder });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

test("an editor shows nothing in that app", () => {
  assert.equal(editorFindings(app, everything), "");
});

test("an editor shows a need that is not there and a call that does not fit", () => {
  const wrong = `import { every } from "thimble";\nimport { led, lamp } from "thimble/needs";\nevery("5", () => { led.write(3, 4); lamp.toggle(); });\n`;
  const found = editorFindings(wrong, {});
  assert.match(found, /app\.ts\(2,15\): error TS2305/);
  assert.match(found, /app\.ts\(3,7\): error TS2345/);
  assert.match(found, /app\.ts\(3,33\): error TS2554/);
});
