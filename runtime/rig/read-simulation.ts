import { formatDuration, parseDurationUs } from "../document/duration.js";
import type { Findings } from "../document/findings.js";
import type { JsonNode } from "../document/node.js";
import { field, itemsOf, membersOf, numberField, placeOf, textField } from "../document/node.js";
import { nearest } from "../document/suggest.js";
import { joinPath, listOf, quote } from "../document/words.js";
import { analogInput, anyUse, pinField, unitNumber } from "./pins.js";
import {
  mostPayloadBytes,
  defaultBounceMs,
  defaultNoiseEveryMs,
  defaultSeed,
  defaultSpeed,
} from "./rig.schema.js";
import type {
  MessageSpec,
  PartSpec,
  PressSpec,
  SignalShape,
  SignalSpec,
  Simulation,
  Step,
} from "./simulation.js";

/** Reads the `simulation` part of a rig that the schema has accepted; `node` is undefined where there is none. */
export function readSimulation(node: JsonNode | undefined, findings: Findings): Simulation {
  return new Reader(findings).simulation(
    node ?? { kind: "object", members: [], place: { offset: 0, line: 1, column: 1, length: 0 } },
  );
}

class Reader {
  private readonly signals = new Map<string, SignalSpec>();
  private readonly parts = new Map<string, PartSpec>();
  /** Chips by the name of their part, those with a fault included. */
  private readonly chips = new Map<string, string>();

  constructor(private readonly findings: Findings) {}

  simulation(node: JsonNode): Simulation {
    for (const { key, value } of membersOf(field(node, "signals"))) {
      this.signals.set(key, this.signal(value, joinPath("simulation.signals", key)));
    }
    for (const { key, value } of membersOf(field(node, "parts"))) {
      this.chips.set(key, textField(value, "chip"));
      const part = this.part(value, joinPath("simulation.parts", key));
      if (part !== undefined) this.addPart(key, part, value);
    }
    const messages = itemsOf(field(node, "messages")).map((item, index) =>
      this.message(item, `simulation.messages[${index}]`),
    );
    const seed = numberField(node, "seed", defaultSeed);
    const startMs = this.start(field(node, "start"));
    return {
      seed,
      speed: numberField(node, "speed", defaultSpeed),
      ...(startMs === undefined ? {} : { startMs }),
      deviceId: deviceIdBytes(textField(node, "deviceId", seed.toString(16))),
      signals: this.signals,
      parts: this.parts,
      messages: messages.toSorted((a, b) => a.atUs - b.atUs),
      presses: this.presses(itemsOf(field(node, "presses"))),
    };
  }

  private start(node: JsonNode | undefined): number | undefined {
    if (node?.kind !== "string") return undefined;
    const startMs = Date.parse(node.value);
    // Date.parse moves the 30th of February into March.
    if (
      Number.isNaN(startMs) ||
      !new Date(startMs).toISOString().startsWith(node.value.slice(0, 19))
    ) {
      this.findings.error(
        node.place,
        "wrong-form",
        `simulation.start is ${quote(node.value)}, which is no day or time of the calendar`,
        'Write for example "2026-01-01T00:00:00Z".',
      );
    }
    return startMs;
  }

  private signal(node: JsonNode, path: string): SignalSpec {
    const shape = this.shape(node, path);
    const plus = field(node, "plus");
    return plus === undefined ? shape : { ...shape, plus: this.signal(plus, `${path}.plus`) };
  }

  private shape(node: JsonNode, path: string): SignalShape {
    const noise = field(node, "noise");
    const sine = field(node, "sine");
    const steps = field(node, "steps");
    if (noise !== undefined) {
      const everyUs = numberField(noise, "everyMs", defaultNoiseEveryMs) * 1000;
      return {
        kind: "noise",
        mean: numberField(noise, "mean"),
        deviation: numberField(noise, "deviation"),
        everyUs,
      };
    }
    if (sine !== undefined) {
      const periodUs = this.positiveDuration(sine, "period", `${path}.sine`);
      const phaseUs = this.duration(sine, "phase", `${path}.sine`, 0);
      return {
        kind: "sine",
        mean: numberField(sine, "mean"),
        amplitude: numberField(sine, "amplitude"),
        periodUs,
        phaseUs,
      };
    }
    if (steps !== undefined)
      return { kind: "steps", steps: this.steps(itemsOf(steps), `${path}.steps`) };
    const csv = field(node, "csv");
    if (csv === undefined) return { kind: "constant", value: numberField(node, "constant") };
    const interpolate = textField(node, "interpolate", "hold") === "linear" ? "linear" : "hold";
    return {
      kind: "csv",
      file: textField(node, "csv"),
      ...optionalTexts(node),
      interpolate,
      place: csv.place,
    };
  }

