import type { Connection } from "../../../runtime/rig/connection.js";
import { plural } from "../render/diagnostic.js";
import { History } from "../view/chart.js";
import type { Chart, Notice, Row, ViewState } from "../view/view.js";
import { formatSetting } from "./options.js";
import { fateText } from "./lines.js";
import { newsNotice } from "./news.js";
import type { News } from "./watch.js";
import { levelText, nameIn, type Owned, wireText } from "./names.js";
import type { Pacer } from "./pacer.js";
import { chartSubject, type ChartSubject } from "./subject.js";
import { buttons, type Rehearsal, type RunningApp } from "./rehearsal.js";
import { shareOf } from "./summary.js";
import type { Tally } from "./tally.js";

/** What has just changed is shown with emphasis for this long in real time. */
const flashMs = 400;
/** Real time that the width of the chart stands for at the current speed. */
const chartMs = 80_000;
/** Points of the chart: more than the dots of the widest terminal. */
const mostPoints = 4096;
/** The chart moves by one part in this many of its width. */
const chartSteps = 60;

/** Turns a rehearsal into what the live view shows. It keeps the past that the chart needs. */
export class Picture {
  readonly #history = new History(mostPoints);
  readonly #flashes = new Map<string, { count: number; untilMs: number }>();
  readonly #buttons: readonly string[];
  readonly #subject: ChartSubject | undefined;

  constructor(readonly rehearsal: Rehearsal) {
    this.#buttons = buttons(rehearsal.rig);
    this.#subject = chartSubject(rehearsal);
  }

  /** The state at this instant; `nowMs` is real time. */
  state(pacer: Pacer, nowMs: number): ViewState {
    const { apps, names, rig, simulation, needs, tally } = this.rehearsal;
    const chart = this.#chart(pacer.speed);
    return {
      app: names.join(", "),
      board: rig.board,
      timeUs: simulation.nowUs,
      speed: pacer.speed,
      paused: pacer.paused,
      apps: apps.length > 1 ? apps.map((app, index) => this.#appRow(app, index, nowMs)) : [],
      needs: needs
        .filter(({ connection }) => connection.kind !== "topic")
        .map((entry) => this.#needRow(entry, nowMs)),
      parts: simulation.board.parts().map((part) => this.#partRow(part, nowMs)),
      messages: this.#messageRows(nowMs),
      settings: apps.flatMap((app, index) => this.#settingRows(app, index)),
      ...(chart === undefined ? {} : { chart }),
      log: tally.log,
      ...this.#notice(),
      figures: apps.length > 1 ? [] : this.#figures(apps[0]!),
    };
  }

  #news: News | undefined;

  /** Shows this above all else, until there is other news. */
  tell(news: News): void {
    this.#news = news;
  }

  #notice(): { notice?: Notice } {
    if (this.#news === undefined) return {};
    const channel = `swap.${this.#news.app}`;
    const last = this.rehearsal.tally.channels.get(channel);
    const fate =
      last === undefined
        ? ""
        : fateText({ timeUs: last.lastUs, channel, value: last.last }, this.rehearsal);
    return { notice: newsNotice(this.#news, fate) };
  }

  #figures(app: RunningApp): string[] {
    const { manifest, wasm } = this.rehearsal.version(app).container;
    const stats = this.rehearsal.simulation.stats(0);
    return [
      `events ${stats.events.toLocaleString("en-US")}`,
      `dropped ${stats.dropped}`,
      `missed ${stats.missed}`,
      `memory ${manifest.limits.memoryBytes.toLocaleString("en-US")} B`,
      `container ${wasm.length.toLocaleString("en-US")} B`,
    ];
  }

  #appRow(app: RunningApp, index: number, nowMs: number): Row {
    const stats = this.rehearsal.simulation.stats(index);
    const { events, dropped, missed, failures, parked, onTrial, longestEventUs } = stats;
    const { limits } = this.rehearsal.version(app).container.manifest;
    const ends = this.rehearsal.tally.channels.get(`trap.${app.name}`)?.count ?? 0;
    const figures = [
      `events ${events.toLocaleString("en-US")}`,
      `dropped ${dropped}`,
      `missed ${missed}`,
      `ended ${ends}`,
      `memory ${limits.memoryBytes.toLocaleString("en-US")} B`,
      ...(longestEventUs === undefined
        ? []
        : [`longest ${shareOf({ us: longestEventUs, eventMs: limits.eventMs })}`]),
    ];
    return {
      name: app.name,
      kind: parked ? "parked" : onTrial ? "on trial" : failures > 0 ? "failing" : "runs",
      state: figures.join("  "),
      lively: this.#changed(`app ${app.name}`, ends, nowMs),
    };
  }

  #settingRows(app: RunningApp, index: number): Row[] {
    const { settings } = this.rehearsal.version(app).container.manifest;
    return settings.map((setting, position) => {
      const value = formatSetting(setting, this.rehearsal.simulation.setting(index, position));
      const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
      const name = nameIn(this.rehearsal, app.name, setting.name);
      return { name, kind: "", state: `${value}${unit}` };
    });
  }

  #needRow(entry: Owned, nowMs: number): Row {
    const { app, need, connection } = entry;
    const { tally } = this.rehearsal;
    const wire = wireText(connection);
    const name = nameIn(this.rehearsal, app, need.name);
    if (connection.kind === "gpio") {
      const pin = tally.channels.get(`pin.${wire}`);
      const state = levelText(entry, pin === undefined ? connection.activeLow : pin.last !== 0);
      const changes = Math.max(0, (pin?.count ?? 0) - 1);
      return {
        name,
        kind: wire,
        state: `${state.padEnd(3)}  ${plural(changes, "change")}`,
        lively: state === "on" || this.#changed(name, changes, nowMs),
      };
    }
    return { name, kind: wire.split(" ")[0]!, state: busText(connection, tally) };
  }

  #partRow(part: { name: string; chip: string; line: string; value: number }, nowMs: number): Row {
    const key = this.#buttons.indexOf(part.name) + 1;
    const pressed =
      key > 0 && this.#changed(`part ${part.name}`, this.#presses.get(part.name) ?? 0, nowMs);
    const on = part.line === "on" || part.line === "pressed" || pressed;
    return {
      name: part.name,
      kind: part.chip === part.name ? "" : part.chip,
      state: pressed ? "pressed" : part.line,
      lively: on,
      ...(key > 0 && key <= 9 ? { key } : {}),
    };
  }

  readonly #presses = new Map<string, number>();

  /** Shows a press for a moment: in virtual time it may be over before the next picture. */
  notePress(part: string): void {
    this.#presses.set(part, (this.#presses.get(part) ?? 0) + 1);
  }

  #messageRows(nowMs: number): Row[] {
    const { needs, names, tally } = this.rehearsal;
    return needs.flatMap(({ app, need, connection }) => {
      if (connection.kind !== "topic" || need.kind !== "publish") return [];
      const topic = tally.channels.get(`message.${connection.topic}`);
      const count = topic?.count ?? 0;
      return [
        {
          name: connection.topic,
          kind: `${count.toLocaleString("en-US")} sent${names.length > 1 ? ` by ${app}` : ""}`,
          state: topic === undefined ? "" : String(topic.last),
          lively: this.#changed(`topic ${connection.topic}`, count, nowMs),
        },
      ];
    });
  }

