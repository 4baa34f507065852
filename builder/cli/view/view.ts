import type { Style } from "../render/style.js";
import { clock, span, timestamp } from "../render/time.js";
import { cut, fit, fitRight, printable, textWidth } from "../render/width.js";
import { drawLine, rangeOf, scaleNumber, type Point } from "./chart.js";

/** One line of a table: what it is called, what it is, how it stands. */
export interface Row {
  /** The key that presses it, 1 to 9. */
  readonly key?: number;
  readonly name: string;
  /** A pin, a chip, a topic. */
  readonly kind: string;
  readonly state: string;
  /** Shown with emphasis: on, pressed, just changed. */
  readonly lively?: boolean;
}

/** A curve of one quantity over a stretch of virtual time. */
export interface Chart {
  readonly title: string;
  /** Empty where there is none, `on` where the values are 1 for on and 0 for off. */
  readonly unit: string;
  /** In the order of their times. */
  readonly points: readonly Point[];
  readonly fromUs: number;
  readonly toUs: number;
}

/** Something that has come up, above all else that is shown. */
export interface Notice {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** All that the live view shows. */
export interface ViewState {
  /** The app, or several. */
  readonly app: string;
  readonly board: string;
  readonly timeUs: number;
  /** Virtual seconds per real second; Infinity is as fast as it goes. */
  readonly speed: number;
  readonly paused: boolean;
  /** Empty where there is only one. */
  readonly apps: readonly Row[];
  readonly needs: readonly Row[];
  readonly parts: readonly Row[];
  readonly messages: readonly Row[];
  readonly settings: readonly Row[];
  readonly chart?: Chart;
  readonly log: readonly { readonly timeUs: number; readonly text: string }[];
  /** Short texts such as `events 120`. */
  readonly figures: readonly string[];
  readonly notice?: Notice;
  /** Why the container ended. */
  readonly ended?: string;
}

export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
}

/** Fewer lines than this leave no room for anything but the clock. */
const smallestRows = 9;
const smallestColumns = 30;
/** A higher chart shows no more. */
const mostChartRows = 10;

/** The screen as lines: at most `size.rows`, none wider than `size.columns`. A pure function of its arguments. */
export function viewLines(state: ViewState, size: ViewSize, style: Style): string[] {
  if (size.rows < smallestRows || size.columns < smallestColumns) {
    return [
      cut(`${clock(state.timeUs)} ${state.app}`, size.columns),
      cut("enlarge the terminal", size.columns),
    ].slice(0, size.rows);
  }
  const columns = size.columns - 2;
  const header = [headerLine(state, columns, style), ""];
  const footer = ["", footerFigures(state, columns, style), footerKeys(state, columns, style)];
  const body = bodyLines(state, columns, size.rows - header.length - footer.length, style);
  return [...header, ...body, ...footer].map((line) => (line === "" ? "" : ` ${line}`));
}

function headerLine(state: ViewState, columns: number, style: Style): string {
  const mode =
    state.ended !== undefined ? "ended" : state.paused ? "paused" : speedText(state.speed);
  const time = clock(state.timeUs);
  const title = cut(
    `${state.app} on ${state.board}`,
    columns - textWidth(time) - textWidth(mode) - 4,
  );
  const blanks = " ".repeat(
    Math.max(1, columns - textWidth(title) - textWidth(time) - textWidth(mode) - 3),
  );
  const shown =
    state.ended !== undefined
      ? style.red(mode)
      : state.paused
        ? style.yellow(mode)
        : style.green(mode);
  return `${style.bold(title)}${blanks}${style.bold(time)}   ${shown}`;
}

/** `60x`, or `max`. */
export function speedText(speed: number): string {
  return speed === Infinity ? "max" : `${speed.toLocaleString("en-US")}x`;
}

function footerFigures(state: ViewState, columns: number, style: Style): string {
  if (state.ended !== undefined) return style.red(fit(printable(state.ended), columns));
  return style.dim(fit(state.figures.join("   "), columns));
}

function footerKeys(state: ViewState, columns: number, style: Style): string {
  const keys = state.parts.flatMap((part) => (part.key === undefined ? [] : [part.key]));
  const press =
    keys.length === 0
      ? []
      : [[keys.length === 1 ? `${keys[0]}` : `${keys[0]}-${keys.at(-1)}`, "press"]];
  const pairs = [
    ...press,
    ["+ -", "speed"],
    ["space", state.paused ? "go on" : "pause"],
    ["q", "quit"],
  ] as [string, string][];
  const shown: string[] = [];
  let width = 0;
  for (const [key, action] of pairs) {
    width += textWidth(key) + textWidth(action) + 1 + (shown.length > 0 ? 3 : 0);
    if (width <= columns) shown.push(`${style.bold(key)} ${action}`);
  }
  return shown.join("   ");
}

/** What stands between header and footer, `rows` lines. */
function bodyLines(state: ViewState, columns: number, rows: number, style: Style): string[] {
  const tables = tablesBlock(state, columns, rows, style);
  // A blank line before each block, and the title of the log.
  const left = rows - tables.length - (state.chart === undefined ? 2 : 3);
  // The chart keeps a fixed share, so that nothing jumps when a log line arrives.
  const chartRows = state.chart === undefined ? 0 : left - Math.max(2, Math.floor(left / 3));
  const chart =
    state.chart !== undefined && chartRows >= 2
      ? chartBlock(state.chart, columns, Math.min(chartRows, mostChartRows), style)
      : [];
  const logRows = chart.length === 0 ? rows - tables.length - 2 : left - chart.length;
  const log = logRows >= 1 ? logBlock(state, columns, logRows, style) : [];
  const blocks = [tables, chart, log].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]));
  return Array.from({ length: rows }, (_, row) => lines[row] ?? "");
}

