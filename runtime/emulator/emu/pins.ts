import type { GPIOPin, RP2040 } from "rp2040js";
import type { Connection, Pull } from "../../rig/connection.js";
import type { BoardLink } from "./board-link.js";
import { I2cLines } from "./i2c-lines.js";
import { Pin } from "./pin.js";

/** FUNCSEL, RP2040 datasheet section 2.19.2. */
export const pinFunction = { pwm: 4, sio: 5 } as const;
/** PADS_BANK0 GPIOn after a reset, section 2.19.6.3: input enabled, pull-down, Schmitt trigger, 4 mA. */
const padReset = 0x56;

/** A pin that tells when its function, pad, output or direction may have changed. */
class BoardPin extends Pin {
  readonly #onUpdate: (pin: BoardPin) => void;

  constructor(chip: RP2040, index: number, onUpdate: (pin: BoardPin) => void) {
    super(chip, index);
    this.padValue = padReset;
    this.#onUpdate = onUpdate;
  }

  override checkForUpdates(): void {
    super.checkForUpdates();
    this.#onUpdate(this);
  }
}

type Mode = "unused" | "input" | "output" | "select";

interface PinState {
  mode: Mode;
  pull: Pull;
  high: boolean;
}

/** The digital pins of an emulated chip, on the board. */
export class Pins {
  readonly #pins: readonly BoardPin[];
  readonly #states: readonly PinState[];
  readonly #link: BoardLink;
  /** By pin: the SPI bus whose device it selects. */
  readonly #chipSelects = new Map<number, number>();
  /** By pin: what to do when it changes. */
  readonly #lines = new Map<number, () => void>();

  /** Pins of buses among the connections are part of their bus on the board. */
  constructor(chip: RP2040, link: BoardLink, connections: readonly Connection[]) {
    this.#link = link;
    this.#states = chip.gpio.map(() => ({ mode: "unused", pull: "none", high: false }));
    this.#pins = chip.gpio.map((_, index) => new BoardPin(chip, index, (pin) => this.#update(pin)));
    this.#pins.forEach((pin, index) => (chip.gpio[index] = pin));
    for (const connection of connections) {
      if (connection.kind === "spi") this.#chipSelects.set(connection.cs, connection.bus);
      if (connection.kind === "i2c") this.#connectLines(connection);
    }
  }

  /** The device's clock starts: the board sees the pins as they have been set up. */
  start(): void {
    for (const pin of this.#pins) this.#update(pin);
  }

  /** The chip is reset: its pads pull down. */
  release(): void {
    this.#states.forEach(({ mode }, pin) => {
      if (mode === "input" || mode === "output") this.#link.board.configureInput(pin, "down");
    });
  }

  /** The world changed the level of an input. */
  setLevel(pin: number, high: boolean): void {
    this.#pins[pin]?.drive(high);
  }

  #update(pin: BoardPin): void {
    if (!this.#link.isRunning) return;
    const updateLine = this.#lines.get(pin.index);
    if (updateLine !== undefined) return updateLine();
    if (pin.functionSelect !== pinFunction.sio) return;
    const state = this.#states[pin.index] as PinState;
    const bus = this.#chipSelects.get(pin.index);
    if (bus !== undefined) this.#updateSelect(pin, state, bus);
    else if (pin.outputEnable) this.#updateOutput(pin, state);
    else this.#updateInput(pin, state);
  }

  #connectLines({ bus, sda, scl }: Extract<Connection, { kind: "i2c" }>): void {
    if (this.#lines.has(sda)) return;
    const [data, clock] = [this.#pins[sda] as BoardPin, this.#pins[scl] as BoardPin];
    const lines = new I2cLines(bus, this.#link, (low) => data.drive(low ? false : undefined));
    const update = () => lines.update(!isPulledLow(data), !isPulledLow(clock));
    this.#lines.set(sda, update);
    this.#lines.set(scl, update);
  }

  #updateOutput(pin: BoardPin, state: PinState): void {
    const { outputValue: high } = pin;
    if (state.mode === "output" && state.high === high) return;
    const { board } = this.#link;
    this.#link.sync();
    board.writePin(pin.index, high);
    if (state.mode !== "output") board.configureOutput(pin.index);
    state.mode = "output";
    state.high = high;
  }

  #updateInput(pin: BoardPin, state: PinState): void {
    const pull = pullOf(pin);
    if (!pin.inputEnable || (state.mode === "input" && state.pull === pull)) return;
    const { board } = this.#link;
    this.#link.sync();
    board.configureInput(pin.index, pull);
    state.mode = "input";
    state.pull = pull;
    pin.drive(board.readPin(pin.index));
  }

  /** The line is active low. */
  #updateSelect(pin: BoardPin, state: PinState, bus: number): void {
    const high = !pin.outputEnable || pin.outputValue;
    const wasHigh = state.mode !== "select" || state.high;
    state.mode = "select";
    state.high = high;
    if (high === wasHigh) return;
    this.#link.sync();
    if (high) this.#link.board.spiDeselect(bus);
    else this.#link.board.spiSelect(bus, pin.index);
  }
}

/** Both resistors at once hold the last level, which nothing here uses: as good as none. */
function pullOf(pin: GPIOPin): Pull {
  if (pin.pullupEnabled === pin.pulldownEnabled) return "none";
  return pin.pullupEnabled ? "up" : "down";
}

/** By SIO, or by an override of what the controller does; the controller itself is not modelled down to its lines. */
function isPulledLow(pin: GPIOPin): boolean {
  return pin.outputEnable && !pin.outputValue;
}
