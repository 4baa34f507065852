/** The first thing wrong with a payload, and the byte it is at. */
export class PayloadError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
    this.name = "PayloadError";
  }
}

/** Reads little-endian numbers from a part of a payload. Offsets count from the first byte of the payload. */
export class Cursor {
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** Of the next byte that is read. */
    public offset: number,
    /** Of the first byte behind the part. */
    readonly end: number,
    /** What the part is called. */
    readonly part: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  /** A copy of the next `length` bytes. */
  take(length: number): Uint8Array {
    const from = this.#step(length);
    return this.bytes.slice(from, from + length);
  }

  /** The next `length` bytes, one character each. */
  text(length: number): string {
    return String.fromCharCode(...this.take(length));
  }

  /** Steps over what fills the part up to its end: zeros. */
  padding(): void {
    while (!this.done)
      if (this.u8() !== 0) fail(this.offset - 1, `the byte after the ${this.part} is not 0`);
  }

  /** Advances by `length` and returns where that began. */
  #step(length: number): number {
    if (length > this.end - this.offset)
      fail(Math.min(this.end, this.bytes.length), `the ${this.part} ends too early`);
    this.offset += length;
    return this.offset - length;
  }
}

/** Ends the reading. */
export function fail(offset: number, message: string): never {
  throw new PayloadError(offset, message);
}

/** The next multiple of 4. */
export function padded(bytes: number): number {
  return bytes + (-bytes & 3);
}
