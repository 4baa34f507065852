import { test } from "node:test";
import { expectGolden } from "../../../test/helpers/golden.js";
import type { AppBudget, Budget } from "../../image/budget.js";
import type { Wired } from "../run/names.js";
import { renderBudget } from "./budget.js";
import { plain } from "./style.js";

const app: AppBudget = {
  app: "station",
  payloadBytes: 2_812,
  codeBytes: 2_048,
  wiringBytes: 316,
  slot: { offset: 0x28000, bytes: 4096 },
  memoryBytes: 1_280,
  recordBytes: 36,
  stackDepthBytes: 244,
  instanceBytes: 88,
  stackBytes: 512,
  bindings: 4,
  events: 16,
  messages: 4,
  eventMs: 20,
};
const budget: Budget = {
  board: "pico",
  fits: true,
  firmware: {
    imageBytes: 25_004,
    helperBytes: 6_524,
    arenaAddress: 0x20003000,
    arenaBytes: 203_776,
    slotBytes: 57_344,
  },
  storeBytes: 1_933_312,
  apps: [app],
  arenaBytes: 1_316,
  refusals: [],
};

const wired: readonly Wired[] = [
  {
    need: { name: "heater", kind: "gpio-out" },
    connection: { kind: "gpio", pin: 15, activeLow: false, pull: "none" },
  },
  { need: { name: "fan", kind: "pwm" }, connection: { kind: "pwm", pin: 16 } },
  { need: { name: "knob", kind: "adc" }, connection: { kind: "adc", pin: 26, channel: 0 } },
  {
    need: { name: "climate", kind: "i2c", address: 0x76 },
    connection: { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz: 100_000, address: 0x76 },
  },
  {
    need: { name: "display", kind: "spi", mode: 0, hertz: 1_000_000 },
    connection: {
      kind: "spi",
      bus: 0,
      sck: 18,
      mosi: 19,
      miso: 20,
      cs: 17,
      hertz: 1_000_000,
      mode: 0,
    },
  },
  {
    need: { name: "modem", kind: "uart", baud: 9600 },
    connection: { kind: "uart", port: 0, tx: 0, rx: 1, baud: 9600 },
  },
  {
    need: { name: "readings", kind: "publish", topic: "climate", fields: [] },
    connection: { kind: "topic", topic: "home/climate" },
  },
];

test("budget sheets", () => {
  const { slot: _, ...homeless } = app;
  const sheets = [
    renderBudget(budget, wired, plain),
    renderBudget(
      { ...budget, fits: false, apps: [{ ...homeless, stackDepthBytes: null, stackBytes: 4096 }] },
      "there is no rig.json, so pins are not checked",
      plain,
    ),
  ];
  expectGolden(
    "builder/cli/render/budget.golden.txt",
    sheets.map((lines) => lines.join("\n") + "\n").join("\n"),
  );
});
