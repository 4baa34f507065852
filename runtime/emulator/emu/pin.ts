import { GPIOPin } from "rp2040js";

const edgeHigh = 8;
const edgeLow = 4;
const levelHigh = 2;
const levelLow = 1;

/**
 * A pin that sees its own pad: what the chip drives, else what the board drives, else the pull, else what it was. An edge is latched when that level changes, not
 * whenever it is looked at.
 */
export class Pin extends GPIOPin {
  #driven: boolean | undefined;
  #level: boolean | undefined;

  /** What the board drives the pin with; undefined is nothing. */
  drive(level: boolean | undefined): void {
    this.#driven = level;
    this.#settle();
  }

  override setInputValue(value: boolean): void {
    this.drive(value);
  }

  override refreshInput(): void {
    this.#settle();
  }

  override checkForUpdates(): void {
    super.checkForUpdates();
    this.#settle();
  }

  #pad(): boolean {
    if (this.outputEnable && !this.outputDisable) return this.outputValue;
    if (this.#driven !== undefined) return this.#driven;
    if (this.pullupEnabled !== this.pulldownEnabled) return this.pullupEnabled;
    return this.#level ?? false;
  }

  #settle(): void {
    // rp2040js declares the level of the pad private.
    (this as unknown as { rawInputValue: boolean }).rawInputValue = this.#pad();
    const level = this.inputValue;
    if (level === this.#level) return;
    const first = this.#level === undefined;
    this.#level = level;
    const before = this.irqValue;
    this.irqStatus &= ~(levelHigh | levelLow);
    this.irqStatus |= level ? levelHigh : levelLow;
    if (!first) this.irqStatus |= level ? edgeHigh : edgeLow;
    if (this.irqValue !== before) this.rp2040.updateIOInterrupt();
    this.#tellPeripherals();
  }

  #tellPeripherals(): void {
    if (this.functionSelect === 4) this.rp2040.pwm.gpioOnInput(this.index);
    for (const pio of this.rp2040.pio)
      for (const machine of pio.machines)
        if (machine.enabled && machine.waiting) machine.checkWait();
  }
}
