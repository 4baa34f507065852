import type {
  FigureChange,
  NeedChanges,
  SettingChanges,
  StateChanges,
  VersionChanges,
} from "../../../runtime/manifest/compare.js";
import type { Need } from "../../../runtime/manifest/manifest.js";
import { formatSetting } from "../run/options.js";
import { needRow, section, type Row } from "./facts.js";
import type { Style } from "./style.js";

/** What becomes of a version when another takes its place. `file` is where the old one was read from. */
export function renderChanges(changes: VersionChanges, file: string, style: Style): string[] {
  const sections = [
    ...section("state", stateRows(changes.state)),
    ...section("needs", needRows(changes.needs)),
    ...section("settings", settingRows(changes.settings)),
    ...section("figures", changes.figures.map(figureRow)),
  ];
  const title = `${style.bold("in place of")} ${file}`;
  return sections.length === 0
    ? [title, "", "  nothing that is kept or asked for differs"]
    : [title, ...sections];
}

function stateRows({ moved, added, lost }: StateChanges): Row[] {
  return [
    ...moved.map(({ from, to }): Row => [to, from === to ? "moves" : `moves, was ${from}`]),
    ...added.map((name): Row => [name, "new, begins with its default"]),
    ...lost.map(({ name, type, becauseType }): Row => [
      name,
      `lost, ${becauseType === undefined ? `${type}: no field has or had this name` : `was ${type} and is ${becauseType} now`}`,
    ]),
  ];
}

function needRows({ added, changed, removed }: NeedChanges): Row[] {
  const text = (need: Need): string => needRow(need)[1];
  return [
    ...added.map((need): Row => [need.name, `more is asked for: ${text(need)}`]),
    ...changed.map(({ from, to }): Row => [to.name, `${text(to)}; was ${text(from)}`]),
    ...removed.map((need): Row => [need.name, `no longer asked for: ${text(need)}`]),
  ];
}

function settingRows({ kept, narrowed, added, lost }: SettingChanges): Row[] {
  const range = (name: string): string => {
    const pair = narrowed.find(({ to }) => to.name === name);
    return pair
      ? ` from ${formatSetting(pair.to, pair.to.min)} to ${formatSetting(pair.to, pair.to.max)}`
      : "";
  };
  return [
    ...kept.map((name): Row => [name, `keeps a changed value${range(name)}`]),
    ...added.map((name): Row => [name, "new"]),
    ...lost.map(({ name, form, becauseForm }): Row => [
      name,
      `loses a changed value: ${becauseForm === undefined ? "there is no such setting now" : `was ${form} and is ${becauseForm} now`}`,
    ]),
  ];
}

/** What figures are called, and their unit. */
const figureNames: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  "wasm.bytes": ["container", " B"],
  "limits.memoryBytes": ["memory", " B"],
  "limits.stackBytes": ["stack", " B"],
  "limits.eventMs": ["longest event", " ms"],
  "health.seconds": ["trial", " s"],
  "health.events": ["events in the trial", ""],
  "health.confirm": ["confirm() in the trial", ""],
  "restart.delayMs": ["restart after", " ms"],
  "restart.attempts": ["restarts", ""],
};

function figureRow({ name, from, to }: FigureChange): Row {
  const [title, unit] = figureNames[name] ?? [name, ""];
  const text = (value: FigureChange["to"]): string => {
    if (typeof value === "number") return `${value.toLocaleString("en-US")}${unit}`;
    return value === null ? "unbounded" : value ? "yes" : "no";
  };
  return [title, `${text(to)}, was ${text(from)}`];
}
