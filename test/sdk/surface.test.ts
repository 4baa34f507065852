import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { contractImports } from "../../builder/contract/capabilities.js";
import { containerOf, Running, type Settings } from "../helpers/container.js";
import { packagePath } from "../helpers/root.js";

const parts: Settings = {
  needs: {
    key: { gpio: "in" },
    led: { gpio: "out" },
    fan: { pwm: "out" },
    light: { adc: "in" },
    chip: { i2c: "0x76" },
    display: { spi: "mode0" },
    modem: { uart: 9600 },
    plain: { publish: "plain" },
    orders: { subscribe: "orders" },
    readings: { publish: "readings", fields: { temperature: 3, count: 0 } },
  },
  settings: { target: { type: "integer", default: 5, min: 0, max: 9 } },
};

/** Calls everything that the SDK offers, in the order of its files. */
const app = `import { after, confirm, deviceId, every, log, logNumber, now, nowMicros, onMessage, onSettingsChange, persistent, random, resetReason, store, wallMillis, was } from "thimble";
import { Edges, ErrorCode, Level, ResetReason, Timer } from "thimble";
import { Bme280, Button, Relay, Tmp102 } from "thimble/drivers";
import { chip, display, fan, key, led, light, modem, orders, plain, readings, settings } from "thimble/needs";

const buffer = memory.data(16);
const sensor = Bme280.on(chip);
const relay = Relay.on(led);
const button = Button.on(key);
const timer: Timer = after(7, () => {});
class State { @was("sum") total: i32 = 5; }
const state = persistent<State>();

function all(): void {
  logNumber("adc", light.read()); logNumber("adc", light.readMilliVolts());
  logNumber("clock", i32(now())); logNumber("clock", i32(nowMicros())); logNumber("clock", i32(wallMillis()));
  logNumber("device", deviceId(buffer, 8)); logNumber("device", resetReason() == ResetReason.PowerOn ? 1 : 2); logNumber("device", random());
  led.write(!key.read()); led.toggle(); led.write(led.read()); key.unwatch();
  chip.read(buffer, 2); chip.write(buffer, 3); chip.writeRead(buffer, 4, buffer + 8, 5); chip.readRegisters(6, buffer, 7); chip.writeRegister(8, 9);
  log("text", Level.Warning); log("text"); logNumber("number", -5, 3);
  plain.publishNumber(1); plain.publishNumber(2, 3); plain.publishText("text"); plain.publishBytes(buffer, 3); readings.publish(1, 2);
  logNumber("message", orders.read(buffer, 16)); logNumber("message", orders.readNumber(3, -7));
  fan.setDuty(32768); fan.setFrequency(50);
  display.write(buffer, 1); display.writeRead(buffer, 2, buffer, 3); display.transfer(buffer, buffer, 4);
  logNumber("store", store.getNumber(1, -7)); logNumber("store", store.setNumber(2, 3)); store.read(3, buffer, 4); store.write(5, buffer, 6); store.remove(7);
  logNumber("uart", modem.write(buffer, 5)); logNumber("uart", modem.read(buffer, 6) == -ErrorCode.Overrun ? 1 : 2);
  logNumber("setting", settings.target);
  timer.cancel(); confirm(); state.total++;
  relay.set(true); logNumber("relay", i32(relay.isOn())); logNumber("relay", i32(relay.holdAbove(1, 2, 3)));
  logNumber("button", i32(button.isPressed()));
  logNumber("tmp102", Tmp102.on(chip).temperatureMilliC(-1));
  sensor.start(); sensor.measure(all); sensor.read();
  logNumber("bme280", sensor.temperatureMilliC() + sensor.pressurePa() + sensor.humidityMilliPercent());
}
every(5, all);
key.watch(Edges.Both, 20, (active) => { led.write(active); });
button.onPress(() => {}); button.onRelease(() => {});
onMessage(orders, () => {}); onSettingsChange(() => {}); modem.watch(() => {});
`;

test("everything that the SDK offers compiles, and together it calls the whole contract", async () => {
  const { manifest } = await containerOf(app, parts);
  const whole = contractImports.map((entry) => `${entry.interface}.${entry.name}`);
  assert.deepEqual(manifest.imports, whole.sort());
});

test("every public member of the SDK is in that app", () => {
  const folder = packagePath("sdk", "assembly");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/contract|handler|index/.test(file),
  );
  assert.ok(files.length >= 15);
  for (const file of files) {
    const text = readFileSync(packagePath("sdk", "assembly", file), "utf8");
    const members = [
      ...text.matchAll(/^ +(?:export function |static )?(\w+)(?:<\w+>)?\([^)]*\).*\{$/gm),
      ...text.matchAll(/^export function (\w+)/gm),
    ].map(([whole, name]) => (whole.includes("private ") ? "" : name!));
    for (const name of members.filter((one) => !["", "if", "for", "while"].includes(one)))
      assert.match(app, new RegExp(`\\b${name}(?:<\\w+>)?\\(`), `${file}: ${name}`);
  }
});

test("arguments arrive where the contract wants them", async () => {
  const { wasm } = await containerOf(app, parts);
  const running = await Running.start(wasm, {
    "adc.read": () => 65535,
    "clock.millis": () => 1000n,
    "clock.micros": () => 2000n,
    "clock.wall-millis": () => -13n,
    "gpio.read": () => 1,
    "message.read-number": () => -9n,
    "store.get-number": () => 42n,
    "uart.read": () => -6,
    "settings.get": () => 8,
    "device.get-reset-reason": () => 0,
  });
  const handler = running.armed.get("timer.every")![0]!;
  const calls = running.event(handler);
  const buffer = Number(calls.find((call) => call.startsWith("device.id"))?.split(" ")[1]);
  for (const call of [
    `i2c.read 4 ${buffer} 2`,
    `i2c.write 4 ${buffer} 3`,
    `i2c.write-read 4 ${buffer} ${buffer + 8} ${4 | (5 << 16)}`,
    `i2c.read-registers 4 6 ${buffer} 7`,
    "i2c.write-register 4 8 9",
    "message.publish-number 7 1 0",
    "message.publish-number 7 2 3",
    `message.publish 7 ${buffer} 3`,
    "message.put-number 9 0 1",
    "message.put-number 9 1 2",
    "message.send 9",
    "pwm.set-duty 2 32768",
    "pwm.set-frequency 2 50",
    `spi.write 5 ${buffer} 1`,
    `spi.write-read 5 ${buffer} ${buffer} ${2 | (3 << 16)}`,
    `spi.transfer 5 ${buffer} ${buffer} ${4 | (4 << 16)}`,
    "store.set-number 2 3",
    `store.write 5 ${buffer} 6`,
    "store.remove 7",
    `uart.write 6 ${buffer} 5`,
    "gpio.unwatch 0",
  ])
    assert.ok(calls.includes(call), `${call} is not among\n${calls.join("\n")}`);
  const numbers = (length: number): number[] =>
    calls.flatMap((call) => {
      const [name, , size, value] = call.split(" ");
      return name === "log.number" && Number(size) === length ? [Number(value)] : [];
    });
  assert.deepEqual(numbers("adc".length).slice(0, 2), [65535, 3299]);
  assert.deepEqual(numbers("clock".length), [1000, 2000, -13, 42, 0, 1, 1]);
  assert.deepEqual(numbers("message".length), [0, -7, 8]);
  assert.deepEqual(
    calls.filter((call) => call.startsWith("log.write")).map((call) => call.split(" ")[1]),
    ["2", "1"],
  );
});
