import type { Usage } from "../../../runtime/emulator/emu/usage.js";
import { plural } from "../render/diagnostic.js";
import type { Style } from "../render/style.js";
import { span } from "../render/time.js";
import { usageRows } from "./usage.js";
import { cut, fit, fitRight, printable, textWidth } from "../render/width.js";
import { levelText, wireText, type Owned } from "./names.js";
import type { Tally } from "./tally.js";

/** What a run comes to: the last lines for people, and the document of `--json`, where the figures of a single app also stand beside the rest. */
export interface Summary {
  readonly virtualUs: number;
  /** Real milliseconds, rounded. */
  readonly wallMs: number;
  readonly seed: number;
  /** In the order of their places on the device. */
  readonly apps: readonly AppSummary[];
  readonly messages: readonly {
    readonly topic: string;
    readonly count: number;
    readonly last: string;
    readonly lastUs: number;
  }[];
  readonly outputs: readonly {
    /** Where there are several. */
    readonly app?: string;
    readonly need: string;
    readonly pin: string;
    readonly changes: number;
    readonly state: string;
  }[];
  readonly logLines: number;
  /** What it has cost the emulated Pico. */
  readonly device?: Usage;
}

/** What an app has come to, and what its manifest says, by the version that runs. */
export interface AppSummary {
  readonly app: string;
  /** 0 is the version that was started first. */
  readonly version: number;
  readonly events: number;
  readonly dropped: number;
  readonly missed: number;
  /** How often it has ended. */
  readonly ends: number;
  /** Ends in a row. */
  readonly failures: number;
  readonly parked: boolean;
  readonly memoryBytes: number;
  readonly stackBytes: number | null;
  readonly containerBytes: number;
  /** Where it was counted: what the longest event took in microseconds, and how long one may take in milliseconds. */
  readonly longestEvent?: { readonly us: number; readonly eventMs: number };
}

/** What is known without the trace. */
export type Figures = Pick<Summary, "virtualUs" | "wallMs" | "seed" | "apps" | "device">;

/** What the trace and the simulation have counted, together. */
export function summarize(figures: Figures, tally: Tally, needs: readonly Owned[]): Summary {
  const messages = tally
    .group("message")
    .map(({ name, count, last, lastUs }) => ({ topic: name, count, last: String(last), lastUs }));
  const several = figures.apps.length > 1;
  const outputs = needs.flatMap((entry) => {
    const { app, need, connection } = entry;
    if (need.kind !== "gpio-out" || connection.kind !== "gpio") return [];
    const pin = tally.channels.get(`pin.${wireText(connection)}`);
    const state = levelText(entry, pin === undefined ? connection.activeLow : pin.last !== 0);
    // The first entry is the level the pin starts with.
    return [
      {
        ...(several ? { app } : {}),
        need: need.name,
        pin: wireText(connection),
        changes: Math.max(0, (pin?.count ?? 0) - 1),
        state,
      },
    ];
  });
  const logLines = tally.group("log").reduce((sum, { count }) => sum + count, 0);
  return { ...figures, messages, outputs, logLines };
}

/** The summary for people, as lines no wider than `columns`. */
export function renderSummary(summary: Summary, style: Style, columns: number): string[] {
  const { virtualUs, wallMs, apps } = summary;
  const ratio =
    wallMs >= 1
      ? `, ${Math.round(virtualUs / 1000 / wallMs).toLocaleString("en-US")} times real time`
      : "";
  const who = apps.length === 1 ? apps[0]!.app : `${apps.length} apps`;
  const title = `${who} ran for ${span(virtualUs)} in ${wallMs < 1000 ? `${wallMs} ms` : `${(wallMs / 1000).toFixed(1)} s`}${ratio}`;
  const rows: [string, string][] = [
    ...(apps.length === 1 ? figureRows(apps[0]!) : []),
    ...summary.outputs.map(({ app, need, changes, state }): [string, string] => [
      app === undefined ? need : `${app}.${need}`,
      `switched ${changes === 1 ? "once" : `${number(changes)} times`}, ${state} at the end`,
    ]),
    ...summary.messages.map(({ topic, count, last }): [string, string] => [
      topic,
      `${plural(count, "message")}, last ${printable(last)}`,
    ]),
    ...(summary.logLines > 0
      ? [["log", plural(summary.logLines, "line")] as [string, string]]
      : []),
    ...(summary.device === undefined ? [] : usageRows(summary.device)),
  ];
  const width = Math.min(24, Math.max(...rows.map(([name]) => textWidth(name))));
  return [
    style.bold(title),
    ...(apps.length === 1 ? [] : appTable(apps, style, columns)),
    ...rows.map(
      ([name, text]) => `  ${style.dim(fit(name, width))}  ${cut(text, columns - width - 4)}`,
    ),
  ];
}

/** The figures of the only app. */
function figureRows(app: AppSummary): [string, string][] {
  const stack = app.stackBytes === null ? "unbounded" : `${number(app.stackBytes)} B`;
  return [
    [
      "events",
      `${number(app.events)} handled, ${number(app.dropped)} dropped, ${number(app.missed)} missed`,
    ],
    ...(app.longestEvent === undefined
      ? []
      : [["time", `longest event ${shareOf(app.longestEvent)}`] as [string, string]]),
    [
      "bytes",
      `container ${number(app.containerBytes)} B, memory ${number(app.memoryBytes)} B, stack ${stack}`,
    ],
  ];
}

/** A row for each of several apps, with what its columns are above them. */
function appTable(apps: readonly AppSummary[], style: Style, columns: number): string[] {
  const isTimed = apps.some(({ longestEvent }) => longestEvent !== undefined);
  const longest = (of: string): string[] => (isTimed ? [of] : []);
  // What is least is last: a narrow terminal cuts it off.
  const head = ["", "events", "dropped", "missed", "ended", ...longest("longest")];
  head.push("memory", "container", "stack");
  const rows = apps.map((app) => [
    app.app,
    number(app.events),
    number(app.dropped),
    number(app.missed),
    `${number(app.ends)}${app.parked ? ", parked" : ""}`,
    ...longest(app.longestEvent === undefined ? "" : timeText(app.longestEvent.us)),
    `${number(app.memoryBytes)} B`,
    `${number(app.containerBytes)} B`,
    app.stackBytes === null ? "unbounded" : `${number(app.stackBytes)} B`,
  ]);
  const widths = head.map((title, at) =>
    Math.max(...[title, ...rows.map((row) => row[at]!)].map(textWidth)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === 0 ? fit(cell, widths[at]!) : fitRight(cell, widths[at]!)))
      .join("  ");
  return [
    `  ${style.dim(cut(line(head), columns - 2))}`,
    ...rows.map((row) => `  ${cut(line(row), columns - 2)}`),
  ];
}

/** `1.2 us of 20 ms`. */
export function shareOf({ us, eventMs }: NonNullable<AppSummary["longestEvent"]>): string {
  return `${timeText(us)} of ${number(eventMs)} ms`;
}

function timeText(us: number): string {
  const ms = us / 1000;
  return ms < 0.1 ? `${Number(us.toPrecision(2))} us` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
