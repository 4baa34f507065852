import { readdirSync, readFileSync } from "node:fs";
import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import { readManifest } from "../../runtime/manifest/load.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { connect, type Rig } from "../../runtime/rig/rig.js";
import { createSimulation, type Simulation } from "../../runtime/emulator/simulation.js";
import type { TraceSink } from "../../runtime/emulator/trace/entry.js";
import { rigOf } from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";
import type { Run } from "./apps.js";

/** A container as a version of thimble built and installed it, and how it lived. */
export interface Fixture {
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  readonly rig: Rig;
  readonly connections: readonly Connection[];
  readonly run: Run;
  readonly trace: string;
  readonly journal: Uint8Array;
  readonly slot: Uint8Array;
}

/** The versions there are fixtures of. */
export function fixtureVersions(): string[] {
  return foldersIn();
}

/** The names of the apps of a version. */
export function fixtureNames(version: string): string[] {
  return foldersIn(version);
}

/** Throws a DiagnosticError if the manifest is no longer understood. */
export function readFixture(version: string, name: string): Fixture {
  const bytes = (file: string): Buffer =>
    readFileSync(packagePath("test", "compat", version, name, file));
  const text = (file: string): string => bytes(file).toString("utf8");
  const { manifest, diagnostics } = readManifest(text("manifest.json"), "manifest.json");
  if (manifest === undefined) throw new DiagnosticError(diagnostics);
  const rig = rigOf(text("rig.json"));
  return {
    manifest,
    wasm: bytes("app.wasm"),
    rig,
    connections: connect(rig, manifest.needs).connections!,
    run: JSON.parse(text("run.json")) as Run,
    trace: text("trace.jsonl"),
    journal: bytes("journal.bin"),
    slot: bytes("slot.bin"),
  };
}

/** Where a Pico keeps its journal and its first container: who updates the firmware finds them there. */
export const journalAt = 0x020000;
const slotAt = 0x028000;

/** Flash of a Pico from `journalAt` on, as the container was installed. */
export function storeOf({ journal, slot }: Fixture): Uint8Array {
  const store = new Uint8Array(slotAt - journalAt + slot.length).fill(0xff);
  store.set(journal);
  store.set(slot, slotAt - journalAt);
  return store;
}

/** A fixture, or what was made of one, in the simulator of today. */
export function simulateFixture(
  { manifest, wasm, connections, rig }: Fixture,
  sink: TraceSink,
): Promise<Simulation> {
  return createSimulation({
    core: readFileSync(packagePath("runtime", "firmware", "core.wasm")),
    containers: [{ manifest, wasm, connections }],
    rig,
    files: () => "",
    sink,
  });
}

function foldersIn(...path: string[]): string[] {
  return readdirSync(packagePath("test", "compat", ...path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
