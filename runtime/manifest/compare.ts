import type { Manifest, Need, Setting, State, StateField } from "./manifest.js";
import { defaultHealth, defaultRestart } from "./manifest.js";
import { nameHash } from "./state.js";

/** What becomes of the state when one version of an app takes the place of another. */
export interface StateChanges {
  /** Fields that keep their value, by their names in either version. In the order of the new one. */
  readonly moved: readonly { readonly from: string; readonly to: string; readonly type: string }[];
  /** Fields that are new and begin with their default. In the order of the new version. */
  readonly added: readonly string[];
  /** Fields whose value is lost. In the order of the old version. */
  readonly lost: readonly {
    readonly name: string;
    readonly type: string;
    /** The type that it has now, if that is why. */
    readonly becauseType?: string;
  }[];
}

/** What becomes of the values that the owner has changed. */
export interface SettingChanges {
  /** By name; a value outside of the new range is not kept. */
  readonly kept: readonly string[];
  /** Settings that are kept, but no longer allow all values that they did. */
  readonly narrowed: readonly { readonly from: Setting; readonly to: Setting }[];
  readonly added: readonly string[];
  readonly lost: readonly {
    readonly name: string;
    /** `integer`, or `decimal with 3 decimals`. */
    readonly form: string;
    /** The form that it has now, if that is why. */
    readonly becauseForm?: string;
  }[];
}

/** What a new version of an app asks for beside the old one. */
export interface NeedChanges {
  readonly added: readonly Need[];
  readonly changed: readonly { readonly from: Need; readonly to: Need }[];
  readonly removed: readonly Need[];
}

/** A figure that differs, by where it stands in the manifest: `wasm.bytes`, `limits.memoryBytes`, `health.seconds`, `restart.attempts`. */
export interface FigureChange {
  readonly name: string;
  readonly from: number | boolean | null;
  readonly to: number | boolean | null;
}

/** All of it. */
export interface VersionChanges {
  readonly state: StateChanges;
  readonly settings: SettingChanges;
  readonly needs: NeedChanges;
  readonly figures: readonly FigureChange[];
}

/** What changes when `to` takes the place of `from`, another version of the same app. */
export function compareVersions(from: Manifest, to: Manifest): VersionChanges {
  return {
    state: compareState(from.state, to.state),
    settings: compareSettings(from.settings, to.settings),
    needs: compareNeeds(from.needs, to.needs),
    figures: [
      ...compareFigures("wasm", { bytes: from.wasm.bytes }, { bytes: to.wasm.bytes }),
      ...compareFigures("limits", { ...from.limits }, { ...to.limits }),
      ...compareFigures("health", ...pairOf(from.health, to.health, defaultHealth)),
      ...compareFigures("restart", ...pairOf(from.restart, to.restart, defaultRestart)),
    ],
  };
}

/** Which fields move, as the core moves them (SPEC.md, section 3, "State"). */
export function compareState(from: State | undefined, to: State | undefined): StateChanges {
  const old = from?.fields ?? [];
  const pairs = (to?.fields ?? []).map((field) => ({ field, source: sourceOf(field, old) }));
  const sources = new Set(pairs.map(({ source }) => source));
  const lost = old
    .filter((field) => !sources.has(field))
    .map(({ name, type }) => {
      const heir = pairs.find(({ field }) => field.type !== type && namesOf(field).includes(name));
      return { name, type, ...(heir && { becauseType: heir.field.type }) };
    });
  const retyped = (field: StateField): boolean =>
    old.some(({ name, type }) => type !== field.type && namesOf(field).includes(name));
  return {
    moved: pairs.flatMap(({ field: { name, type }, source }) =>
      source ? [{ from: source.name, to: name, type }] : [],
    ),
    added: pairs.flatMap(({ field, source }) => (source || retyped(field) ? [] : [field.name])),
    lost,
  };
}

function namesOf({ name, was = [] }: StateField): readonly string[] {
  return [name, ...was];
}

/** The field whose value moves into this one: that of the same name, else the one whose older name has the lowest hash. */
function sourceOf(field: StateField, old: readonly StateField[]): StateField | undefined {
  const same = old.filter(({ type }) => type === field.type);
  const older = same
    .filter(({ name }) => field.was?.includes(name))
    .toSorted((a, b) => nameHash(a.name, a.type) - nameHash(b.name, b.type));
  return same.find(({ name }) => name === field.name) ?? older[0];
}

function compareSettings(from: readonly Setting[], to: readonly Setting[]): SettingChanges {
  const named = (list: readonly Setting[], name: string): Setting | undefined =>
    list.find((setting) => setting.name === name);
  const pairs = from.map((setting) => ({ setting, heir: named(to, setting.name) }));
  const kept = pairs.flatMap(({ setting, heir }) =>
    heir && formOf(heir) === formOf(setting) ? [{ from: setting, to: heir }] : [],
  );
  return {
    kept: kept.map((pair) => pair.to.name),
    narrowed: kept.filter((pair) => pair.to.min > pair.from.min || pair.to.max < pair.from.max),
    added: to.flatMap(({ name }) => (named(from, name) ? [] : [name])),
    lost: pairs
      .filter(({ setting, heir }) => !heir || formOf(heir) !== formOf(setting))
      .map(({ setting, heir }) => ({
        name: setting.name,
        form: formOf(setting),
        ...(heir && { becauseForm: formOf(heir) }),
      })),
  };
}

function formOf({ type, decimals }: Setting): string {
  return type === "decimal" ? `decimal with ${decimals} decimals` : type;
}

function compareNeeds(from: readonly Need[], to: readonly Need[]): NeedChanges {
  const named = (list: readonly Need[], name: string): Need | undefined =>
    list.find((need) => need.name === name);
  return {
    added: to.filter(({ name }) => !named(from, name)),
    changed: to.flatMap((need) => {
      const before = named(from, need.name);
      return before && facts(before) !== facts(need) ? [{ from: before, to: need }] : [];
    }),
    removed: from.filter(({ name }) => !named(to, name)),
  };
}

/** All that a need says, in one order. */
function facts(need: Need): string {
  return JSON.stringify(Object.entries(need).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Figures = Readonly<Record<string, number | boolean | null>>;

/** Both have the same keys. */
function compareFigures(part: string, from: Figures, to: Figures): FigureChange[] {
  return Object.keys(from)
    .filter((key) => from[key] !== to[key])
    .map((key) => ({ name: `${part}.${key}`, from: from[key] ?? null, to: to[key] ?? null }));
}

/** Two rules; a manifest that states none has the default. */
function pairOf<T extends object>(
  from: T | undefined,
  to: T | undefined,
  otherwise: T,
): [T & Figures, T & Figures] {
  return [{ ...(from ?? otherwise) }, { ...(to ?? otherwise) }] as [T & Figures, T & Figures];
}
