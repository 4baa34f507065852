import { scaleDecimal, formatScaled } from "../../../runtime/document/decimal.js";
import { durationForm, parseDurationUs } from "../../../runtime/document/duration.js";
import { nearest } from "../../../runtime/document/suggest.js";
import { listOf, quote } from "../../../runtime/document/words.js";
import type { Setting } from "../../../runtime/manifest/manifest.js";
import type { SignalSpec } from "../../../runtime/rig/simulation.js";
import { usageFailure, type Failure } from "../failure.js";

/** `--for`: virtual microseconds, or to the end of the longest CSV signal. */
export function readFor(text: string): number | "all" {
  if (text === "all") return "all";
  const us = parseDurationUs(text);
  if (us === undefined || us === 0)
    throw usageFailure(
      `--for ${quote(text)} is no time to run for`,
      `Write ${durationForm}, or "all".`,
    );
  return us;
}

/** `--speed`: virtual seconds per real second; `max` is Infinity. */
export function readSpeed(text: string): number {
  if (text === "max") return Infinity;
  const speed = /^\d+(\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (!(speed > 0))
    throw usageFailure(
      `--speed ${quote(text)} is no speed`,
      'Write how many virtual seconds pass in a real one, such as 1 or 60, or "max".',
    );
  return speed;
}

/** `--gdb`: a TCP port. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw usageFailure(`--gdb ${quote(text)} is no TCP port`, "Write a number such as --gdb 3333.");
  return port;
}

/** `NAME=VALUE`. */
export function readPair(option: string, text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1)
    throw usageFailure(`${option} ${quote(text)} gives no value`, `Write ${option} NAME=VALUE.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

const csvOptions = ["column", "time", "unit", "interpolate"] as const;

/**
 * `--set NAME=VALUE`: what replaces a signal. A number is a constant. Anything else is a CSV file, followed by options such
 * as `,unit=F`; where the rig already reads that signal from a file, its options hold unless given here.
 */
export function readSignal(text: string, old: SignalSpec | undefined): SignalSpec {
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return { kind: "constant", value: Number(text) };
  const [file, ...options] = splitOptions(text);
  const given: Partial<Record<(typeof csvOptions)[number], string>> = {};
  for (const option of options) {
    const [name, value] = readPair("--set", option);
    given[csvOption(name)] = value;
  }
  const { interpolate = old?.kind === "csv" ? old.interpolate : "hold", ...rest } = given;
  if (interpolate !== "hold" && interpolate !== "linear") {
    throw usageFailure(
      `--set interpolate=${quote(interpolate)} is not known`,
      'Write "hold" or "linear".',
    );
  }
  const { column, time, unit } = old?.kind === "csv" ? old : {};
  const kept = Object.fromEntries(
    Object.entries({ column, time, unit }).filter(([, value]) => value !== undefined),
  );
  return { kind: "csv", file: file!, interpolate, ...kept, ...rest };
}

/** Only a comma before `name=` starts an option, so that names of files and columns may hold commas. */
function splitOptions(text: string): string[] {
  return text.split(/,(?=[a-z]+=)/);
}

function csvOption(name: string): (typeof csvOptions)[number] {
  const known = csvOptions.find((option) => option === name);
  if (known !== undefined) return known;
  const near = nearest(name, csvOptions);
  throw usageFailure(
    `--set has no option ${quote(name)}`,
    near === undefined
      ? `Its options are ${listOf(csvOptions, "and")}.`
      : `Did you mean "${near}"?`,
  );
}

/** A name on the command line that is none of `known`. */
export function unknownName(what: string, name: string, known: readonly string[]): Failure {
  const near = nearest(name, known);
  const list =
    known.length === 0
      ? `There are no ${what}s.`
      : `There ${known.length === 1 ? "is" : "are"} ${listOf(known, "and")}.`;
  return usageFailure(
    `there is no ${what} ${quote(name)}`,
    near === undefined ? list : `Did you mean "${near}"?`,
  );
}

/** The raw value of a setting, checked against its type and range. */
export function readSetting(setting: Setting, text: string): number {
  if (setting.type === "bool") {
    if (["true", "on", "1"].includes(text)) return 1;
    if (["false", "off", "0"].includes(text)) return 0;
    throw usageFailure(
      `setting ${setting.name} is true or false, not ${quote(text)}`,
      `Write --setting ${setting.name}=true or =false.`,
    );
  }
  const raw = scaleDecimal(text, setting.decimals);
  const [low, high] = [setting.min, setting.max].map((value) => formatSetting(setting, value));
  if (raw === undefined) {
    const form =
      setting.decimals === 0
        ? "a whole number"
        : `a number with at most ${setting.decimals} decimals`;
    throw usageFailure(
      `setting ${setting.name} is ${form}, not ${quote(text)}`,
      `Write --setting ${setting.name}=N, from ${low} to ${high}.`,
    );
  }
  if (raw < BigInt(setting.min) || raw > BigInt(setting.max)) {
    throw usageFailure(
      `setting ${setting.name} goes from ${low} to ${high}, so ${text} is out of its range`,
      `Write --setting ${setting.name}=${raw < BigInt(setting.min) ? low : high}, or change the range in thimble.json.`,
    );
  }
  return Number(raw);
}

/** A raw value as people write it, without the unit. */
export function formatSetting(setting: Setting, raw: number): string {
  if (setting.type === "bool") return raw === 0 ? "false" : "true";
  return formatScaled(BigInt(raw), setting.decimals);
}
