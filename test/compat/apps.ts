import { buses, failing, world, type App } from "../equality/apps.js";
import { boundOf } from "../equality/bound.js";

/** What happens in a run besides what its rig says. Times are microseconds from the start. */
export type Action =
  | { readonly atUs: number; readonly setting: string; readonly value: number }
  | { readonly atUs: number; readonly uart: number; readonly bytes: readonly number[] };

/** How a container of a fixture is run. */
export interface Run {
  /** Virtual time that the trace covers; not a time at which anything is due. */
  readonly seconds: number;
  readonly actions: readonly Action[];
  /** By how much times on a Pico may differ from those of the trace. */
  readonly boundUs: number;
}

/** An app that a fixture is made from: one of examples/, or what thimble.json and app.ts hold. */
export interface Subject {
  readonly app: string | Pick<App, "thimble" | "source">;
  readonly rig: object;
  readonly run: Run;
}

/** What the apps of test/equality and the examples leave out of the contract. */
const rest: Pick<App, "thimble" | "source" | "rig"> = {
  thimble: {
    name: "rest",
    needs: {
      key: { gpio: "in" },
      lamp: { gpio: "out" },
      outside: { i2c: "0x48" },
      chip: { spi: "mode0", hertz: 1000000 },
      modem: { uart: 9600 },
      plain: { publish: "plain" },
    },
  },
  source: `
    import { deviceId, Edges, every, nowMicros, resetReason, store, wallMillis } from "thimble";
    import { chip, key, lamp, modem, outside, plain } from "thimble/needs";
    const data = memory.data<u8>([1, 0x60, 3, 4, 5, 6, 7, 8]);
    const answer = memory.data(16);
    let rounds = 0;
    key.watch(Edges.Both, 0, (active) => lamp.write(active));
    modem.watch(() => plain.publishBytes(answer, max(0, modem.read(answer, 16))));
    every(1000, () => {
      if (++rounds == 5) key.unwatch();
      plain.publishText("Grüße");
      plain.publishNumber(nowMicros() >= 1000000 ? 1 : 0);
      plain.publishNumber(<i32>wallMillis());
      plain.publishNumber(deviceId(answer, 8));
      plain.publishNumber(deviceId(answer, 4));
      plain.publishNumber(<i32>resetReason());
      plain.publishNumber(outside.writeRegister(1, 0x60));
      plain.publishNumber(outside.writeRead(data, 1, answer, 2));
      plain.publishNumber(chip.transfer(data, answer, 4));
      plain.publishNumber(store.read(5, answer, 16));
      plain.publishNumber(store.write(5, data, rounds & 7));
      plain.publishNumber(store.getNumber(5, -1));
      if (rounds % 3 == 0) store.remove(5);
      plain.publishNumber(modem.write(data, 3));
    });
  `,
  rig: {
    board: "pico",
    wiring: {
      key: { pin: "GP14", active: "low", pull: "up" },
      lamp: { pin: "GP15", active: "high" },
      outside: "i2c1",
      chip: { bus: "spi1", sck: "GP10", mosi: "GP11", miso: "GP8", cs: "GP9" },
      modem: "uart0",
    },
    simulation: {
      signals: { outside: { sine: { mean: 4, amplitude: 30, period: "1h" } } },
      parts: {
        key: { chip: "button", pin: "GP14" },
        outside: { chip: "tmp102", bus: "i2c1", address: "0x48", temperature: "outside" },
      },
      presses: [
        { at: "1100ms", part: "key", for: "150ms" },
        { at: "7s", part: "key", for: "150ms" },
      ],
    },
  },
};

const thermostatRig = {
  board: "pico",
  wiring: {
    climate: "i2c0",
    heater: { pin: "GP15", active: "high" },
    button: { pin: "GP14", active: "low", pull: "up" },
  },
  simulation: {
    seed: 7,
    signals: {
      temperature: { sine: { mean: 21.5, amplitude: 2, period: "20m" } },
      humidity: { sine: { mean: 48, amplitude: 9, period: "24h" } },
      pressure: { sine: { mean: 1013, amplitude: 6, period: "96h" } },
    },
    parts: {
      sensor: {
        chip: "bme280",
        bus: "i2c0",
        address: "0x76",
        temperature: "temperature",
        humidity: "humidity",
        pressure: "pressure",
      },
      button: { chip: "button", pin: "GP14" },
      heater: { chip: "relay", pin: "GP15" },
    },
    presses: [{ at: "830s", part: "button", for: "80ms" }],
  },
};

/** By name of the app. Together they import every function of the contract. */
export const subjects: Readonly<Record<string, Subject>> = {
  blink: {
    app: "blink",
    rig: { board: "pico", wiring: { led: "LED" } },
    run: {
      seconds: 20.2,
      actions: [],
      boundUs: boundOf({ events: 1, transfers: 0, byHand: 0, links: 1 }),
    },
  },
  thermostat: {
    app: "thermostat",
    rig: thermostatRig,
    run: {
      seconds: 1230,
      actions: [
        { atUs: 400.25e6, setting: "setPoint", value: 22_500 },
        { atUs: 1000.25e6, setting: "setPoint", value: 18_500 },
      ],
      boundUs: boundOf({ events: 1, transfers: 3, byHand: 0, links: 2 }),
    },
  },
  buses: subjectOf(buses, 9.5),
  world: subjectOf(world, 45.5, [{ atUs: 10e6 + 500, setting: "step", value: 5 }]),
  failing: subjectOf(failing, 40.5),
  // Its event sends as many texts as five others.
  rest: subjectOf({ ...rest, effort: { events: 5, transfers: 3, byHand: 0, links: 1 } }, 9.5, [
    { atUs: 2.5e6, uart: 0, bytes: [0x61] },
  ]),
};

function subjectOf(
  { thimble, source, rig, effort }: Omit<App, "seconds">,
  seconds: number,
  actions: readonly Action[] = [],
): Subject {
  return { app: { thimble, source }, rig, run: { seconds, actions, boundUs: boundOf(effort) } };
}
