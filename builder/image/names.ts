import type { Need, Setting } from "../../runtime/manifest/manifest.js";
import { appName, identifier } from "../../runtime/manifest/terms.js";
import { settingHash } from "../../runtime/manifest/state.js";
import { fail } from "./cursor.js";
import type { NeedFacts, SettingRange } from "./description.js";
import type { NameRecord } from "./tables.js";

/** What has names: the app, its needs and settings. */
export interface Named {
  readonly name: string;
  readonly needs: readonly Need[];
  readonly settings: readonly Omit<Setting, "unit">[];
}

/** Positions are the upper four bits of the form of a setting; its decimals are the lower four. */
const settingTypes: readonly Setting["type"][] = ["bool", "integer", "decimal"];

const appPattern = new RegExp(appName.pattern, "u");
const identifierPattern = new RegExp(identifier.pattern, "u");

/** The table of names: the app, needs, settings. */
export function namesOf({ name, needs, settings }: Named): Omit<NameRecord, "offset">[] {
  return [
    { form: 0, name },
    ...needs.map((need) => ({ form: 0, name: need.name })),
    ...settings.map((setting) => ({
      form: (settingTypes.indexOf(setting.type) << 4) | setting.decimals,
      name: setting.name,
    })),
  ];
}

/** Puts the names to what the description tells. `records` are as many as there are needs and settings, and one. */
export function joinNames(
  records: readonly NameRecord[],
  needs: readonly NeedFacts[],
  settings: readonly SettingRange[],
): Named {
  const [app, ...others] = records;
  checkName(app!, appPattern);
  checkPlain(app!);
  const ofNeeds = others.slice(0, needs.length);
  const ofSettings = others.slice(needs.length);
  for (const list of [ofNeeds, ofSettings]) checkList(list);
  ofNeeds.forEach(checkPlain);
  return {
    name: app!.name,
    needs: needs.map((need, index): Need => ({ name: ofNeeds[index]!.name, ...need })),
    settings: settings.map((range, index) => joinSetting(ofSettings[index]!, range)),
  };
}

function checkName({ name, offset }: NameRecord, pattern: RegExp): void {
  if (!pattern.test(name)) fail(offset, "a name with characters or a length it cannot have");
}

function checkPlain({ form, offset }: NameRecord): void {
  if (form !== 0) fail(offset, `the byte before a name is ${form}, not 0`);
}

function checkList(records: readonly NameRecord[]): void {
  const seen = new Set<string>();
  for (const record of records) {
    checkName(record, identifierPattern);
    if (seen.has(record.name)) fail(record.offset, `a second need or setting ${record.name}`);
    seen.add(record.name);
  }
}

function joinSetting(
  { form, name, offset }: NameRecord,
  { default: initial, min, max, offset: rangeOffset, identity }: SettingRange,
): Named["settings"][number] {
  const type = settingTypes[form >> 4];
  const decimals = form & 15;
  if (type === undefined || decimals > 9 || (type !== "decimal" && decimals !== 0))
    return fail(offset, `${form} is no type of a setting with its decimals`);
  if (type === "bool" && (min !== 0 || max !== 1))
    fail(rangeOffset, `the setting ${name} is a bool from ${min} to ${max}`);
  const setting = { name, type, decimals, default: initial, min, max };
  if (identity && identity.hash !== settingHash(setting))
    fail(identity.offset, `the hash of the setting ${name} is another`);
  return setting;
}
