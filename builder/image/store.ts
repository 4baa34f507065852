import { type Diagnostic, DiagnosticError } from "../../runtime/document/diagnostic.js";
import { crc32 } from "../../runtime/firmware/crc32.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { padded } from "./cursor.js";
import {
  type InstalledRecord,
  journalRecordsMax,
  readJournal,
  type RecordKind,
  writeJournal,
} from "./journal.js";
import { placeSlots, regionBytes, type Slot, slotBytes } from "./slots.js";

/** What runs, and the description with its wiring. */
export interface StoredVersion {
  /** SPEC.md section 4. */
  readonly payload: Uint8Array;
  /** SPEC.md section 3, wired. */
  readonly description: Uint8Array;
}

/** A container as it is installed. */
export interface StoredContainer extends StoredVersion {
  /** Name of the app. */
  readonly name: string;
  /** Versions 1, 2, ... of the app, by which this one can be replaced. */
  readonly versions?: readonly StoredVersion[];
}

/** What stands in flash that has been erased. */
const erased = 0xff;

/** What takes a slot. */
interface Piece extends StoredVersion {
  readonly kind: "installed" | "version";
  readonly name: string;
  readonly bytes: number;
}

/**
 * The store of a device on which these containers are installed, to be started in this order: flash from its offset 0x020000 on, up to the
 * end of the last slot. What is not used is erased. Throws a DiagnosticError where they do not fit.
 */
export function storeImage(containers: readonly StoredContainer[]): Uint8Array {
  const pieces = piecesOf(containers);
  const slots = placeSlots(pieces.map(({ bytes }) => bytes));
  const refused = refusals(containers, pieces, slots);
  if (refused.length > 0) throw new DiagnosticError(refused);
  const placed = slots.map((slot) => slot!);
  const end = placed.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
  const image = new Uint8Array(Math.max(end, picoFlash.slots) - picoFlash.journal).fill(erased);
  const records = pieces.map(({ kind, name, payload, description }, index): InstalledRecord => {
    const { offset } = placed[index]!;
    const descriptionOffset = padded(payload.length);
    image.set(payload, offset - picoFlash.journal);
    image.set(description, offset - picoFlash.journal + descriptionOffset);
    return {
      kind,
      offset,
      payloadBytes: payload.length,
      descriptionOffset,
      descriptionBytes: description.length,
      nameHash: nameHash(name),
      crc: crc32(payload, description),
    };
  });
  image.set(writeJournal(records));
  return image;
}

/** The containers, then the versions of each. */
function piecesOf(containers: readonly StoredContainer[]): Piece[] {
  const piece = (kind: Piece["kind"], name: string, { payload, description }: StoredVersion) => {
    const bytes = padded(payload.length) + description.length;
    return { kind, name, payload, description, bytes };
  };
  return [
    ...containers.map((container) => piece("installed", container.name, container)),
    ...containers.flatMap(({ name, versions = [] }) =>
      versions.map((version) => piece("version", name, version)),
    ),
  ];
}

/** Records of the journal: the containers and their further versions. */
function recordsOf(containers: readonly StoredContainer[]): number {
  return containers.reduce((sum, { versions = [] }) => sum + 1 + versions.length, 0);
}

/** Containers with further versions: values of their versions have room beside those of containers. SPEC.md section 6. */
const choicesMax = 43;

/** What a journal knows an app by: the CRC-32 of its name. */
export function nameHash(name: string): number {
  return crc32(new TextEncoder().encode(name));
}

function refusals(
  containers: readonly StoredContainer[],
  pieces: readonly Piece[],
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
  if (containers.length <= journalRecordsMax && recordsOf(containers) > journalRecordsMax)
    refuse(
      "store-full",
      `${containers.length} containers with their further versions take ${recordsOf(containers)} records of the journal, and it has ${journalRecordsMax}`,
      "Leave some of the versions out.",
    );
  const choices = containers.filter(({ versions = [] }) => versions.length > 0).length;
  if (choices > choicesMax)
    refuse(
      "store-full",
      `${choices} containers have further versions, and a device keeps in mind for ${choicesMax} of them which one runs`,
      "Leave some of the versions out.",
    );
  containers.forEach(({ name }, index) => {
    if (containers.findIndex((other) => other.name === name) !== index)
      refuse(
        "store-twice",
        `${name} is there twice, and a device knows its containers by name`,
        'Give one of them another "name" in thimble.json.',
      );
  });
  pieces.forEach((piece, index) => {
    if (slots[index] !== undefined) return;
    const { name } = piece;
    const bytes = slotBytes(piece.bytes);
    refuse(
      "store-full",
      `${name} takes ${bytes} bytes of flash in one piece at a multiple of ${regionBytes(bytes)}, and the store has no such place left`,
      `Leave out a container, or make this one smaller: the store has ${picoFlash.flashBytes - picoFlash.slots} bytes.`,
    );
  });
  return found;
}

/** A version of a container that a store holds. */
export interface InstalledVersion extends InstalledRecord {
  readonly slot: Slot;
  /** Copies; empty where the record names bytes that are not there. */
  readonly payload: Uint8Array;
  readonly description: Uint8Array;
  /** Whether the bytes are those that the record was written for. */
  readonly whole: boolean;
}

/** A container that a store holds: its first version. */
export interface InstalledContainer extends InstalledVersion {
  /** Versions 1, 2, ... */
  readonly versions: readonly InstalledVersion[];
}

export interface Store {
  /** In the order in which they start. */
  readonly containers: readonly InstalledContainer[];
}

/** What is installed, from flash at offset 0x020000 on; undefined where the journal is not good. Takes any bytes and never throws. */
export function readStore(bytes: Uint8Array): Store | undefined {
  const records = readJournal(bytes);
  if (records === undefined) return undefined;
  const ofKind = (kind: RecordKind): InstalledRecord[] =>
    records.filter((record) => record.kind === kind);
  const containers = ofKind("installed").map((record): InstalledContainer => {
    const isOfApp = ({ nameHash }: InstalledRecord): boolean => nameHash === record.nameHash;
    const versions = ofKind("version").filter(isOfApp);
    const read = (each: InstalledRecord): InstalledVersion => installed(bytes, each);
    return { ...read(record), versions: versions.map(read) };
  });
  return { containers };
}

function installed(bytes: Uint8Array, record: InstalledRecord): InstalledVersion {
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
