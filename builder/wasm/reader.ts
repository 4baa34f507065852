/** The first thing wrong with a module, and the byte it is at. */
export class DecodeError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
    this.name = "DecodeError";
  }
}

// A byte order mark is part of a name like any other character.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the primitives of the binary format (Core Specification, section 5.2). Offsets count from the module's first byte. */
export class ByteReader {
  private position: number;

  private readonly source: Uint8Array;

  constructor(
    source: Uint8Array,
    start = 0,
    private readonly end = source.length,
  ) {
    // A plain view: the slices of a Buffer of Node.js share its memory, those of a Uint8Array are copies.
    this.source = new Uint8Array(source.buffer, source.byteOffset, source.length);
    this.position = start;
  }

  get offset(): number {
    return this.position;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  byte(what: string): number {
    const value = this.position < this.end ? this.source[this.position] : undefined;
    if (value === undefined)
      throw new DecodeError(this.position, `the module ends inside: ${what}`);
    this.position++;
    return value;
  }

  bytes(length: number, what: string): Uint8Array {
    if (length > this.end - this.position)
      throw new DecodeError(this.position, `the module ends inside: ${what}`);
    this.position += length;
    return this.source.slice(this.position - length, this.position);
  }

  rest(): Uint8Array {
    return this.bytes(this.end - this.position, "rest");
  }

  /** A reader of the next `length` bytes, which this one steps over. */
  slice(length: number, what: string): ByteReader {
    if (length > this.end - this.position)
      throw new DecodeError(this.position, `the module ends inside: ${what}`);
    const start = this.position;
    this.position += length;
    return new ByteReader(this.source, start, this.position);
  }

  u32le(what: string): number {
    return new DataView(this.bytes(4, what).buffer).getUint32(0, true);
  }

  u32(what: string): number {
    return Number(this.leb(what, 32, false));
  }

  s32(what: string): number {
    return Number(this.leb(what, 32, true));
  }

  s33(what: string): number {
    return Number(this.leb(what, 33, true));
  }

  s64(what: string): bigint {
    return this.leb(what, 64, true);
  }

  /** `length` bytes, least significant first. */
  bits(length: 4 | 8): bigint {
    const view = new DataView(this.bytes(length, "constant").buffer);
    return length === 4 ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
  }

  name(what: string): string {
    const length = this.u32(what);
    const at = this.position;
    try {
      return utf8.decode(this.bytes(length, what));
    } catch (error) {
      if (error instanceof DecodeError) throw error;
      throw new DecodeError(at, `${what} is not UTF-8`);
    }
  }

  /** A counted list. Each item takes at least a byte, so that the count is bounded by what is left. */
  vector<T>(what: string, item: (reader: this) => T): T[] {
    const at = this.position;
    const count = this.u32(what);
    if (count > this.end - this.position)
      throw new DecodeError(at, `${count} ${what} do not fit in what is left`);
    const items: T[] = [];
    for (let k = 0; k < count; k++) items.push(item(this));
    return items;
  }

  private leb(what: string, width: number, signed: boolean): bigint {
    const at = this.position;
    // Most values fit a byte or two: stay in plain numbers until one does not.
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte(what);
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        const used = shift + 7;
        return BigInt(signed && byte & 0x40 ? low - 2 ** used : low);
      }
    }
    let value = BigInt(low);
    for (let shift = 28; shift < width; shift += 7) {
      const byte = this.byte(what);
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte >= 0x80) continue;
      if (signed && byte & 0x40) value -= 1n << BigInt(shift + 7);
      const [min, max] = signed
        ? [-(1n << BigInt(width - 1)), (1n << BigInt(width - 1)) - 1n]
        : [0n, (1n << BigInt(width)) - 1n];
      if (value < min || value > max) throw new DecodeError(at, `${what} is too large`);
      return value;
    }
    throw new DecodeError(at, `${what} is longer than its type allows`);
  }
}
