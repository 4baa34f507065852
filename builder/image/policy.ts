import type { Policy, StateRecord } from "../../runtime/manifest/state.js";
import {
  mostStateBytes,
  mostStateFields,
  restartAttempts,
  restartDelayMs,
  trialSeconds,
} from "../../runtime/manifest/terms.js";
import { type Cursor, fail } from "./cursor.js";

/** The policy of a description, and the hash of each setting with the place it was read from. */
export function readPolicy(
  cursor: Cursor,
  settingCount: number,
  stateCount: number,
): { policy: Policy; settings: { hash: number; offset: number }[] } {
  const { restart, health } = readRules(cursor);
  const settings = Array.from({ length: settingCount }, () => {
    const { offset } = cursor;
    return { hash: cursor.u32(), offset };
  });
  const stateAt = cursor.offset;
  const state = Array.from({ length: stateCount }, () => readRecord(cursor));
  checkRecords(state, stateAt);
  return { policy: { restart, health, state }, settings };
}

function readRules(cursor: Cursor): Pick<Policy, "restart" | "health"> {
  const base = cursor.offset;
  const within = (
    value: number,
    { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
    at: number,
    what: string,
  ): number =>
    value < minimum || value > maximum
      ? fail(base + at, `${what} is ${value}, not ${minimum} to ${maximum}`)
      : value;
  const delayMs = within(cursor.u16(), restartDelayMs, 0, "the restart delay");
  const attempts = within(cursor.u8(), restartAttempts, 2, "the number of restarts");
  const confirm = within(cursor.u8(), { minimum: 0, maximum: 1 }, 3, "the wish for confirm") === 1;
  const seconds = within(cursor.u16(), trialSeconds, 4, "the length of the trial");
  return { restart: { delayMs, attempts }, health: { seconds, events: cursor.u16(), confirm } };
}

const recordBytes = 8;

function readRecord(cursor: Cursor): StateRecord {
  const base = cursor.offset;
  const hash = cursor.u32();
  const [offset, bytes, older] = [cursor.u16(), cursor.u8(), cursor.u8()];
  if (![1, 2, 4, 8].includes(bytes)) fail(base + 6, `a field of ${bytes} bytes in the state`);
  if (offset % bytes !== 0 || offset + bytes > mostStateBytes)
    fail(base + 4, `a field of ${bytes} bytes cannot lie at ${offset} of the state`);
  if (older > 1)
    fail(base + 7, `${older} does not say whether a name of the state is an older one`);
  return { hash, offset, bytes, older: older === 1 };
}

/** Hashes ascend, no field lies on another, and each older name is one of a field. */
function checkRecords(records: readonly StateRecord[], base: number): void {
  const fields = records.filter(({ older }) => !older);
  if (fields.length > mostStateFields)
    fail(base, `${fields.length} fields in the state, at most ${mostStateFields}`);
  const owners = new Map<number, StateRecord>();
  for (const field of fields) {
    for (let byte = field.offset; byte < field.offset + field.bytes; byte++) {
      if (owners.has(byte)) fail(base, `two fields of the state lie at ${byte}`);
      owners.set(byte, field);
    }
  }
  records.forEach(({ hash, offset, bytes, older }, index) => {
    const at = base + index * recordBytes;
    if (index > 0 && hash <= records[index - 1]!.hash)
      fail(at, "hashes of the state do not ascend");
    const owner = owners.get(offset);
    if (older && (owner?.offset !== offset || owner.bytes !== bytes))
      fail(at, `an older name of a field at ${offset} of the state, where none is`);
  });
}
