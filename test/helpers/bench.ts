import { readFileSync } from "node:fs";
import type { BoardListener, TransferStatus } from "../../runtime/emulator/board/io.js";
import type { ClockedBoard } from "../../runtime/emulator/sim/clocked-board.js";
import {
  type ContainerSource,
  Device,
  type DeviceOptions,
} from "../../runtime/emulator/sim/device.js";
import {
  defaultHealth,
  defaultRestart,
  type Health,
  type Manifest,
  type Need,
  type Restart,
  type Setting,
  type State,
} from "../../runtime/manifest/manifest.js";
import type { Connection } from "../../runtime/rig/connection.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { packagePath } from "./root.js";

export const coreBytes = readFileSync(packagePath("runtime", "firmware", "core.wasm"));

/** A board with nothing on it: the test says what inputs do and what buses answer. */
export class BareBoard implements ClockedBoard {
  listener: BoardListener | undefined;
  nowUs = 0;
  readonly calls: string[] = [];
  readonly levels = new Map<number, boolean>();
  readonly #changes: { readonly timeUs: number; readonly pin: number; readonly high: boolean }[] =
    [];
  readonly received = new Map<number, number[]>();
  adc = 0;
  i2c: (
    address: number,
    data: Uint8Array,
    readLength: number,
  ) => { status: TransferStatus; data: Uint8Array } = (_address, _data, readLength) => ({
    status: "ok",
    data: new Uint8Array(readLength),
  });

  /** Plans a change of an input's electrical level. */
  change(timeUs: number, pin: number, high: boolean): void {
    this.#changes.push({ timeUs, pin, high });
    this.#changes.sort((a, b) => a.timeUs - b.timeUs);
  }

  nextChangeUs(): number {
    return this.#changes[0]?.timeUs ?? Infinity;
  }

  advanceTo(timeUs: number): void {
    if (timeUs < this.nowUs) throw new RangeError("time goes forward");
    while (this.nextChangeUs() <= timeUs) {
      const { pin, high, timeUs: atUs } = this.#changes.shift()!;
      this.nowUs = Math.max(this.nowUs, atUs);
      this.levels.set(pin, high);
      this.listener?.onPinChange(pin, high, this.nowUs);
    }
    this.nowUs = timeUs;
  }

  receive(port: number, ...bytes: number[]): void {
    this.received.set(port, [...(this.received.get(port) ?? []), ...bytes]);
    this.listener?.onUartReceive(port, this.nowUs);
  }

  configureInput(pin: number, pull: string): void {
    this.calls.push(`input ${pin} ${pull}`);
  }
  configureOutput(pin: number): void {
    this.calls.push(`output ${pin}`);
  }
  readPin(pin: number): boolean {
    return this.levels.get(pin) ?? false;
  }
  writePin(pin: number, high: boolean): void {
    this.calls.push(`${this.nowUs} write ${pin} ${high ? 1 : 0}`);
  }
  setPwm(pin: number, hertz: number, duty: number): void {
    this.calls.push(`${this.nowUs} pwm ${pin} ${hertz} ${duty}`);
  }
  readAdc(): number {
    return this.adc;
  }
  i2cTransfer(
    _bus: number,
    address: number,
    data: Uint8Array,
    readLength: number,
  ): { status: TransferStatus; data: Uint8Array } {
    this.calls.push(`${this.nowUs} i2c ${address} [${data.join(" ")}] ${readLength}`);
    return this.i2c(address, data, readLength);
  }
  spiTransfer(_bus: number, cs: number, data: Uint8Array): Uint8Array {
    this.calls.push(`${this.nowUs} spi ${cs} [${data.join(" ")}]`);
    return data.map((byte) => byte ^ 0xff);
  }
  uartWrite(port: number, data: Uint8Array): void {
    this.calls.push(`${this.nowUs} uart ${port} [${data.join(" ")}]`);
  }
  uartRead(port: number, max: number): Uint8Array {
    return Uint8Array.from(this.received.get(port)?.splice(0, max) ?? []);
  }
  uartWaiting(port: number): number {
    return this.received.get(port)?.length ?? 0;
  }
}

/** A need and what it is wired to. */
export type WiredNeed = readonly [Need, Connection];

