export const sectorBytes = 4096;
export const pageBytes = 256;
/** Typical times of a W25Q16JV (datasheet, section 9.6). */
export const eraseNs = 45_000_000;
export const programNs = 800_000;

/** What the firmware asks of the flash: a sector, or a page with what is to be written. */
export type FlashOperation =
  | { readonly kind: "erase"; readonly offset: number }
  | { readonly kind: "program"; readonly offset: number; readonly bytes: Uint8Array };

/** The power goes during the operation, after so many of its bytes. */
export interface PowerCut {
  readonly afterBytes: number;
}

/** Called before each operation; power goes if it answers so. */
export type FlashHook = (operation: FlashOperation) => PowerCut | undefined;

/** Thrown out of the run when a hook has cut the power; the flash is torn as the hook said. */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}

/**
 * NOR flash: erasing a sector of 4 KB sets all bits, programming a page of 256 bytes clears bits. Erased cells and programmed pages count up.
 */
export class NorFlash {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  /** Erases of each sector. */
  readonly wear: Uint32Array;
  erases = 0;
  programs = 0;
  hook: FlashHook = () => undefined;

  /** Contents from offset 0 on, the rest FF; `size` is a power of two. */
  constructor(content: Uint8Array, size: number) {
    if (content.length > size)
      throw new RangeError(`${content.length} bytes do not fit into ${size} bytes of flash`);
    this.bytes = new Uint8Array(size).fill(0xff);
    this.bytes.set(content);
    this.halves = new Uint16Array(this.bytes.buffer);
    this.words = new Uint32Array(this.bytes.buffer);
    this.wear = new Uint32Array(size / sectorBytes);
  }

  /** Throws a RangeError if the offset is not that of a sector, PowerLoss if the hook says so. */
  eraseSector(offset: number): void {
    this.#check(offset, sectorBytes);
    const cut = this.hook({ kind: "erase", offset });
    this.wear[offset / sectorBytes]!++;
    this.erases++;
    const done = cut ? Math.min(cut.afterBytes, sectorBytes) : sectorBytes;
    this.bytes.fill(0xff, offset, offset + done);
    if (!cut) return;
    // Cells that were being erased hold some of their bits.
    for (let i = offset + done; i < offset + sectorBytes; i++)
      this.bytes[i]! |= (i * 0x9e37_79b1) >>> 24;
    throw new PowerLoss(`power lost while sector ${offset} was erased`);
  }

  /** Throws a RangeError if the offset is not that of a page, PowerLoss if the hook says so. */
  programPage(offset: number, bytes: Uint8Array): void {
    this.#check(offset, pageBytes);
    const cut = this.hook({ kind: "program", offset, bytes });
    this.programs++;
    const done = cut ? Math.min(cut.afterBytes, pageBytes) : pageBytes;
    for (let i = 0; i < done; i++) this.bytes[offset + i]! &= bytes[i]!;
    if (!cut) return;
    if (done < pageBytes) this.bytes[offset + done]! &= bytes[done]! | 0x55;
    throw new PowerLoss(`power lost while page ${offset} was programmed`);
  }

  #check(offset: number, multiple: number): void {
    if (offset % multiple !== 0 || offset < 0 || offset >= this.bytes.length)
      throw new RangeError(`flash offset ${offset} is not a multiple of ${multiple} in the flash`);
  }
}
