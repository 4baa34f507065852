import type { Manifest } from "../../runtime/manifest/manifest.js";
import { policyOf } from "../../runtime/manifest/state.js";
import { writeDescription } from "./description.js";
import { decodePayload, type Payload } from "./payload.js";

/** Why a payload that nobody has checked is not that of the container with this manifest, undefined if it is. */
export function payloadMismatch(bytes: Uint8Array, manifest: Manifest): string | undefined {
  const { payload, parts, error } = decodePayload(bytes);
  if (payload === undefined || parts === undefined)
    return `${error!.message}, at byte ${error!.offset}`;
  if (payload.bounds !== "mpu") return "the payload is not compiled for the hardware sandbox";
  if (payload.name !== manifest.name)
    return `the payload is that of ${payload.name}, not of ${manifest.name}`;
  if (payload.contract !== manifest.contract)
    return `the payload is built against contract ${payload.contract}, its manifest says ${manifest.contract}`;
  const { offset, bytes: size } = parts.find(({ name }) => name === "description")!;
  const expected = writeDescription({ ...manifest, policy: policyOf(manifest) });
  const found = bytes.subarray(offset, offset + size);
  const differs = found.some((byte, index) => byte !== (expected[index] ?? 0));
  if (differs || expected.length > size)
    return `the payload describes other needs, settings or limits than its manifest, at byte ${offset}`;
  return namesOf(payload) === namesOf(manifest)
    ? undefined
    : "the payload gives needs or settings other names or types than its manifest";
}

function namesOf({ needs, settings }: Pick<Payload, "needs" | "settings">): string {
  return JSON.stringify([
    needs.map(({ name }) => name),
    settings.map(({ name, type, decimals }) => [name, type, decimals]),
  ]);
}