  private steps(items: readonly JsonNode[], path: string): Step[] {
    let lastUs = -1;
    return items.map((item, index) => {
      const atUs = this.duration(item, "at", `${path}[${index}]`);
      if (atUs <= lastUs) {
        const hint = `Write a time after ${formatDuration(lastUs)}, or sort the steps.`;
        this.findings.error(
          placeOf(field(item, "at")!),
          "wrong-order",
          `${path}[${index}].at does not come after the step before it`,
          hint,
        );
      }
      lastUs = atUs;
      return { atUs, value: numberField(item, "value") };
    });
  }

  /** The duration in a field; 0 after an error. */
  private duration(node: JsonNode, key: string, path: string, otherwise?: number): number {
    const value = field(node, key);
    if (value === undefined && otherwise !== undefined) return otherwise;
    const us = parseDurationUs(textField(node, key));
    if (us === undefined) {
      this.findings.error(
        placeOf(value!),
        "out-of-range",
        `${path}.${key} is ${quote(textField(node, key))}, which is no whole number of microseconds below 285 years`,
        "Write a shorter duration, or one with fewer decimals.",
      );
    }
    return us ?? 0;
  }

  private positiveDuration(node: JsonNode, key: string, path: string): number {
    const us = this.duration(node, key, path);
    if (us === 0 && parseDurationUs(textField(node, key)) === 0) {
      this.findings.error(
        placeOf(field(node, key)!),
        "out-of-range",
        `${path}.${key} is ${quote(textField(node, key))}`,
        "Write a duration above zero.",
      );
    }
    return us;
  }

  private part(node: JsonNode, path: string): PartSpec | undefined {
    const chip = textField(node, "chip") as PartSpec["chip"];
    if (chip === "bme280" || chip === "tmp102") {
      const bus = unitNumber(textField(node, "bus"));
      const address = Number(textField(node, "address"));
      const temperature = this.signalName(node, "temperature", path);
      if (chip === "tmp102") return { chip, bus, address, temperature };
      return {
        chip,
        bus,
        address,
        temperature,
        humidity: this.signalName(node, "humidity", path),
        pressure: this.signalName(node, "pressure", path),
      };
    }
    if (chip === "potentiometer") {
      const position = this.signalName(node, "position", path);
      const pin = pinField(node, path, analogInput, this.findings);
      return pin?.adcChannel === undefined
        ? undefined
        : { chip, pin: pin.pin, channel: pin.adcChannel, position };
    }
    const pin = pinField(node, path, anyUse, this.findings)?.pin;
    if (pin === undefined) return undefined;
    if (chip !== "button")
      return { chip, pin, activeLow: textField(node, "active", "high") === "low" };
    const connects = textField(node, "connects", "ground") === "supply" ? "supply" : "ground";
    return {
      chip,
      pin,
      connects,
      bounceUs: Math.round(numberField(node, "bounceMs", defaultBounceMs) * 1000),
    };
  }

  private signalName(node: JsonNode, key: string, path: string): string {
    const name = textField(node, key);
    if (!this.signals.has(name)) {
      const message = `${path}.${key} names the signal ${quote(name)}, which simulation.signals does not have`;
      const example = `Add ${quote(name)}: {"constant": 21} under simulation.signals`;
      this.findings.error(
        placeOf(field(node, key)!),
        "unknown-signal",
        message,
        this.instead(name, this.signals.keys(), example),
      );
    }
    return name;
  }

