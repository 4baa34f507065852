import type { Manifest } from "../../manifest/manifest.js";
import type { Connection } from "../../rig/connection.js";
import type { TrapCode } from "./contract.js";
import type { Core } from "./core.js";
import type { Trap } from "./trap.js";

/** A container and what its needs are wired to, in the order of the manifest. */
export interface VersionSource {
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  readonly connections: readonly Connection[];
}

/** What the device starts with in one place, and by what it can be replaced there. */
export interface ContainerSource extends VersionSource {
  /** Versions 1, 2, ...; this one is version 0. All have one name. */
  readonly versions?: readonly VersionSource[];
  /** Raw values of settings by name where the owner has set others than the defaults. */
  readonly settings?: ReadonlyMap<string, number>;
}

/** A loaded container as the device sees it, whatever executes it. */
export interface Guest {
  readonly manifest: Manifest;
  readonly name: string;
  /** Bytes of its memory that host calls may name. */
  readonly memoryBytes: number;
  /** Entries of its table, at least 1. */
  readonly entries: number;
  /** How it ended last, if it ever has. */
  readonly trap: Trap | undefined;
  /** Its memory as it is now. */
  bytes(): Uint8Array;
  /** Makes memory and globals what the module states and calls its start function. Lets no exception through. */
  instantiate(): TrapCode;
  /** Calls an entry of the table with `value`. Lets no exception through: the core's frames are below. */
  call(entry: number, value: number): TrapCode;
  /** Notes how the container ended; the first time since it was instantiated counts. */
  end(code: TrapCode): TrapCode;
}

/** What a container is made in. */
export interface GuestHost {
  /** Which of the device's containers it is: what host calls tell the core. */
  readonly index: number;
  readonly core: Core;
  /** Virtual microseconds since the device started. */
  readonly nowUs: () => number;
  /** Told what each event has taken in microseconds, buses included, by guests that count it. */
  readonly onSpent?: (us: number) => void;
}

/** Makes a container ready to be started, each time one with memory and globals of its own. Throws a DiagnosticError if that fails. */
export type GuestMaker = (host: GuestHost) => Guest;

/** Compiles a container. Rejects with a DiagnosticError if the device cannot take it. */
export type GuestFactory = (source: VersionSource) => Promise<GuestMaker>;
