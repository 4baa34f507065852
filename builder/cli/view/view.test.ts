import assert from "node:assert/strict";
import { test } from "node:test";
import { colours, plain } from "../render/style.js";
import { textWidth } from "../render/width.js";
import { drawLine, History } from "./chart.js";
import { readKeys } from "./keys.js";
import { Screen } from "./screen.js";
import { viewLines, type ViewState } from "./view.js";

const second = 1_000_000;

const state: ViewState = {
  app: "thermostat",
  board: "pico",
  timeUs: 3_725 * second,
  speed: 60,
  paused: false,
  needs: [
    { name: "climate", kind: "i2c0 0x76", state: "1,242 transfers" },
    { name: "heater", kind: "GP15", state: "on    3 changes", lively: true },
    { name: "button", kind: "GP14", state: "off   0 changes" },
  ],
  parts: [
    { name: "sensor", kind: "bme280", state: "21.45 °C  40.2 %  1013.2 hPa" },
    { name: "relay", kind: "relay", state: "on", lively: true },
    { key: 1, name: "button", kind: "button", state: "released" },
  ],
  messages: [{ name: "climate", kind: "62 sent", state: '{"temperature":21.45,"humidity":40.2,"heating":true}' }],
  settings: [],
  chart: {
    title: "temperature",
    unit: "°C",
    points: Array.from({ length: 120 }, (_, index) => ({ timeUs: index * 30 * second, value: 21 + 3 * Math.sin(index / 10) })),
    fromUs: 0,
    toUs: 3_600 * second,
  },
  log: [
    { timeUs: 60 * second, text: "info     set point 21.5" },
    { timeUs: 3_600 * second, text: "info     heating \x1b[2J" },
  ],
  figures: ["events 372", "dropped 0", "missed 0", "memory 512 B", "container 871 B"],
};

test("the screen of a terminal of 80 by 24", () => {
  assert.equal(
    viewLines(state, { columns: 80, rows: 24 }, plain)
      .map((line) => line.trimEnd())
      .join("\n"),
    "",
  );
});