const pull = "none";
export const input = (pin: number, activeLow = false): WiredNeed => [
  { name: `input${pin}`, kind: "gpio-in" },
  { kind: "gpio", pin, activeLow, pull },
];
export const output = (pin: number, activeLow = false): WiredNeed => [
  { name: `output${pin}`, kind: "gpio-out" },
  { kind: "gpio", pin, activeLow, pull },
];
export const pwm = (pin: number): WiredNeed => [
  { name: `pwm${pin}`, kind: "pwm" },
  { kind: "pwm", pin },
];
export const adc = (channel: number): WiredNeed => [
  { name: `adc${channel}`, kind: "adc" },
  { kind: "adc", pin: 26 + channel, channel },
];
export const i2c = (address: number, hertz = 100_000): WiredNeed => [
  { name: `i2c${address}`, kind: "i2c", address },
  { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz, address },
];
export const spi = (cs: number, hertz = 1_000_000): WiredNeed => [
  { name: `spi${cs}`, kind: "spi", mode: 0, hertz },
  { kind: "spi", bus: 0, sck: 18, mosi: 19, miso: 16, cs, hertz, mode: 0 },
];
export const uart = (port: number): WiredNeed => [
  { name: `uart${port}`, kind: "uart", baud: 9600 },
  { kind: "uart", port, tx: 0, rx: 1, baud: 9600 },
];
export const publisher = (
  topic: string,
  fields: { name: string; decimals: number }[] = [],
): WiredNeed => [
  { name: "out", kind: "publish", topic, fields },
  { kind: "topic", topic },
];
/** A publisher whose last message is kept. */
export const retainer = (topic: string): WiredNeed => [
  { name: "out", kind: "publish", topic, fields: [], retain: true },
  { kind: "topic", topic },
];
export const subscriber = (topic: string): WiredNeed => [
  { name: "in", kind: "subscribe", topic },
  { kind: "topic", topic },
];

export interface Parts {
  readonly name?: string;
  readonly needs?: readonly WiredNeed[];
  readonly settings?: readonly Setting[];
  readonly memoryBytes?: number;
  readonly eventMs?: number;
  readonly state?: State;
  readonly health?: Partial<Health>;
  readonly restart?: Partial<Restart>;
}

/** A container as devices take it. It has a policy only if something of one is given. */
export function containerOf(
  wasm: Uint8Array,
  {
    name = "app",
    needs = [],
    settings = [],
    memoryBytes = 1024,
    eventMs = 20,
    ...policy
  }: Parts = {},
): ContainerSource {
  const { state, health, restart } = policy;
  const manifest: Manifest = {
    format: 1,
    name,
    contract: "0.1.0",
    wasm: { bytes: wasm.length, sha256: "" },
    imports: [],
    needs: needs.map(([need]) => need),
    settings,
    limits: { memoryBytes, stackBytes: 0, eventMs },
    ...(state && { state }),
    ...(health && { health: { ...defaultHealth, ...health } }),
    ...(restart && { restart: { ...defaultRestart, ...restart } }),
  };
  return { manifest, wasm, connections: needs.map(([, connection]) => connection) };
}

/** A device on a bare board, with what it has traced. */
export class Bench {
  readonly trace: TraceEntry[] = [];

  private constructor(
    readonly board: BareBoard,
    readonly device: Device,
    trace: TraceEntry[],
  ) {
    this.trace = trace;
  }

  static async create(options: Partial<DeviceOptions> = {}): Promise<Bench> {
    const board = new BareBoard();
    const trace: TraceEntry[] = [];
    const deviceId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const device = await Device.create({
      core: coreBytes,
      board,
      seed: 1,
      deviceId,
      sink: (entry) => trace.push(entry),
      ...options,
    });
    return new Bench(board, device, trace);
  }

  /** Loads a container and starts it; its index. */
  async add(wasm: Uint8Array, parts: Parts = {}): Promise<number> {
    const index = await this.load(wasm, parts);
    this.device.start(index);
    return index;
  }

  load(wasm: Uint8Array, parts: Parts = {}): Promise<number> {
    return this.device.load(containerOf(wasm, parts));
  }

  /** Puts another version in a container's place; its number. */
  async replace(index: number, wasm: Uint8Array, parts: Parts = {}): Promise<number> {
    const version = await this.device.addVersion(index, containerOf(wasm, parts));
    this.device.swap(index, version);
    return version;
  }

  /** Lets everything happen that is due until `timeUs`. */
  advanceTo(timeUs: number): void {
    for (;;) {
      const nextUs = Math.min(this.device.nextDueUs, this.board.nextChangeUs());
      if (nextUs > timeUs) break;
      this.board.advanceTo(Math.max(nextUs, this.board.nowUs));
      this.device.runNext();
    }
    if (this.board.nowUs < timeUs) this.board.advanceTo(timeUs);
  }

  /** The values traced on a channel. */
  values(channel: string): (number | string)[] {
    return this.trace.filter((entry) => entry.channel === channel).map((entry) => entry.value);
  }

  /** What the container has reported: numbers in the log. */
  reports(name = "app"): number[] {
    return this.values(`log.${name}`).map(Number);
  }

  /** As `time value`. */
  timedReports(name = "app"): string[] {
    return this.trace
      .filter((entry) => entry.channel === `log.${name}`)
      .map((entry) => `${entry.timeUs}${entry.value}`);
  }

  trap(index = 0): string | undefined {
    return this.device.stats(index).trap?.code;
  }
}
