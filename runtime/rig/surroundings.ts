import type { Findings } from "../document/findings.js";
import { placeOf } from "../document/node.js";
import { nearest } from "../document/suggest.js";
import { listOf, quote } from "../document/words.js";
import type { Need } from "../manifest/manifest.js";
import { picoPins } from "./boards/pico.js";
import type { Connection } from "./connection.js";
import type { Rig } from "./rig.js";
import type { PartSpec } from "./simulation.js";

/** Warns of what is legal but would make a rehearsal silent: a sensor that is not there, a button whose pin floats. */
export function checkSurroundings(
  rig: Rig,
  needs: readonly Need[],
  connections: readonly Connection[],
  findings: Findings,
): void {
  checkMessages(rig, needs, connections, findings);
  const parts = [...rig.simulation.parts];
  if (parts.length === 0) return;
  connections.forEach((connection, index) => {
    const member = rig.wiring.get(needs[index]!.name);
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
}

/** A message whose topic nobody has subscribed to is most likely a slip. */
function checkMessages(
  rig: Rig,
  needs: readonly Need[],
  connections: readonly Connection[],
  findings: Findings,
): void {
  const topics = connections.flatMap((connection, index) =>
    connection.kind === "topic" && needs[index]!.kind === "subscribe" ? [connection.topic] : [],
  );
  for (const { topic, place } of rig.simulation.messages) {
    if (place === undefined || topics.includes(topic)) continue;
    const near = nearest(topic, topics);
    const heard =
      topics.length === 0
        ? "the app subscribes to nothing"
        : `the app subscribes to ${listOf(topics.map(quote), "and")}`;
    const hint =
      near === undefined ? `Remove it, or rename the topic; ${heard}.` : `Write ${quote(near)}.`;
    findings.warning(place, "unheard-message", `no need hears messages to ${quote(topic)}`, hint);
  }
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
