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
  apps: [],
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
  messages: [
    {
      name: "climate",
      kind: "62 sent",
      state: '{"temperature":21.45,"humidity":40.2,"heating":true}',
    },
  ],
  settings: [],
  chart: {
    title: "temperature",
    unit: "°C",
    points: Array.from({ length: 120 }, (_, index) => ({
      timeUs: index * 30 * second,
      value: 21 + 3 * Math.sin(index / 10),
    })),
    fromUs: 0,
    toUs: 3_600 * second,
  },
  log: [
    { timeUs: 60 * second, text: "info     set point 21.5" },
    { timeUs: 3_600 * second, text: "info     heating \x1b[2J" },
  ],
  figures: ["events 372", "dropped 0", "missed 0", "memory 512 B", "container 871 B"],
};

function screenText(view: ViewState, columns: number, rows: number): string {
  return viewLines(view, { columns, rows }, plain)
    .map((line) => line.trimEnd() + "\n")
    .join("");
}

test("the screen of a terminal of 80 by 24", () => {
  assert.equal(
    screenText(state, 80, 24),
    String.raw` thermostat on pico                                              01:02:05   60x

 needs                                   parts
 climate  i2c0 0x76  1,242 transfers     sensor  bme280  21.45 °C  40.2 %
 heater   GP15       on    3 changes     relay   relay   on
 button   GP14       off   0 changes   1 button  button  released

 messages
 climate  62 sent  {"temperature":21.45,"humidity":40.2,"heating":true}

 temperature  19.1 °C                                                  last 1 h
 24.0     ⣀⡤⠴⠚⠉⠉⠉⠓⠒⠦⣄⡀                          ⣀⡴⠒⠚⠉⠉⠉⠓⠒⢦⣀
       ⢀⡤⠞⠁          ⠙⠲⣄⡀                    ⣀⡴⠋⠁         ⠈⠓⠦⣄
      ⠒⠋                ⠙⢦⡀               ⢀⡴⠋⠁               ⠈⠓⢦⡀
                          ⠉⠳⣄⡀         ⢀⣠⠖⠋                     ⠙⠦⣄⡀         ⡀
 18.0                        ⠉⠓⠦⣄⣀⣀⣀⣠⠴⠒⠋                           ⠙⠒⠦⣄⣀⣀⣀⡤⠴⠚⠁

 log
 00:01:00.000  info     set point 21.5
 01:00:00.000  info     heating \x1b[2J


 events 372   dropped 0   missed 0   memory 512 B   container 871 B
 1 press   + - speed   space pause   q quit
`,
  );
});

test("several apps have a table, and what has come up stands above all", () => {
  const view: ViewState = {
    ...state,
    app: "thermostat, blink",
    notice: {
      title: "blink: version 1 back: divide-by-zero at blink/app.ts:7:46",
      rows: [
        { name: "moved", kind: "", state: "count" },
        { name: "took", kind: "", state: "376 ms from the edit, 303 ms of them the build" },
      ],
    },
    apps: [
      { name: "thermostat", kind: "runs", state: "events 22  dropped 0  missed 0  ended 0" },
      { name: "blink", kind: "on trial", state: "events 1,436  dropped 0  missed 11  ended 1" },
    ],
    needs: [{ name: "thermostat.climate", kind: "i2c0", state: "1,242 transfers" }],
    figures: [],
  };
  const lines = screenText(view, 80, 24).split("\n");
  assert.equal(
    lines.slice(0, 11).join("\n"),
    String.raw` thermostat, blink on pico                                       01:02:05   60x

 blink: version 1 back: divide-by-zero at blink/app.ts:7:46
 moved  count
 took   376 ms from the edit, 303 ms of them the build

 apps
 thermostat  runs      events 22  dropped 0  missed 0  ended 0
 blink       on trial  events 1,436  dropped 0  missed 11  ended 1

 needs                                           parts`,
  );
  assert.match(
    lines[11]!,
    /^ thermostat\.climate {2}i2c0 {2}1,242 transfers +sensor {2}bme280 {2}21/,
  );
});

test("a narrow terminal has its tables below each other, and a low one no chart", () => {
  assert.equal(
    screenText(state, 50, 20),
    String.raw` thermostat on pico                01:02:05   60x

 needs
 climate  i2c0 0x76  1,242 transfers
 heater   GP15       on    3 changes
 button   GP14       off   0 changes

   parts
   sensor  bme280  21.45 °C  40.2 %  1013.2 hPa
   relay   relay   on
 1 button  button  released

 messages
 climate  62 sent  {"temperature":21.45,"humidit…

 log
 01:00:00.000  info     heating \x1b[2J

 events 372   dropped 0   missed 0   memory 512 …
 1 press   + - speed   space pause   q quit
`,
  );
  assert.equal(screenText(state, 80, 5), "01:02:05 thermostat\nenlarge the terminal\n");
});

