import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { longestDocument, parseJson } from "../../runtime/document/json.js";
import { field, itemsOf, type JsonNode } from "../../runtime/document/node.js";
import { quote } from "../../runtime/document/words.js";
import { readManifest } from "../../runtime/manifest/load.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import { sha256 } from "./digest.js";
import { payloadMismatch } from "./match.js";
import { blobPath, layoutVersion, mediaTypes, nativePlatform, wasmPlatform } from "./oci.js";
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
    return { image: await new Reader(read, file).image(), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { diagnostics: error.diagnostics };
  }
}

const remedy = "Copy the image again, or build it again with `thimble build`.";

const mostBlobBytes = 2 ** 24;
/** In a list, and of manifests in all. */
const mostDescriptors = 64;
/** index.json, and an index that it names. */
const deepestIndex = 2;

/** Ends the reading. */
class ImageError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super("this is no image");
    this.name = "ImageError";
  }
}

/** A blob that a document names. */
interface Descriptor {
  readonly mediaType: string;
  /** Of its SHA-256, in hexadecimal. */
  readonly hex: string;
  readonly size: number;
  /** `wasm/wasip1`, undefined where none is given. */
  readonly platform: string | undefined;
}

/** A document, and what it is called in diagnostics. */
interface Document {
  readonly name: string;
  readonly text: string;
  readonly root: JsonNode;
}

/** A manifest with what it names, by the type of its config. */
interface ImageManifest {
  readonly name: string;
  readonly digest: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

class Reader {
  constructor(
    private readonly read: (path: string) => Uint8Array | undefined,
    private readonly file: string,
  ) {}

  async image(): Promise<Image> {
    const layout = this.parse("oci-layout", this.required("oci-layout"));
    const version = this.text(layout, layout.root, "imageLayoutVersion");
    if (version !== layoutVersion)
      this.fail(
        `imageLayoutVersion is ${quote(version)}, and only ${quote(layoutVersion)} is known`,
      );
    const index = this.parse("index.json", this.required("index.json"));
    const descriptors = this.list(index, index.root, "manifests");
    const image = descriptors.length === 1 ? digestOf(descriptors[0]!) : undefined;
    const manifests = await this.manifests(descriptors);
    const module = this.only(manifests, mediaTypes.wasmConfig, "portable module");
    if (module === undefined)
      this.fail(
        "there is no portable module in it: no manifest with a config of " + mediaTypes.wasmConfig,
        "Copy all platforms of the image: skopeo copy --all.",
      );
    // Machine code of another format is passed over: the module can be compiled anew.
    const payloads = manifests.filter(({ layers }) => layers[0]?.mediaType === mediaTypes.payload);
    const native = this.only(payloads, mediaTypes.containerManifest, "payload");
    const { manifest, wasm } = await this.module(module);
    const digests = { image: image ?? module.digest, module: module.digest };
    if (native === undefined) return { manifest, wasm, digests };
    const payload = await this.native(native, manifest);
    return { manifest, wasm, payload, digests: { ...digests, native: native.digest } };
  }

  /** The manifests for the platforms that are known, in an index and those it names. What is unknown is passed over, as the image spec wants it. */
  private async manifests(descriptors: readonly Descriptor[], depth = 1): Promise<ImageManifest[]> {
    const found: ImageManifest[] = [];
    for (const descriptor of descriptors) {
      const { mediaType, platform } = descriptor;
      if (mediaType === mediaTypes.index && depth < deepestIndex) {
        const inner = await this.document(descriptor);
        const list = this.list(inner, inner.root, "manifests");
        found.push(...(await this.manifests(list, depth + 1)));
      }
      const isKnown = platform === undefined || knownPlatforms.includes(platform);
      if (mediaType === mediaTypes.manifest && isKnown) found.push(await this.manifest(descriptor));
      if (found.length > mostDescriptors)
        this.fail(`it holds more than ${mostDescriptors} manifests`);
    }
    return found;
  }

