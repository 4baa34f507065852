import type { Diagnostic } from "../document/diagnostic.js";
import { hasError } from "../document/diagnostic.js";
import { Findings } from "../document/findings.js";
import type { JsonMember } from "../document/node.js";
import { nearest } from "../document/suggest.js";
import { listOf, quote } from "../document/words.js";
import type { Need, NeedKind } from "../manifest/manifest.js";
import { BusWiring } from "./bus-wiring.js";
import type { Connection } from "./connection.js";
import { DeviceWiring } from "./device-wiring.js";
import { PinClaims } from "./pin-claims.js";
import { anyUse, analogInput } from "./pins.js";
import type { Rig } from "./rig.js";
import { checkSurroundings } from "./surroundings.js";
import { Wire, wiringEntry } from "./wire.js";

/** What a wire to a need of each kind is written like. */
const examples: Readonly<Record<NeedKind, string>> = {
  "gpio-in": '"GP14" or {"pin": "GP14", "active": "low", "pull": "up"}',
  "gpio-out": '"GP15" or {"pin": "GP15", "active": "low"}',
  pwm: '"GP16"',
  adc: '"GP26"',
  i2c: '"i2c0" or {"bus": "i2c0", "sda": "GP4", "scl": "GP5"}',
  spi: '"spi0" or {"bus": "spi0", "sck": "GP18", "mosi": "GP19", "miso": "GP16", "cs": "GP17"}',
  uart: '"uart0" or {"port": "uart0", "tx": "GP0", "rx": "GP1"}',
  publish: '"other/topic"',
  subscribe: '"other/topic"',
};

/** The device that an app is wired to, other apps beside it. */
export interface SharedDevice {
  readonly app: string;
  readonly wiring: DeviceWiring;
  /** Needs of the other apps that the same rig wires, by app. */
  readonly others?: ReadonlyMap<string, readonly Need[]>;
}

/**
 * Resolves what each need is wired to. `connections` is in the order of `needs` and there unless a
 * diagnostic is an error. Topics need no wiring: an entry renames them. On a shared device an app has what
 * those before it have left, `APP.NEED` in the wiring comes before `NEED`, and simulated parts are not looked at:
 * `checkSurroundings` does that for all of its apps.
 */
export function connect(
  rig: Rig,
  needs: readonly Need[],
  device?: SharedDevice,
): { connections?: readonly Connection[]; diagnostics: Diagnostic[] } {
  const findings = new Findings(rig.file);
  const wiring = new Wiring(rig, needs, device);
  const connector = new Connector(
    findings,
    wiring,
    checkNames(rig, needs, wiring, findings),
    new PinClaims(findings, device?.wiring ?? new DeviceWiring(), device?.app ?? ""),
  );
  const connections = needs.map((need) => connector.connect(need, rig));
  const { diagnostics } = findings;
  if (hasError(diagnostics)) return { diagnostics };
  const resolved = connections.filter((connection) => connection !== undefined);
  if (device === undefined)
    diagnostics.push(...checkSurroundings(rig.simulation, [{ rig, needs, connections: resolved }]));
  return { connections: resolved, diagnostics };
}

/** The entries of a rig's wiring for one app. */
class Wiring {
  readonly #app: string | undefined;
  readonly #others: ReadonlyMap<string, readonly Need[]>;

  constructor(
    readonly rig: Rig,
    readonly needs: readonly Need[],
    device: SharedDevice | undefined,
  ) {
    this.#app = device?.app;
    this.#others = device?.others ?? new Map();
  }

