import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import type { Style } from "../render/style.js";
import { timestamp } from "../render/time.js";
import { printable } from "../render/width.js";
import { levelText, wiredToPin, type Wired } from "./names.js";

/** Groups of the trace that people read. What passes on buses is in the trace only. */
const shownGroups: ReadonlySet<string> = new Set([
  "pin",
  "pwm",
  "message",
  "log",
  "setting",
  "trap",
  "note",
  "uart",
]);

/** Whether a channel of the trace makes a line. */
export function isShown(channel: string): boolean {
  return shownGroups.has(channel.slice(0, channel.indexOf(".")));
}

/** An entry of the trace as a line: `00:01:00.000  message climate {"temperature":21.45}`. */
export function entryLine(
  { timeUs, channel, value }: TraceEntry,
  wired: readonly Wired[],
  style: Style,
): string {
  const dot = channel.indexOf(".");
  const group = channel.slice(0, dot);
  const name = channel.slice(dot + 1);
  const time = style.dim(timestamp(timeUs));
  return `${time}  ${style.cyan(group.padEnd(7))} ${printable(entryText(group, name, value, wired))}`;
}

function entryText(
  group: string,
  name: string,
  value: number | string,
  wired: readonly Wired[],
): string {
  if (group === "log") return String(value);
  const need = wiredToPin(wired, name);
  if (need === undefined)
    return `${name} ${group === "pin" ? (value === 0 ? "low" : "high") : value}`;
  return `${need.need.name} ${group === "pin" ? levelText(need, value !== 0) : value}`;
}
