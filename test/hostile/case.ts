import type { Payload } from "../../builder/image/payload.js";
import type { Need } from "../../runtime/manifest/manifest.js";
import type { Connection } from "../../runtime/rig/connection.js";
import type { TrapCode } from "../../runtime/emulator/sim/contract.js";
import { Code, type Label } from "./code.js";

export type TargetName = "pico" | "an385" | "an505";

/** Where things lie in the address space of a target, and so what there is to attack. */
export interface Place {
  readonly target: TargetName;
  /** Milliseconds from the start of the container to its attack. */
  readonly delayMs: number;
  /** A word of the kernel's data that is in use. */
  readonly kernelData: number;
  /** The first instruction of a function of the kernel. */
  readonly kernelCode: number;
  /** The kernel's stack. */
  readonly kernelStack: number;
  /** Flash outside of the container's slot: the journal. */
  readonly journal: number;
  /** The linear memory of a well-behaved neighbour. */
  readonly neighbourMemory: number;
  /** The machine code of a well-behaved neighbour. */
  readonly neighbourCode: number;
  /** The table of helpers. */
  readonly helpers: number;
  /** What the chip has besides memory, by name. */
  readonly blocks: Readonly<Record<string, number>>;
}

/**
 * How an attack ends. `at` are the offsets of the first and the last instruction at which it may, null outside of the code. It publishes these numbers, again in each
 * of its lives.
 */
export type Expected =
  | {
      readonly kind: "ends";
      readonly code: TrapCode;
      readonly at: readonly (readonly [number, number])[] | null;
      readonly publishes: readonly number[];
    }
  | { readonly kind: "lives"; readonly publishes: readonly number[] };

/** A hostile container for one target. */
export interface Attack {
  readonly code: Uint8Array;
  /** Offsets; entry 0 is `start`. */
  readonly entries: readonly number[];
  readonly start?: number;
  readonly collect?: number;
  readonly memoryBytes: number;
  /** What it says that it needs of the stack; null if it cannot say. */
  readonly stackBytes: number | null;
  readonly globals: readonly number[];
  readonly data: Payload["data"];
  readonly needs: readonly { readonly need: Need; readonly connection: Connection }[];
  readonly expected: Expected;
}

export interface HostileCase {
  /** Name of the app. */
  readonly name: string;
  /** What it tries, for people. */
  readonly tries: string;
  /** Targets that have what it attacks; all if absent. */
  readonly only?: readonly TargetName[];
  /** It must run right behind the case before it, with no neighbour in between. */
  readonly follows?: true;
  /** Until the next case may begin; a little more than an event if absent. */
  readonly lastsMs?: number;
  attack(place: Place): Attack;
}

/** A need to publish, the first one of every hostile container. */
export const seen: Attack["needs"][number] = {
  need: { name: "seen", kind: "publish", topic: "seen", fields: [] },
  connection: { kind: "topic", topic: "seen" },
};

/** What is not said has these values. */
export interface Options {
  readonly memoryBytes?: number;
  readonly needs?: Attack["needs"];
  readonly globals?: readonly number[];
  readonly data?: Payload["data"];
  readonly only?: readonly TargetName[];
  readonly follows?: true;
  readonly lastsMs?: number;
}

/** Writes the body of the handler that attacks. Further handlers may be added behind it. */
export type Body = (code: Code, place: Place, entries: Label[]) => void;

type Outcome =
  | { readonly kind: "ends"; readonly code: TrapCode; readonly publishes: readonly number[] }
  | { readonly kind: "lives"; readonly publishes: readonly number[] };

export const ends = (code: TrapCode, ...publishes: readonly number[]): Outcome => ({
  kind: "ends",
  code,
  publishes,
});
export const lives = (...publishes: readonly number[]): Outcome => ({ kind: "lives", publishes });

/** A container whose `start` arms a timer, and whose handler 1 is the body. It returns where the body's end is reached. */
export function raw(
  name: string,
  tries: string,
  outcome: Outcome,
  body: Body,
  options: Options = {},
): HostileCase {
  const { only, follows, lastsMs } = options;
  return {
    name,
    tries,
    ...(only && { only }),
    ...(follows && { follows }),
    ...(lastsMs !== undefined && { lastsMs }),
    attack(place) {
      const code = new Code();
      const start = code.bind();
      code.host("timer.after", place.delayMs, 1).return();
      const entries = [start, code.bind()];
      body(code, place, entries);
      code.return();
      return assembled(code, entries, outcome, options);
    },
  };
}

/** A container that attacks where its code begins, in `start`. */
export function rawStart(
  name: string,
  tries: string,
  outcome: Outcome,
  body: Body,
  options: Options & { readonly root?: "start" | "collect" } = {},
): HostileCase {
  return {
    name,
    tries,
    attack(place) {
      const code = new Code();
      const quiet = code.bind();
      code.return();
      const attack = code.bind();
      const entries = [options.root === undefined ? attack : quiet];
      body(code, place, entries);
      code.return();
      const made = assembled(code, entries, outcome, options);
      return options.root === undefined ? made : { ...made, [options.root]: attack.offset };
    },
  };
}

function assembled(
  code: Code,
  entries: readonly Label[],
  outcome: Outcome,
  { memoryBytes = 256, needs = [], globals = [], data = [] }: Options,
): Attack {
  const bytes = code.finish();
  return {
    code: bytes,
    entries: entries.map(({ offset }) => offset),
    memoryBytes,
    stackBytes: 64,
    globals,
    data,
    needs: [seen, ...needs],
    expected: outcome.kind === "lives" ? outcome : { ...outcome, at: code.expected },
  };
}
