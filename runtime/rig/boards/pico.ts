/** What a signal of a bus is called in rig.json. */
export type BusRole = "sda" | "scl" | "sck" | "mosi" | "miso" | "cs" | "tx" | "rx";

/** A pin of the board and what it can do. */
export interface BoardPin {
  /** GPIO number. */
  readonly pin: number;
  /** `GP15`, and `LED` for the light on the board. */
  readonly name: string;
  /** Why an app cannot have it, undefined for all others. */
  readonly reserved?: string;
  /** What the pin can be for the buses: `i2c0 sda`. */
  readonly functions: readonly string[];
  /** Pins of one slice share a frequency, pins of one slice and channel also the duty. */
  readonly pwm: { readonly slice: number; readonly channel: "A" | "B" };
  /** Input of the ADC. */
  readonly adcChannel?: number;
}

/**
 * Functions F1 (SPI), F2 (UART) and F3 (I2C) of the pins GP0 to GP29: RP2040 datasheet, section 1.4.3.
 * Chip selects are left out, since the runtime drives them as plain outputs; so are CTS and RTS, which it does not use.
 */
const functions: readonly (readonly string[])[] = [
  ["spi0 miso", "uart0 tx", "i2c0 sda"],
  ["uart0 rx", "i2c0 scl"],
  ["spi0 sck", "i2c1 sda"],
  ["spi0 mosi", "i2c1 scl"],
  ["spi0 miso", "uart1 tx", "i2c0 sda"],
  ["uart1 rx", "i2c0 scl"],
  ["spi0 sck", "i2c1 sda"],
  ["spi0 mosi", "i2c1 scl"],
  ["spi1 miso", "uart1 tx", "i2c0 sda"],
  ["uart1 rx", "i2c0 scl"],
  ["spi1 sck", "i2c1 sda"],
  ["spi1 mosi", "i2c1 scl"],
  ["spi1 miso", "uart0 tx", "i2c0 sda"],
  ["uart0 rx", "i2c0 scl"],
  ["spi1 sck", "i2c1 sda"],
  ["spi1 mosi", "i2c1 scl"],
  ["spi0 miso", "uart0 tx", "i2c0 sda"],
  ["uart0 rx", "i2c0 scl"],
  ["spi0 sck", "i2c1 sda"],
  ["spi0 mosi", "i2c1 scl"],
  ["spi0 miso", "uart1 tx", "i2c0 sda"],
  ["uart1 rx", "i2c0 scl"],
  ["spi0 sck", "i2c1 sda"],
  ["spi0 mosi", "i2c1 scl"],
  ["spi1 miso", "uart1 tx", "i2c0 sda"],
  ["uart1 rx", "i2c0 scl"],
  ["spi1 sck", "i2c1 sda"],
  ["spi1 mosi", "i2c1 scl"],
  ["spi1 miso", "uart0 tx", "i2c0 sda"],
  ["uart0 rx", "i2c0 scl"],
];

/** Raspberry Pi Pico datasheet, section 2.1: what the board itself uses. */
const reserved: ReadonlyMap<number, string> = new Map([
  [23, "the board switches its power supply with it"],
  [24, "the board senses USB power with it"],
  [29, "the board measures its supply with it"],
]);

/** The light on the board hangs on this pin, which has no place on the header. */
const ledPin = 25;
/** GP26 to GP29 are ADC inputs 0 to 3. */
const firstAdcPin = 26;

/** The pins of a Raspberry Pi Pico by GPIO number (RP2040 datasheet, section 1.4.3). */
export const picoPins: readonly BoardPin[] = functions.map((list, pin) => ({
  pin,
  name: pin === ledPin ? "LED" : `GP${pin}`,
  functions: pin === ledPin ? [] : list,
  // Sixteen PWM outputs, repeated from GP16 on (section 4.5.2).
  pwm: { slice: (pin >> 1) & 7, channel: pin % 2 === 0 ? "A" : "B" },
  ...(reserved.has(pin) ? { reserved: reserved.get(pin)! } : {}),
  ...(pin >= firstAdcPin ? { adcChannel: pin - firstAdcPin } : {}),
}));

/** Pins of a bus where the wiring names none. */
export const defaultPins: Readonly<Record<string, Readonly<Partial<Record<BusRole, string>>>>> = {
  i2c0: { sda: "GP4", scl: "GP5" },
  i2c1: { sda: "GP6", scl: "GP7" },
  spi0: { sck: "GP18", mosi: "GP19", miso: "GP16", cs: "GP17" },
  spi1: { sck: "GP10", mosi: "GP11", miso: "GP12", cs: "GP13" },
  uart0: { tx: "GP0", rx: "GP1" },
  uart1: { tx: "GP8", rx: "GP9" },
};

/** The pin of that name: `GP15`, `LED`, `GP25`. */
export function findPin(name: string): BoardPin | undefined {
  return picoPins.find((pin) => pin.name === name || `GP${pin.pin}` === name);
}

/** Names of the pins that an app can have and that can do what is asked. */
export function pinNames(can: (pin: BoardPin) => boolean): readonly string[] {
  return picoPins.filter((pin) => pin.reserved === undefined && can(pin)).map((pin) => pin.name);
}

/** What to write instead of a name that is no pin. */
export function pinHint(name: string): string {
  const digits = /^(?:gpio|gp|pin|d|p)?\s*_?(\d{1,2})$/i.exec(name.trim());
  const near = digits === null ? undefined : findPin(`GP${Number(digits[1])}`);
  if (near !== undefined && near.reserved === undefined) return `Write "${near.name}".`;
  if (/^led/i.test(name)) return 'Write "LED" for the light on the board.';
  return 'A Pico has "GP0" to "GP22", "GP26" to "GP28" and "LED".';
}
