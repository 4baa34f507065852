import { formatScaled, scaleDecimal } from "../../../runtime/document/decimal.js";
import { nearest } from "../../../runtime/document/suggest.js";
import { listOf, quote } from "../../../runtime/document/words.js";
import { trapCodes } from "../../../runtime/emulator/sim/contract.js";
import type { Manifest, Need, Setting } from "../../../runtime/manifest/manifest.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import type { Rig } from "../../../runtime/rig/rig.js";

/** One version of an app, wired to the rig. */
export interface Version {
  /** What a scenario calls it: `first`, `v2`. */
  readonly name: string;
  readonly manifest: Manifest;
  /** In the order of the needs. */
  readonly connections: readonly Connection[];
}

/** An app of the device with its versions, the first one running first. All have the same name. */
export interface CastApp {
  readonly name: string;
  readonly versions: readonly Version[];
}

/** What a scenario may speak of. */
export interface Cast {
  /** In the order in which they start. */
  readonly apps: readonly CastApp[];
  readonly rig: Rig;
}

/** A name that nothing has, or a value that it cannot have. */
export class NameFault extends Error {
  constructor(
    message: string,
    /** What to write instead, one sentence. */
    readonly hint: string,
  ) {
    super(message);
    this.name = "NameFault";
  }
}

/** A need of an app. */
export interface CastNeed {
  readonly need: Need;
  readonly connection: Connection;
}

export interface CastSetting {
  /** Position of the app. */
  readonly container: number;
  readonly setting: Setting;
}

/** Finds what is meant by the names in scenarios and tests. What there is not, is thrown as a NameFault. */
export class Names {
  readonly #needs = new Map<string, Map<string, CastNeed>>();
  readonly #settings = new Map<string, Map<string, CastSetting>>();