test("an output is drawn between off and on, on two lines", () => {
  const points = [0, 1, 0, 1, 1].map((value, index) => ({ timeUs: index * second, value }));
  const chart = { title: "led", unit: "on", points, fromUs: 0, toUs: 8 * second };
  const lines = screenText({ ...state, parts: [], messages: [], chart }, 40, 20).split("\n");
  const row = lines.findIndex((line) => line.startsWith(" led  on "));
  assert.deepEqual(lines.slice(row, row + 4), [
    " led  on                       last 8 s",
    "  on     ⡏⠉⠉⠉⡇   ⡏⠉⠉⠉⠉",
    " off ⣀⣀⣀⣀⡇   ⣇⣀⣀⣀⡇",
    "",
  ]);
});

test("a container that has ended says why, in place of the figures", () => {
  const text = screenText({ ...state, ended: "integer division by zero" }, 80, 24);
  assert.match(text, /01:02:05 {3}ended\n/);
  assert.match(text, /\n integer division by zero\n/);
});

test("no line is wider than the terminal, no screen longer, at any size", () => {
  for (let columns = 1; columns <= 130; columns++) {
    for (const rows of [1, 5, 9, 12, 24, 50]) {
      const lines = viewLines(state, { columns, rows }, plain);
      assert.ok(lines.length <= rows, `${columns} by ${rows}: ${lines.length} lines`);
      for (const line of lines)
        assert.ok(textWidth(line) <= columns, `${columns} by ${rows}: "${line}"`);
    }
  }
});

test("colours change no character", () => {
  const coloured = viewLines(state, { columns: 100, rows: 30 }, colours);
  assert.deepEqual(
    // oxlint-disable-next-line no-control-regex
    coloured.map((line) => line.replace(/\x1b\[\d+m/g, "")),
    viewLines(state, { columns: 100, rows: 30 }, plain),
  );
});

test("a line of the chart steps where the value steps and ends where the present is", () => {
  const points = [
    { timeUs: 0, value: 0 },
    { timeUs: 40, value: 1 },
    { timeUs: 80, value: 0 },
    { timeUs: 119, value: 0 },
  ];
  assert.deepEqual(
    drawLine(points, { fromUs: 0, toUs: 160, low: 0, high: 1, columns: 8, rows: 1 }),
    ["⣀⣀⡏⠉⣇⣀  "],
  );
});

test("the past of the chart is bounded, keeps its order, and is finest at its end", () => {
  const history = new History(64);
  for (let timeUs = 0; timeUs < 10_000; timeUs++) history.add({ timeUs, value: timeUs });
  const times = history.points.map((point) => point.timeUs);
  assert.ok(times.length <= 64);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  assert.equal(times.at(-1), 9_999);
  assert.equal(times.at(-2), 9_998);
  assert.ok(times[0]! < 9_000);
  assert.deepEqual(
    history.since(9_998).map((point) => point.timeUs),
    [9_997, 9_998, 9_999],
  );
});

test("keys become commands, sequences and other keys nothing", () => {
  assert.deepEqual(readKeys("1+ "), [
    { kind: "press", number: 1 },
    { kind: "faster" },
    { kind: "pause" },
  ]);
  assert.deepEqual(readKeys("\x1b[A\x1b[1;5D\x1bOP\x1bq0x"), []);
  assert.deepEqual(readKeys("\x03"), [{ kind: "quit" }]);
  assert.deepEqual(readKeys("-q"), [{ kind: "slower" }, { kind: "quit" }]);
});

test("the screen sends what changed, once, and gives the terminal back once", () => {
  const written: string[] = [];
  const screen = new Screen({ write: (text) => written.push(text) });
  screen.show(["before it is open"]);
  screen.open();
  screen.show(["one", "two", "three"]);
  screen.show(["one", "2", "three"]);
  screen.show(["one", "2", "three"]);
  screen.show(["one"]);
  screen.close();
  screen.close();
  screen.show(["after it is closed"]);
  assert.deepEqual(written, [
    "\x1b[?1049h\x1b[?25l\x1b[2J",
    "\x1b[1;1Hone\x1b[K\x1b[2;1Htwo\x1b[K\x1b[3;1Hthree\x1b[K",
    "\x1b[2;1H2\x1b[K",
    "\x1b[2;1H\x1b[K\x1b[3;1H\x1b[K",
    "\x1b[?25h\x1b[?1049l",
  ]);
});