  private async manifest(descriptor: Descriptor): Promise<ImageManifest> {
    const document = await this.document(descriptor);
    const config = field(document.root, "config");
    if (config === undefined) this.fail(`${document.name} has no config`);
    return {
      name: document.name,
      digest: digestOf(descriptor),
      config: this.descriptor(document, config, "config"),
      layers: this.list(document, document.root, "layers"),
    };
  }

  /** The manifest with this type of config, undefined where there is none. */
  private only(
    manifests: readonly ImageManifest[],
    type: string,
    what: string,
  ): ImageManifest | undefined {
    const [first, second] = manifests.filter(({ config }) => config.mediaType === type);
    if (first !== undefined && second !== undefined)
      this.fail(
        `it holds more than one ${what}: ${first.name} and ${second.name}`,
        "Copy the one image that you mean to a place of its own.",
      );
    return first;
  }

  private async module(
    module: ImageManifest,
  ): Promise<{ readonly manifest: Manifest; readonly wasm: Uint8Array }> {
    const layer = this.layer(module, mediaTypes.wasm);
    const config = await this.document(module.config);
    for (const [key, value] of Object.entries(wasmPlatform)) {
      const found = this.text(config, config.root, key);
      if (found !== value)
        this.fail(`${config.name}: ${key} is ${quote(found)}, not ${quote(value)}`);
    }
    const digests = itemsOf(field(config.root, "layerDigests"));
    if (digests.length !== 1 || !isText(digests[0], digestOf(layer)))
      this.fail(`${config.name}: layerDigests are not those of the layers`);
    const node = field(config.root, "thimble");
    if (node === undefined)
      this.fail(`${config.name} has no field "thimble": this module is no app of thimble`);
    const manifest = this.containerManifest(alone(config.text, node), config.name);
    const wasm = await this.blob(layer);
    const { bytes, sha256: hex } = manifest.wasm;
    if (bytes !== layer.size || hex !== layer.hex)
      this.fail(`${nameOf(layer)} is not the module that its config describes`);
    return { manifest, wasm };
  }

  private async native(native: ImageManifest, manifest: Manifest): Promise<Uint8Array> {
    const layer = this.layer(native, mediaTypes.payload);
    const config = await this.blob(native.config);
    const name = nameOf(native.config);
    const own = this.containerManifest(this.decoded(config, name), name);
    if (JSON.stringify(own) !== JSON.stringify(manifest))
      this.fail(`${name}: the payload is that of another container than the module`);
    const payload = await this.blob(layer);
    const mismatch = payloadMismatch(payload, manifest);
    if (mismatch !== undefined) this.fail(`${nameOf(layer)}: ${mismatch}`);
    return payload;
  }

  private layer({ name, layers }: ImageManifest, type: string): Descriptor {
    const [layer, second] = layers;
    if (layer === undefined || second !== undefined)
      this.fail(`${name} has ${layers.length} layers, not 1`);
    if (layer.mediaType !== type)
      this.fail(`${name}: the layer is of type ${quote(layer.mediaType)}, not ${type}`);
    return layer;
  }

  private containerManifest(text: string, name: string): Manifest {
    const { manifest, diagnostics } = readManifest(text, `${this.file}, ${name}`);
    if (manifest === undefined || hasError(diagnostics)) throw new ImageError(diagnostics);
    return manifest;
  }

  private list(document: Document, node: JsonNode, key: string): Descriptor[] {
    const list = field(node, key);
    if (list?.kind !== "array") this.fail(`${document.name} has no list ${key}`);
    const count = list.items.length;
    if (count > mostDescriptors)
      this.fail(`${document.name}: ${key} has ${count} entries, more than ${mostDescriptors}`);
    return list.items.map((item, index) => this.descriptor(document, item, `${key}[${index}]`));
  }

