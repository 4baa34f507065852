import type { Pull } from "../../rig/connection.js";
import type { Simulation } from "../../rig/simulation.js";
import type { Chip, ChipState, ContactChip, LoadChip } from "../chips/chip.js";
import { createChip } from "../chips/create.js";
import type { Environment } from "../environment/environment.js";
import type { TraceSink } from "../trace/entry.js";
import { Agenda } from "./agenda.js";
import { Buses, type I2cResult } from "./buses.js";
import { refuseConflicts } from "./conflicts.js";
import type { BoardIo, BoardListener, BusBytes } from "./io.js";
import { Probes } from "./probes.js";
import { createRecorder, type Recorder } from "./recorder.js";

/** What a view shows of a part. */
export interface PartState extends ChipState {
  /** As the rig names it. */
  readonly name: string;
  /** What it is: `bme280`. */
  readonly chip: string;
}

/** GPIO numbers of an RP2040: 0 to 29. */
const pinCount = 30;
/** GPIO number of ADC input 0 on an RP2040. */
const firstAnalogPin = 26;

interface Pin {
  mode: "unused" | "input" | "output" | "pwm";
  pull: Pull;
  /** What an output drives. */
  latch: boolean;
  duty: number;
  hertz: number;
  /** The level that was last recorded. */
  level: boolean | undefined;
  contact: ContactChip | undefined;
  load: LoadChip | undefined;
}

/**
 * A Raspberry Pi Pico's pins and buses, the parts of the rig attached to them, and the presses of its buttons. It moves
 * only when `advanceTo` says so, and traces what happens.
 */
export class Board implements BoardIo, BusBytes {
  /** The device under test. */
  listener: BoardListener | undefined;
  readonly #chips: readonly Chip[];
  readonly #pins: readonly Pin[];
  readonly #agenda: Agenda;
  readonly #buses: Buses;
  readonly #recorder: Recorder;
  readonly #probes: Probes;
  readonly #adcCodes: (number | undefined)[] = [];
  #nowUs = 0;

