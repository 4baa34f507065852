import { quote } from "../document/words.js";
import type { Need } from "../manifest/manifest.js";
import type { BoardPin, BusRole } from "./boards/pico.js";
import { defaultPins } from "./boards/pico.js";
import type { Connection } from "./connection.js";
import { type DeviceWiring, type Owner, ownerName } from "./device-wiring.js";
import type { PinClaims } from "./pin-claims.js";
import { anyUse, busLine, unitNumber } from "./pins.js";
import { defaultI2cHertz } from "./rig.schema.js";
import type { Wire } from "./wire.js";

interface Lines {
  readonly unit: string;
  readonly pins: Readonly<Record<string, BoardPin>>;
}

/** Wires needs to I2C, SPI and serial ports. Devices on one bus must agree on its pins and clock. */
export class BusWiring {
  private readonly device: DeviceWiring;
  private readonly app: string;

  constructor(private readonly claims: PinClaims) {
    this.device = claims.device;
    this.app = claims.app;
  }

  i2c(need: Need & { kind: "i2c" }, wire: Wire): Connection | undefined {
    const lines = this.lines(wire, "bus", ["i2c0", "i2c1"], ["sda", "scl"], ["hertz", "address"]);
    if (lines === undefined) return undefined;
    const { unit, pins } = lines;
    const hertz = wire.number("hertz") ?? defaultI2cHertz;
    const override = wire.text("address");
    const address = override === undefined ? need.address : Number(override);
    if (!this.share(unit, wire, { ...numbers(pins), hertz })) return undefined;
    if (!this.claimAddress(unit, address, wire)) return undefined;
    return {
      kind: "i2c",
      bus: unitNumber(unit),
      sda: pins["sda"]!.pin,
      scl: pins["scl"]!.pin,
      hertz,
      address,
    };
  }

  spi(need: Need & { kind: "spi" }, wire: Wire): Connection | undefined {
    const lines = this.lines(wire, "bus", ["spi0", "spi1"], ["sck", "mosi", "miso", "cs"], []);
    if (lines === undefined) return undefined;
    const { unit, pins } = lines;
    const { cs, ...shared } = numbers(pins);
    if (!this.share(unit, wire, shared)) return undefined;
    const { mode, hertz } = need;
    return {
      kind: "spi",
      bus: unitNumber(unit),
      sck: shared["sck"]!,
      mosi: shared["mosi"]!,
      miso: shared["miso"]!,
      cs: cs!,
      hertz,
      mode,
    };
  }

  uart(need: Need & { kind: "uart" }, wire: Wire): Connection | undefined {
    const unit = wire.unit("port", ["uart0", "uart1"]);
    const other = unit === undefined ? undefined : this.device.buses.get(unit);
    if (unit !== undefined && other !== undefined) {
      wire.error(
        "port",
        "shared-port",
        `${wire.path} is on ${unit}, which ${ownerName(other, this.app)} has`,
        "Take the other port.",
      );
      return undefined;
    }
    const lines =
      unit === undefined ? undefined : this.lines(wire, "port", [unit], ["tx", "rx"], []);
    if (unit === undefined || lines === undefined) return undefined;
    const { tx, rx } = numbers(lines.pins);
    this.device.buses.set(unit, { ...this.owner(wire), setup: {} });
    return { kind: "uart", port: unitNumber(unit), tx: tx!, rx: rx!, baud: need.baud };
  }

  /** The unit and its pins, all of them able and free; undefined after an error. */
  private lines(
    wire: Wire,
    main: string,
    units: readonly string[],
    roles: readonly BusRole[],
    others: readonly string[],
  ): Lines | undefined {
    if (!wire.allows(main, [...roles, ...others])) return undefined;
    const unit = wire.unit(main, units);
    if (unit === undefined) return undefined;
    const pins: Record<string, BoardPin> = {};
    for (const role of roles) {
      // The select line is a plain output, and each device has its own.
      const isSelect = role === "cs";
      const pin = wire.pin(role, defaultPins[unit]![role], isSelect ? anyUse : busLine(unit, role));
      const line = isSelect || main === "port" ? undefined : `${unit} ${role}`;
      if (pin !== undefined && this.claims.claim(pin, wire, role, line)) pins[role] = pin;
    }
    return Object.keys(pins).length === roles.length ? { unit, pins } : undefined;
  }

  /** False, after an error, if another need has wired the bus in another way. */
  private share(unit: string, wire: Wire, setup: Readonly<Record<string, number>>): boolean {
    const other = this.device.buses.get(unit);
    if (other === undefined) {
      this.device.buses.set(unit, { ...this.owner(wire), setup });
      return true;
    }
    for (const [key, value] of Object.entries(setup)) {
      const theirs = other.setup[key]!;
      if (theirs === value) continue;
      const show = (number: number): string => (key === "hertz" ? String(number) : `GP${number}`);
      const message = `${wire.path} has ${key} ${show(value)} on ${unit}, but ${ownerName(other, this.app)} has ${show(theirs)} on that bus`;
      wire.error(
        key,
        "split-bus",
        message,
        `Write "${key}": ${key === "hertz" ? theirs : quote(show(theirs))} in both, or take the other bus.`,
      );
      return false;
    }
    return true;
  }

  private owner(wire: Wire): Owner {
    return { app: this.app, need: wire.name };
  }

  private claimAddress(unit: string, address: number, wire: Wire): boolean {
    const key = `${unit} ${address}`;
    const other = this.device.addresses.get(key);
    this.device.addresses.set(key, this.owner(wire));
    if (other === undefined) return true;
    const hex = `0x${address.toString(16).padStart(2, "0")}`;
    const message = `${wire.path} is the device at ${hex} on ${unit}, and so is ${ownerName(other, this.app)}`;
    wire.error(
      "address",
      "shared-address",
      message,
      `Put one of them on the other bus, or give it its own address: {"bus": "${unit}", "address": "0x…"}.`,
    );
    return false;
  }
}

function numbers(pins: Readonly<Record<string, BoardPin>>): Record<string, number> {
  return Object.fromEntries(Object.entries(pins).map(([role, pin]) => [role, pin.pin]));
}
