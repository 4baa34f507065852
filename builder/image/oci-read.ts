import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { field, itemsOf, type JsonNode } from "../../runtime/document/node.js";
import { quote } from "../../runtime/document/words.js";
import { readManifest } from "../../runtime/manifest/load.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import {
  type Descriptor,
  digestOf,
  ImageError,
  isText,
  LayoutReader,
  nameOf,
  remedy,
} from "./layout-reader.js";
import { payloadMismatch } from "./match.js";
import { layoutVersion, mediaTypes, nativePlatform, wasmPlatform } from "./oci.js";
import { readTar } from "./tar.js";

/** The contents of an image, all digests checked. */
export interface Image {
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  readonly payload?: Uint8Array;
  readonly digests: ImageDigests;
}

/** `sha256:` and hexadecimal. */
export interface ImageDigests {
  /** Of what a registry names: the index, or the only manifest. */
  readonly image: string;
  /** Of the manifest of the module. */
  readonly module: string;
  /** Of that of the payload. */
  readonly native?: string;
}

/** An image, or why there is none. */
export interface ReadImage {
  readonly image?: Image;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads NAME.oci.tar, which nobody has checked. `file` is the name the user gave. Never throws. */
export async function readImage(archive: Uint8Array, file: string): Promise<ReadImage> {
  const contents = readTar(archive);
  if ("files" in contents) return readLayout((path) => contents.files.get(path), file);
  const message = `this is no whole image: ${contents.problem}, at byte ${contents.offset}`;
  return {
    diagnostics: [{ severity: "error", code: "damaged-image", message, file, hint: remedy }],
  };
}

/**
 * The same for an OCI image layout that is not in an archive: `read` gives the files of its folder, undefined where there is none. It throws only
 * what `read` throws.
 */
export async function readLayout(
  read: (path: string) => Uint8Array | undefined,
  file: string,
): Promise<ReadImage> {
  try {
    return { image: await readContents(new LayoutReader(read, file)), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { diagnostics: error.diagnostics };
  }
}

/** In all indexes of an image. */
const mostManifests = 64;
/** index.json, and an index that it names. */
const deepestIndex = 2;

const knownPlatforms = [wasmPlatform, nativePlatform].map((platform) =>
  Object.values(platform).join("/"),
);

/** A manifest with what it names, by the type of its config. */
interface ImageManifest {
  readonly name: string;
  readonly digest: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

async function readContents(layout: LayoutReader): Promise<Image> {
  const marker = layout.parse("oci-layout", layout.required("oci-layout"));
  const version = layout.text(marker, marker.root, "imageLayoutVersion");
  if (version !== layoutVersion)
    layout.fail(
      `${marker.name}: imageLayoutVersion is ${quote(version)}, and only ${quote(layoutVersion)} is known`,
    );
  const index = layout.parse("index.json", layout.required("index.json"));
  const descriptors = layout.list(index, index.root, "manifests");
  const image = descriptors.length === 1 ? digestOf(descriptors[0]!) : undefined;
  const manifests = await manifestsOf(layout, descriptors);
  const module = only(layout, manifests, mediaTypes.wasmConfig, "portable module");
  if (module === undefined)
    layout.fail(
      "there is no portable module in it: no manifest with a config of " + mediaTypes.wasmConfig,
      "Copy all platforms of the image: skopeo copy --all.",
    );
  // Machine code of another format is passed over: the module can be compiled anew.
  const payloads = manifests.filter(({ layers }) => layers[0]?.mediaType === mediaTypes.payload);
  const native = only(layout, payloads, mediaTypes.containerManifest, "payload");
  const { manifest, wasm } = await readModule(layout, module);
  const digests = { image: image ?? module.digest, module: module.digest };
  if (native === undefined) return { manifest, wasm, digests };
  const payload = await readNative(layout, native, manifest);
  return { manifest, wasm, payload, digests: { ...digests, native: native.digest } };
}

/** The manifests for the platforms that are known, in an index and those it names. What is unknown is passed over, as the image spec wants it. */
async function manifestsOf(
  layout: LayoutReader,
  descriptors: readonly Descriptor[],
  depth = 1,
): Promise<ImageManifest[]> {
  const found: ImageManifest[] = [];
  for (const descriptor of descriptors) {
    const { mediaType, platform } = descriptor;
    if (mediaType === mediaTypes.index && depth < deepestIndex) {
      const inner = await layout.document(descriptor);
      const list = layout.list(inner, inner.root, "manifests");
      found.push(...(await manifestsOf(layout, list, depth + 1)));
    }
    const isKnown = platform === undefined || knownPlatforms.includes(platform);
    if (mediaType === mediaTypes.manifest && isKnown)
      found.push(await manifestOf(layout, descriptor));
    if (found.length > mostManifests) layout.fail(`it holds more than ${mostManifests} manifests`);
  }
  return found;
}

async function manifestOf(layout: LayoutReader, descriptor: Descriptor): Promise<ImageManifest> {
  const document = await layout.document(descriptor);
  const config = field(document.root, "config");
  if (config === undefined) layout.fail(`${document.name} has no config`);
  return {
    name: document.name,
    digest: digestOf(descriptor),
    config: layout.descriptor(document, config, "config"),
    layers: layout.list(document, document.root, "layers"),
  };
}

/** The manifest with this type of config, undefined where there is none. */
function only(
  layout: LayoutReader,
  manifests: readonly ImageManifest[],
  type: string,
  what: string,
): ImageManifest | undefined {
  const [first, second] = manifests.filter(({ config }) => config.mediaType === type);
  if (first !== undefined && second !== undefined)
    layout.fail(
      `it holds more than one ${what}: ${first.name} and ${second.name}`,
      "Copy the one image that you mean to a place of its own.",
    );
  return first;
}

async function readModule(
  layout: LayoutReader,
  module: ImageManifest,
): Promise<{ readonly manifest: Manifest; readonly wasm: Uint8Array }> {
  const layer = layerOf(layout, module, mediaTypes.wasm);
  const config = await layout.document(module.config);
  for (const [key, value] of Object.entries(wasmPlatform)) {
    const found = layout.text(config, config.root, key);
    if (found !== value)
      layout.fail(`${config.name}: ${key} is ${quote(found)}, not ${quote(value)}`);
  }
  const digests = itemsOf(field(config.root, "layerDigests"));
  if (digests.length !== 1 || !isText(digests[0], digestOf(layer)))
    layout.fail(`${config.name}: layerDigests are not those of the layers`);
  const node = field(config.root, "thimble");
  if (node === undefined)
    layout.fail(`${config.name} has no field "thimble": this module is no app of thimble`);
  const manifest = containerManifest(layout, alone(config.text, node), config.name);
  const wasm = await layout.blob(layer);
  const { bytes, sha256: hex } = manifest.wasm;
  if (bytes !== layer.size || hex !== layer.hex)
    layout.fail(`${nameOf(layer)} is not the module that its config describes`);
  return { manifest, wasm };
}

async function readNative(
  layout: LayoutReader,
  native: ImageManifest,
  manifest: Manifest,
): Promise<Uint8Array> {
  const layer = layerOf(layout, native, mediaTypes.payload);
  const config = await layout.blob(native.config);
  const name = nameOf(native.config);
  const own = containerManifest(layout, layout.decoded(config, name), name);
  if (JSON.stringify(own) !== JSON.stringify(manifest))
    layout.fail(`${name}: the payload is that of another container than the module`);
  const payload = await layout.blob(layer);
  const mismatch = payloadMismatch(payload, manifest);
  if (mismatch !== undefined) layout.fail(`${nameOf(layer)}: ${mismatch}`);
  return payload;
}

function layerOf(layout: LayoutReader, { name, layers }: ImageManifest, type: string): Descriptor {
  const [layer, second] = layers;
  if (layer === undefined || second !== undefined)
    layout.fail(`${name} has ${layers.length} layers, not 1`);
  if (layer.mediaType !== type)
    layout.fail(`${name}: the layer is of type ${quote(layer.mediaType)}, not ${type}`);
  return layer;
}

function containerManifest(layout: LayoutReader, text: string, name: string): Manifest {
  const { manifest, diagnostics } = readManifest(text, `${layout.file}, ${name}`);
  if (manifest === undefined || hasError(diagnostics)) throw new ImageError(diagnostics);
  return manifest;
}

/** The text of a value in its document, blanks before it, so that its places are those of the document. */
function alone(text: string, { place: { offset, length } }: JsonNode): string {
  return text.slice(0, offset).replace(/[^\r\n]/g, " ") + text.slice(offset, offset + length);
}
