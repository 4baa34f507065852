import { resolve } from "node:path";
import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import { parseDurationUs } from "../../runtime/document/duration.js";
import { quote } from "../../runtime/document/words.js";
import type { ContainerStats } from "../../runtime/emulator/sim/device.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { Failure } from "./failure.js";
import { Report } from "./report.js";
import { plain } from "./render/style.js";
import { entryLine } from "./run/lines.js";
import type { Rehearsal } from "./run/rehearsal.js";
import { type Condition, jsonOf } from "./scenario/condition.js";
import {
  type ExpectedEnds,
  ExpectationFault,
  named,
  type ScriptedDevice,
} from "./scenario/device.js";
import { NameFault, settingRaw } from "./scenario/names.js";
import { pressUs } from "./scenario/parse.js";
import { type Stage, Stages, startStage } from "./scenario/stage.js";
import type { Span, Subject } from "./scenario/syntax.js";
import { libraryHost } from "./terminal.js";

export type { ContainerStats } from "../../runtime/emulator/sim/device.js";
export type { TraceEntry } from "../../runtime/emulator/trace/entry.js";

/** A time or a duration: `"250ms"`, `"10s"`, `"1.5h"`, `"30d"`. */
export type Duration = `${number}${"us" | "ms" | "s" | "m" | "h" | "d"}`;

export interface BootOptions {
  /** The simulator, or the firmware on an emulated Pico. `"sim"` if absent. */
  readonly on?: "sim" | "emu";
  /** In place of each app's own rig.json. */
  readonly rig?: string;
  /** Values that settings start with, as thimble.json has them: `{ setPoint: 21.5 }`; `"app.setPoint"` where several apps have it. */
  readonly settings?: Readonly<Record<string, number | boolean>>;
  /** Values of signals of the rig from the start on. */
  readonly signals?: Readonly<Record<string, number>>;
  /** Other versions of the apps by a name for each, to be swapped to: folders or containers. The version that runs first is `first`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What paths are relative to. The folder of the process if absent. */
  readonly folder?: string;
  /** Trap codes with which an app may end, or a version go back, without an expectation that says so; any other end throws. */
  readonly ends?: readonly string[] | "any";
}

/** A message that an app has published. */
export interface Message {
  readonly timeUs: number;
  readonly topic: string;
  readonly text: string;
  /** What the text is as JSON; the text itself if it is none. */
  readonly value: unknown;
}

/** A line of an app's log. The level stands before the text unless it is `info`. */
export interface LogLine {
  readonly timeUs: number;
  readonly app: string;
  readonly text: string;
}

/** What a message or a line must be like: a pattern in it, fields that it has, or whatever a function says. */
export type Matching =
  | RegExp
  | Readonly<Record<string, unknown>>
  | number
  | boolean
  | string
  | ((value: unknown, text: string) => boolean);

/** Something is not as it was expected to be. Test runners take it for a failed assertion. */
export class ExpectationError extends Error {
  readonly code = "ERR_ASSERTION";

  constructor(
    /** What was expected, one sentence without its full stop. */
    readonly expected: string,
    /** What is so instead. */
    readonly actual: string,
    /** When that was clear. */
    readonly timeUs: number,
    /** The last 20 events before, the newest last. */
    readonly events: readonly TraceEntry[],
    lines: readonly string[],
  ) {
    super([`${expected}\n  seen: ${actual}`, ...lines.map((line) => `    ${line}`)].join("\n"));
    this.name = "AssertionError";
  }
}

/** An app that cannot be built or does not fit what it is wired to. The message is what `thimble test` says. */
export class BootError extends Error {
  constructor(message: string) {
    super(message.trimEnd());
    this.name = "BootError";
  }
}

/** What was built in this process, by the folder that paths are relative to. */
const built = new Map<string, Stages>();

/**
 * Builds apps, wires them as their rigs say and starts a device with them: a folder, a container, or several of both on one
 * device. Rejects with a BootError. In one process an app is built only once.
 */
export async function boot(
  apps: string | readonly string[],
  options: BootOptions = {},
): Promise<TestDevice> {
  const folder = resolve(options.folder ?? ".");
  const texts: string[] = [];
  const host = libraryHost(folder, (text) => texts.push(text));
  const report = new Report(host, "test", false);
  try {
    const stage = await setStage(report, typeof apps === "string" ? [apps] : apps, options);
    const { on = "sim", ends = [] } = options;
    const { device, rehearsal } = await startStage(host, stage, { on, keep: Infinity });
    device.expectedEnds = ends === "any" ? "all" : new Set(ends);
    return createTestDevice(device, rehearsal);
  } catch (error) {
    if (error instanceof NameFault) throw rangeError(error);
    if (!(error instanceof Failure || error instanceof DiagnosticError)) throw error;
    report.diagnose(error.diagnostics);
    throw new BootError(texts.length > 0 ? texts.join("") : "the app cannot be built");
  }
}

