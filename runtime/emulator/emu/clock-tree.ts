import { BasePeripheral, type RP2040 } from "rp2040js";

/** Generators by their registers CTRL, DIV, SELECTED (RP2040 datasheet 2.15.7). */
const generators = "gpout0 gpout1 gpout2 gpout3 ref sys peri usb adc rtc".split(" ");
const ref = 4;
const sys = 5;
const peri = 6;

/** A clock that peripherals ask for. */
export type ClockName = "peri" | "usb" | "adc" | "rtc";

type Source = "pll_sys" | "pll_usb" | "rosc" | "xosc" | "sys" | "ref" | "none";

const auxiliary: Readonly<Record<string, readonly Source[]>> = {
  ref: ["pll_usb", "none", "none", "none"],
  sys: ["pll_sys", "pll_usb", "rosc", "xosc"],
  peri: ["sys", "pll_sys", "pll_usb", "rosc", "xosc"],
  usb: ["pll_usb", "pll_sys", "rosc", "xosc"],
  adc: ["pll_usb", "pll_sys", "rosc", "xosc"],
  rtc: ["pll_usb", "pll_sys", "rosc", "xosc"],
};

/** CLOCKS: what runs at which frequency, from what firmware has set. */
export class ClockTree extends BasePeripheral {
  readonly #control = new Uint32Array(10);
  readonly #divisor = new Uint32Array(10).fill(0x100);
  /** WAKE_EN0, WAKE_EN1, SLEEP_EN0, SLEEP_EN1. */
  readonly #gates = Uint32Array.of(0xffff_ffff, 0x7fff, 0xffff_ffff, 0x7fff);
  #resus = 0xff;

  constructor(chip: RP2040) {
    super(chip, "CLOCKS");
  }

  /** Hz; 0 if the generator is stopped or its source does not run. Also asked for by rp2040js. */
  get sysFreq(): number {
    return this.#sourceOf("sys");
  }

  get periFreq(): number {
    return this.hertz("peri");
  }

  get refFreq(): number {
    return this.#sourceOf("ref");
  }

  hertz(name: ClockName): number {
    const index = generators.indexOf(name);
    const control = this.#control[index]!;
    if ((control & 0x800) === 0 || (control & 0x400) !== 0) return 0;
    const source = auxiliary[name]![(control >>> 5) & 7] ?? "none";
    return this.#sourceOf(source) / (index === peri ? 1 : divisor(this.#divisor[index]!));
  }

  override readUint32(offset: number): number {
    const index = Math.floor(offset / 12);
    if (index < generators.length) {
      if (offset % 12 === 0) return this.#control[index]!;
      return offset % 12 === 4 ? this.#divisor[index]! : this.#selected(index);
    }
    if (offset === 0x78) return this.#resus;
    if (offset === 0x7c) return 0;
    if (offset >= 0xa0 && offset < 0xb0) return this.#gates[(offset - 0xa0) >> 2]!;
    if (offset === 0xb0 || offset === 0xb4) return this.#gates[(offset - 0xb0) >> 2]!;
    return super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    const index = Math.floor(offset / 12);
    if (index < generators.length && offset % 12 !== 8) {
      if (offset % 12 === 0) this.#control[index] = value;
      else this.#divisor[index] = value;
      this.rp2040.updateClocks();
      if (index === sys && this.sysFreq === 0) this.warn("clk_sys has no source that runs");
    } else if (offset === 0x78) this.#resus = value;
    else if (offset >= 0xa0 && offset < 0xb0) this.#gates[(offset - 0xa0) >> 2] = value;
    else super.writeUint32(offset, value);
  }

  #selected(index: number): number {
    if (index === ref) return 1 << (this.#control[index]! & 3);
    return index === sys ? 1 << (this.#control[index]! & 1) : 1;
  }

  #sourceOf(source: Source): number {
    const { rp2040: chip } = this;
    switch (source) {
      case "rosc":
        return chip.roscFreq;
      case "xosc":
        return this.#crystal;
      case "pll_sys":
      case "pll_usb": {
        const pll = source === "pll_sys" ? chip.pllSys : chip.pllUsb;
        // PLL_PWR: PD, POSTDIVPD, VCOPD.
        const off = (pll.readUint32(4) & 0x29) !== 0;
        return off || this.#crystal === 0 ? 0 : pll.frequency;
      }
      case "ref":
        return this.#reference / divisor(this.#divisor[ref]! & 0x300);
      case "sys":
        return this.#system / divisor(this.#divisor[sys]!);
      default:
        return 0;
    }
  }

  get #crystal(): number {
    const enabled = (this.rp2040.peripherals[0x40024]!.readUint32(4) & 0x1000) !== 0;
    return enabled ? this.rp2040.xoscFreq : 0;
  }

  get #reference(): number {
    const control = this.#control[ref]!;
    if ((control & 3) === 1) return this.#sourceOf(auxiliary["ref"]![(control >>> 5) & 3]!);
    return this.#sourceOf((control & 3) === 2 ? "xosc" : "rosc");
  }

  get #system(): number {
    const control = this.#control[sys]!;
    if ((control & 1) === 0) return this.#sourceOf("ref");
    return this.#sourceOf(auxiliary["sys"]![(control >>> 5) & 7] ?? "none");
  }
}

/** 24.8 fixed point; 0 stands for 2^16. */
function divisor(word: number): number {
  return word >>> 8 === 0 ? 0x1_0000 : word / 256;
}
