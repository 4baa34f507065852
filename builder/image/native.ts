import { helperTable } from "../../runtime/firmware/helpers.js";
import type { Manifest, Setting } from "../../runtime/manifest/manifest.js";
import { policyOf } from "../../runtime/manifest/state.js";
import type { NativeModule } from "../native/compile.js";
import { firstContractCall } from "../contract/capabilities.js";
import type { Payload } from "./payload.js";

/**
 * The payload of a container whose module has been compiled with `bounds` for the memory of its manifest. `mapSha256` is that of the
 * debug map, 32 bytes.
 */
export function payloadOf(
  manifest: Manifest,
  native: NativeModule,
  bounds: Payload["bounds"],
  mapSha256: Uint8Array,
): Payload {
  const { name, contract, needs, settings, limits } = manifest;
  const { code, entries, start, collect, data, globals } = native;
  const positions = new Map(helperTable.map((helper, position) => [helper.name, position]));
  const stackBytes = deepestStack(native);
  return {
    bounds,
    name,
    contract,
    needs,
    settings: settings.map(withoutUnit),
    limits: { ...limits, stackBytes },
    policy: policyOf(manifest),
    code,
    entries,
    start,
    collect,
    data,
    globals,
    helpers: native.helpers.map((helper) => positions.get(helper)!).toSorted((a, b) => a - b),
    hostCalls: native.hostCalls
      .map((number) => number - firstContractCall)
      .toSorted((a, b) => a - b),
    mapSha256,
  };
}

/** A unit is for people, who have the manifest. */
function withoutUnit(setting: Setting): Payload["settings"][number] {
  const { name, type, decimals, default: initial, min, max } = setting;
  return { name, type, decimals, default: initial, min, max };
}

/** The deepest stack of what the runtime may call, null if one of those has no bound. */
function deepestStack({ functions, entries, start, collect }: NativeModule): number | null {
  const called = new Set([...entries, start, collect]);
  const depths = functions
    .filter(({ offset }) => called.has(offset))
    .map(({ stackBytes }) => stackBytes);
  return depths.reduce(
    (deepest, depth) => (deepest === null || depth === null ? null : Math.max(deepest, depth)),
    0,
  );
}
