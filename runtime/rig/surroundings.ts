import type { Diagnostic } from "../document/diagnostic.js";
import { Findings } from "../document/findings.js";
import { placeOf } from "../document/node.js";
import { nearest } from "../document/suggest.js";
import { listOf, quote } from "../document/words.js";
import type { Need } from "../manifest/manifest.js";
import { picoPins } from "./boards/pico.js";
import type { Connection } from "./connection.js";
import type { Rig } from "./rig.js";
import type { PartSpec, Simulation } from "./simulation.js";
import { wiringEntry } from "./wire.js";

/** An app on a device, and what its needs are wired to, in their order. */
export interface ConnectedApp {
  /** Which app it is, where there are several. */
  readonly app?: string;
  readonly rig: Rig;
  readonly needs: readonly Need[];
  readonly connections: readonly Connection[];
}

/** Warns of what is legal but would make a rehearsal silent: a sensor that is not there, a button whose pin floats. */
export function checkSurroundings(
  simulation: Simulation,
  apps: readonly ConnectedApp[],
): Diagnostic[] {
  const parts = [...simulation.parts];
  return [
    ...checkMessages(simulation, apps),
    ...(parts.length === 0 ? [] : apps.flatMap((app) => checkWires(app, parts))),
  ];
}

function checkWires(
  { app, rig, needs, connections }: ConnectedApp,
  parts: readonly Part[],
): Diagnostic[] {
  const findings = new Findings(rig.file);
  connections.forEach((connection, index) => {
    const member = wiringEntry(rig, needs[index]!.name, app);
    if (member === undefined) return;
    const place = placeOf(member.value);
    if (connection.kind === "i2c") {
      const problem = missingDevice(connection, parts);
      if (problem !== undefined) findings.warning(place, "nothing-attached", ...problem);
    }
    if (connection.kind === "gpio" && needs[index]!.kind === "gpio-in") {
      const problem = floatingInput(connection, parts);
      if (problem !== undefined) findings.warning(place, "floating-input", ...problem);
    }
  });
  return findings.diagnostics;
}

/** A message whose topic nobody has subscribed to is most likely a slip. */
function checkMessages({ messages }: Simulation, apps: readonly ConnectedApp[]): Diagnostic[] {
  const topics = apps.flatMap(({ needs, connections }) =>
    connections.flatMap((connection, index) =>
      connection.kind === "topic" && needs[index]!.kind === "subscribe" ? [connection.topic] : [],
    ),
  );
  const whose = apps.length === 1 ? "the app subscribes" : "the apps subscribe";
  return messages.flatMap(({ topic, place }) => {
    if (place === undefined || topics.includes(topic)) return [];
    const near = nearest(topic, topics);
    const heard =
      topics.length === 0
        ? `${whose} to nothing`
        : `${whose} to ${listOf(topics.map(quote), "and")}`;
    const hint =
      near === undefined ? `Remove it, or rename the topic; ${heard}.` : `Write ${quote(near)}.`;
    const findings = new Findings(place.file ?? apps[0]!.rig.file);
    findings.warning(place, "unheard-message", `no need hears messages to ${quote(topic)}`, hint);
    return findings.diagnostics;
  });
}

type Part = readonly [name: string, spec: PartSpec];

function missingDevice(
  { bus, address }: Connection & { kind: "i2c" },
  parts: readonly Part[],
): [string, string] | undefined {
  const devices = parts.filter(([, part]) => "bus" in part);
  if (devices.some(([, part]) => "bus" in part && part.bus === bus && part.address === address))
    return undefined;
  const there = devices.map(([name, part]) =>
    "bus" in part ? `${quote(name)} at ${hex(part.address)} on i2c${part.bus}` : "",
  );
  const hint =
    there.length === 0
      ? "Add the device under simulation.parts."
      : `There is ${listOf(there, "and")}; change the wire or the part.`;
  return [`no simulated part answers at ${hex(address)} on i2c${bus}`, hint];
}

function floatingInput(
  { pin, pull, activeLow }: Connection & { kind: "gpio" },
  parts: readonly Part[],
): [string, string] | undefined {
  const button = parts.find(([, part]) => part.chip === "button" && part.pin === pin);
  if (button === undefined) return undefined;
  const [name, part] = button;
  if (part.chip !== "button") return undefined;
  const toGround = part.connects === "ground";
  const wanted = toGround ? "up" : "down";
  const active = toGround ? "low" : "high";
  if (pull === wanted && activeLow === toGround) return undefined;
  const what =
    pull === wanted
      ? `a press of ${quote(name)} makes the input inactive`
      : `nothing pulls the pin ${wanted} while ${quote(name)} is not pressed`;
  return [
    what,
    `Write {"pin": "${picoPins[pin]!.name}", "active": "${active}", "pull": "${wanted}"}.`,
  ];
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(2, "0")}`;
}
