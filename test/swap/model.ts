/** What a device with versions of `family` may be seen to do: an account of its own, by names and types, that shares nothing with the core. */
import assert from "node:assert/strict";
import { stateTypeBytes } from "../../runtime/manifest/state.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import {
  appName,
  changed,
  confirmingEvent,
  fence,
  headerBytes,
  health,
  periodMs,
  restart,
  topic,
  type Version,
} from "./versions.js";

/** The channels whose entries `observe` wants, in order. */
export const channels = ["swap", "trap", "restart"].map((group) => `${group}.${appName}`);
channels.push(`message.${topic}`);

/** A version that has been started. */
interface Life {
  readonly version: Version;
  /** Its state object. */
  bytes: Uint8Array;
  /** Fields it was given at its start. */
  readonly moved: number;
  events: number;
  /** `starting`: it has not published yet; `failing`: it has trapped on trial; `ended`: it waits for its restart. */
  status: "starting" | "alive" | "failing" | "ended";
  /** Ends in a row. */
  failures: number;
  /** When it was last heard of. */
  sinceUs: number;
}

/** Outcomes seen, by what they were. */
export type Counts = Record<
  | "trials"
  | "kept"
  | "unreachable"
  | "time-budget"
  | "health-missed"
  | "ends"
  | "restarts"
  | "powerFailures"
  | "events"
  | "onTrial"
  | "moved",
  number
>;

const secondUs = 1e6;

export class Model {
  readonly counts: Counts = {
    trials: 0,
    kept: 0,
    unreachable: 0,
    "time-budget": 0,
    "health-missed": 0,
    ends: 0,
    restarts: 0,
    powerFailures: 0,
    events: 0,
    onTrial: 0,
    moved: 0,
  };
  #running: Life;
  #standby: Life | undefined;
  #kept: Version;
  /** When the trial began that goes on. */
  #trialUs = 0;
  #pending: Version | undefined;

  /** `toleranceUs` is how late a device may be with what is due. Version 0 is started at time 0. */
  constructor(
    private readonly versions: readonly Version[],
    private readonly toleranceUs: number,
  ) {
    this.#kept = versions[0]!;
    this.#running = bornAt(0, this.#kept, undefined);
  }

  /** The version that runs, as far as has been seen. */
  get version(): number {
    return this.#running.version.number;
  }

  get onTrial(): boolean {
    return this.#standby !== undefined;
  }

