/** A file in a tar archive. */
export interface TarFile {
  /** ASCII, at most 100 characters, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What readTar found: the regular files by path, or the first error and the offset of the block it is in. */
export type TarContents =
  | { readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly problem: string; readonly offset: number };

const blockBytes = 512;
export const mostTarBytes = 2 ** 26;
export const mostTarFiles = 1024;

/** The fields of a header by their offset and size in bytes (POSIX.1-1988, ustar). */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  devMajor: [329, 8],
  devMinor: [337, 8],
  prefix: [345, 155],
} as const;
type Field = keyof typeof fields;

/** A ustar archive that says nothing of where and when it was made: no time, no owner, the files in their order. */
export function writeTar(files: readonly TarFile[]): Uint8Array {
  const sizes = files.map(({ bytes }) => blockBytes + padded(bytes.length));
  // Two empty blocks are the end.
  const archive = new Uint8Array(sizes.reduce((sum, size) => sum + size, 2 * blockBytes));
  let offset = 0;
  files.forEach(({ path, bytes }, index) => {
    archive.set(header(path, bytes.length), offset);
    archive.set(bytes, offset + blockBytes);
    offset += sizes[index]!;
  });
  return archive;
}

function header(path: string, bytes: number): Uint8Array {
  const block = new Uint8Array(blockBytes);
  const put = (field: Field, text: string): void => {
    const [offset, size] = fields[field];
    if (text.length > size) throw new RangeError(`${path} does not fit into a tar archive`);
    block.set(new TextEncoder().encode(text), offset);
  };
  put("name", path);
  put("mode", octal(0o644, 7));
  put("uid", octal(0, 7));
  put("gid", octal(0, 7));
  put("size", octal(bytes, 11));
  put("mtime", octal(0, 11));
  put("type", "0");
  put("magic", "ustar\x0000");
  put("devMajor", octal(0, 7));
  put("devMinor", octal(0, 7));
  put("checksum", `${octal(checksum(block), 6)}\0 `);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** The sum of all bytes of a header, its own field taken as blanks. */
function checksum(block: Uint8Array): number {
  const [offset, size] = fields.checksum;
  let sum = 0;
  block.forEach((byte, index) => (sum += index >= offset && index < offset + size ? 0x20 : byte));
  return sum;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** Whether these bytes begin as a tar archive does. */
export function isTar(bytes: Uint8Array): boolean {
  return textOf(bytes.subarray(0, blockBytes), "magic").startsWith("ustar");
}

/**
 * Reads a tar archive that nobody has checked. Folders and what describes the files further (pax) are passed over; whatever would make
 * a file another one than its header says is refused. Never throws. The bytes are not copied.
 */
export function readTar(archive: Uint8Array): TarContents {
  const files = new Map<string, Uint8Array>();
  if (archive.length > mostTarBytes)
    return { problem: `it has ${archive.length} bytes, more than ${mostTarBytes}`, offset: 0 };
  for (let offset = 0; ;) {
    const block = archive.subarray(offset, offset + blockBytes);
    if (block.length < blockBytes) return { problem: "it ends too early", offset };
    if (block.every((byte) => byte === 0)) return { files };
    const entry = readHeader(block);
    if (typeof entry === "string") return { problem: entry, offset };
    const { path, size, isFile } = entry;
    const body = archive.subarray(offset + blockBytes, offset + blockBytes + size);
    const problem = bodyProblem(entry, body, files);
    if (problem !== undefined) return { problem, offset };
    if (isFile) files.set(path, body);
    offset += blockBytes + padded(size);
  }
}

function bodyProblem(
  { path, size, isFile }: Entry,
  body: Uint8Array,
  files: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  if (body.length < size) return `${path} has ${size} bytes, but there are ${body.length}`;
  if (!isFile && /\b(path|size)=/.test(new TextDecoder("latin1").decode(body)))
    return "it gives a file another name or size than its header does";
  if (isFile && files.has(path)) return `there is a second ${path}`;
  return files.size < mostTarFiles ? undefined : `it holds more than ${mostTarFiles} files`;
}

interface Entry {
  readonly path: string;
  readonly size: number;
  /** Not what is passed over. */
  readonly isFile: boolean;
}

/** A header, or what is wrong with it. */
function readHeader(block: Uint8Array): Entry | string {
  const stated = numberOf(block, "checksum");
  if (stated !== checksum(block)) return "the checksum of a header is wrong";
  if (!isTar(block)) return "this is no tar archive of the kind ustar";
  const size = numberOf(block, "size");
  if (size === undefined) return "the size of a file is no octal number";
  const [prefix, name] = [textOf(block, "prefix"), textOf(block, "name")];
  // After the older GNU magic, "ustar  ", stands something else.
  const path = (
    prefix === "" || !textOf(block, "magic").startsWith("ustar\0") ? name : `${prefix}/${name}`
  ).replace(/^(\.\/)+/, "");
  const type = String.fromCharCode(block[fields.type[0]]!);
  if ("0\0".includes(type)) return { path, size, isFile: true };
  if ("5xg".includes(type)) return { path, size, isFile: false };
  return `${path} is of type ${JSON.stringify(type)}: neither a file nor a folder`;
}

/** A field up to its first zero, one character for each byte; the magic with its zeros. */
function textOf(block: Uint8Array, field: Field): string {
  const [offset, size] = fields[field];
  const text = String.fromCharCode(...block.subarray(offset, offset + size));
  const end = field === "magic" ? -1 : text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** An octal number, undefined where the field holds none. */
function numberOf(block: Uint8Array, field: Field): number | undefined {
  const text = textOf(block, field).trim();
  return /^[0-7]{1,11}$/.test(text) ? parseInt(text, 8) : undefined;
}
