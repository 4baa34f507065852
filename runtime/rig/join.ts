import type { Diagnostic } from "../document/diagnostic.js";
import { quote } from "../document/words.js";
import type { Rig } from "./rig.js";
import type { MessageSpec, PartSpec, SignalSpec, Simulation } from "./simulation.js";

/**
 * The surroundings of several rigs around one device: what they have by one name is the same thing, so it must be said alike. Seed, speed, time,
 * device and the wiring are those of the first. `simulation` is there unless a diagnostic is an error.
 */
export function joinSimulations(rigs: readonly Rig[]): {
  readonly simulation?: Simulation;
  readonly diagnostics: readonly Diagnostic[];
} {
  const [first, ...others] = distinct(rigs);
  const parts = new Joint<PartSpec>("part", first!.file, first!.simulation.parts);
  const signals = new Joint<SignalSpec>("signal", first!.file, first!.simulation.signals);
  for (const { file, simulation } of others) {
    parts.add(file, simulation.parts);
    signals.add(
      file,
      new Map([...simulation.signals].map(([name, spec]) => [name, placedSignal(spec, file)])),
    );
  }
  const diagnostics = [...signals.diagnostics, ...parts.diagnostics, ...crowded(parts.entries)];
  if (diagnostics.length > 0) return { diagnostics };
  const all = [first!.simulation, ...others.map(placedMessages)];
  const byTime = (one: { atUs: number }, other: { atUs: number }): number => one.atUs - other.atUs;
  return {
    simulation: {
      ...first!.simulation,
      parts: new Map([...parts.entries].map(([name, { value }]) => [name, value])),
      signals: new Map([...signals.entries].map(([name, { value }]) => [name, value])),
      messages: all.flatMap(({ messages }) => messages).toSorted(byTime),
      presses: all.flatMap(({ presses }) => presses).toSorted(byTime),
    },
    diagnostics,
  };
}

/** Apps may share a rig. */
function distinct(rigs: readonly Rig[]): Rig[] {
  return rigs.filter((rig, index) => rigs.findIndex(({ file }) => file === rig.file) === index);
}

/** Things of one kind by their names. */
class Joint<Spec> {
  readonly entries = new Map<string, { readonly value: Spec; readonly file: string }>();
  readonly diagnostics: Diagnostic[] = [];

  constructor(
    readonly what: string,
    file: string,
    specs: ReadonlyMap<string, Spec>,
  ) {
    this.add(file, specs);
  }

  add(file: string, specs: ReadonlyMap<string, Spec>): void {
    for (const [name, value] of specs) {
      const there = this.entries.get(name);
      if (there === undefined) this.entries.set(name, { value, file });
      else if (textOf(there.value) !== textOf(value))
        this.diagnostics.push({
          severity: "error",
          code: "two-of-a-name",
          message: `the ${this.what} ${quote(name)} is another one than that of ${there.file}`,
          file,
          hint: "Rename one of them, say it alike in both, or write one rig.json for all apps and name it with --rig.",
        });
    }
  }
}

/** Parts of two rigs that sit in one place. */
function crowded(
  parts: ReadonlyMap<string, { readonly value: PartSpec; readonly file: string }>,
): Diagnostic[] {
  const seats = new Map<string, { readonly name: string; readonly file: string }>();
  return [...parts].flatMap(([name, { value, file }]): Diagnostic[] => {
    const seat = "bus" in value ? `i2c${value.bus} at ${value.address}` : undefined;
    if (seat === undefined) return [];
    const there = seats.get(seat);
    seats.set(seat, { name, file });
    if (there === undefined || there.file === file) return [];
    return [
      {
        severity: "error",
        code: "shared-address",
        message: `the part ${quote(name)} has the bus and the address of ${quote(there.name)} in ${there.file}`,
        file,
        hint: "Give them one name and say them alike, or take another address.",
      },
    ];
  });
}

/** What a thing is, wherever it is written. */
function textOf(spec: unknown): string {
  return JSON.stringify(spec, (key, value: unknown) => (key === "place" ? undefined : value));
}

function placedSignal(spec: SignalSpec, file: string): SignalSpec {
  const plus = spec.plus === undefined ? {} : { plus: placedSignal(spec.plus, file) };
  if (spec.kind !== "csv" || spec.place === undefined) return { ...spec, ...plus };
  return { ...spec, ...plus, place: { ...spec.place, file } };
}

function placedMessages({ file, simulation }: Rig): Pick<Simulation, "messages" | "presses"> {
  const messages = simulation.messages.map(({ place, ...message }): MessageSpec =>
    place === undefined ? message : { ...message, place: { ...place, file } },
  );
  return { messages, presses: simulation.presses };
}

/** Whether two rigs have the same surroundings: a run that has begun with the one could go on with the other. */
export function sameSurroundings(one: Rig, other: Rig): boolean {
  const text = ({ board, gridUs, simulation }: Rig): string =>
    JSON.stringify({ board, gridUs, simulation }, (key, value: unknown) => {
      if (key === "place") return undefined;
      if (value instanceof Map) return [...value.entries()];
      return value instanceof Uint8Array ? [...value] : value;
    });
  return text(one) === text(other);
}
