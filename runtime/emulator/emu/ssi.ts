import { BasePeripheral, type RP2040 } from "rp2040js";
import type { FlashCommands } from "./flash-commands.js";
import { PlainRegisters } from "./registers.js";

/** CTRLR0 and SPI_CTRLR0 of a serial read with 03h, as the ROM sets them to enter XIP. */
const serialRead = { ctrlr0: 0x001f_0300, spiCtrlr0: 0x0300_0218 };
const standard = 0x0007_0000;

/** Selects the flash by hand; the SSI does it otherwise. */
export type ChipSelect = "automatic" | "low" | "high";

/**
 * The serial interface of the flash (RP2040 datasheet 4.10): either it reads the flash for the bus (XIP: enabled, in EEPROM-read mode) or
 * firmware exchanges bytes with the flash through DR0. Bytes take no time.
 */
export class Ssi extends BasePeripheral {
  readonly #commands: FlashCommands;
  readonly #registers = new Map<number, number>([
    [0x00, 0],
    [0x04, 0],
    [0x10, 1],
    [0x14, 0],
    [0x18, 0],
    [0x1c, 0],
    [0x2c, 0],
    [0x4c, 0],
    [0x50, 4],
    [0x54, 0],
    [0xf0, 0],
    [0xf4, 0],
    [0xf8, 0],
  ]);
  #enabled = false;
  #received: number[] = [];
  #select: ChipSelect = "automatic";
  /** Called when the flash has become readable, or unreadable, for the bus. */
  onXipChanged: () => void = () => {};

  constructor(chip: RP2040, commands: FlashCommands) {
    super(chip, "SSI");
    this.#commands = commands;
  }

  /** Whether the flash can be read at its addresses. */
  get xip(): boolean {
    return this.#enabled && (this.#registers.get(0)! & 0x300) === 0x300;
  }

  /** What the ROM does in flash_exit_xip, and connect_internal_flash. */
  exitXip(): void {
    this.#configure(standard, 0);
  }

  /** flash_enter_cmd_xip. */
  enterXip(): void {
    this.#configure(serialRead.ctrlr0, serialRead.spiCtrlr0);
  }

  set select(select: ChipSelect) {
    if (select !== "low") this.#commands.deselect();
    this.#select = select;
  }

  override readUint32(offset: number): number {
    if (offset === 0x08) return this.#enabled ? 1 : 0;
    if (offset === 0x20) return 0;
    if (offset === 0x24) return this.#received.length;
    if (offset === 0x28) return this.#status();
    if (offset === 0x58) return 0x5153_5049;
    if (offset === 0x5c) return 0x3430_312a;
    if (offset === 0x60) return this.#received.shift() ?? 0;
    return this.#registers.get(offset) ?? super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === 0x08) this.#enable((value & 1) !== 0);
    else if (offset === 0x60) this.#exchange(value & 0xff);
    else if (this.#registers.has(offset)) {
      this.#registers.set(offset, value >>> 0);
      if (offset === 0x10 && value === 0) this.#commands.deselect();
      this.onXipChanged();
    } else super.writeUint32(offset, value);
  }

  /** TFNF, TFE, RFNE. Whoever waits until all is sent sees the flash deselected after that. */
  #status(): number {
    if (this.#select === "automatic") this.#commands.deselect();
    return 0x06 | (this.#received.length > 0 ? 0x08 : 0);
  }

  #enable(enabled: boolean): void {
    this.#enabled = enabled;
    this.#received = [];
    if (this.#select === "automatic") this.#commands.deselect();
    this.onXipChanged();
  }

  #configure(ctrlr0: number, spiCtrlr0: number): void {
    this.#registers.set(0x00, ctrlr0);
    this.#registers.set(0xf4, spiCtrlr0);
    this.#registers.set(0x10, 1);
    this.select = "automatic";
    this.#enable(true);
  }

  /** In EEPROM-read mode what is written only prepares the flash for continuous reads. */
  #exchange(byte: number): void {
    if (!this.#enabled || this.xip) return;
    const answer = this.#select === "high" ? 0xff : this.#commands.transfer(byte);
    if (answer === undefined) this.warn(`the flash does not know command ${byte.toString(16)}h`);
    this.#received.push(answer ?? 0xff);
  }
}

/** IO_QSPI (2.19.6.2), of which only the override of chip select does something. */
export class QspiPins extends PlainRegisters {
  readonly #ssi: Ssi;

  constructor(chip: RP2040, ssi: Ssi) {
    super(
      chip,
      "IO_QSPI",
      Array.from({ length: 22 }, (_, i) => [4 * i, i < 12 && i % 2 === 1 ? 0x1f : 0] as const),
    );
    this.#ssi = ssi;
  }

  override writeUint32(offset: number, value: number): void {
    super.writeUint32(offset, value);
    if (offset !== 0x0c) return;
    const override = (value >>> 8) & 3;
    this.#ssi.select = override === 2 ? "low" : override === 3 ? "high" : "automatic";
  }
}