/** Tables beside each other where there is room for two, else below each other. */
function tablesBlock(state: ViewState, columns: number, rows: number, style: Style): string[] {
  const tables = [
    { title: "apps", rows: state.apps },
    { title: "needs", rows: state.needs },
    { title: "parts", rows: state.parts },
    { title: "messages", rows: state.messages },
    { title: "settings", rows: state.settings },
  ].filter((table) => table.rows.length > 0);
  const wide = columns >= 76;
  const lines = state.notice === undefined ? [] : noticeLines(state.notice, columns, style);
  // Parts say more than needs do, unless these have the names of their apps in front.
  const needsWidth = Math.floor(columns * (state.apps.length === 0 ? 0.46 : 0.56));
  for (let index = 0; index < tables.length; index++) {
    const first = tables[index]!;
    const second = tables[index + 1];
    if (lines.length > 0) lines.push("");
    if (wide && first.title === "needs" && second?.title === "parts") {
      lines.push(
        ...beside(
          table(first, needsWidth, style),
          table(second, columns - needsWidth - 3, style),
          needsWidth,
        ),
      );
      index++;
    } else lines.push(...table(first, columns, style));
  }
  return lines.slice(0, rows);
}

/** Like a table, under a title that stands out. */
function noticeLines(notice: Notice, columns: number, style: Style): string[] {
  const [, ...rows] = table(notice, columns, style);
  return [style.bold(fit(printable(notice.title), columns)), ...rows];
}

function beside(left: readonly string[], right: readonly string[], width: number): string[] {
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, row) => `${left[row] ?? " ".repeat(width)}   ${right[row] ?? ""}`,
  );
}

/** A title and its rows, each `width` columns wide. */
function table(
  { title, rows }: { readonly title: string; readonly rows: readonly Row[] },
  width: number,
  style: Style,
): string[] {
  const nameWidth = Math.min(
    Math.max(0, ...rows.map((row) => textWidth(row.name))),
    Math.floor(width * 0.45),
  );
  const kindWidth = Math.min(
    Math.max(0, ...rows.map((row) => textWidth(row.kind))),
    Math.floor(width / 3),
  );
  const keys = rows.some((row) => row.key !== undefined);
  const gaps = (kindWidth === 0 ? 2 : 4) + (keys ? 2 : 0);
  const stateWidth = Math.max(0, width - nameWidth - kindWidth - gaps);
  const lines = rows.map((row) => {
    const key = keys ? style.bold(row.key === undefined ? " " : String(row.key)) + " " : "";
    const state = fit(cutAtGap(printable(row.state), stateWidth), stateWidth);
    const kind = kindWidth === 0 ? "" : `${style.dim(fit(row.kind, kindWidth))}  `;
    return `${key}${fit(row.name, nameWidth)}  ${kind}${row.lively === true ? style.cyan(state) : state}`;
  });
  return [style.dim(fit((keys ? "  " : "") + title, width)), ...lines];
}

/** As many of the values that two blanks separate as fit; of a single one what fits. */
function cutAtGap(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const gaps = [...text.matchAll(/ {2,}/g)].map(({ index }) => text.slice(0, index));
  return gaps.findLast((part) => textWidth(part) <= columns) ?? cut(text, columns);
}

/** A title with the last value, then `rows - 1` lines of the curve with its range on the left. */
function chartBlock(chart: Chart, columns: number, rows: number, style: Style): string[] {
  const { low, high } = chart.unit === "on" ? { low: 0, high: 1 } : rangeOf(chart.points);
  const label = (value: number): string =>
    chart.unit === "on" ? (value > 0 ? "on" : "off") : scaleNumber(value, high - low);
  const labels = [high, low].map(label);
  const labelWidth = Math.max(...labels.map(textWidth));
  const last = chart.points.at(-1);
  const value =
    last === undefined
      ? ""
      : `  ${label(last.value)}${["", "on"].includes(chart.unit) ? "" : " " + chart.unit}`;
  const past = `last ${span(chart.toUs - chart.fromUs)}`;
  const title = `${style.dim(chart.title)}${value}`;
  const blanks = " ".repeat(
    Math.max(1, columns - textWidth(chart.title) - textWidth(value) - textWidth(past)),
  );
  const curve = drawLine(chart.points, {
    ...chart,
    low,
    high,
    columns: columns - labelWidth - 2,
    rows: chart.unit === "on" ? Math.min(2, rows - 1) : rows - 1,
  });
  const lines = curve.map((line, row) => {
    const scale = row === 0 ? labels[0]! : row === curve.length - 1 ? labels[1]! : "";
    return `${style.dim(`${fitRight(scale, labelWidth)} `)}${style.green(line.trimEnd())}`;
  });
  return [title + blanks + style.dim(past), ...lines];
}

/** The newest lines of the log, the last one at the bottom. */
function logBlock(state: ViewState, columns: number, rows: number, style: Style): string[] {
  const lines = state.log.slice(-rows).map(({ timeUs, text }) => {
    const time = timestamp(timeUs);
    return `${style.dim(time)}  ${cut(printable(text), columns - textWidth(time) - 2)}`;
  });
  return [style.dim("log"), ...lines];
}
