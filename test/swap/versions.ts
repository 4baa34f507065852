/** Versions of one app at random: each has the state of another one with fields added, dropped, renamed, of another type or elsewhere, and most do something wrong. */
import type {
  Health,
  Manifest,
  State,
  StateField,
  StateType,
} from "../../runtime/manifest/manifest.js";
import { defaultRestart } from "../../runtime/manifest/manifest.js";
import { stateTypeBytes } from "../../runtime/manifest/state.js";
import type { Connection } from "../../runtime/rig/connection.js";
import type { Random } from "../fuzz/random.js";
import { Assembler, call, code, type Code, i32, local, unreachable } from "../helpers/assemble.js";

/** What a version does wrong. What traps or loops does so when it has changed half of its state. */
export type Behaviour =
  | { readonly kind: "good" }
  | { readonly kind: "traps-in-start" }
  /** In its n-th event, on trial or later. */
  | { readonly kind: "traps" | "loops"; readonly event: number }
  /** It asks for no event. */
  | { readonly kind: "idle" }
  /** It does not confirm. */
  | { readonly kind: "silent" };

export interface Version {
  /** Its position among all. */
  readonly number: number;
  readonly behaviour: Behaviour;
  readonly state: State;
  /** The bytes of a new state object, those between its fields too. */
  readonly defaults: Uint8Array;
  /** What `changed` adds. */
  readonly step: number;
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  readonly connections: readonly Connection[];
}

export const appName = "swapped";
export const topic = "state";
export const periodMs = 100;
export const health: Health = { seconds: 1, events: 3, confirm: true };
/** The event in which a version confirms. */
export const confirmingEvent = 2;
export const restart = { ...defaultRestart, delayMs: 200, attempts: 15 };

/** Lies before the state and behind it. It is no UTF-8, so that traces show messages in hexadecimal. */
export const fence = Uint8Array.of(0xc3, 0xc3, 0x80, 0xff);

/** How an event changes each byte of the state object. */
export const changed = (byte: number, step: number): number => (byte * 5 + step) & 0xff;

/** `count` versions; the first is good. Nobody has the name of another's field unless it is the same field. */
export function family(random: Random, count: number): Version[] {
  const names = new Names();
  const classes: Field[][] = [];
  return Array.from({ length: count }, (_, number) => {
    const parent = classes[random.below(classes.length)];
    const fields =
      parent === undefined
        ? random.list(4, 8, () => names.field(random))
        : heirs(random, parent, names);
    classes.push(fields);
    const behaviour: Behaviour = number === 0 ? { kind: "good" } : randomBehaviour(random);
    return versionOf(number, behaviour, layOut(fields), random);
  });
}

interface Field {
  readonly name: string;
  readonly type: StateType;
  /** Names that it had. */
  readonly was: readonly string[];
}

const types = Object.keys(stateTypeBytes) as StateType[];
const fieldsMax = 16;
const namesMax = 4;

class Names {
  #count = 0;

  next(): string {
    return `f${this.#count++}`;
  }

  field(random: Random): Field {
    return { name: this.next(), type: random.pick(types), was: [] };
  }
}

/** The fields of a later version. */
function heirs(random: Random, parent: readonly Field[], names: Names): Field[] {
  let fields = [...parent];
  for (let edits = random.below(5); edits > 0; edits--) {
    const at = random.below(fields.length);
    const field = fields[at]!;
    const edit = random.below(5);
    if (edit === 0 && fields.length < fieldsMax) fields.splice(at, 0, names.field(random));
    else if (edit === 1 && fields.length > 1) fields.splice(at, 1);
    else if (edit === 2)
      fields[at] = {
        ...field,
        name: names.next(),
        was: [field.name, ...field.was].slice(0, namesMax),
      };
    else if (edit === 3) fields[at] = { ...field, type: random.pick(types) };
    else fields = [...fields.slice(at), ...fields.slice(0, at)];
  }
  return fields;
}

/** The fields in their order, sometimes with a gap between them. */
function layOut(fields: readonly Field[]): State {
  let endBytes = 0;
  const laid = fields.map(({ name, type, was }): StateField => {
    const bytes = stateTypeBytes[type];
    const offset = Math.ceil(endBytes / bytes) * bytes;
    endBytes = offset + bytes;
    return { name, type, offset, ...(was.length > 0 && { was }) };
  });
  return { bytes: Math.ceil(endBytes / 8) * 8, fields: laid };
}

