import assert from "node:assert/strict";
import { test } from "node:test";
import type { Usage } from "../../../runtime/emulator/emu/usage.js";
import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import { plain } from "../render/style.js";
import { entryLine, isShown } from "./lines.js";
import type { Cast, Owned } from "./names.js";
import { renderSummary, summarize, type AppSummary, type Figures } from "./summary.js";
import { Tally } from "./tally.js";
import { usageRows } from "./usage.js";

const needs: readonly Owned[] = [
  {
    app: "thermostat",
    need: { name: "heater", kind: "gpio-out" },
    connection: { kind: "gpio", pin: 15, activeLow: true, pull: "none" },
  },
  {
    app: "thermostat",
    need: { name: "lamp", kind: "gpio-out" },
    connection: { kind: "gpio", pin: 16, activeLow: false, pull: "none" },
  },
  {
    app: "thermostat",
    need: { name: "button", kind: "gpio-in" },
    connection: { kind: "gpio", pin: 14, activeLow: true, pull: "up" },
  },
  {
    app: "thermostat",
    need: { name: "readings", kind: "publish", topic: "climate", fields: [] },
    connection: { kind: "topic", topic: "climate" },
  },
];

const alone: Cast = { names: ["thermostat"], needs, settings: [], endOf: () => undefined };

const entries: readonly TraceEntry[] = [
  { timeUs: 0, channel: "pin.GP15", value: 1 },
  { timeUs: 0, channel: "pin.GP16", value: 0 },
  { timeUs: 60_000_000, channel: "pin.GP15", value: 0 },
  { timeUs: 60_000_000, channel: "message.climate", value: '{"temperature":21.45}' },
  { timeUs: 60_000_100, channel: "i2c.i2c0", value: "0x76 write f7" },
  { timeUs: 90_061_000_000, channel: "log.thermostat", value: "info set point 21.5" },
  { timeUs: 90_061_000_000, channel: "pin.GP2", value: 1 },
  { timeUs: 90_062_000_000, channel: "pin.GP15", value: 1 },
  { timeUs: 90_063_000_000, channel: "message.climate", value: 'odd \u001b[2J "text"' },
];

test("an entry is a line; what passes on buses is not", () => {
  const lines = entries
    .filter(({ channel }) => isShown(channel))
    .map((entry) => entryLine(entry, alone, plain));
  assert.deepEqual(lines, [
    "00:00:00.000  pin     heater off",
    "00:00:00.000  pin     lamp off",
    "00:01:00.000  pin     heater on",
    '00:01:00.000  message climate {"temperature":21.45}',
    "1d 01:01:01.000  log     info set point 21.5",
    "1d 01:01:01.000  pin     GP2 high",
    "1d 01:01:02.000  pin     heater off",
    '1d 01:01:03.000  message climate odd \\x1b[2J "text"',
  ]);
});

