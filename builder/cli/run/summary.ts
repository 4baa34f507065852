import type { Usage } from "../../../runtime/emulator/emu/usage.js";
import { plural } from "../render/diagnostic.js";
import type { Style } from "../render/style.js";
import { span } from "../render/time.js";
import { usageRows } from "./usage.js";
import { cut, fit, printable, textWidth } from "../render/width.js";
import { levelText, wireText, type Wired } from "./names.js";
import type { Tally } from "./tally.js";

/** What a run comes to: the document of `--json`, and the last lines for people. */
export interface Summary {
  readonly app: string;
  readonly virtualUs: number;
  /** Real milliseconds, rounded. */
  readonly wallMs: number;
  readonly seed: number;
  readonly events: number;
  readonly dropped: number;
  readonly missed: number;
  readonly memoryBytes: number;
  readonly stackBytes: number | null;
  readonly containerBytes: number;
  readonly messages: readonly {
    readonly topic: string;
    readonly count: number;
    readonly last: string;
    readonly lastUs: number;
  }[];
  readonly outputs: readonly {
    readonly need: string;
    readonly pin: string;
    readonly changes: number;
    readonly state: string;
  }[];
  readonly logLines: number;
  /** What it has cost the emulated Pico. */
  readonly device?: Usage;
}

/** The figures that the simulation has counted, and what the manifest says. */
export type Figures = Pick<
  Summary,
  | "app"
  | "virtualUs"
  | "wallMs"
  | "seed"
  | "events"
  | "dropped"
  | "missed"
  | "memoryBytes"
  | "stackBytes"
  | "containerBytes"
  | "device"
>;

/** What the trace and the simulation have counted, together. */
export function summarize(figures: Figures, tally: Tally, wired: readonly Wired[]): Summary {
  const messages = tally
    .group("message")
    .map(({ name, count, last, lastUs }) => ({ topic: name, count, last: String(last), lastUs }));
  const outputs = wired.flatMap((entry) => {
    const { need, connection } = entry;
    if (need.kind !== "gpio-out" || connection.kind !== "gpio") return [];
    const pin = tally.channels.get(`pin.${wireText(connection)}`);
    const state = levelText(entry, pin === undefined ? connection.activeLow : pin.last !== 0);
    // The first entry is the level the pin starts with.
    return [
      {
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
  const { virtualUs, wallMs } = summary;
  const ratio =
    wallMs >= 1
      ? `, ${Math.round(virtualUs / 1000 / wallMs).toLocaleString("en-US")} times real time`
      : "";
  const title = `${summary.app} ran for ${span(virtualUs)} in ${wallMs < 1000 ? `${wallMs} ms` : `${(wallMs / 1000).toFixed(1)} s`}${ratio}`;
  const number = (value: number): string => value.toLocaleString("en-US");
  const stack = summary.stackBytes === null ? "unbounded" : `${number(summary.stackBytes)} B`;
  const rows: [string, string][] = [
    [
      "events",
      `${number(summary.events)} handled, ${number(summary.dropped)} dropped, ${number(summary.missed)} missed`,
    ],
    [
      "bytes",
      `container ${number(summary.containerBytes)} B, memory ${number(summary.memoryBytes)} B, stack ${stack}`,
    ],
    ...summary.outputs.map(({ need, changes, state }): [string, string] => [
      need,
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
    ...rows.map(
      ([name, text]) => `  ${style.dim(fit(name, width))}  ${cut(text, columns - width - 4)}`,
    ),
  ];
}
