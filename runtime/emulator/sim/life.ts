import { encodeDescription } from "../../manifest/description.js";
import type { ClockedBoard } from "./clocked-board.js";
import { errorCodes } from "./contract.js";
import { type Core, instantiateCore } from "./core.js";
import type { Guest } from "./guest.js";
import type { Place } from "./place.js";
import { createPort, type PortHost } from "./port.js";
import { loadRefusal } from "./refusal.js";

/** What stands at one index of the core. */
export interface Slot {
  readonly index: number;
  readonly guest: Guest;
  readonly place: Place;
  readonly version: number;
}

export type SwapOutcome = "on trial" | "kept" | "back";
/** In the order of `swap_outcome` in runtime/core/swap.h. */
const outcomes: readonly SwapOutcome[] = ["on trial", "kept", "back"];

/** What a life has from the device that lives it. */
export interface LifeHost extends Pick<
  PortHost,
  "board" | "store" | "seed" | "deviceId" | "startMs" | "onMessage" | "onLog"
> {
  onStart(slot: Slot): void;
  onEnd(slot: Slot, code: number): void;
  onSwapped(now: Slot, other: Slot, outcome: SwapOutcome): void;
}

const uartPorts = [0, 1];

/** From power-on to power-off: a core with its containers, and the clock that started with it. */
export class Life {
  readonly core: Core;
  readonly #board: ClockedBoard;
  readonly #bootUs: number;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #guests: (Guest | undefined)[] = [];
  readonly #pins = new Set<number>();
  #failure: { readonly error: unknown } | undefined;
  /** All that was due until then is done, but for containers that have had an event in this microsecond. */
  #restedUs = -1;

  /** It listens to the board from now on. */
  constructor(module: WebAssembly.Module, host: LifeHost) {
    const { board } = host;
    const core = (): Core => this.core;
    this.#board = board;
    this.#bootUs = board.nowUs;
    const port = createPort({
      ...host,
      bootUs: this.#bootUs,
      containers: this.#guests,
      get core() {
        return core();
      },
      onPin: (pin) => this.#pins.add(pin),
      onStart: (index) => host.onStart(this.#slots[index]!),
      onEnd: (index, code) => host.onEnd(this.#slots[index]!, code),
      onReleased: (index) => this.#clear(index),
      onSwapped: (index, other, outcome) =>
        host.onSwapped(this.#slots[index]!, this.#slots[other]!, outcomes[outcome]!),
      fail: (error) => (this.#failure ??= { error }),
    });
    this.core = instantiateCore(module, port);
    board.listener = {
      onPinChange: (pin, high, timeUs) => {
        this.wake();
        this.core.exports.pin_changed(pin, high ? 1 : 0, timeUs - this.#bootUs);
      },
      onUartReceive: (serialPort, timeUs) => {
        this.wake();
        this.core.exports.uart_received(serialPort, timeUs - this.#bootUs);
      },
    };
  }

  /** Loads a version and returns its index. Its outputs are inactive from now on. Throws a DiagnosticError. */
  load(place: Place, version: number, predecessor: number): number {
    const { manifest, connections } = place.sourceOf(version);
    const { core } = this;
    const index = this.#freeIndex();
    if (index >= core.exports.container_count()) throw refused(manifest.name, "full");
    const guest = place.makerOf(version)({
      index,
      core,
      nowUs: () => this.#board.nowUs,
      onSpent: (us) => (place.longestEventUs = Math.max(place.longestEventUs ?? 0, us)),
    });
    const description = encodeDescription(manifest, connections, guest.memoryBytes);
    if (description.length > core.exports.description_capacity())
      throw refused(manifest.name, "too-large");
    this.#slots[index] = { index, guest, place, version };
    this.#guests[index] = guest;
    core.bytes.set(description, core.exports.description_at(index));
    const status = core.exports.load(index, description.length, predecessor);
    if (status < 0) this.#clear(index);
    this.rethrow();
    if (status < 0) throw loadRefusal(manifest.name, status);
    return index;
  }

  /**
   * When `runNext` will have something to do: a time that may have passed, or Infinity. An event takes a microsecond at least, so no
   * container begins two at the same instant.
   */
  get nextDueUs(): number {
    return Math.max(this.#bootUs + this.core.exports.next_due_us(), this.#restedUs + 1);
  }

  /** Delivers the first event that is due by the board's clock. False if none is. */
  runNext(): boolean {
    const { nowUs } = this.#board;
    if (this.nextDueUs > nowUs) return false;
    const ran = this.core.exports.run_next() !== 0;
    if (!ran) this.#restedUs = nowUs;
    this.rethrow();
    return ran;
  }

  /** Something has come from outside: it may be due at once. */
  wake(): void {
    this.#restedUs = -1;
  }

  /** The power fails. The pads of a chip without power, and of one that has been reset, pull down; what waits on its serial ports is lost. */
  end(): void {
    this.#board.listener = undefined;
    for (const pin of this.#pins) this.#board.configureInput(pin, "down");
    for (const port of uartPorts) this.#board.uartRead(port, this.#board.uartWaiting(port));
  }

  /** Throws what a port import has kept while frames of the core were on the stack. */
  rethrow(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  #freeIndex(): number {
    const index = this.#slots.findIndex((slot) => slot === undefined);
    return index < 0 ? this.#slots.length : index;
  }

  #clear(index: number): void {
    this.#slots[index] = undefined;
    this.#guests[index] = undefined;
  }
}

function refused(name: string, code: (typeof errorCodes)[number]): Error {
  return loadRefusal(name, -1 - errorCodes.indexOf(code));
}