test("where there are several apps, a line says whose it is, and where one ended", () => {
  const led: Owned = {
    app: "blink",
    need: { name: "led", kind: "gpio-out" },
    connection: { kind: "gpio", pin: 2, activeLow: false, pull: "none" },
  };
  const both: Cast = {
    names: ["blink", "thermostat"],
    needs: [led, ...needs],
    settings: [{ app: "thermostat", name: "setPoint" }],
    endOf: (app, code) =>
      app === "blink" && code === "divide-by-zero" ? "blink/app.ts:6:13" : undefined,
  };
  const more: readonly TraceEntry[] = [
    { timeUs: 0, channel: "trap.blink", value: "divide-by-zero" },
    { timeUs: 0, channel: "restart.blink", value: 1 },
    { timeUs: 0, channel: "parked.blink", value: 6 },
    { timeUs: 0, channel: "swap.blink", value: "1 on trial" },
    { timeUs: 0, channel: "swap.blink", value: "1 kept" },
    { timeUs: 0, channel: "swap.blink", value: "0 back: divide-by-zero" },
    { timeUs: 0, channel: "swap.blink", value: "0 back: health-missed" },
    { timeUs: 0, channel: "setting.setPoint", value: 21.5 },
    { timeUs: 0, channel: "message.elsewhere", value: "hello" },
    { timeUs: 0, channel: "pin.GP3", value: 1 },
  ];
  const lines = [...entries, ...more]
    .filter(({ channel }) => isShown(channel))
    .map((entry) => entryLine(entry, both, plain));
  assert.deepEqual(lines, [
    "00:00:00.000  thermostat  pin     heater off",
    "00:00:00.000  thermostat  pin     lamp off",
    "00:01:00.000  thermostat  pin     heater on",
    '00:01:00.000  thermostat  message climate {"temperature":21.45}',
    "1d 01:01:01.000  thermostat  log     info set point 21.5",
    "1d 01:01:01.000  blink       pin     led on",
    "1d 01:01:02.000  thermostat  pin     heater off",
    '1d 01:01:03.000  thermostat  message climate odd \\x1b[2J "text"',
    "00:00:00.000  blink       trap    divide-by-zero at blink/app.ts:6:13",
    "00:00:00.000  blink       restart after 1 failure",
    "00:00:00.000  blink       parked  after 6 failures",
    "00:00:00.000  blink       swap    version 1 on trial",
    "00:00:00.000  blink       swap    version 1 kept",
    "00:00:00.000  blink       swap    version 0 back: divide-by-zero at blink/app.ts:6:13",
    "00:00:00.000  blink       swap    version 0 back: health-missed",
    "00:00:00.000  thermostat  setting setPoint 21.5",
    "00:00:00.000              message elsewhere hello",
    "00:00:00.000              pin     GP3 high",
  ]);
});

const app: AppSummary = {
  app: "thermostat",
  version: 0,
  events: 1_502,
  dropped: 0,
  missed: 3,
  ends: 0,
  failures: 0,
  parked: false,
  memoryBytes: 512,
  stackBytes: 184,
  containerBytes: 871,
};
const figures: Figures = { virtualUs: 90_063_000_000, wallMs: 1_250, seed: 1, apps: [app] };

function tallied(): Tally {
  const tally = new Tally();
  for (const entry of entries) tally.add(entry);
  return tally;
}

test("the summary counts switching without the level an output starts with", () => {
  const summary = summarize(figures, tallied(), needs);
  assert.deepEqual(summary.outputs, [
    { need: "heater", pin: "GP15", changes: 2, state: "off" },
    { need: "lamp", pin: "GP16", changes: 0, state: "off" },
  ]);
  assert.deepEqual(summary.messages, [
    { topic: "climate", count: 2, last: 'odd \u001b[2J "text"', lastUs: 90_063_000_000 },
  ]);
  assert.equal(summary.logLines, 1);
  assert.equal(
    renderSummary(summary, plain, 80).join("\n"),
    String.raw`thermostat ran for 1 d 1 h in 1.3 s, 72,050 times real time
  events   1,502 handled, 0 dropped, 3 missed
  bytes    container 871 B, memory 512 B, stack 184 B
  heater   switched 2 times, off at the end
  lamp     switched 0 times, off at the end
  climate  2 messages, last odd \x1b[2J "text"
  log      1 line`,
  );
});

test("the summary of two apps has a row for each, and says whose an output is", () => {
  const blink: AppSummary = {
    ...app,
    app: "blink",
    events: 180_126,
    ends: 6,
    failures: 6,
    parked: true,
    memoryBytes: 16,
    stackBytes: null,
    containerBytes: 106,
  };
  const summary = summarize({ ...figures, apps: [blink, app] }, tallied(), needs);
  assert.equal(summary.outputs[0]?.app, "thermostat");
  assert.equal(
    renderSummary(summary, plain, 80).join("\n"),
    String.raw`2 apps ran for 1 d 1 h in 1.3 s, 72,050 times real time
               events  dropped  missed      ended  memory  container      stack
  blink       180,126        0       3  6, parked    16 B      106 B  unbounded
  thermostat    1,502        0       3          0   512 B      871 B      184 B
  thermostat.heater  switched 2 times, off at the end
  thermostat.lamp    switched 0 times, off at the end
  climate            2 messages, last odd \x1b[2J "text"
  log                1 line`,
  );
});

