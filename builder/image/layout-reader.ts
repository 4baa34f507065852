import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { longestDocument, parseJson } from "../../runtime/document/json.js";
import { field, type JsonNode } from "../../runtime/document/node.js";
import { quote } from "../../runtime/document/words.js";
import { sha256 } from "./digest.js";
import { blobPath, mediaTypes } from "./oci.js";

/** What helps against anything that is wrong with an image. */
export const remedy = "Copy the image again, or build it again with `thimble build`.";

const mostBlobBytes = 2 ** 24;
/** In a list. */
const mostDescriptors = 64;

/** Thrown at the first thing that is wrong with an image. */
export class ImageError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super("this is no image");
    this.name = "ImageError";
  }
}

/** A blob that a document names. */
export interface Descriptor {
  readonly mediaType: string;
  /** Of its SHA-256, in hexadecimal. */
  readonly hex: string;
  readonly size: number;
  /** `wasm/wasip1`, undefined where none is given. */
  readonly platform: string | undefined;
}

/** A document, and what it is called in diagnostics. */
export interface Document {
  readonly name: string;
  readonly text: string;
  readonly root: JsonNode;
}

/** Reads the documents and blobs of an OCI image layout that nobody has checked. What is wrong with one is thrown as an ImageError that names it. */
export class LayoutReader {
  /** `read` gives the files of the layout, undefined where there is none; `file` is the name the user gave. */
  constructor(
    private readonly read: (path: string) => Uint8Array | undefined,
    readonly file: string,
  ) {}

  /** The descriptors in a list of a document. `node` is the document or a part of it. */
  list(document: Document, node: JsonNode, key: string): Descriptor[] {
    const list = field(node, key);
    if (list?.kind !== "array") this.fail(`${document.name} has no list ${key}`);
    const count = list.items.length;
    if (count > mostDescriptors)
      this.fail(`${document.name}: ${key} has ${count} entries, more than ${mostDescriptors}`);
    return list.items.map((item, index) => this.descriptor(document, item, `${key}[${index}]`));
  }

  /** The descriptor that stands at `path` of a document. */
  descriptor(document: Document, node: JsonNode, path: string): Descriptor {
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

  /** A text of a document, `path` being where `node` is in it. */
  text(document: Document, node: JsonNode, key: string, path = ""): string {
    const value = field(node, key);
    if (value?.kind !== "string")
      this.fail(`${document.name}: ${path === "" ? "" : `${path}.`}${key} is missing, or no text`);
    return value.value;
  }

  /** A blob that says itself what it is: an index, a manifest or a config. */
  async document(descriptor: Descriptor): Promise<Document> {
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

  /** A document that is no blob, or of a blob that was checked. */
  parse(name: string, bytes: Uint8Array): Document {
    const text = this.decoded(bytes, name);
    const { value, diagnostics } = parseJson(text, `${this.file}, ${name}`);
    if (value === undefined || hasError(diagnostics))
      throw new ImageError(diagnostics.map((diagnostic) => ({ ...diagnostic, hint: remedy })));
    if (value.kind !== "object") this.fail(`${name} is no JSON object`);
    return { name, text, root: value };
  }

  /** Bytes as text. */
  decoded(bytes: Uint8Array, name: string): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return this.fail(`${name} is no UTF-8 text`);
    }
  }

  /** The bytes behind a descriptor, their size and digest checked. */
  async blob(descriptor: Descriptor): Promise<Uint8Array> {
    const { hex, size } = descriptor;
    const name = nameOf(descriptor);
    const bytes = this.required(blobPath(hex), name);
    if (bytes.length !== size) this.fail(`${name} has ${bytes.length} bytes, not ${size}`);
    if ((await sha256(bytes)) !== hex)
      this.fail(`${name} is damaged: its bytes have another digest`);
    return bytes;
  }

  /** A file of the layout. */
  required(path: string, name = path): Uint8Array {
    return this.read(path) ?? this.fail(`${name} is missing`);
  }

  /** Ends the reading. */
  fail(what: string, hint = remedy): never {
    throw new ImageError([
      { severity: "error", code: "damaged-image", message: what, file: this.file, hint },
    ]);
  }
}

export function digestOf({ hex }: Descriptor): string {
  return `sha256:${hex}`;
}

/** Twelve digits tell blobs apart. */
export function nameOf({ hex }: Descriptor): string {
  return `blob ${hex.slice(0, 12)}`;
}

/** Whether a value is this text. */
export function isText(node: JsonNode | undefined, text: string): boolean {
  return node?.kind === "string" && node.value === text;
}

/** What cannot be a platform is one that nobody knows. */
function platformOf(node: JsonNode): string {
  return ["architecture", "os", "variant"]
    .map((key) => field(node, key))
    .filter((value) => value !== undefined)
    .map((value) => (value.kind === "string" ? value.value : ""))
    .join("/");
}