async function setStage(
  report: Report,
  apps: readonly string[],
  { rig, versions = {}, settings = {}, signals = {} }: BootOptions,
): Promise<Stage> {
  const { folder } = report.host;
  const at = (path: string): { path: string } => ({ path: resolve(folder, path) });
  const stages = built.get(folder) ?? new Stages();
  built.set(folder, stages);
  const stage = await stages.stage(report, {
    ...(rig === undefined ? {} : { rig: at(rig) }),
    apps: apps.map(at),
    versions: Object.entries(versions).map(([name, path]) => ({ name, ...at(path) })),
  });
  return withSignals(withSettings(stage, settings), signals);
}

/** The first version of each app starts with other values than its defaults. */
function withSettings(stage: Stage, values: Readonly<Record<string, number | boolean>>): Stage {
  const raw = Object.entries(values).map(([name, value]) => {
    const { container, setting } = stage.names.setting(name);
    return [container, setting.name, settingRaw(setting, String(value))] as const;
  });
  const apps = stage.apps.map((app, index) => ({
    ...app,
    settings: new Map(
      raw.flatMap(([container, name, value]) => (container === index ? [[name, value]] : [])),
    ),
  }));
  return { ...stage, apps };
}

/** Signals of the rig are constant from the start on. */
function withSignals(stage: Stage, values: Readonly<Record<string, number>>): Stage {
  const { simulation } = stage.rig;
  const signals = new Map(simulation.signals);
  for (const [name, value] of Object.entries(values))
    signals.set(stage.names.signal(name), { kind: "constant", value });
  return { ...stage, rig: { ...stage.rig, simulation: { ...simulation, signals } } };
}

let createTestDevice: (device: ScriptedDevice, rehearsal: Rehearsal) => TestDevice;

/**
 * A device with apps on it, under a test. Time passes only in `advance`, `advanceTo`, `waitFor` and the methods that expect something. An app
 * that ends where nothing expects it makes them throw. All throw a RangeError for names and values that there are not.
 */
export class TestDevice {
  readonly #device: ScriptedDevice;
  readonly #rehearsal: Rehearsal;

  static {
    createTestDevice = (device, rehearsal) => new TestDevice(device, rehearsal);
  }

  private constructor(device: ScriptedDevice, rehearsal: Rehearsal) {
    this.#device = device;
    this.#rehearsal = rehearsal;
  }

  /** Virtual microseconds since the device started. */
  get nowUs(): number {
    return this.#device.nowUs;
  }

  /** Lets time pass. */
  advance(duration: Duration): void {
    this.#do((device) => device.advance(microseconds(duration)));
  }

  /** Lets time pass until the device has run so long. Throws an ExpectationError if it has run longer. */
  advanceTo(time: Duration): void {
    this.#do((device) => device.advanceTo(microseconds(time)));
  }

  /** Presses a button of the rig. */
  press(button: string, duration: Duration = `${pressUs}us`): void {
    this.#do((device) => device.press(button, microseconds(duration)));
  }

  /** From now on a signal of the rig has this value. */
  set(signal: string, value: number): void {
    this.#do((device) => device.set(signal, value));
  }

  /** From now on a signal goes evenly to a value, from what it is now or from `from`, and stays there. */
  ramp(signal: string, to: number, over: Duration, from?: number): void {
    this.#do((device) => device.ramp(signal, from, to, microseconds(over)));
  }

  /** A message arrives: a text or bytes as they are, all else as JSON. */
  publish(topic: string, payload: unknown): void {
    const raw =
      typeof payload === "string" || payload instanceof Uint8Array
        ? payload
        : JSON.stringify(payload);
    this.#do((device) => device.publish(topic, raw));
  }

