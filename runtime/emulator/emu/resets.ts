import { BasePeripheral, type RP2040 } from "rp2040js";

/** Bits of RESETS, in order (RP2040 datasheet 2.14.3). */
const names = (
  "adc busctrl dma i2c0 i2c1 io_bank0 io_qspi jtag pads_bank0 pads_qspi pio0 pio1 pll_sys pll_usb pwm rtc spi0 " +
  "spi1 syscfg sysinfo tbman timer uart0 uart1 usbctrl"
).split(" ");
const all = 0x1ff_ffff;

/** Which bit of RESETS holds the peripheral with this base address, by its bits 31 to 14. */
const bitOf: ReadonlyMap<number, number> = new Map(
  Object.entries({
    0x4000_0000: "sysinfo",
    0x4000_4000: "syscfg",
    0x4001_4000: "io_bank0",
    0x4001_8000: "io_qspi",
    0x4001_c000: "pads_bank0",
    0x4002_0000: "pads_qspi",
    0x4002_8000: "pll_sys",
    0x4002_c000: "pll_usb",
    0x4003_0000: "busctrl",
    0x4003_4000: "uart0",
    0x4003_8000: "uart1",
    0x4003_c000: "spi0",
    0x4004_0000: "spi1",
    0x4004_4000: "i2c0",
    0x4004_8000: "i2c1",
    0x4004_c000: "adc",
    0x4005_0000: "pwm",
    0x4005_4000: "timer",
    0x4005_c000: "rtc",
    0x4006_c000: "tbman",
    0x5000_0000: "dma",
    0x5010_0000: "usbctrl",
    0x5011_0000: "usbctrl",
    0x5020_0000: "pio0",
    0x5030_0000: "pio1",
  }).map(([base, name]) => [Number(base) >>> 14, names.indexOf(name)]),
);

/** RESETS: who is held in reset may not be accessed. */
export class Resets extends BasePeripheral {
  /** At hand-over from the ROM only the flash's pins are out of reset. */
  #held = all & ~((1 << names.indexOf("io_qspi")) | (1 << names.indexOf("pads_qspi")));
  #watchdog = 0;
  onChanged: () => void = () => {};

  constructor(chip: RP2040) {
    super(chip, "RESETS");
  }

  /** The name of the peripheral at `address` if it is held in reset. */
  heldAt(address: number): string | undefined {
    const bit = bitOf.get(address >>> 14);
    return bit !== undefined && (this.#held & (1 << bit)) !== 0 ? names[bit] : undefined;
  }

  override readUint32(offset: number): number {
    if (offset === 0) return this.#held;
    if (offset === 4) return this.#watchdog;
    if (offset === 8) return ~this.#held & all;
    return super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === 0) {
      this.#held = value & all;
      this.onChanged();
    } else if (offset === 4) this.#watchdog = value & all;
    else super.writeUint32(offset, value);
  }
}
