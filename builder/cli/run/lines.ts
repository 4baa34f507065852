import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import { plural } from "../render/diagnostic.js";
import type { Style } from "../render/style.js";
import { timestamp } from "../render/time.js";
import { printable } from "../render/width.js";
import { appOf, type Cast, levelText, wiredTo } from "./names.js";

/** Groups of the trace that people read. What passes on buses is in the trace only. */
const shownGroups: ReadonlySet<string> = new Set([
  "pin",
  "pwm",
  "message",
  "log",
  "setting",
  "trap",
  "restart",
  "parked",
  "swap",
  "note",
  "uart",
]);

/** What happens to an app, rather than what it does. */
const fateGroups: ReadonlySet<string> = new Set(["trap", "restart", "parked", "swap"]);

/** Whether a channel of the trace makes a line. */
export function isShown(channel: string): boolean {
  return shownGroups.has(channel.slice(0, channel.indexOf(".")));
}

/** Whether a channel tells what happens to an app, rather than what it does. */
export function isFate(channel: string): boolean {
  return fateGroups.has(channel.slice(0, channel.indexOf(".")));
}

/** Whether a channel tells of the swaps of an app. */
export function isSwap(channel: string): boolean {
  return channel.startsWith("swap.");
}

/** An entry of the trace as a line: `00:01:00.000  message climate {"temperature":21.45}`, with the app behind the time where there are several. */
export function entryLine(entry: TraceEntry, cast: Cast, style: Style): string {
  const { group, name } = parts(entry.channel);
  const line = { group, app: appOf(cast, group, name) ?? "", text: entryText(entry, cast) };
  return runLine(entry.timeUs, line, cast, style);
}

/** What a line of a run says: of whom, of which kind, and what. */
export interface RunLine {
  readonly app: string;
  readonly group: string;
  readonly text: string;
}

/** A line of a run. */
export function runLine(
  timeUs: number,
  { app, group, text }: RunLine,
  { names }: Cast,
  style: Style,
): string {
  const width = Math.max(...names.map((name) => name.length));
  const column = names.length > 1 ? `${app.padEnd(width)}  ` : "";
  const time = style.dim(timestamp(timeUs));
  return `${time}  ${column}${style.cyan(group.padEnd(7))} ${printable(text)}`;
}

function entryText(entry: TraceEntry, cast: Cast): string {
  const { group, name } = parts(entry.channel);
  const { value } = entry;
  if (group === "log") return String(value);
  if (fateGroups.has(group)) {
    const text = fateText(entry, cast);
    return cast.names.length > 1 ? text : `${name} ${text}`;
  }
  const need = wiredTo(cast.needs, name);
  if (need === undefined)
    return `${name} ${group === "pin" ? (value === 0 ? "low" : "high") : value}`;
  return `${need.need.name} ${group === "pin" ? levelText(need, value !== 0) : value}`;
}

/** What has happened to an app, with the place in its sources where it ended: `divide-by-zero at app.ts:6:13`. */
export function fateText({ channel, value }: TraceEntry, cast: Cast): string {
  const { group, name } = parts(channel);
  switch (group) {
    case "trap":
      return `${value}${placeText(cast, name, String(value))}`;
    case "restart":
    case "parked":
      return `after ${plural(Number(value), "failure")}`;
    default: {
      const [, code] = / back: (.*)$/.exec(String(value)) ?? [];
      return `version ${value}${code === undefined ? "" : placeText(cast, name, code)}`;
    }
  }
}

function placeText(cast: Cast, app: string, code: string): string {
  const place = cast.endOf(app, code);
  return place === undefined ? "" : ` at ${place}`;
}

function parts(channel: string): { readonly group: string; readonly name: string } {
  const dot = channel.indexOf(".");
  return { group: channel.slice(0, dot), name: channel.slice(dot + 1) };
}
