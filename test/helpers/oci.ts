import { createHash } from "node:crypto";
import { manifestText } from "../../builder/project/manifest.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import { policyOf } from "../../runtime/manifest/state.js";
import { encodePayload } from "../../builder/image/payload.js";
import { station } from "../../builder/image/samples.test-support.js";

export function hexOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** An empty module: what is in it is nobody's business here. */
export const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** A manifest with one of everything. */
export const manifest: Manifest = {
  format: 1,
  name: station.name,
  contract: station.contract,
  wasm: { bytes: wasm.length, sha256: hexOf(wasm) },
  imports: ["gpio.write", "i2c.read-registers"],
  needs: station.needs,
  settings: station.settings.map((setting) =>
    setting.type === "decimal" ? { ...setting, unit: "°C" } : setting,
  ),
  state: {
    bytes: 8,
    fields: [
      { name: "target", type: "i32", offset: 0 },
      { name: "heating", type: "bool", offset: 4, was: ["on", "warm"] },
    ],
  },
  limits: { ...station.limits, stackBytes: null },
  health: { seconds: 10, events: 3, confirm: true },
  restart: { delayMs: 1000, attempts: 5 },
};

export const payload = encodePayload({
  ...station,
  bounds: "mpu",
  policy: policyOf(manifest),
});

export const contents = { manifest, manifestText: manifestText(manifest), wasm, payload };

/** The documents of an image, to be changed; digests and sizes are made up last. */
export interface Draft {
  readonly layout: Record<string, unknown>;
  readonly top: Record<string, unknown>;
  readonly index: Record<string, unknown>;
  readonly module: Record<string, unknown>;
  readonly config: Record<string, unknown>;
  readonly native: Record<string, unknown>;
  /** The container's manifest beside the payload. */
  nativeConfig: Uint8Array;
  wasm: Uint8Array;
  payload: Uint8Array;
}

export type Files = Map<string, Uint8Array>;

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Stands for what is made up last, unless a change has put something else there. */
const pending: unknown = Symbol("pending");

/** The files of an image that is written by hand, as SPEC.md section 8 says, and then changed. */
export function forge(edit: (draft: Draft) => void = () => undefined): Files {
  const files: Files = new Map();
  const add = (mediaType: string, bytes: Uint8Array) => {
    files.set(`blobs/sha256/${hexOf(bytes)}`, bytes);
    return { mediaType, digest: `sha256:${hexOf(bytes)}`, size: bytes.length };
  };
  const title = (text: string) => ({ annotations: { "org.opencontainers.image.title": text } });
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const indexType = "application/vnd.oci.image.index.v1+json";
  const { name } = manifest;
  const draft: Draft = {
    layout: { imageLayoutVersion: "1.0.0" },
    top: { schemaVersion: 2, mediaType: indexType, manifests: pending },
    index: { schemaVersion: 2, mediaType: indexType, manifests: pending, ...title(name) },
    module: {
      schemaVersion: 2,
      mediaType: manifestType,
      config: pending,
      layers: pending,
      ...title(name),
    },
    config: {
      created: "1970-01-01T00:00:00Z",
      architecture: "wasm",
      os: "wasip1",
      layerDigests: [`sha256:${hexOf(wasm)}`],
      thimble: JSON.parse(contents.manifestText) as unknown,
    },
    native: {
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: "application/vnd.thimble.payload.v1",
      config: pending,
      layers: pending,
      ...title(name),
    },
    nativeConfig: new TextEncoder().encode(contents.manifestText),
    wasm,
    payload,
  };
  const fill = (document: Record<string, unknown>, key: string, value: () => unknown): void => {
    if (document[key] === pending) document[key] = value();
  };
  edit(draft);
  fill(draft.module, "config", () =>
    add("application/vnd.wasm.config.v0+json", bytesOf(draft.config)),
  );
  fill(draft.module, "layers", () => [
    { ...add("application/wasm", draft.wasm), ...title(`${name}.wasm`) },
  ]);
  fill(draft.native, "config", () =>
    add("application/vnd.thimble.manifest.v1+json", draft.nativeConfig),
  );
  fill(draft.native, "layers", () => [
    { ...add("application/vnd.thimble.payload.v1", draft.payload), ...title(`${name}.payload`) },
  ]);
  fill(draft.index, "manifests", () => [
    {
      ...add(manifestType, bytesOf(draft.module)),
      platform: { architecture: "wasm", os: "wasip1" },
    },
    {
      ...add(manifestType, bytesOf(draft.native)),
      platform: { architecture: "arm", os: "none", variant: "v6-m" },
    },
  ]);
  fill(draft.top, "manifests", () => [
    {
      ...add(indexType, bytesOf(draft.index)),
      annotations: { "org.opencontainers.image.ref.name": "latest" },
    },
  ]);
  files.set("oci-layout", bytesOf(draft.layout));
  files.set("index.json", bytesOf(draft.top));
  return files;
}