  /** Changes a setting, to a value as thimble.json has it. */
  setting(name: string, value: number | boolean): void {
    this.#do((device) => {
      const { setting } = device.names.setting(name);
      device.changeSetting(name, settingRaw(setting, String(value)));
    });
  }

  /** Puts a version in the place of the one that runs; it is on trial then. Which app, where several have such a version. */
  swap(version: string, app?: string): void {
    this.#do((device) => device.swap(version, app));
  }

  /** The power fails and comes back. */
  restart(): void {
    this.#do((device) => device.restart());
  }

  /** Whether the pin of a need is active now: `"heater"`, or `"thermostat.heater"` where several apps have one. */
  pin(need: string): boolean {
    return this.#do((device) => device.isOn(need));
  }

  /** The duty of a pwm need now, in whole percents. */
  duty(need: string): number {
    return this.#do((device) => device.duty(need));
  }

  /** The messages that apps have published on a topic, the newest last. */
  messages(topic: string): Message[] {
    return this.#do((device) => device.published(topic).map(messageOf));
  }

  /** The lines that apps have logged, the newest last. */
  logs(app?: string): LogLine[] {
    const lines = this.trace.filter(({ channel }) => channel.startsWith("log."));
    const all = lines.map(({ timeUs, channel, value }) => ({
      timeUs,
      app: channel.slice("log.".length),
      text: String(value),
    }));
    return app === undefined ? all : all.filter((line) => line.app === app);
  }

  /** What has happened, transfers on buses and signals that the test did not change apart. */
  get trace(): readonly TraceEntry[] {
    return this.#device.tape.entries;
  }

  /** Events handled, dropped and missed, the last end, the version that runs. */
  stats(app?: string): ContainerStats {
    return this.#do((device) => device.run.stats(device.names.app(app)));
  }

  /** The pin is active or not: now, at some time `within` a duration, or all the time `for` one. */
  expectPin(
    need: string,
    on: boolean,
    span: { readonly within?: Duration; readonly for?: Duration } = {},
  ): void {
    this.#expect({ kind: "level", need: named(need), on }, spanOf(span));
  }

  /** An app publishes such a message. Returns it. */
  expectMessage(
    topic: string,
    { within, matching }: { readonly within: Duration; readonly matching?: Matching },
  ): Message {
    return messageOf(this.#expect(messageSubject(topic, matching), spanOf({ within }))!);
  }

  /** No app publishes such a message `for` a duration. */
  expectNoMessage(
    topic: string,
    { for: duration, matching }: { readonly for: Duration; readonly matching?: Matching },
  ): void {
    this.#expect(messageSubject(topic, matching), spanOf({ for: duration }), true);
  }

  /** An app logs such a line. Returns it. */
  expectLog(
    matching: Matching,
    { within, app }: { readonly within: Duration; readonly app?: string },
  ): string {
    const subject = { kind: "log", condition: conditionOf(matching), ...ofApp(app) } as const;
    return String(this.#expect(subject, spanOf({ within }))!.value);
  }

  /** An app ends itself with this code. */
  expectTrap(
    code: string,
    { within, app }: { readonly within: Duration; readonly app?: string },
  ): void {
    const subject = { kind: "trap", code: named(code), ...ofApp(app) } as const;
    this.#device.allowing(new Set([code]), () => this.#expect(subject, spanOf({ within })));
  }

  /** The trial of a version ends so. */
  expectSwap(
    outcome: "kept" | "back",
    { within, app }: { readonly within: Duration; readonly app?: string },
  ): void {
    const ends: ExpectedEnds = outcome === "back" ? "all" : new Set();
    const subject = { kind: "swap", outcome, ...ofApp(app) } as const;
    this.#device.allowing(ends, () => this.#expect(subject, spanOf({ within })));
  }

  /** Lets time pass until a condition holds. It is asked after each event. */
  waitFor(condition: () => boolean, within: Duration, what = "the condition"): void {
    this.#do((device) => {
      if (!device.waitFor(condition, microseconds(within)))
        throw device.fail(`${what} does not hold within ${within}`, "it never did");
    });
  }

  #expect(subject: Subject, span: Span, negated = false): TraceEntry | undefined {
    return this.#do((device) => device.expect(subject, span, negated));
  }

  #do<T>(action: (device: ScriptedDevice) => T): T {
    try {
      return action(this.#device);
    } catch (error) {
      if (error instanceof NameFault) throw rangeError(error);
      if (!(error instanceof ExpectationFault)) throw error;
      const { message, seen, timeUs, events } = error;
      const lines = events.map((entry) => entryLine(entry, this.#rehearsal, plain));
      throw new ExpectationError(message, seen, timeUs, events, lines);
    }
  }
}

function rangeError({ message, hint }: NameFault): RangeError {
  return new RangeError(`${message}. ${hint}`);
}

function microseconds(duration: Duration): number {
  const us = parseDurationUs(duration);
  if (us === undefined)
    throw new RangeError(
      `${quote(duration)} is no duration. Write one such as "250ms", "10s", "5m" or "24h".`,
    );
  return us;
}

function spanOf(span: { readonly within?: Duration; readonly for?: Duration }): Span {
  if (span.within !== undefined) return { kind: "within", us: microseconds(span.within) };
  return span.for === undefined ? { kind: "now" } : { kind: "for", us: microseconds(span.for) };
}

function messageSubject(topic: string, matching: Matching | undefined): Subject {
  const condition = matching === undefined ? {} : { condition: conditionOf(matching) };
  return { kind: "message", topic: named(topic), ...condition };
}

function conditionOf(matching: Matching): Condition {
  if (matching instanceof RegExp) {
    // With these two a pattern remembers where it was.
    const flags = matching.flags.replace(/[gy]/g, "");
    return [{ kind: "pattern", pattern: new RegExp(matching.source, flags) }];
  }
  if (typeof matching === "function") return [{ kind: "judge", holds: matching }];
  return [{ kind: "like", value: matching }];
}

function ofApp(app: string | undefined) {
  return app === undefined ? {} : { app: named(app) };
}

function messageOf({ timeUs, channel, value }: TraceEntry): Message {
  const text = String(value);
  return { timeUs, topic: channel.slice("message.".length), text, value: jsonOf(text) };
}
