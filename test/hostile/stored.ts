import { contractVersion } from "../../builder/contract/capabilities.js";
import { encodePayload } from "../../builder/image/payload.js";
import type { StoredContainer } from "../../builder/image/store.js";
import { encodeDescription } from "../../runtime/manifest/description.js";
import type { Connection } from "../../runtime/rig/connection.js";
import type { Manifest, Need } from "../../runtime/manifest/manifest.js";
import type { Attack, Expected, HostileCase, Place } from "./case.js";

/** Longest time of an event of a hostile container. */
export const hostileEventMs = 2;

/** A container as a store holds it, with what a target must know of it beside. */
export interface Installed extends StoredContainer {
  readonly needs: readonly Need[];
  readonly settings: Manifest["settings"];
  readonly connections: readonly Connection[];
}

export interface InstalledCase extends Installed {
  readonly expected: Expected;
}

export function installCase(hostile: HostileCase, place: Place): InstalledCase {
  const attack = hostile.attack(place);
  return { ...install(hostile.name, attack), expected: attack.expected };
}

/** Machine code as a payload that claims nothing about its calls. */
export function install(name: string, attack: Omit<Attack, "expected">): Installed {
  const { memoryBytes, stackBytes, start, collect } = attack;
  const needs = attack.needs.map(({ need }) => need);
  const connections = attack.needs.map(({ connection }) => connection);
  const limits = { memoryBytes, stackBytes, eventMs: hostileEventMs };
  const payload = encodePayload({
    bounds: "mpu",
    name,
    contract: contractVersion,
    needs,
    settings: [],
    limits,
    code: attack.code,
    entries: attack.entries,
    ...(start !== undefined && { start }),
    ...(collect !== undefined && { collect }),
    data: attack.data,
    globals: attack.globals,
    helpers: [],
    hostCalls: [],
    mapSha256: new Uint8Array(32),
  });
  const description = encodeDescription({ needs, settings: [], limits }, connections, memoryBytes);
  return { name, payload, description, needs, settings: [], connections };
}
