import { hasError, type Diagnostic } from "../../../runtime/document/diagnostic.js";
import type { Report } from "../report.js";
import type { Notice } from "../view/view.js";
import { runLine } from "./lines.js";
import type { Cast } from "./names.js";
import type { Advancing } from "./pacer.js";
import type { News, Swap } from "./watch.js";

/** Tells what an edit has come to, as lines and diagnostics. The trace has told before that a version is on trial. */
export function tellNews(
  report: Report,
  cast: Cast & { readonly simulation: Advancing },
  news: News,
): void {
  report.source = news.source;
  report.diagnose(news.diagnostics);
  const { app } = news;
  for (const text of newsTexts(news, cast.names.length > 1))
    report.line(runLine(cast.simulation.nowUs, { app, group: "swap", text }, cast, report.style));
}

/** What an edit has come to, as texts of lines; the app in them unless it stands in front of all lines. */
export function newsTexts(news: News, several: boolean): string[] {
  const texts =
    news.swap === undefined
      ? [stillText(news)]
      : swapRows(news.swap).map(([name, text]) => `${name} ${text}`);
  return [...texts, ...(news.otherSurroundings ? [restartText] : [])].map((text) =>
    several ? text : `${news.app} ${text}`,
  );
}

/**
 * What an edit has come to, as the live view shows it.
 * @param fate what the trace has told last of the version: `version 1 on trial`
 */
export function newsNotice(news: News, fate: string): Notice {
  const rows = news.swap === undefined ? [] : swapRows(news.swap);
  return {
    title: `${news.app}: ${news.swap === undefined ? stillText(news) : fate}`,
    rows: [
      ...rows.map(([name, state]) => ({ name, kind: "", state })),
      ...news.diagnostics.slice(0, mostFindings).map(findingRow),
      ...(news.otherSurroundings ? [{ name: "rig", kind: "", state: restartText }] : []),
    ],
  };
}

/** More than these would leave no room for the rest of the view. */
const mostFindings = 3;

const restartText = "the surroundings in rig.json have changed: they come with the next run";

function stillText({ diagnostics }: News): string {
  return hasError(diagnostics)
    ? "cannot be built as it is now; the version before goes on"
    : "the container is as it was; nothing is swapped";
}

function swapRows({ state, editMs, buildMs }: Swap): [name: string, text: string][] {
  const rows: [string, readonly string[]][] = [
    ["moved", state.moved.map(({ from, to }) => (from === to ? to : `${to} (was ${from})`))],
    ["new", state.added],
    [
      "lost",
      state.lost.map(({ name, type, becauseType }) =>
        becauseType === undefined ? name : `${name} (${type}, now ${becauseType})`,
      ),
    ],
  ];
  const told = rows.filter(([, names]) => names.length > 0);
  return [
    ...(told.length === 0
      ? [["has no state", "to move"] as [string, string]]
      : told.map(([what, names]): [string, string] => [what, names.join(", ")])),
    ["took", `${Math.round(editMs)} ms from the edit, ${Math.round(buildMs)} ms of them the build`],
  ];
}

function findingRow({ file, line, column, message }: Diagnostic): Notice["rows"][number] {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return { name: place === "" ? "error" : place, kind: "", state: message, lively: true };
}