function randomBehaviour(random: Random): Behaviour {
  const drawn = random.below(20);
  if (drawn < 9) return { kind: "good" };
  if (drawn < 11) return { kind: "traps-in-start" };
  if (drawn < 14) return { kind: "traps", event: 1 + random.below(9) };
  // After its trial.
  if (drawn < 15) return { kind: "traps", event: 15 + random.below(20) };
  if (drawn < 16) return { kind: "loops", event: 1 + random.below(9) };
  return { kind: drawn < 18 ? "idle" : "silent" };
}

function versionOf(number: number, behaviour: Behaviour, state: State, random: Random): Version {
  const defaults = Uint8Array.from({ length: state.bytes }, () => random.below(256));
  const step = random.below(256);
  const wasm = assemble({ number, behaviour, state, defaults, step });
  const manifest: Manifest = {
    format: 1,
    name: appName,
    contract: "0.9.0",
    wasm: { bytes: wasm.length, sha256: "" },
    imports: [],
    needs: [{ name: "out", kind: "publish", topic, fields: [] }],
    settings: [],
    state,
    limits: { memoryBytes: 512, stackBytes: 64, eventMs: 20 },
    health,
    restart,
  };
  const connections: Connection[] = [{ kind: "topic", topic }];
  return { number, behaviour, state, defaults, step, manifest, wasm, connections };
}

/** Where the count of events is kept, and where messages are made: number (two bytes), 0 for a start, events or fields moved, fence, state, fence. */
const countAt = 32;
const messageAt = 64;
export const headerBytes = 4;
const stateAt = messageAt + headerBytes + fence.length;

function assemble(
  version: Pick<Version, "number" | "behaviour" | "state" | "defaults" | "step">,
): Uint8Array {
  const { number, behaviour, state, defaults, step } = version;
  const header = [number & 0xff, number >> 8, 0, 0];
  const app = new Assembler().data(
    messageAt,
    Uint8Array.of(...header, ...fence, ...defaults, ...fence),
  );
  const messageBytes = headerBytes + state.bytes + 2 * fence.length;
  const publish = call("message.publish", i32(0), i32(messageAt), i32(messageBytes));
  const change = app.define(changeBytes(step), 1);
  const changeAll = code(i32(state.bytes), change);
  const changeHalf = code(i32(state.bytes >> 1), change);
  const fails = behaviour.kind === "traps" || behaviour.kind === "loops" ? behaviour.event : 0;
  const failure = behaviour.kind === "loops" ? endless : unreachable;
  const tick = app.handler(
    code(
      countEvent,
      fails === 0 ? [] : ifCount(fails, code(changeHalf, failure)),
      changeAll,
      behaviour.kind === "silent" ? [] : ifCount(confirmingEvent, call("lifecycle.confirm")),
      storeByte(messageAt + 2, i32(1)),
      storeByte(messageAt + 3, loadByte(countAt)),
      publish,
    ),
  );
  return app
    .start(
      storeByte(messageAt + 3, call("state.bind", i32(stateAt), i32(state.bytes))),
      publish,
      behaviour.kind === "traps-in-start" ? code(changeHalf, unreachable) : [],
      behaviour.kind === "idle" ? [] : call("timer.every", i32(periodMs), i32(tick)),
    )
    .build();
}

const storeByte = (at: number, value: Code): Code => code(i32(at), value, [0x3a, 0, 0]);
const loadByte = (at: number): Code => code(i32(at), [0x2d, 0, 0]);
const countEvent = storeByte(countAt, code(loadByte(countAt), i32(1), [0x6a]));
const ifCount = (count: number, body: Code): Code =>
  code(loadByte(countAt), i32(count), [0x46], [0x04, 0x40], body, [0x0b]);
const endless: Code = [0x03, 0x40, 0x0c, 0, 0x0b];

/** Of a function: changes as many bytes of the state, from its start on, as its parameter says. */
function changeBytes(step: number): Code {
  const index = code(local(0), i32(1), [0x6b], [0x22, 0]);
  const byteAt = stateAt >= 128 ? [(stateAt & 0x7f) | 0x80, stateAt >> 7] : [stateAt];
  const value = code(local(0), [0x2d, 0, ...byteAt], i32(5), [0x6c], i32(step), [0x6a]);
  // Until the parameter is 0: take one off, change the byte there.
  const turn = code(index, value, [0x3a, 0, ...byteAt], [0x0c, 0]);
  return code([0x02, 0x40, 0x03, 0x40], local(0), [0x45, 0x0d, 1], turn, [0x0b, 0x0b]);
}
