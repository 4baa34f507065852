import {
  defaultHealth,
  defaultRestart,
  type Health,
  type Manifest,
  type Need,
  type Restart,
  type Setting,
  type StateField,
} from "../../../runtime/manifest/manifest.js";
import { formatSetting } from "../run/options.js";
import type { Style } from "./style.js";

/** What is known of a container without running it. */
export interface Facts {
  readonly manifest: Manifest;
  /** Where it was read from; undefined where it was built just now. */
  readonly file: string | undefined;
  readonly sizes: {
    readonly moduleBytes: number;
    /** null where it has no machine code. */
    readonly payloadBytes: number | null;
    readonly codeBytes: number | null;
    /** Of the machine code; null also where recursion leaves it without a bound. */
    readonly stackBytes: number | null;
  };
  /** Whether the payload is what this version of thimble compiles from the module; null where there is none. */
  readonly isOwnPayload: boolean | null;
  /** `sha256:` and hexadecimal; null where there is no such thing. */
  readonly digests: {
    readonly module: string;
    readonly payload: string | null;
    readonly image: string | null;
    readonly moduleManifest: string | null;
    readonly payloadManifest: string | null;
  };
}

/** A name and what is said about it. */
export type Row = readonly [name: string, text: string];

/** A container as lines: what it asks for, what it keeps, what it may use, how large it is. */
export function renderFacts(facts: Facts, style: Style): string[] {
  const { manifest, file, sizes, digests } = facts;
  const { name, contract, imports, needs, settings, state, limits, health, restart } = manifest;
  const stack = limits.stackBytes === null ? "stack unbounded" : `stack ${size(limits.stackBytes)}`;
  const rows: readonly Row[] = [
    ["contract", contract],
    ["module", size(sizes.moduleBytes)],
    ["payload", payloadText(facts)],
    [
      "limits",
      `memory ${size(limits.memoryBytes)}, ${stack}, an event ${number(limits.eventMs)} ms`,
    ],
    ["health", healthText(health ?? defaultHealth)],
    ["restart", restartText(restart ?? defaultRestart)],
  ];
  return [
    `${style.bold(name)}${file === undefined ? "" : `  ${file}`}`,
    "",
    ...table(rows),
    ...section("needs", needs.map(needRow)),
    ...section("settings", settings.map(settingRow)),
    ...section(`state, ${size(state?.bytes ?? 0)}`, (state?.fields ?? []).map(fieldRow)),
    ...section("imports", importRows(imports)),
    ...section("digests", digestRows(digests)),
  ];
}

function table(rows: readonly Row[], indent = "  "): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${indent}${name.padEnd(width)}  ${text}`);
}

/** Nothing where there is nothing to list. */
export function section(title: string, rows: readonly Row[]): string[] {
  return rows.length === 0 ? [] : ["", `  ${title}`, ...table(rows, "    ")];
}

function payloadText({ sizes: { payloadBytes, codeBytes }, isOwnPayload }: Facts): string {
  if (payloadBytes === null || codeBytes === null) return "none";
  const other = isOwnPayload === true ? "" : "; not what this version compiles from the module";
  return `${size(payloadBytes)} for a Cortex-M0+, ${size(codeBytes)} of it code${other}`;
}

function healthText({ seconds, events, confirm }: Health): string {
  const more = [
    ...(events > 0 ? [`${number(events)} events`] : []),
    ...(confirm ? ["confirm()"] : []),
  ];
  return `a new version is kept after ${number(seconds)} s${more.length === 0 ? "" : ` with ${more.join(" and ")}`}`;
}

function restartText({ delayMs, attempts }: Restart): string {
  if (attempts === 0) return "never";
  return `after ${number(delayMs)} ms, then twice as long, ${attempts} times`;
}

export function needRow(need: Need): Row {
  return [need.name, `${need.kind}${needText(need)}`];
}

function needText(need: Need): string {
  switch (need.kind) {
    case "i2c":
      return ` at 0x${need.address.toString(16).padStart(2, "0")}`;
    case "spi":
      return `, mode ${need.mode}, up to ${number(need.hertz)} Hz`;
    case "uart":
      return ` at ${number(need.baud)} baud`;
    case "publish": {
      const fields = need.fields.map(({ name }) => name).join(", ");
      return ` ${need.topic}${fields === "" ? "" : `: ${fields}`}${need.retain === true ? ", the last one kept" : ""}`;
    }
    case "subscribe":
      return ` ${need.topic}`;
    default:
      return "";
  }
}

function settingRow(setting: Setting): Row {
  const show = (raw: number): string => formatSetting(setting, raw);
  const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
  const range =
    setting.type === "bool" ? "" : `, ${show(setting.min)} to ${show(setting.max)}${unit}`;
  return [setting.name, `${setting.type}, ${show(setting.default)}${range}`];
}

function fieldRow({ name, type, offset, was = [] }: StateField): Row {
  return [name, `${type} at ${offset}${was.length === 0 ? "" : `, was ${was.join(", ")}`}`];
}

/** A row for each interface. */
function importRows(imports: readonly string[]): Row[] {
  const byInterface = new Map<string, string[]>();
  for (const name of imports) {
    const [from, what] = name.split(".");
    byInterface.set(from!, [...(byInterface.get(from!) ?? []), what!]);
  }
  return [...byInterface].map(([from, names]) => [from, names.join(", ")]);
}

const digestNames = {
  image: "image",
  module: "module",
  payload: "payload",
  moduleManifest: "module manifest",
  payloadManifest: "payload manifest",
} as const;

function digestRows(digests: Facts["digests"]): Row[] {
  return (Object.keys(digestNames) as (keyof typeof digestNames)[]).flatMap((key) => {
    const digest = digests[key];
    return digest === null ? [] : [[digestNames[key], digest] as const];
  });
}

function size(bytes: number): string {
  return `${number(bytes)} B`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
