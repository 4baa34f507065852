import type { Manifest } from "../../runtime/manifest/manifest.js";
import { sha256 } from "./digest.js";
import { writeTar } from "./tar.js";

/** Media types: of the image spec, of the CNCF's Wasm artifact, and two of our own. */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  wasmConfig: "application/vnd.wasm.config.v0+json",
  wasm: "application/wasm",
  /** dist/NAME.manifest.json, byte for byte. */
  containerManifest: "application/vnd.thimble.manifest.v1+json",
  /** SPEC.md section 4. */
  payload: "application/vnd.thimble.payload.v1",
} as const;

/** `os` is the one that the CNCF's form gives to every module that is no component. */
export const wasmPlatform = { architecture: "wasm", os: "wasip1" } as const;
/** No operating system. ARMv6-M is not the `v6` of Linux, so no host that runs that takes it for its own. */
export const nativePlatform = { architecture: "arm", os: "none", variant: "v6-m" } as const;

export const layoutVersion = "1.0.0";

/** Where a layout keeps the bytes with this SHA-256 in hexadecimal. */
export function blobPath(hex: string): string {
  return `blobs/sha256/${hex}`;
}

/** What an image is made of. */
export interface ImageContents {
  readonly manifest: Manifest;
  /** Of `manifest`, as dist/NAME.manifest.json has it. */
  readonly manifestText: string;
  readonly wasm: Uint8Array;
  /** Compiled from `wasm`. Absent where the app cannot be compiled for the chip. */
  readonly payload?: Uint8Array | undefined;
}

/** NAME.oci.tar: an OCI image layout in a tar archive. The same contents give the same bytes on any machine. */
export async function writeImage(contents: ImageContents): Promise<Uint8Array> {
  const layout = new Layout();
  const { name } = contents.manifest;
  const manifests = [
    { ...(await wasmManifest(layout, contents)), platform: wasmPlatform },
    ...(contents.payload === undefined
      ? []
      : [
          {
            ...(await nativeManifest(layout, contents, contents.payload)),
            platform: nativePlatform,
          },
        ]),
  ];
  const index = await layout.addJson(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests,
    annotations: titled(name),
  });
  const blobs = [...layout.blobs].toSorted(([a], [b]) => (a < b ? -1 : 1));
  // With one entry a reader needs no name; those that insist on one find the usual.
  const entry = { ...index, annotations: { "org.opencontainers.image.ref.name": "latest" } };
  return writeTar([
    { path: "oci-layout", bytes: json({ imageLayoutVersion: layoutVersion }) },
    {
      path: "index.json",
      bytes: json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [entry] }),
    },
    ...blobs.map(([hex, bytes]) => ({ path: blobPath(hex), bytes })),
  ]);
}

/** The portable module: the CNCF's form has one layer, so the container's manifest is a field of the config. */
async function wasmManifest(
  layout: Layout,
  { manifest, manifestText, wasm }: ImageContents,
): Promise<Descriptor> {
  const layer = await layout.add(mediaTypes.wasm, wasm);
  const config = await layout.addJson(mediaTypes.wasmConfig, {
    // The readers of this form insist on a time; this one says nothing.
    created: "1970-01-01T00:00:00Z",
    ...wasmPlatform,
    layerDigests: [layer.digest],
    thimble: JSON.parse(manifestText) as object,
  });
  return layout.addJson(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: [{ ...layer, annotations: titled(`${manifest.name}.wasm`) }],
    annotations: titled(manifest.name),
  });
}

/** Machine code, with the container's manifest as its config: whoever copies only this platform has both. */
async function nativeManifest(
  layout: Layout,
  { manifest, manifestText }: ImageContents,
  payload: Uint8Array,
): Promise<Descriptor> {
  const text = new TextEncoder().encode(manifestText);
  const config = await layout.add(mediaTypes.containerManifest, text);
  const layer = await layout.add(mediaTypes.payload, payload);
  // Descriptors carry no artifactType: skopeo 1.9 drops it there, and the index would change its digest on the way.
  return layout.addJson(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.payload,
    config,
    layers: [{ ...layer, annotations: titled(`${manifest.name}.payload`) }],
    annotations: titled(manifest.name),
  });
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Blobs by their SHA-256. */
class Layout {
  readonly blobs = new Map<string, Uint8Array>();

  async add(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const hex = await sha256(bytes);
    this.blobs.set(hex, bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  }

  addJson(mediaType: string, value: object): Promise<Descriptor> {
    return this.add(mediaType, json(value));
  }
}

/** Without blanks, the fields in the order they are written in here. */
function json(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function titled(title: string): Readonly<Record<string, string>> {
  return { "org.opencontainers.image.title": title };
}
