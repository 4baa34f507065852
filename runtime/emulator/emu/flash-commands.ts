import type { NorFlash } from "./flash.js";

/**
 * The serial side of a W25Q16JV (datasheet, section 8): what it answers, byte by byte, while its chip select is low. Erase and program are not among the commands: firmware does those
 * through the ROM.
 */
export class FlashCommands {
  readonly #flash: NorFlash;
  readonly #uniqueId: Uint8Array;
  readonly #jedecId = [0xef, 0x40, 0x15];
  #sent: number[] = [];
  #status2 = 0;
  #writeEnabled = false;

  /** `uniqueId` has 8 bytes. */
  constructor(flash: NorFlash, uniqueId: Uint8Array) {
    this.#flash = flash;
    this.#uniqueId = uniqueId;
  }

  /** Chip select has gone high: the next byte is a command. */
  deselect(): void {
    const [command, first, second] = this.#sent;
    if (command === 0x06) this.#writeEnabled = true;
    if (this.#writeEnabled && command === 0x31) this.#status2 = first ?? 0;
    if (this.#writeEnabled && command === 0x01) this.#status2 = second ?? this.#status2;
    if (command === 0x31 || command === 0x01 || command === 0x04) this.#writeEnabled = false;
    this.#sent = [];
  }

  /** The byte that comes back while `byte` goes out; undefined for a command that is not known. */
  transfer(byte: number): number | undefined {
    const position = this.#sent.length;
    const command = this.#sent[0] ?? byte;
    if (position < 8) this.#sent.push(byte);
    else this.#sent.length++;
    switch (command) {
      case 0x01:
      case 0x04:
      case 0x06:
      case 0x31:
      case 0x66:
      case 0x99:
      case 0xab:
      case 0xff:
        return 0xff;
      case 0x03:
        return position < 4 ? 0xff : this.#read(position - 4);
      case 0x05:
        return position < 1 ? 0xff : this.#writeEnabled ? 2 : 0;
      case 0x35:
        return position < 1 ? 0xff : this.#status2;
      case 0x4b:
        return position < 5 ? 0xff : this.#uniqueId[(position - 5) % 8]!;
      case 0x9f:
        return position < 1 ? 0xff : this.#jedecId[(position - 1) % 3]!;
      default:
        return undefined;
    }
  }

  #read(distance: number): number {
    const [, high = 0, middle = 0, low = 0] = this.#sent;
    const { bytes } = this.#flash;
    return bytes[((high << 16) + (middle << 8) + low + distance) % bytes.length]!;
  }
}