  /** The entry for a need. */
  entry(need: string): JsonMember | undefined {
    return wiringEntry(this.rig, need, this.#app);
  }

  /** Whether an entry is for a need of any app. */
  isKnown(key: string): boolean {
    const has = (app: string | undefined, needs: readonly Need[]): boolean =>
      needs.some(({ name }) => key === name || (app !== undefined && key === `${app}.${name}`));
    return has(this.#app, this.needs) || [...this.#others].some(([app, needs]) => has(app, needs));
  }

  /** The apps that an entry without an app would be for, this one first; none if it is not for this one. */
  claimants(key: string): readonly string[] {
    const app = this.#app;
    if (app === undefined) return [];
    const takes = (name: string, needs: readonly Need[]): boolean =>
      needs.some((need) => need.name === key) && !this.rig.wiring.has(`${name}.${key}`);
    if (!takes(app, this.needs)) return [];
    const others = [...this.#others].filter(([name, needs]) => takes(name, needs));
    return [app, ...others.map(([name]) => name)];
  }
}

/** Every entry of the wiring is for one need. Returns the needs that misspelt entries are meant for. */
function checkNames(
  rig: Rig,
  needs: readonly Need[],
  wiring: Wiring,
  findings: Findings,
): ReadonlySet<string> {
  const meant = new Set<string>();
  const free = needs.map(({ name }) => name).filter((name) => wiring.entry(name) === undefined);
  const names = needs.map((need) => quote(need.name));
  for (const { key, keyPlace } of rig.wiring.values()) {
    const claimants = wiring.claimants(key);
    if (claimants.length > 1)
      findings.error(
        keyPlace,
        "shared-wire",
        `${listOf(claimants, "and")} have a need ${quote(key)} each, and this is one wire`,
        `Write ${listOf(
          claimants.map((app) => quote(`${app}.${key}`)),
          "and",
        )}.`,
      );
    if (wiring.isKnown(key)) continue;
    const near = nearest(key, free);
    if (near !== undefined) meant.add(near);
    const known =
      names.length === 0 ? "the app has no needs" : `the app needs ${listOf(names, "and")}`;
    const hint = near === undefined ? `Remove it; ${known}.` : `Write ${quote(near)}.`;
    findings.error(keyPlace, "unknown-need", `the app has no need ${quote(key)} to wire`, hint);
  }
  return meant;
}

class Connector {
  private readonly buses: BusWiring;

  constructor(
    private readonly findings: Findings,
    private readonly wiring: Wiring,
    /** Needs whose wire is there under another name, which has been reported. */
    private readonly misspelt: ReadonlySet<string>,
    private readonly claims: PinClaims,
  ) {
    this.buses = new BusWiring(claims);
  }

  /** Undefined after an error. */
  connect(need: Need, rig: Rig): Connection | undefined {
    const member = this.wiring.entry(need.name);
    if (need.kind === "publish" || need.kind === "subscribe") return this.topic(need, member);
    if (member === undefined) {
      if (!this.misspelt.has(need.name)) this.unwired(need, rig);
      return undefined;
    }
    const wire = new Wire(member, need, examples[need.kind], this.findings);
    switch (need.kind) {
      case "gpio-in":
      case "gpio-out":
        return this.gpio(need, wire);
      case "pwm":
        return this.pwm(wire);
      case "adc":
        return this.adc(wire);
      case "i2c":
        return this.buses.i2c(need, wire);
      case "spi":
        return this.buses.spi(need, wire);
      case "uart":
        return this.buses.uart(need, wire);
    }
  }

  private unwired(need: Need, rig: Rig): void {
    const hint = `Add ${quote(need.name)}: ${examples[need.kind]} under wiring.`;
    this.findings.error(
      rig.wiringPlace,
      "unwired-need",
      `the need ${quote(need.name)} (${need.kind}) is wired to nothing`,
      hint,
    );
  }

  private gpio(need: Need, wire: Wire): Connection | undefined {
    if (!wire.allows("pin", ["active", "pull"])) return undefined;
    const pin = wire.pin("pin", undefined, anyUse);
    const pull = wire.text("pull") ?? "none";
    if (need.kind === "gpio-out" && pull !== "none") {
      wire.error(
        "pull",
        "unable-pin",
        `${wire.path}.pull is ${quote(pull)}, but the need is an output`,
        "Remove it; only inputs have a pull resistor.",
      );
    }
    if (pin === undefined || !this.claims.claim(pin, wire, "pin")) return undefined;
    return {
      kind: "gpio",
      pin: pin.pin,
      activeLow: wire.text("active") === "low",
      pull: pull === "up" || pull === "down" ? pull : "none",
    };
  }

  private pwm(wire: Wire): Connection | undefined {
    if (!wire.allows("pin", [])) return undefined;
    const pin = wire.pin("pin", undefined, anyUse);
    if (
      pin === undefined ||
      !this.claims.claim(pin, wire, "pin") ||
      !this.claims.claimPwm(pin, wire)
    )
      return undefined;
    return { kind: "pwm", pin: pin.pin };
  }

  private adc(wire: Wire): Connection | undefined {
    if (!wire.allows("pin", [])) return undefined;
    const pin = wire.pin("pin", undefined, analogInput);
    if (pin?.adcChannel === undefined || !this.claims.claim(pin, wire, "pin")) return undefined;
    return { kind: "adc", pin: pin.pin, channel: pin.adcChannel };
  }

  private topic(
    need: Need & { kind: "publish" | "subscribe" },
    member: JsonMember | undefined,
  ): Connection | undefined {
    if (member === undefined) return { kind: "topic", topic: need.topic };
    const wire = new Wire(member, need, examples[need.kind], this.findings);
    const topic = wire.topic();
    return topic === undefined ? undefined : { kind: "topic", topic };
  }
}
