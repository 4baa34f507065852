import { type Diagnostic, DiagnosticError } from "../../runtime/document/diagnostic.js";
import { crc32 } from "../../runtime/firmware/crc32.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { padded } from "./cursor.js";
import {
  type InstalledRecord,
  type Journal,
  journalRecordsMax,
  readJournal,
  writeJournal,
} from "./journal.js";
import { placeSlots, regionBytes, type Slot, slotBytes } from "./slots.js";

/** A container as it is installed: what runs, and the description with its wiring. */
export interface StoredContainer {
  /** Name of the app. */
  readonly name: string;
  /** SPEC.md section 4. */
  readonly payload: Uint8Array;
  /** SPEC.md section 3, wired. */
  readonly description: Uint8Array;
}

/** What stands in flash that has been erased. */
const erased = 0xff;

/**
 * The store of a device on which these containers are installed, to be started in this order: flash from its offset 0x020000 on, up to the
 * end of the last slot. What is not used is erased. Throws a DiagnosticError where they do not fit.
 */
export function storeImage(containers: readonly StoredContainer[]): Uint8Array {
  const sizes = containers.map(
    ({ payload, description }) => padded(payload.length) + description.length,
  );
  const slots = placeSlots(sizes);
  const refused = refusals(containers, sizes, slots);
  if (refused.length > 0) throw new DiagnosticError(refused);
  const placed = slots.map((slot) => slot!);
  const end = placed.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
  const image = new Uint8Array(Math.max(end, picoFlash.slots) - picoFlash.journal).fill(erased);
  const records = containers.map((container, index): InstalledRecord => {
    const { name, payload, description } = container;
    const { offset } = placed[index]!;
    const descriptionOffset = padded(payload.length);
    image.set(payload, offset - picoFlash.journal);
    image.set(description, offset - picoFlash.journal + descriptionOffset);
    return {
      offset,
      payloadBytes: payload.length,
      descriptionOffset,
      descriptionBytes: description.length,
      nameHash: nameHash(name),
      crc: crc32(payload, description),
    };
  });
  image.set(writeJournal(1, records));
  return image;
}

/** What a journal knows an app by: the CRC-32 of its name. */
export function nameHash(name: string): number {
  return crc32(new TextEncoder().encode(name));
}

function refusals(
  containers: readonly StoredContainer[],
  sizes: readonly number[],
  slots: readonly (Slot | undefined)[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const refuse = (code: string, message: string, hint: string): void =>
    void found.push({ severity: "error", code, message, hint });
  if (containers.length > journalRecordsMax)
    refuse(
      "store-full",
      `${containers.length} containers, and a device holds ${journalRecordsMax}`,
      "Leave some of them out.",
    );
  containers.forEach(({ name }, index) => {
    if (containers.findIndex((other) => other.name === name) !== index)
      refuse(
        "store-twice",
        `${name} is there twice, and a device knows its containers by name`,
        'Give one of them another "name" in thimble.json.',
      );
    if (slots[index] !== undefined) return;
    const bytes = slotBytes(sizes[index]!);
    refuse(
      "store-full",
      `${name} takes ${bytes} bytes of flash in one piece at a multiple of ${regionBytes(bytes)}, and the store has no such place left`,
      `Leave out a container, or make this one smaller: the store has ${picoFlash.flashBytes - picoFlash.slots} bytes.`,
    );
  });
  return found;
}

/** A container that a store holds. */
export interface InstalledContainer extends InstalledRecord {
  readonly slot: Slot;
  /** Copies; empty where the record names bytes that are not there. */
  readonly payload: Uint8Array;
  readonly description: Uint8Array;
  /** Whether the bytes are those that the record was written for. */
  readonly whole: boolean;
}

export interface Store {
  readonly sequence: number;
  /** In the order in which they start. */
  readonly containers: readonly InstalledContainer[];
}

/** What is installed, from flash at offset 0x020000 on; undefined where no sector of the journal is good. Takes any bytes and never throws. */
export function readStore(bytes: Uint8Array): Store | undefined {
  const { sectorBytes } = picoFlash;
  const newest = [0, sectorBytes]
    .map((offset) => readJournal(bytes, offset))
    .filter((journal) => journal !== undefined)
    .reduce<Journal | undefined>(
      (best, journal) => (best === undefined || journal.sequence > best.sequence ? journal : best),
      undefined,
    );
  if (newest === undefined) return undefined;
  return {
    sequence: newest.sequence,
    containers: newest.records.map((record) => installed(bytes, record)),
  };
}

function installed(bytes: Uint8Array, record: InstalledRecord): InstalledContainer {
  const { offset, payloadBytes, descriptionOffset, descriptionBytes, crc } = record;
  const at = offset - picoFlash.journal;
  const total = descriptionOffset + descriptionBytes;
  const inside =
    offset >= picoFlash.slots && payloadBytes <= descriptionOffset && at + total <= bytes.length;
  const payload = inside ? bytes.slice(at, at + payloadBytes) : new Uint8Array();
  const description = inside ? bytes.slice(at + descriptionOffset, at + total) : new Uint8Array();
  return {
    ...record,
    slot: { offset, bytes: slotBytes(total) },
    payload,
    description,
    whole: inside && crc32(payload, description) === crc,
  };
}
