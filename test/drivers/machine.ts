import { readdirSync } from "node:fs";
import { Pico, type PicoOptions } from "../../runtime/emulator/emu/pico.js";
import { type ArmProgram, buildArm } from "../../runtime/firmware/arm.js";
import { sealBoot2 } from "../../runtime/firmware/image.js";
import { packagePath, root } from "../helpers/root.js";

const board = "runtime/ports/rp2040";
/** The store, which works on the flash driver. */
const storeSources = ["values", "crc32"].map((name) => `runtime/ports/cortex-m/${name}.c`);
const includes = ["runtime/core", "runtime/ports", "runtime/ports/cortex-m", board];
/** Where a program lies that boot2 starts. */
const programAt = 0x100;
/** The bytes of a struct need, from SPEC.md section 3. */
const needBytes = 20;
/** Longest that any call takes, and how often it is looked for its end. */
const limitNs = 2e9;
const stepNs = 2_000;

/** What a need is wired to. Pins: i2c sda, scl; spi sck, mosi, miso, cs; uart tx, rx; others their one pin. */
export interface Wiring {
  readonly kind: keyof typeof kinds;
  /** Of an adc: the input. */
  readonly unit: number;
  readonly pins: readonly number[];
  readonly hertz: number;
  readonly activeLow?: boolean;
  /** 0 none, 1 up, 2 down. */
  readonly pull?: number;
  readonly address?: number;
  readonly mode?: number;
}

export const kinds = {
  "gpio-in": 0,
  "gpio-out": 1,
  pwm: 2,
  adc: 3,
  i2c: 4,
  spi: 5,
  uart: 6,
} as const;

export interface DriverImage {
  readonly flash: Uint8Array;
  readonly program: ArmProgram;
}

/** The drivers of the RP2040 under test/drivers/main.c. */
export function buildDrivers(): DriverImage {
  const drivers = readdirSync(packagePath(board))
    .filter((name) => name.endsWith(".c") && name !== "first-stage.c")
    .sort()
    .map((name) => `${board}/${name}`);
  const boot2 = buildArm(root, {
    sources: [`${board}/boot2.S`],
    includes,
    linkerScript: `${board}/boot2.ld`,
  });
  const program = buildArm(root, {
    sources: ["test/drivers/main.c", ...drivers, ...storeSources],
    includes,
    linkerScript: "test/drivers/drivers.ld",
    apart: true,
  });
  const flash = new Uint8Array(programAt + program.bin.length);
  flash.set(sealBoot2(boot2.bin));
  flash.set(program.bin, programAt);
  return { flash, program };
}

/** An emulated Pico whose drivers the test calls one by one. */
export class DriverMachine {
  readonly pico: Pico;
  readonly #program: ArmProgram;

  constructor(
    { flash, program }: DriverImage,
    attach: (pico: Pico) => void = () => {},
    options: Omit<PicoOptions, "flash"> = {},
  ) {
    this.pico = new Pico({ flash, ...options });
    this.#program = program;
    attach(this.pico);
    this.until(() => this.byte("polls") !== 0);
  }

  /** Runs until it holds. */
  until(holds: () => boolean): void {
    const limit = this.pico.nowNs + limitNs;
    while (!holds()) {
      if (this.pico.nowNs > limit) throw new Error("that takes too long");
      this.pico.run(this.pico.nowNs + stepNs);
    }
  }

  run(us: number): void {
    this.pico.run(this.pico.nowNs + us * 1000);
  }

  /** Calls a function and returns what it returns, signed. */
  call(name: string, ...words: number[]): number {
    const mailbox = this.address("mailbox");
    this.setWord(mailbox + 8, this.address(name));
    words.forEach((word, i) => this.setWord(mailbox + 12 + 4 * i, word));
    const asked = this.word(mailbox) + 1;
    this.setWord(mailbox, asked);
    this.until(() => this.word(mailbox + 4) === asked);
    return this.word(mailbox + 36) | 0;
  }

  /** A need in memory: its address. Call `port_open` with it. */
  need(slot: number, wiring: Wiring): number {
    const at = this.address("buffers") + 0x600 + slot * needBytes;
    const bytes = new Uint8Array(needBytes);
    bytes[0] = kinds[wiring.kind];
    bytes[1] = wiring.mode ?? 0;
    bytes[2] = wiring.activeLow ? 1 : 0;
    bytes[3] = wiring.pull ?? 0;
    bytes[4] = wiring.unit;
    bytes[5] = wiring.address ?? 0;
    bytes.set(wiring.pins, 8);
    new DataView(bytes.buffer).setUint32(12, wiring.hertz, true);
    this.write(at, bytes);
    return at;
  }

  /** One of three buffers of 512 bytes. */
  buffer(index: number, bytes: Uint8Array = new Uint8Array()): number {
    const at = this.address("buffers") + index * 512;
    this.write(at, bytes);
    return at;
  }

  address(symbol: string): number {
    const found = this.#program.symbols.get(symbol);
    if (!found) throw new Error(`no symbol ${symbol}`);
    return found.address;
  }

  byte(symbol: string): number {
    return this.pico.readByte(this.address(symbol));
  }

  word(address: number): number {
    return this.pico.peekWord(address);
  }

  setWord(address: number, value: number): void {
    this.write(address, Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24));
  }

  read(address: number, length: number): Uint8Array {
    return this.pico.peek(address, length);
  }

  write(address: number, bytes: Uint8Array): void {
    this.pico.chip.ram.set(bytes, address - 0x2000_0000);
  }
}