  /** The device has been asked to swap. */
  ask(version: number): void {
    this.#pending = this.versions[version]!;
    if (this.#standby) this.counts.onTrial++;
  }

  /** The power fails, and comes back at `timeUs`. */
  powerFails(timeUs: number): void {
    this.counts.powerFailures++;
    this.#standby = undefined;
    this.#pending = undefined;
    this.#running = bornAt(timeUs, this.#kept, undefined);
  }

  /** Throws an AssertionError for what must not be. Entries of other channels are nothing to it. */
  observe({ channel, timeUs, value }: TraceEntry): void {
    const text = String(value);
    if (channel === `message.${topic}`) this.#published(timeUs, bytesOf(text));
    if (channel === `swap.${appName}`) this.#swapped(timeUs, text);
    if (channel === `trap.${appName}`) this.#trapped(timeUs, text);
    if (channel === `restart.${appName}`) this.#restarted(timeUs, Number(text));
  }

  /** Nothing that was due by `timeUs` may be missing. */
  settle(timeUs: number): void {
    const { status, sinceUs, version, failures } = this.#running;
    const late = (dueUs: number, what: string): void =>
      assert.ok(
        timeUs <= dueUs + this.toleranceUs,
        `version ${version.number} ${what} since ${dueUs}`,
      );
    assert.equal(this.#pending, undefined, "the swap has not begun");
    assert.ok(status === "alive" || status === "ended", `version ${version.number} is ${status}`);
    if (this.#standby)
      late(this.#trialUs + health.seconds * secondUs, "has been on trial for too long");
    if (status === "ended") late(sinceUs + delayUs(failures), "should have been started again");
    else if (version.behaviour.kind !== "idle")
      late(sinceUs + periodMs * 1000, "should have handled an event");
  }

  #published(timeUs: number, message: Uint8Array): void {
    const life = this.#running;
    const { version } = life;
    const [low, high, kind, number] = message;
    const state = message.slice(headerBytes + fence.length, -fence.length);
    const fences = [
      message.slice(headerBytes, headerBytes + fence.length),
      message.slice(-fence.length),
    ];
    assert.deepEqual(fences, [fence, fence], "the bytes around the state");
    assert.equal(low! + (high! << 8), version.number, "the version that publishes");
    assert.equal(life.status, kind === 0 ? "starting" : "alive");
    if (kind === 0) {
      assert.equal(number, life.moved, `fields moved to version ${version.number}`);
    } else {
      life.events++;
      this.counts.events++;
      assert.notEqual(life.events, failingEvent(version), "an event that fails does not publish");
      assert.equal(number, life.events & 0xff, `events of version ${version.number}`);
      life.bytes = life.bytes.map((byte) => changed(byte, version.step));
    }
    assert.deepEqual(state, life.bytes, `the state of version ${version.number} at ${timeUs} us`);
    life.sinceUs = timeUs;
    // One that traps in its start is heard of once more.
    if (version.behaviour.kind === "traps-in-start") life.status = "failing";
    else life.status = "alive";
  }

  #swapped(timeUs: number, text: string): void {
    const [, number, what, code] = /^(\d+) (on trial|kept|back)(?:: (.+))?$/.exec(text)!;
    if (what === "on trial") this.#begin(timeUs, Number(number));
    if (what === "kept") this.#keep(timeUs, Number(number));
    if (what === "back") this.#goBack(timeUs, Number(number), code!);
  }

  #begin(timeUs: number, number: number): void {
    const source = this.#running;
    assert.equal(number, this.#pending?.number, "the version that was asked for");
    this.counts.trials++;
    this.#standby ??= source;
    this.#running = bornAt(timeUs, this.#pending!, source.status === "alive" ? source : undefined);
    this.counts.moved += this.#running.moved;
    this.#trialUs = timeUs;
    this.#pending = undefined;
  }

  #keep(timeUs: number, number: number): void {
    const { version, status, events } = this.#running;
    assert.ok(this.#standby, "nobody stands by");
    assert.deepEqual([number, status], [version.number, "alive"]);
    assert.ok(isHealthy(version, events), `version ${number} has not done what it should have`);
    this.#trialIsOver(timeUs);
    this.counts.kept++;
    this.#standby = undefined;
    this.#kept = version;
  }

  #goBack(timeUs: number, number: number, code: string): void {
    const { status } = this.#running;
    assert.ok(this.#standby, "nobody stands by");
    assert.deepEqual([number, status], [this.#standby.version.number, "failing"]);
    this.counts[code as keyof Counts]++;
    this.#running = this.#standby;
    // Its next event may be due only now; a restart is due when it always was.
    if (this.#running.status === "alive") this.#running.sinceUs = timeUs;
    this.#standby = undefined;
  }

  #trapped(timeUs: number, code: string): void {
    const life = this.#running;
    const { version, events, status } = life;
    const { kind } = version.behaviour;
    if (code === "health-missed") {
      assert.ok(this.#standby, "only a trial asks for health");
      assert.equal(status, "alive");
      assert.ok(!isHealthy(version, events), `version ${version.number} was healthy`);
      this.#trialIsOver(timeUs);
    } else if (kind === "traps-in-start") {
      assert.deepEqual([status, code], ["failing", "unreachable"]);
    } else {
      assert.deepEqual([status, code], ["alive", kind === "loops" ? "time-budget" : "unreachable"]);
      assert.equal(events + 1, failingEvent(version), `version ${version.number} fails`);
    }
    life.status = this.#standby ? "failing" : "ended";
    life.failures++;
    life.sinceUs = timeUs;
    if (!this.#standby) this.counts.ends++;
  }

  #restarted(timeUs: number, failures: number): void {
    const { version, status, failures: own, sinceUs } = this.#running;
    assert.equal(status, "ended");
    assert.equal(failures, own);
    assert.ok(timeUs >= sinceUs + delayUs(own), "it is started again too early");
    this.counts.restarts++;
    this.#running = { ...bornAt(timeUs, version, undefined), failures: own };
  }

  #trialIsOver(timeUs: number): void {
    assert.ok(timeUs >= this.#trialUs + health.seconds * secondUs, "the trial is not over yet");
  }
}

/** A start: defaults, and what the source has of the same name, today or once, and type. */
function bornAt(timeUs: number, version: Version, source: Life | undefined): Life {
  const bytes = Uint8Array.from(version.defaults);
  let moved = 0;
  for (const { name, was = [], type, offset } of version.state.fields) {
    const from = source?.version.state.fields.find(
      (field) => field.type === type && [name, ...was].includes(field.name),
    );
    if (source === undefined || from === undefined) continue;
    bytes.set(source.bytes.subarray(from.offset, from.offset + stateTypeBytes[type]), offset);
    moved++;
  }
  return { version, bytes, moved, events: 0, status: "starting", failures: 0, sinceUs: timeUs };
}

const failingEvent = ({ behaviour }: Version): number =>
  behaviour.kind === "traps" || behaviour.kind === "loops" ? behaviour.event : 0;

function isHealthy({ behaviour }: Version, events: number): boolean {
  return events >= Math.max(health.events, confirmingEvent) && behaviour.kind !== "silent";
}

const delayUs = (failures: number): number => restart.delayMs * 1000 * 2 ** (failures - 1);

/** A message as traces show it. */
function bytesOf(text: string): Uint8Array {
  assert.match(text, /^[0-9A-F]{2}( [0-9A-F]{2})*$/);
  return Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16));
}