test("the summary of an app that did nothing", () => {
  const summary = summarize(
    { ...figures, virtualUs: 250_000, wallMs: 0, apps: [{ ...app, stackBytes: null }] },
    new Tally(),
    [],
  );
  assert.deepEqual(renderSummary(summary, plain, 60), [
    "thermostat ran for 250 ms in 0 ms",
    "  events  1,502 handled, 0 dropped, 3 missed",
    "  bytes   container 871 B, memory 512 B, stack unbounded",
  ]);
});

test("the tally keeps the newest lines of the log only", () => {
  const tally = new Tally();
  for (let line = 0; line < 1000; line++)
    tally.add({ timeUs: line, channel: "log.app", value: `line ${line}` });
  assert.equal(tally.log.length, 100);
  assert.equal(tally.log.at(-1)?.text, "line 999");
  assert.equal(tally.channels.get("log.app")?.count, 1000);
});

test("what a run has cost the emulated Pico", () => {
  const usage: Usage = {
    seconds: 3600,
    cycles: 450_000_000_000,
    instructions: 2_000_000,
    exceptions: 12_000,
    load: 0.000_03,
    sleepShare: 0.999_97,
    kernelStackBytes: 832,
    containerStackBytes: 136,
    memoryBytes: 1_280,
    flash: { erases: 3, programs: 1_200, worst: { offset: 0x22000, erases: 2 } },
    chargePerDayMah: 216.01,
  };
  const { kernelStackBytes: _, ...withoutSymbols } = usage;
  assert.deepEqual(usageRows(usage), [
    ["processor", "13,500,000 cycles busy, 0.0030 % of the time, over 99.9 % asleep"],
    ["high water", "stack 136 B, of the kernel 832 B, memory 1,280 B"],
    ["flash", "3 sectors erased, 0x022000 twice, 1,200 pages written"],
    ["charge", "about 216 mAh a day: 24 mA busy, 9 mA asleep, estimated"],
  ]);
  const busy = {
    ...withoutSymbols,
    load: 1,
    sleepShare: 0,
    flash: { ...usage.flash, erases: 0, worst: { offset: 0, erases: 0 } },
  };
  assert.deepEqual(
    usageRows(busy).map(([, text]) => text),
    [
      "450,000,000,000 cycles busy, 100 % of the time, 0 % asleep",
      "0 sectors erased, 1,200 pages written",
      "about 216 mAh a day: 24 mA busy, 9 mA asleep, estimated",
    ],
  );
});

test("the summary tells the longest event where it was counted", () => {
  const shown = (us: number, eventMs = 20): string | undefined => {
    const apps = [{ ...app, longestEvent: { us, eventMs } }];
    return renderSummary(summarize({ ...figures, apps }, tallied(), needs), plain, 80)
      .find((line) => line.startsWith("  time"))
      ?.replace(/ {2,}/g, " ");
  };
  assert.equal(shown(1.24), " time longest event 1.2 us of 20 ms");
  assert.equal(shown(99.6), " time longest event 100 us of 20 ms");
  assert.equal(shown(4_668.488), " time longest event 4.67 ms of 20 ms");
  assert.equal(shown(1_234_567, 60_000), " time longest event 1234.6 ms of 60,000 ms");
  const apps = [app, { ...app, longestEvent: { us: 1_240, eventMs: 20 } }];
  const rows = renderSummary(summarize({ ...figures, apps }, tallied(), needs), plain, 200);
  const at = rows[1]!.indexOf("longest");
  assert.deepEqual(
    rows.slice(1, 4).map((row) => row.slice(at, at + "longest".length)),
    ["longest", "       ", "1.24 ms"],
  );
});