  /** Two parts must not answer at one address, nor hang on one pin. */
  private addPart(name: string, part: PartSpec, node: JsonNode): void {
    const path = joinPath("simulation.parts", name);
    for (const [otherName, other] of this.parts) {
      if (
        "bus" in part &&
        "bus" in other &&
        part.bus === other.bus &&
        part.address === other.address
      ) {
        const message = `${path} answers at ${textField(node, "address")} on i2c${part.bus}, and so does ${quote(otherName)}`;
        this.findings.error(
          placeOf(field(node, "address")!),
          "shared-address",
          message,
          "Give one of them another address, or put it on the other bus.",
        );
      }
      if ("pin" in part && "pin" in other && part.pin === other.pin) {
        this.findings.error(
          placeOf(field(node, "pin")!),
          "shared-pin",
          `${path} hangs on the pin of ${quote(otherName)}`,
          "Put one of them on another pin.",
        );
      }
    }
    this.parts.set(name, part);
  }

  private message(node: JsonNode, path: string): MessageSpec {
    const payload = textField(node, "payload");
    const bytes = new TextEncoder().encode(payload).length;
    if (bytes > mostPayloadBytes) {
      const message = `${path}.payload has ${bytes} bytes in UTF-8`;
      const hint = `Write at most ${mostPayloadBytes} bytes.`;
      this.findings.error(placeOf(field(node, "payload")!), "out-of-range", message, hint);
    }
    return {
      atUs: this.duration(node, "at", path),
      topic: textField(node, "topic"),
      payload,
      place: placeOf(field(node, "topic")!),
    };
  }

  private presses(items: readonly JsonNode[]): PressSpec[] {
    const presses = items.map((item, index) => ({
      item,
      press: this.press(item, `simulation.presses[${index}]`),
    }));
    presses.sort((a, b) => a.press.atUs - b.press.atUs);
    const releasedUs = new Map<string, number>();
    for (const { item, press } of presses) {
      const lastUs = releasedUs.get(press.part);
      if (lastUs !== undefined && press.atUs <= lastUs) {
        const message = `${quote(press.part)} is pressed at ${textField(item, "at")}, before its last press has ended`;
        const hint = `Write a time after ${formatDuration(lastUs)}.`;
        this.findings.error(placeOf(field(item, "at")!), "overlapping-press", message, hint);
      }
      releasedUs.set(press.part, press.atUs + press.forUs);
    }
    return presses.map(({ press }) => press);
  }

  private press(node: JsonNode, path: string): PressSpec {
    const name = textField(node, "part");
    const place = placeOf(field(node, "part")!);
    const buttons = [...this.chips].filter(([, chip]) => chip === "button").map(([key]) => key);
    const chip = this.chips.get(name);
    if (chip === undefined) {
      const hint = this.instead(
        name,
        buttons,
        `Add ${quote(name)}: {"chip": "button", "pin": "GP14"} under simulation.parts`,
      );
      this.findings.error(
        place,
        "unknown-part",
        `${path}.part is ${quote(name)}, which simulation.parts does not have`,
        hint,
      );
    } else if (chip !== "button") {
      const hint =
        buttons.length === 0
          ? 'Add a part whose chip is "button".'
          : `Write ${listOf(buttons.map(quote), "or")}.`;
      this.findings.error(
        place,
        "no-button",
        `${path}.part is ${quote(name)}, which is a ${chip} and no button`,
        hint,
      );
    }
    return {
      atUs: this.duration(node, "at", path),
      part: name,
      forUs: this.positiveDuration(node, "for", path),
    };
  }

  private instead(name: string, candidates: Iterable<string>, otherwise: string): string {
    const near = nearest(name, candidates);
    return near === undefined ? `${otherwise}.` : `Write ${quote(near)}.`;
  }
}

function optionalTexts(node: JsonNode): { column?: string; time?: string; unit?: string } {
  const texts: { column?: string; time?: string; unit?: string } = {};
  for (const key of ["column", "time", "unit"] as const) {
    if (field(node, key) !== undefined) texts[key] = textField(node, key);
  }
  return texts;
}

function deviceIdBytes(hex: string): Uint8Array {
  const padded = hex.padStart(16, "0");
  return Uint8Array.from({ length: 8 }, (_, index) =>
    parseInt(padded.slice(index * 2, index * 2 + 2), 16),
  );
}
