import type { Need } from "../../../runtime/manifest/manifest.js";
import type { Connection } from "../../../runtime/rig/connection.js";

/** A need and what it is wired to. */
export interface Wired {
  readonly need: Need;
  readonly connection: Connection;
}

/** A need of one of the apps of a device. */
export interface Owned extends Wired {
  readonly app: string;
}

/** The apps of a run as its lines and figures name them: what is here is of the versions that run. */
export interface Cast {
  /** Names of the apps, in the order of their places on the device. */
  readonly names: readonly string[];
  readonly needs: readonly Owned[];
  readonly settings: readonly { readonly app: string; readonly name: string }[];
  /** Where in its sources an app ended last, `app.ts:6:13`, if that was with this trap code and the place is known. */
  endOf(app: string, code: string): string | undefined;
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

/** A need or setting of an app, with the app in front where there are several: `blink.led`. */
export function nameIn({ names }: Cast, app: string, name: string): string {
  return names.length > 1 ? `${app}.${name}` : name;
}

/** The need that has this pin or port, by a name such as `GP15`. */
export function wiredTo(needs: readonly Owned[], name: string): Owned | undefined {
  return needs.find(
    ({ connection }) =>
      ("pin" in connection || connection.kind === "uart") && wireText(connection) === name,
  );
}

/** `on` or `off` for an electrical level at a need's pin. */
export function levelText({ connection }: Wired, high: boolean): string {
  return connection.kind === "gpio" && connection.activeLow === high ? "off" : "on";
}

/** A value, if all of a list are this one. */
function only<T>(values: readonly T[]): T | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

/** Whom a channel of the trace is of, where one app can be meant. */
export function appOf(cast: Cast, group: string, name: string): string | undefined {
  switch (group) {
    case "log":
    case "trap":
    case "restart":
    case "parked":
    case "swap":
      return name;
    case "pin":
    case "pwm":
    case "uart":
      return wiredTo(cast.needs, name)?.app;
    case "message":
      return only(publishers(cast, name));
    case "setting":
      return only(cast.settings.filter((setting) => setting.name === name).map(({ app }) => app));
    default:
      return undefined;
  }
}

function publishers({ needs }: Cast, topic: string): string[] {
  return needs
    .filter(({ need, connection }) => need.kind === "publish" && wireText(connection) === topic)
    .map(({ app }) => app);
}