  /** True for a moment after `count` has changed. */
  #changed(name: string, count: number, nowMs: number): boolean {
    const flash = this.#flashes.get(name) ?? { count: 0, untilMs: 0 };
    if (flash.count !== count) this.#flashes.set(name, { count, untilMs: nowMs + flashMs });
    return flash.count !== count || nowMs < flash.untilMs;
  }

  #chart(speed: number): Chart | undefined {
    if (this.#subject === undefined) return undefined;
    const { nowUs } = this.rehearsal.simulation;
    for (const point of this.#subject.points()) this.#history.add(point);
    const fullUs = (speed === Infinity ? 86_400 : Math.min(speed, 86_400)) * chartMs * 1000;
    // A young run is drawn on a quarter, then on half of the width, so that there is something to see soon.
    const widthUs = [fullUs / 4, fullUs / 2].find((us) => nowUs <= us) ?? fullUs;
    const stepUs = widthUs / chartSteps;
    // The chart moves in whole steps, so that the curve does not shimmer.
    const toUs = Math.max(widthUs, Math.ceil(nowUs / stepUs) * stepUs);
    const fromUs = toUs - widthUs;
    const { title, unit } = this.#subject;
    return { title, unit, points: this.#history.since(fromUs), fromUs, toUs };
  }
}

/** What a need on a bus or an analog pin has come to. */
function busText(connection: Connection, tally: Tally): string {
  const name = wireText(connection).split(" ")[0]!;
  const last = (group: string): number => Number(tally.channels.get(`${group}.${name}`)?.last ?? 0);
  if (connection.kind === "pwm") return `${((last("pwm") / 65_535) * 100).toFixed(1)} %`;
  if (connection.kind === "adc") return `${((last("adc") / 4095) * 3.3).toFixed(2)} V`;
  return plural(tally.channels.get(`${connection.kind}.${name}`)?.count ?? 0, "transfer");
}
