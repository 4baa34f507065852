import type { Manifest, Setting } from "./manifest.js";

/** The position of a setting that can have this raw value. Throws a RangeError if there is no such setting, or it cannot. */
export function settablePosition(
  settings: readonly Setting[],
  name: string,
  value: number,
): number {
  const position = settings.findIndex((setting) => setting.name === name);
  const setting = settings[position];
  if (setting === undefined) throw new RangeError(`there is no setting ${name}`);
  if (!Number.isInteger(value) || value < setting.min || value > setting.max)
    throw new RangeError(
      `setting ${name} goes from ${setting.min} to ${setting.max}: it cannot be ${value}`,
    );
  return position;
}

/** Whether a value of one version's setting is one of the other's: same name, type and decimals, and within its bounds (SPEC.md section 3). */
export function isSameSetting(from: Setting, to: Setting, value: number): boolean {
  const { name, type, decimals } = from;
  if (to.name !== name || to.type !== type || to.decimals !== decimals) return false;
  return value >= to.min && value <= to.max;
}

/** Of the raw values by name that an owner has set in one version of an app, those that another version takes over. */
export function settingsOfVersion(
  from: Manifest,
  to: Manifest,
  values: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const taken = from.settings.flatMap((setting): [string, number][] => {
    const value = values.get(setting.name);
    if (value === undefined) return [];
    return to.settings.some((other) => isSameSetting(setting, other, value))
      ? [[setting.name, value]]
      : [];
  });
  return new Map(taken);
}
