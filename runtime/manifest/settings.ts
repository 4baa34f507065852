import type { Setting } from "./manifest.js";

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
