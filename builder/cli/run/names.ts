import type { Need } from "../../../runtime/manifest/manifest.js";
import type { Connection } from "../../../runtime/rig/connection.js";

/** A need and what it is wired to. */
export interface Wired {
  readonly need: Need;
  readonly connection: Connection;
}

/** What a need is wired to, as the rig would write it: `GP15`, `i2c0 0x76`, a topic. */
export function wireText(connection: Connection): string {
  switch (connection.kind) {
    case "gpio":
    case "pwm":
    case "adc":
      return `GP${connection.pin}`;
    case "i2c":
      return `i2c${connection.bus} 0x${connection.address.toString(16).padStart(2, "0")}`;
    case "spi":
      return `spi${connection.bus} GP${connection.cs}`;
    case "uart":
      return `uart${connection.port}`;
    case "topic":
      return connection.topic;
  }
}

/** The need whose pin this is, by a name such as `GP15`. */
export function wiredToPin(wired: readonly Wired[], pin: string): Wired | undefined {
  return wired.find(({ connection }) => "pin" in connection && `GP${connection.pin}` === pin);
}

/** `on` or `off` for an electrical level at a need's pin. */
export function levelText({ connection }: Wired, high: boolean): string {
  return connection.kind === "gpio" && connection.activeLow === high ? "off" : "on";
}
