import type { NeedKind } from "../../../runtime/manifest/manifest.js";
import type { Attack } from "../case.js";

/** A need of each kind, wired as a Pico can be. */
export const wiredNeeds: Readonly<Record<NeedKind, Attack["needs"][number]>> = {
  "gpio-in": {
    need: { name: "input", kind: "gpio-in" },
    connection: { kind: "gpio", pin: 14, activeLow: false, pull: "down" },
  },
  "gpio-out": {
    need: { name: "output", kind: "gpio-out" },
    connection: { kind: "gpio", pin: 15, activeLow: false, pull: "none" },
  },
  pwm: { need: { name: "fan", kind: "pwm" }, connection: { kind: "pwm", pin: 13 } },
  adc: { need: { name: "knob", kind: "adc" }, connection: { kind: "adc", pin: 26, channel: 0 } },
  i2c: {
    need: { name: "sensor", kind: "i2c", address: 0x48 },
    connection: { kind: "i2c", bus: 0, sda: 4, scl: 5, hertz: 100_000, address: 0x48 },
  },
  spi: {
    need: { name: "chip", kind: "spi", mode: 0, hertz: 1_000_000 },
    connection: { kind: "spi", bus: 0, sck: 2, mosi: 3, miso: 0, cs: 1, hertz: 1_000_000, mode: 0 },
  },
  uart: {
    need: { name: "port", kind: "uart", baud: 9600 },
    connection: { kind: "uart", port: 1, tx: 8, rx: 9, baud: 9600 },
  },
  publish: {
    need: { name: "more", kind: "publish", topic: "more", fields: [] },
    connection: { kind: "topic", topic: "more" },
  },
  subscribe: {
    need: { name: "orders", kind: "subscribe", topic: "orders" },
    connection: { kind: "topic", topic: "orders" },
  },
};
