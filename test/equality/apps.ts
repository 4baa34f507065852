/** Apps that use what the examples do not. */

export interface App {
  readonly thimble: object;
  readonly source: string;
  readonly rig: object;
  /** How long it is watched; not a time at which anything is due. */
  readonly seconds: number;
  readonly effort: Effort;
}

/** What takes a device time that a simulator does not need, at the worst moment of a run. */
export interface Effort {
  /** Events that are due together. */
  readonly events: number;
  /** On a bus, by all of them, and addresses without bytes. */
  readonly transfers: number;
  readonly byHand: number;
  /** The longest chain of timers of which each is armed when the one before it is due. */
  readonly links: number;
}

const potentiometer = {
  signals: { knob: { sine: { mean: 0.5, amplitude: 0.45, period: "97s" } } },
  parts: { knob: { chip: "potentiometer", pin: "GP26", position: "knob" } },
};

/** PWM, ADC, SPI, a serial port, an I2C device that is there and one that is not, with and without bytes. */
export const buses: App = {
  thimble: {
    name: "buses",
    needs: {
      fan: { pwm: "out" },
      knob: { adc: "in" },
      outside: { i2c: "0x48" },
      missing: { i2c: "0x49" },
      memory: { spi: "mode0", hertz: 1000000 },
      printer: { uart: 9600 },
      level: { publish: "level" },
    },
  },
  source: `
    import { every } from "thimble";
    import { fan, knob, level, memory as chip, missing, outside, printer } from "thimble/needs";
    const bytes = memory.data<u8>([0x9f, 1, 2, 3, 4, 5, 6, 7]);
    const answer = memory.data(64);
    let round: u32 = 0;
    every(1000, () => {
      const value = knob.read();
      fan.setDuty(value);
      level.publishNumber(<i32>value);
      level.publishNumber(outside.readRegisters(0, answer, 2));
      level.publishNumber(<i32>load<u16>(answer));
      level.publishNumber(outside.read(answer, 2));
      level.publishNumber(outside.write(bytes, 0));
      level.publishNumber(missing.write(bytes, 0));
      level.publishNumber(missing.readRegisters(0, answer, 2));
      level.publishNumber(outside.read(answer, 40));
    });
    every(1300, () => {
      round++;
      fan.setFrequency(round % 3 == 0 ? 25000 : round % 3 == 1 ? 50 : 1000);
      level.publishNumber(chip.writeRead(bytes, 4, answer, 20));
      level.publishNumber(chip.write(bytes, 8));
      level.publishNumber(printer.write(bytes, 5));
      level.publishNumber(printer.write(bytes, 8));
    });
  `,
  rig: {
    board: "pico",
    wiring: {
      fan: "GP16",
      knob: "GP26",
      outside: "i2c1",
      missing: "i2c1",
      memory: { bus: "spi1", sck: "GP10", mosi: "GP11", miso: "GP8", cs: "GP9" },
      printer: "uart0",
    },
    simulation: {
      signals: {
        ...potentiometer.signals,
        outside: { sine: { mean: 4, amplitude: 30, period: "1h" } },
      },
      parts: {
        ...potentiometer.parts,
        outside: { chip: "tmp102", bus: "i2c1", address: "0x48", temperature: "outside" },
        fan: { chip: "led", pin: "GP16" },
      },
    },
  },
  seconds: 60.5,
  effort: { events: 2, transfers: 8, byHand: 2, links: 1 },
};

/** Bouncing contacts, messages from outside and to itself, logs, chance, what is stored, timers that are cancelled. */
export const world: App = {
  thimble: {
    name: "world",
    needs: {
      raw: { gpio: "in" },
      calm: { gpio: "in" },
      lamp: { gpio: "out" },
      low: { gpio: "out" },
      orders: { subscribe: "orders" },
      echo: { publish: "echo" },
      self: { subscribe: "echo" },
    },
    settings: { step: { type: "integer", default: 3, min: 1, max: 9 } },
  },
  source: `
    import { after, Edges, every, Level, log, logNumber, now, onMessage, onSettingsChange, random, store } from "thimble";
    import { calm, echo, lamp, low, orders, raw, self, settings } from "thimble/needs";
    const text = memory.data(240);
    let edges = 0;
    raw.watch(Edges.Both, 0, (active) => {
      edges++;
      lamp.write(active);
    });
    calm.watch(Edges.Rising, 20, () => {
      logNumber("edges", edges);
      low.toggle();
      edges = 0;
    });
    onMessage(orders, () => {
      const value = orders.readNumber(2, -1);
      echo.publishNumber(value * settings.step, 2);
      if (value < 0) echo.publishBytes(text, max(0, orders.read(text, 240)));
    });
    onMessage(self, () => logNumber("echo", self.readNumber(2, -1), 2));
    onSettingsChange(() => logNumber("step", settings.step));
    const ticker = every(7000, () => {
      store.setNumber(1, store.getNumber(1, 0) + settings.step);
      logNumber("stored", store.getNumber(1, 0));
      log("chance", Level.Warning);
      logNumber("", <i32>(random() >> 1));
      after(1500, () => log("later", Level.Debug));
    });
    after(40000, () => {
      ticker.cancel();
      log("Grüße, " + now().toString());
    });
  `,
  rig: {
    board: "pico",
    wiring: {
      raw: { pin: "GP14", active: "low", pull: "up" },
      calm: { pin: "GP13", active: "high", pull: "down" },
      lamp: { pin: "GP15", active: "high" },
      low: { pin: "GP12", active: "low" },
    },
    simulation: {
      seed: 77,
      parts: {
        raw: { chip: "button", pin: "GP14" },
        calm: { chip: "button", pin: "GP13", connects: "supply", bounceMs: 5 },
        lamp: { chip: "led", pin: "GP15" },
      },
      messages: [
        { at: "3200ms", topic: "orders", payload: "12.5" },
        { at: "3201ms", topic: "orders", payload: "no number, ä" },
        { at: "20s", topic: "others", payload: "1" },
        { at: "23250ms", topic: "orders", payload: "-0.01" },
      ],
      presses: [
        { at: "1100ms", part: "raw", for: "150ms" },
        { at: "2s", part: "calm", for: "90ms" },
        { at: "2500ms", part: "raw", for: "10ms" },
        { at: "30s", part: "raw", for: "3s" },
        { at: "31s", part: "calm", for: "10ms" },
        { at: "32s", part: "calm", for: "300ms" },
      ],
    },
  },
  seconds: 60.5,
  effort: { events: 3, transfers: 0, byHand: 0, links: 2 },
};

/** An app that ends, is started again, and is parked. */
export const failing: App = {
  thimble: { name: "failing", needs: { lamp: { gpio: "out" } } },
  source: `
    import { after, logNumber } from "thimble";
    import { lamp } from "thimble/needs";
    let divisor = 1;
    function fail(): void {
      lamp.write(true);
      logNumber("divided", 100 / divisor--);
      after(300, fail);
    }
    after(700, fail);
  `,
  rig: {
    board: "pico",
    wiring: { lamp: "GP15" },
    simulation: { parts: { lamp: { chip: "led", pin: "GP15" } } },
  },
  seconds: 700.5,
  // Six lives of three timers: the restart, and two of its own.
  effort: { events: 1, transfers: 0, byHand: 0, links: 18 },
};
