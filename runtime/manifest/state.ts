import { crc32 } from "../firmware/crc32.js";
import type { Health, Manifest, Restart, Setting, State, StateType } from "./manifest.js";
import { defaultHealth, defaultRestart } from "./manifest.js";

/** Sizes of the types that state can have. Each lies at a multiple of its size. */
export const stateTypeBytes: Readonly<Record<StateType, 1 | 2 | 4 | 8>> = {
  bool: 1,
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
};

/** How a description names a field of the state: by a name that it has or had. */
export interface StateRecord {
  /** `nameHash` of name and type. */
  readonly hash: number;
  /** In the state object, in bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** Whether the name is one that the field had in an earlier version. */
  readonly older: boolean;
}

/** What a description says about the end of a container and its next version. */
export interface Policy {
  readonly restart: Restart;
  readonly health: Health;
  /** By ascending hash. */
  readonly state: readonly StateRecord[];
}

/** The identity of a field of the state (`name:type`) or of a setting (`name:type:decimals`) across versions: a CRC-32. */
export function nameHash(...parts: readonly (string | number)[]): number {
  return crc32(new TextEncoder().encode(parts.join(":")));
}

/** The identity of a setting: a value that its owner has changed moves to the setting of the next version that has the same. */
export function settingHash({ name, type, decimals }: Omit<Setting, "unit">): number {
  return nameHash(name, type, decimals);
}

/** Names and older names of all fields, in the order of the description. */
export function stateRecords(state: State): StateRecord[] {
  const records = state.fields.flatMap(({ name, type, offset, was = [] }) =>
    [name, ...was].map((known, position) => ({
      hash: nameHash(known, type),
      offset,
      bytes: stateTypeBytes[type],
      older: position > 0,
    })),
  );
  return records.toSorted((a, b) => a.hash - b.hash);
}

/** The policy of a manifest; undefined for one from before there were any. */
export function policyOf({
  health,
  restart,
  state,
}: Pick<Manifest, "health" | "restart" | "state">): Policy | undefined {
  if (!health && !restart && !state) return undefined;
  return {
    restart: restart ?? defaultRestart,
    health: health ?? defaultHealth,
    state: state ? stateRecords(state) : [],
  };
}
