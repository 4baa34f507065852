import { nativeImage } from "../../builder/image/image.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { containerOf, type Settings } from "../helpers/container.js";
import { Code, instance, memory, pc } from "./code.js";
import type { Installed } from "./stored.js";
import { install } from "./stored.js";
import { seen } from "./case.js";

const topic = (name: string): Connection => ({ kind: "topic", topic: name });

/** How often the metronome does its work. */
export const beatMs = 20;
/** What the listener listens to besides. */
export const buttonPin = 16;

/** Toggles a pin and publishes a count on a timer. */
const metronome = `
import { every } from "thimble";
import { beat, led } from "thimble/needs";
let count = 0;
every(${beatMs}, () => {
  led.toggle();
  beat.publishNumber(++count);
});
`;

/** Answers each beat, order and press with what it makes of them, and tells each change of its setting. */
const listener = `
import { Edges, onMessage, onSettingsChange } from "thimble";
import { answer, beats, button, gain, orders, settings } from "thimble/needs";
button.watch(Edges.Both, 0, (active) => answer.publishNumber(active ? 1000 : 2000));
onMessage(beats, () => answer.publishNumber(beats.readNumber(0, -1) * settings.gain));
onMessage(orders, () => answer.publishNumber(-orders.readNumber(0, -1)));
onSettingsChange(() => gain.publishNumber(settings.gain));
`;

/** Whoever must not notice that the others are there. The first stands before them in the store, the last behind. */
export interface Neighbours {
  readonly metronome: Installed;
  readonly listener: Installed;
}

export async function buildNeighbours(): Promise<Neighbours> {
  return {
    metronome: await app(
      "metronome",
      metronome,
      { needs: { led: { gpio: "out" }, beat: { publish: "beat" } } },
      [{ kind: "gpio", pin: 25, activeLow: false, pull: "none" }, topic("beat")],
    ),
    listener: await app(
      "listener",
      listener,
      {
        needs: {
          beats: { subscribe: "beat" },
          orders: { subscribe: "orders" },
          answer: { publish: "answer" },
          gain: { publish: "gain" },
          button: { gpio: "in" },
        },
        settings: { gain: { type: "integer", default: 3, min: 0, max: 100 } },
      },
      [
        ...["beat", "orders", "answer", "gain"].map(topic),
        { kind: "gpio", pin: buttonPin, activeLow: false, pull: "down" },
      ],
    ),
  };
}

async function app(
  name: string,
  source: string,
  parts: Settings,
  connections: readonly Connection[],
): Promise<Installed> {
  const { manifest, wasm } = await containerOf(source, parts);
  const named = { ...manifest, name };
  const { payload, description } = await nativeImage(named, wasm, connections);
  return {
    name,
    payload,
    description,
    needs: manifest.needs,
    settings: manifest.settings,
    connections,
  };
}

/**
 * Stands in a neighbour's place and publishes where it finds itself: linear memory, code, instance block. What stands there later finds itself in
 * the same places, for a store and a device lay out things in their order.
 */
export function scout(memoryBytes: number): Installed {
  const code = new Code();
  for (const register of [memory, pc, instance]) code.emit("mov", 1, register).publish();
  code.return();
  const start = 0;
  return install("scout", {
    code: code.finish(),
    entries: [start],
    memoryBytes,
    stackBytes: 64,
    globals: [],
    data: [],
    needs: [seen],
  });
}