  constructor(readonly cast: Cast) {
    for (const [container, { name, versions }] of cast.apps.entries())
      for (const { manifest, connections } of versions) {
        for (const [index, need] of manifest.needs.entries())
          addFirst(this.#needs, need.name, name, { need, connection: connections[index]! });
        for (const setting of manifest.settings)
          addFirst(this.#settings, setting.name, name, { container, setting });
      }
  }

  /** Position of an app; the only one if none is named. */
  app(name: string | undefined): number {
    const { apps } = this.cast;
    if (name === undefined && apps.length === 1) return 0;
    const names = apps.map((app) => app.name);
    if (name === undefined)
      throw new NameFault("which app is meant is not said", `Write ${listOf(names, "or")}.`);
    return position("app", name, names);
  }

  /** Position of a version of an app. */
  version(app: number, name: string): number {
    const { versions } = this.cast.apps[app]!;
    return position(
      "version",
      name,
      versions.map((version) => version.name),
      "Declare it above: version NAME PATH.",
    );
  }

  /** A button of the rig. */
  button(name: string): string {
    const { parts } = this.cast.rig.simulation;
    const buttons = [...parts].flatMap(([part, { chip }]) => (chip === "button" ? [part] : []));
    const part = parts.get(name);
    if (part !== undefined && part.chip !== "button")
      throw new NameFault(
        `the part ${quote(name)} is a ${part.chip}, which cannot be pressed`,
        listHint("button", buttons),
      );
    return known("button", name, buttons, "The rig declares buttons under simulation.parts.");
  }

  /** A signal of the rig. */
  signal(name: string): string {
    const { simulation } = this.cast.rig;
    return known(
      "signal",
      name,
      [...simulation.signals.keys()],
      "The rig declares signals under simulation.signals.",
    );
  }

  /** A need by its name, or by APP.NEED. */
  need(name: string): CastNeed {
    return this.#find("need", this.#needs, name);
  }

  /** A setting by its name, or by APP.SETTING. */
  setting(name: string): CastSetting {
    return this.#find("setting", this.#settings, name);
  }

  /** A topic that one of the apps publishes on; its fields, if it says which. */
  published(topic: string): readonly string[] | undefined {
    const needs = this.#topics("publish");
    knownTopic(`no app publishes on ${quote(topic)}`, topic, needs);
    const fields = needs
      .filter(({ connection }) => connection.topic === topic)
      .map(({ need }) => (need.kind === "publish" ? need.fields.map((field) => field.name) : []));
    return fields.some((list) => list.length === 0) ? undefined : [...new Set(fields.flat())];
  }

  /** A topic that one of the apps has subscribed to. */
  heard(topic: string): string {
    knownTopic(`no app subscribes to ${quote(topic)}`, topic, this.#topics("subscribe"));
    return topic;
  }

  #topics(
    kind: "publish" | "subscribe",
  ): (CastNeed & { connection: Connection & { kind: "topic" } })[] {
    return this.cast.apps
      .flatMap(({ versions }) => versions)
      .flatMap(({ manifest, connections }) =>
        manifest.needs.flatMap((need, index) => {
          const connection = connections[index]!;
          return need.kind === kind && connection.kind === "topic" ? [{ need, connection }] : [];
        }),
      );
  }

  #find<T>(what: string, byName: ReadonlyMap<string, ReadonlyMap<string, T>>, name: string): T {
    const dot = name.lastIndexOf(".");
    const [app, own] = dot < 0 ? [undefined, name] : [name.slice(0, dot), name.slice(dot + 1)];
    const owners = byName.get(own);
    if (owners === undefined) {
      const names = [...byName].flatMap(([one, apps]) =>
        apps.size === 1 ? [one] : [...apps.keys()].map((owner) => `${owner}.${one}`),
      );
      throw unknown(what, name, names, undefined);
    }
    if (app === undefined) {
      if (owners.size === 1) return [...owners.values()][0]!;
      const all = [...owners.keys()].map((owner) => `${owner}.${own}`);
      throw new NameFault(
        `several apps have a ${what} ${quote(own)}`,
        `Write ${listOf(all, "or")}.`,
      );
    }
    const found = owners.get(app);
    if (found !== undefined) return found;
    throw unknown(
      `${what}`,
      name,
      [...owners.keys()].map((owner) => `${owner}.${own}`),
      undefined,
    );
  }
}

/** Refuses a topic that there is not. Where it is the name of a need, the topic of that is what was meant. */
function knownTopic(
  message: string,
  topic: string,
  needs: readonly (CastNeed & { connection: Connection & { kind: "topic" } })[],
): void {
  const topics = [...new Set(needs.map(({ connection }) => connection.topic))];
  if (topics.includes(topic)) return;
  const meant = needs.find(({ need }) => need.name === topic);
  if (meant !== undefined)
    throw new NameFault(
      `${quote(topic)} is a need, not a topic`,
      `Write its topic, ${quote(meant.connection.topic)}.`,
    );
  const near = nearest(topic, topics);
  throw new NameFault(
    message,
    near === undefined ? listHint("such topic", topics) : `Did you mean ${quote(near)}?`,
  );
}

function addFirst<T>(map: Map<string, Map<string, T>>, name: string, app: string, value: T): void {
  const owners = map.get(name) ?? new Map<string, T>();
  map.set(name, owners);
  if (!owners.has(app)) owners.set(app, value);
}

function position(what: string, name: string, names: readonly string[], more?: string): number {
  return names.indexOf(known(what, name, names, more));
}

function known(
  what: string,
  name: string,
  names: readonly string[],
  more: string | undefined,
): string {
  if (names.includes(name)) return name;
  throw unknown(what, name, names, more);
}

function unknown(
  what: string,
  name: string,
  names: readonly string[],
  more: string | undefined,
): NameFault {
  const near = nearest(name, names);
  const list = listHint(what, names) + (more === undefined ? "" : ` ${more}`);
  return new NameFault(
    `there is no ${what} ${quote(name)}`,
    near === undefined ? list : `Did you mean ${quote(near)}?`,
  );
}

function listHint(what: string, names: readonly string[]): string {
  if (names.length === 0) return `There is no ${what} at all.`;
  return names.length === 1
    ? `The only ${what} is ${quote(names[0]!)}.`
    : `There are ${listOf(names.map(quote), "and")}.`;
}

/** The code of an end. */
export function trapCode(name: string): string {
  return known("trap code", name, trapCodes.slice(1), undefined);
}

/** The raw value of a setting from what stands for it in thimble.json. */
export function settingRaw({ name, type, decimals, min, max }: Setting, text: string): number {
  if (type === "bool") {
    if (["true", "on", "1"].includes(text)) return 1;
    if (["false", "off", "0"].includes(text)) return 0;
    throw new NameFault(
      `the setting ${quote(name)} is true or false, not ${quote(text)}`,
      "Write true or false.",
    );
  }
  const raw = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)
    ? scaleDecimal(text, decimals)
    : undefined;
  const [low, high] = [min, max].map((value) => formatScaled(BigInt(value), decimals));
  if (raw === undefined)
    throw new NameFault(
      `the setting ${quote(name)} is ${decimals === 0 ? "a whole number" : `a number with at most ${decimals} decimals`}, not ${quote(text)}`,
      `Write a number from ${low} to ${high}.`,
    );
  if (raw < BigInt(min) || raw > BigInt(max))
    throw new NameFault(
      `the setting ${quote(name)} goes from ${low} to ${high}, so ${text} is out of its range`,
      `Write ${raw < BigInt(min) ? low : high}, or change the range in thimble.json.`,
    );
  return Number(raw);
}
