import { BasePeripheral, type RP2040 } from "rp2040js";

/** Registers that keep what is written to them and do nothing else, by offset, with their values after reset. */
export class PlainRegisters extends BasePeripheral {
  readonly #values: Map<number, number>;

  constructor(chip: RP2040, name: string, values: readonly (readonly [number, number])[]) {
    super(chip, name);
    this.#values = new Map(values);
  }

  override readUint32(offset: number): number {
    return this.#values.get(offset & 0xfff) ?? super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (this.#values.has(offset)) this.#values.set(offset, value >>> 0);
    else super.writeUint32(offset, value);
  }

  /** What a subclass or the chip sets itself. */
  protected set(offset: number, value: number): void {
    this.#values.set(offset, value >>> 0);
  }
}