  private descriptor(document: Document, node: JsonNode, path: string): Descriptor {
    const mediaType = this.text(document, node, "mediaType", path);
    const digest = this.text(document, node, "digest", path);
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    if (hex === undefined)
      this.fail(`${document.name}: ${path}.digest is ${quote(digest)}, which is no SHA-256`);
    const size = field(node, "size");
    if (size?.kind !== "number" || !Number.isInteger(size.value) || size.value < 0)
      this.fail(`${document.name}: ${path}.size is no number of bytes`);
    if (size.value > mostBlobBytes)
      this.fail(`${document.name}: ${path}.size is ${size.text}, more than ${mostBlobBytes}`);
    const platform = field(node, "platform");
    return { mediaType, hex, size: size.value, platform: platform && platformOf(platform) };
  }

  private text(document: Document, node: JsonNode, key: string, path = ""): string {
    const value = field(node, key);
    if (value?.kind !== "string")
      this.fail(`${document.name}: ${path === "" ? "" : `${path}.`}${key} is missing, or no text`);
    return value.value;
  }

  /** A blob that says itself what it is: an index, a manifest or a config. */
  private async document(descriptor: Descriptor): Promise<Document> {
    const { size } = descriptor;
    if (size > longestDocument)
      this.fail(
        `${nameOf(descriptor)} is a document of ${size} bytes, more than ${longestDocument}`,
      );
    const document = this.parse(nameOf(descriptor), await this.blob(descriptor));
    const { mediaType } = descriptor;
    const own = field(document.root, "mediaType");
    if (own !== undefined && !isText(own, mediaType))
      this.fail(`${document.name} says itself that it is no ${mediaType}`);
    const version = field(document.root, "schemaVersion");
    const hasVersion = mediaType === mediaTypes.index || mediaType === mediaTypes.manifest;
    if (hasVersion && !(version?.kind === "number" && version.value === 2))
      this.fail(`${document.name}: schemaVersion is not 2`);
    return document;
  }

  private parse(name: string, bytes: Uint8Array): Document {
    const text = this.decoded(bytes, name);
    const { value, diagnostics } = parseJson(text, `${this.file}, ${name}`);
    if (value === undefined || hasError(diagnostics))
      throw new ImageError(diagnostics.map((diagnostic) => ({ ...diagnostic, hint: remedy })));
    if (value.kind !== "object") this.fail(`${name} is no JSON object`);
    return { name, text, root: value };
  }

  private decoded(bytes: Uint8Array, name: string): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return this.fail(`${name} is no UTF-8 text`);
    }
  }

  private async blob(descriptor: Descriptor): Promise<Uint8Array> {
    const { hex, size } = descriptor;
    const name = nameOf(descriptor);
    const bytes = this.required(blobPath(hex), name);
    if (bytes.length !== size) this.fail(`${name} has ${bytes.length} bytes, not ${size}`);
    if ((await sha256(bytes)) !== hex)
      this.fail(`${name} is damaged: its bytes have another digest`);
    return bytes;
  }

  private required(path: string, name = path): Uint8Array {
    return this.read(path) ?? this.fail(`${name} is missing`);
  }

  private fail(what: string, hint = remedy): never {
    throw new ImageError([
      { severity: "error", code: "damaged-image", message: what, file: this.file, hint },
    ]);
  }
}

function digestOf({ hex }: Descriptor): string {
  return `sha256:${hex}`;
}

/** The text of a value in its document, blanks before it, so that its places are those of the document. */
function alone(text: string, { place: { offset, length } }: JsonNode): string {
  return text.slice(0, offset).replace(/[^\r\n]/g, " ") + text.slice(offset, offset + length);
}

/** Twelve digits tell blobs apart. */
function nameOf({ hex }: Descriptor): string {
  return `blob ${hex.slice(0, 12)}`;
}

function isText(node: JsonNode | undefined, text: string): boolean {
  return node?.kind === "string" && node.value === text;
}

const knownPlatforms = [wasmPlatform, nativePlatform].map((platform) =>
  Object.values(platform).join("/"),
);

/** What cannot be a platform is one that nobody knows. */
function platformOf(node: JsonNode): string {
  return ["architecture", "os", "variant"]
    .map((key) => field(node, key))
    .filter((value) => value !== undefined)
    .map((value) => (value.kind === "string" ? value.value : ""))
    .join("/");
}