  /**
   * `wants` tells which channels the sink has a use for; the others are not even formatted. All if absent.
   * Throws a DiagnosticError where two parts are in one place.
   */
  constructor(
    simulation: Simulation,
    environment: Environment,
    sink?: TraceSink,
    wants?: (channel: string) => boolean,
  ) {
    const { parts, presses, seed } = simulation;
    refuseConflicts(parts);
    this.#recorder = createRecorder(sink, wants);
    this.#chips = [...parts].map(([name, spec]) => createChip(name, spec, environment, seed));
    this.#pins = Array.from({ length: pinCount }, () => createPin());
    for (const chip of this.#chips) {
      if (chip.attached === "contact") this.#pin(chip.pin).contact = chip;
      if (chip.attached === "load") this.#pin(chip.pin).load = chip;
    }
    this.#probes = new Probes(environment, this.#recorder);
    this.#buses = new Buses(this.#chips, this.#recorder, this.#probes);
    const contacts = this.#chips.filter((chip) => chip.attached === "contact");
    this.#agenda = new Agenda(contacts);
    for (const contact of contacts) {
      const own = presses.filter((press) => press.part === contact.name);
      this.#agenda.add(
        contact,
        own.map(({ atUs, forUs }) => ({ fromUs: atUs, untilUs: atUs + forUs })),
      );
    }
  }

  /** Virtual microseconds since the device started. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** When something happens on the board by itself next, or undefined. */
  nextEventUs(): number | undefined {
    return this.#agenda.nextUs;
  }

  /** Moves the clock, never back; what was due until then, `timeUs` included, happens in order, each at its time. */
  advanceTo(timeUs: number): void {
    if (timeUs < this.#nowUs)
      throw new RangeError(`the board is at ${this.#nowUs} us and cannot go back to ${timeUs} us`);
    for (let change = this.#agenda.take(timeUs); change; change = this.#agenda.take(timeUs)) {
      this.#nowUs = Math.max(this.#nowUs, change.timeUs);
      change.contact.setClosed(change.closed);
      this.#settle(change.contact.pin, true);
    }
    this.#nowUs = timeUs;
  }

  /** Plans a press of a button, not before now. Throws a RangeError if the part is no button. */
  press(partName: string, atUs: number, forUs: number): void {
    const chip = this.#chips.find((candidate) => candidate.name === partName);
    if (chip?.attached !== "contact") throw new RangeError(`${partName} is not a button`);
    const fromUs = Math.max(atUs, this.#nowUs);
    this.#agenda.add(chip, [{ fromUs, untilUs: fromUs + Math.max(forUs, 1) }]);
  }

  /** The parts as they are now, in the order of the rig. */
  parts(): readonly PartState[] {
    return this.#chips.map((chip) => ({
      name: chip.name,
      chip: chip.chip,
      ...chip.state(this.#nowUs),
    }));
  }

  configureInput(pin: number, pull: Pull): void {
    const state = this.#pin(pin);
    state.mode = "input";
    state.pull = pull;
    this.#settle(pin, false);
  }

  configureOutput(pin: number): void {
    this.#pin(pin).mode = "output";
    this.#settle(pin, false);
  }

  readPin(pin: number): boolean {
    return this.#levelOf(pin);
  }

  /** Sets what the pin drives once it is an output. */
  writePin(pin: number, high: boolean): void {
    const state = this.#pin(pin);
    state.latch = high;
    if (state.mode === "output") this.#settle(pin, false);
  }

  setPwm(pin: number, hertz: number, duty: number): void {
    const state = this.#pin(pin);
    const first = state.mode !== "pwm";
    state.mode = "pwm";
    if (first || state.duty !== duty) this.#recorder.record(this.#nowUs, `pwm.GP${pin}`, duty);
    if (first || state.hertz !== hertz) this.#recorder.record(this.#nowUs, `hertz.GP${pin}`, hertz);
    state.duty = duty;
    state.hertz = hertz;
    state.load?.setDuty(duty, this.#nowUs);
  }

  readAdc(channel: number): number {
    const pin = firstAnalogPin + channel;
    const code = this.#convert(channel, pin);
    if (code !== this.#adcCodes[channel]) this.#recorder.record(this.#nowUs, `adc.GP${pin}`, code);
    this.#adcCodes[channel] = code;
    return code;
  }

  i2cTransfer(bus: number, address: number, data: Uint8Array, readLength: number): I2cResult {
    return this.#buses.i2cTransfer(bus, address, data, readLength, this.#nowUs);
  }

  i2cStart(bus: number, address: number): boolean {
    return this.#buses.i2cStart(bus, address, this.#nowUs);
  }

  i2cWrite(bus: number, byte: number): boolean {
    return this.#buses.i2cWrite(bus, byte);
  }

  i2cRead(bus: number): number {
    return this.#buses.i2cRead(bus);
  }

  i2cStop(bus: number): void {
    this.#buses.i2cStop(bus);
  }

  spiSelect(bus: number, cs: number): void {
    this.#buses.spiSelect(bus, cs, this.#nowUs);
  }

  spiExchange(bus: number, byte: number): number {
    return this.#buses.spiExchange(bus, byte);
  }

  spiDeselect(bus: number): void {
    this.#buses.spiDeselect(bus);
  }

  spiTransfer(bus: number, cs: number, data: Uint8Array): Uint8Array {
    return this.#buses.spiTransfer(bus, cs, data, this.#nowUs);
  }

  uartWrite(port: number, data: Uint8Array): void {
    this.#buses.uartWrite(port, data, this.#nowUs);
  }

  uartRead(port: number, max: number): Uint8Array {
    return this.#buses.uartRead(port, max);
  }

  uartWaiting(port: number): number {
    return this.#buses.uartWaiting(port);
  }

  /** Bytes arrive on a serial port now. */
  uartReceive(port: number, data: Uint8Array): void {
    this.#buses.uartReceive(port, data, this.#nowUs);
    this.listener?.onUartReceive(port, this.#nowUs);
  }

  #convert(channel: number, pin: number): number {
    for (const chip of this.#chips) {
      if (chip.attached !== "analog" || chip.channel !== channel) continue;
      this.#probes.record(chip.signals, this.#nowUs);
      return chip.convert(this.#nowUs);
    }
    this.#recorder.note(this.#nowUs, pin, "nothing is connected to this analog input: it reads 0");
    return 0;
  }

  #pin(pin: number): Pin {
    const state = this.#pins[pin];
    if (!state) throw new RangeError(`there is no GP${pin}`);
    return state;
  }

  /** Outputs have the level they drive; inputs that of a closed contact, else that of their pull. */
  #levelOf(pin: number): boolean {
    const { mode, latch, duty, pull, contact } = this.#pin(pin);
    if (mode === "output") return latch;
    if (mode === "pwm") return duty >= 32768;
    if (contact?.closed) return contact.closedLevel;
    if (pull === "none" && mode === "input")
      this.#recorder.note(
        this.#nowUs,
        pin,
        "nothing drives this input and it has no pull: it reads low",
      );
    return pull === "up";
  }

  /** Records a new level and passes it on to what the pin drives; to the device only where the world changed it. */
  #settle(pin: number, tell: boolean): void {
    const state = this.#pin(pin);
    if (state.mode === "unused" || state.mode === "pwm") return;
    const high = this.#levelOf(pin);
    if (high === state.level) return;
    state.level = high;
    this.#recorder.record(this.#nowUs, `pin.GP${pin}`, high ? 1 : 0);
    state.load?.setLevel(high, this.#nowUs);
    if (state.mode === "input" && tell) this.listener?.onPinChange(pin, high, this.#nowUs);
  }
}

function createPin(): Pin {
  return {
    mode: "unused",
    pull: "none",
    latch: false,
    duty: 0,
    hertz: 0,
    level: undefined,
    contact: undefined,
    load: undefined,
  };
}
