import { formatDuration } from "../../../runtime/document/duration.js";
import type { DeviceRun } from "../../../runtime/emulator/device-run.js";
import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import { payloadText } from "../../../runtime/emulator/trace/text.js";
import { appOf } from "./check.js";
import type { Names } from "./names.js";
import { timestamp } from "../render/time.js";
import type { Span, Subject } from "./syntax.js";
import { Tape } from "./tape.js";
import { dutyPercent, endOf, type StateWatch, trialOutcome, type Watch, watchOf } from "./watch.js";

/** So far back an expectation looks: the order in which one event does several things does not matter. */
const lookBackUs = 10_000;
/** Entries shown of what happened before a failure. */
export const eventsShown = 20;

/** Something is not as it was expected to be. */
export class ExpectationFault extends Error {
  /**
   * @param message what is not so: `heater is not on within 2s`
   * @param seen what is, as a sentence without its full stop
   * @param timeUs when that was clear
   * @param events what happened before, at most `eventsShown`
   */
  constructor(
    message: string,
    readonly seen: string,
    readonly timeUs: number,
    readonly events: readonly TraceEntry[],
  ) {
    super(message);
    this.name = "ExpectationFault";
  }
}

/** Codes of the ends that are in order; any other end is a failure. */
export type ExpectedEnds = ReadonlySet<string> | "all";

export interface ScriptedOptions {
  /** Entries of the trace that are kept. */
  readonly keep: number;
  /** So late may what is due at a time be traced: 0 where code takes no time. */
  readonly lateUs: number;
  /** Where in its sources an app has ended, if that is known. */
  readonly placeOf: (app: string, code: string) => string | undefined;
}

/**
 * A device under a script: it does what the script says, and judges what comes of it. Time is that of the script: the device itself
 * may be a little ahead, where its last event took time. What there is not, is thrown as a NameFault, what is not so as an ExpectationFault.
 */
export class ScriptedDevice {
  readonly tape: Tape;
  /** Ends that are in order. */
  expectedEnds: ExpectedEnds = new Set();
  #run: DeviceRun | undefined;
  #restart: () => void = () => undefined;
  #nowUs = 0;
  /** The number of the first entry that an expectation may look back at. */
  #mark = 0;
  /** The number of the first entry that what must not happen, or change, is judged by. */
  #from = 0;
  /** Entries that have met an expectation: each meets one. */
  readonly #used = new WeakSet<TraceEntry>();
  /** The first end that nobody expects. */
  #end: { readonly entry: TraceEntry; readonly code: string } | undefined;
  /** Messages from outside whose entries have not come yet. */
  readonly #sent: string[];
  /** Their entries. No app has published them. */
  readonly #arrived = new WeakSet<TraceEntry>();
  /** Channels of the signals that the script has changed. */
  readonly #scripted = new Set<string>();

  constructor(
    readonly names: Names,
    private readonly options: ScriptedOptions,
  ) {
    this.tape = new Tape(options.keep);
    const { messages } = names.cast.rig.simulation;
    this.#sent = messages.map(({ topic, payload }) => `message.${topic} ${payload}`);
  }

  /** The device has started, and the script begins. */
  begin(run: DeviceRun, restart: () => void): void {
    this.#run = run;
    this.#restart = restart;
  }

  /** Takes what happens on the device, from its very start. */
  take(entry: TraceEntry): void {
    const sent = this.#sent.indexOf(`${entry.channel} ${entry.value}`);
    if (sent >= 0) {
      this.#sent.splice(sent, 1);
      this.#arrived.add(entry);
    }
    // What the surroundings do by themselves would crowd out what happens.
    if (entry.channel.startsWith("signal.") && !this.#scripted.has(entry.channel)) return;
    this.tape.add(entry);
    const code = endOf(entry);
    if (code !== undefined && !this.#isExpected(code)) this.#end ??= { entry, code };
  }

  get run(): DeviceRun {
    if (this.#run === undefined) throw new Error("the device has not started");
    return this.#run;
  }

  /** Virtual microseconds since the device started its clock. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** Lets time pass until `timeUs`. Throws an ExpectationFault if it is over, or an app ends that should not. */
  advanceTo(timeUs: number): void {
    if (timeUs < this.#nowUs)
      throw this.#fault(
        `${formatDuration(timeUs)} is over`,
        `the statement before was done at ${timestamp(this.#nowUs)} only`,
        this.#nowUs,
      );
    this.#advance(timeUs, () => false);
    this.#nowUs = timeUs;
    this.#mark = this.tape.numberAt(timeUs);
    this.#from = this.tape.end;
  }

  /** The script does something: what comes of it counts, what was before does not. */
  #intervene(): void {
    this.#mark = this.#from = this.tape.end;
  }

  advance(us: number): void {
    this.advanceTo(this.#nowUs + us);
  }

  press(button: string, forUs: number): void {
    this.#intervene();
    this.run.press(this.names.button(button), forUs);
  }

  /** From now on, on the next step of the rig's grid, a signal has a value. */
  set(signal: string, value: number): void {
    this.#replace(signal, () => value);
  }

  /** A signal goes evenly from `from`, or what it is now, to `to`, and stays there. */
  ramp(signal: string, from: number | undefined, to: number, overUs: number): void {
    const startUs = this.#nowUs;
    const start = from ?? this.run.environment.valueAt(this.names.signal(signal), startUs);
    this.#replace(signal, (timeUs) =>
      timeUs >= startUs + overUs ? to : start + ((to - start) * (timeUs - startUs)) / overUs,
    );
  }

  #replace(signal: string, value: (timeUs: number) => number): void {
    this.#intervene();
    this.run.environment.replace(this.names.signal(signal), this.#nowUs, value);
    this.#scripted.add(`signal.${signal}`);
  }

  /** A message arrives from outside. Throws a RangeError if it is longer than one can be. */
  publish(topic: string, payload: string | Uint8Array): void {
    this.#intervene();
    const text = typeof payload === "string" ? payload : payloadText(payload);
    this.#sent.push(`message.${this.names.heard(topic)} ${text}`);
    this.run.publish(topic, payload);
  }

  /** Changes a setting to a raw value. */
  changeSetting(name: string, raw: number): void {
    this.#intervene();
    const { container, setting } = this.names.setting(name);
    this.run.setSetting(container, setting.name, raw);
  }

  /** Puts a version in the place of the one that runs. */
  swap(version: string, app?: string): void {
    this.#intervene();
    const index = app === undefined ? appOf(this.names, version) : this.names.app(app);
    this.run.swap(index, this.names.version(index, version));
  }

  /** The power fails and comes back. */
  restart(): void {
    this.#intervene();
    this.#restart();
  }

  /** Whether a pin is active. One that was never set up is not. */
  isOn(need: string): boolean {
    const watch = watchOf({ kind: "level", need: named(need), on: true }, this.names) as StateWatch;
    return watch.accepts(this.#valueOf(watch));
  }

  /** The duty of a pwm output in whole percents. */
  duty(need: string): number {
    const watch = watchOf(
      { kind: "duty", need: named(need), condition: [] },
      this.names,
    ) as StateWatch;
    return dutyPercent(Number(this.#valueOf(watch)));
  }

  /** Judges an expectation, and lets time pass as far as that takes. Returns the entry that met it, if there is one. */
  expect(subject: Subject, span: Span, negated = false): TraceEntry | undefined {
    const watch = watchOf(subject, this.names);
    if (watch.kind === "state") return this.#expectState(watch as StateWatch, span);
    return negated ? this.#expectNone(watch, span) : this.#expectEvent(watch, span);
  }

  /** Does something while these ends are in order too, also those that have come just now. */
  allowing<T>(ends: ExpectedEnds, action: () => T): T {
    const before = this.expectedEnds;
    this.expectedEnds = before === "all" || ends === "all" ? "all" : new Set([...before, ...ends]);
    if (this.#end !== undefined && this.#isExpected(this.#end.code)) this.#end = undefined;
    try {
      return action();
    } finally {
      this.expectedEnds = before;
    }
  }

  #isExpected(code: string): boolean {
    return this.expectedEnds === "all" || this.expectedEnds.has(code);
  }

  /** Lets time pass until a condition of the caller holds. False if it does not in time. */
  waitFor(condition: () => boolean, us: number): boolean {
    const endUs = this.#nowUs + us;
    let met = condition();
    if (!met) this.#advance(endUs, () => (met = condition()));
    this.#nowUs = met ? Math.max(this.#nowUs, Math.min(endUs, this.run.nowUs)) : endUs;
    return met;
  }

  #valueOf({ channel, initial }: StateWatch): number | string {
    return this.tape.last(channel)?.value ?? initial;
  }

  #expectState(watch: StateWatch, span: Span): undefined {
    const isMet = (): boolean => watch.accepts(this.#valueOf(watch));
    if (span.kind === "within") {
      const endUs = this.#nowUs + span.us;
      const changed = isMet()
        ? undefined
        : this.#firstOf(watch, endUs, [], ({ value }) => watch.accepts(value));
      if (changed !== undefined) this.#met(changed);
      else if (!isMet()) throw this.#stateFault(watch, span, endUs);
      else this.#passed(this.#nowUs);
      return undefined;
    }
    if (!isMet()) throw this.#stateFault(watch, span, this.#nowUs);
    if (span.kind === "now") return this.#passed(this.#nowUs);
    const recent = this.tape.since(this.#from, 0);
    const endUs = this.#endOf(span);
    const changed = this.#firstOf(watch, endUs, recent, ({ value }) => !watch.accepts(value));
    if (changed !== undefined)
      throw this.#fault(
        unmet(watch, span, "does not stay"),
        `it went ${watch.show(changed.value)} at ${timestamp(changed.timeUs)}`,
        changed.timeUs,
      );
    return this.#passed(endUs);
  }

  /** An expectation is met by an entry: the next one starts behind it. */
  #met(entry: TraceEntry): void {
    this.#nowUs = Math.max(this.#nowUs, entry.timeUs);
    this.#from = this.tape.numberOf(entry) + 1;
    this.#used.add(entry);
  }

  /** An expectation is met by how it is at a time. */
  #passed(timeUs: number): undefined {
    this.#nowUs = timeUs;
    this.#from = this.tape.end;
  }

  #stateFault(watch: StateWatch, span: Span, timeUs: number): ExpectationFault {
    const last = this.tape.last(watch.channel);
    const since = last === undefined ? "from the start" : `since ${timestamp(last.timeUs)}`;
    const seen = `it is ${watch.show(this.#valueOf(watch))} ${since}`;
    return this.#fault(unmet(watch, span, "is not"), seen, timeUs);
  }

  #expectEvent(watch: Watch, span: Span): TraceEntry {
    const endUs = this.#endOf(span);
    const recent = this.tape.since(this.#mark, this.#nowUs - lookBackUs);
    const others: TraceEntry[] = [];
    const found = this.#firstOf(watch, endUs, recent, (entry) => {
      if (this.#used.has(entry)) return false;
      if (watch.accepts(entry.value)) return true;
      others.push(entry);
      return false;
    });
    if (found === undefined)
      throw this.#fault(
        `no ${eventText(watch)} ${spanText(span)}`,
        othersText(watch, others),
        endUs,
      );
    this.#met(found);
    return found;
  }

  #expectNone(watch: Watch, span: Span): undefined {
    const endUs = this.#endOf(span);
    const recent = this.tape.since(this.#from, 0);
    const found = this.#firstOf(watch, endUs, recent, ({ value }) => watch.accepts(value));
    if (found !== undefined)
      throw this.#fault(
        `${eventText(watch)}, though none is expected ${spanText(span)}`,
        `at ${timestamp(found.timeUs)}: ${watch.show(found.value)}`,
        found.timeUs,
      );
    return this.#passed(endUs);
  }

  #concerns(watch: Watch, entry: TraceEntry): boolean {
    return watch.concerns(entry.channel) && !this.#arrived.has(entry);
  }

  /** Messages that apps have published on a topic, as far back as the tape goes. */
  published(topic: string): readonly TraceEntry[] {
    this.names.published(topic);
    return this.tape.entries.filter(
      (entry) => entry.channel === `message.${topic}` && !this.#arrived.has(entry),
    );
  }

  #endOf(span: Span): number {
    if (span.kind === "now") return this.#nowUs;
    return span.kind === "until" ? Math.max(span.us, this.#nowUs) : this.#nowUs + span.us;
  }

  /** The first entry about a subject that `decides`, of those that there are and those that come until `endUs`. Lets time pass as far as that takes. */
  #firstOf(
    watch: Watch,
    endUs: number,
    recent: readonly TraceEntry[],
    decides: (entry: TraceEntry) => boolean,
  ): TraceEntry | undefined {
    let found: TraceEntry | undefined;
    const look = (entry: TraceEntry): void => {
      const isLate = entry.timeUs > endUs + this.options.lateUs;
      if (found !== undefined || isLate || !this.#concerns(watch, entry)) return;
      if (decides(entry)) found = entry;
    };
    recent.forEach(look);
    if (found !== undefined) return found;
    this.tape.onEntry = look;
    try {
      this.#advance(endUs, () => found !== undefined);
    } finally {
      this.tape.onEntry = undefined;
    }
    return found;
  }

  /** Lets everything happen that is due until `timeUs`, or until `decided` says that it is enough. */
  #advance(timeUs: number, decided: () => boolean): void {
    const { run } = this;
    const { lateUs } = this.options;
    this.#refuseEnd();
    // Also what is due just now has to happen.
    do {
      const nextUs = Math.max(run.nextEventUs() ?? Infinity, run.nowUs + Math.max(lateUs, 1));
      run.advanceTo(Math.min(timeUs, nextUs));
      // A device that takes time for what was due has it behind it now, and passes it on when asked again.
      if (lateUs > 0) run.advanceTo(run.nowUs);
      this.#refuseEnd();
    } while (!decided() && run.nowUs < timeUs);
  }

  /** Throws if an app has ended that should not have. */
  #refuseEnd(): void {
    const end = this.#end;
    if (end === undefined) return;
    this.#end = undefined;
    const { timeUs, channel } = end.entry;
    const app = channel.slice(channel.indexOf(".") + 1);
    const place = this.options.placeOf(app, end.code);
    const last = this.tape.last(`swap.${app}`);
    const wentBack =
      last !== undefined &&
      Math.abs(last.timeUs - timeUs) <= this.options.lateUs &&
      trialOutcome(String(last.value)) === "back";
    const went = wentBack ? "went back to the version before" : "ended";
    throw this.#fault(
      `${app} ${went}: ${end.code}`,
      `at ${timestamp(timeUs)}${place === undefined ? "" : `, in ${place}`}; nothing expects it`,
      timeUs,
    );
  }

  /** A failure of a caller's own judgement. */
  fail(message: string, seen: string): ExpectationFault {
    return this.#fault(message, seen, this.#nowUs);
  }

  #fault(message: string, seen: string, timeUs: number): ExpectationFault {
    this.#nowUs = Math.max(this.#nowUs, timeUs);
    const events = this.tape.before(timeUs + this.options.lateUs, eventsShown);
    return new ExpectationFault(message, seen, timeUs, events);
  }
}

/** A name without a place. */
export function named(text: string) {
  return { text, place: { offset: 0, line: 1, column: 1, length: 0 } };
}

function spanText(span: Span): string {
  return span.kind === "now" ? "" : `${span.kind} ${formatDuration(span.us)}`;
}

function unmet({ title, wanted }: Watch, span: Span, verb: string): string {
  return `${title} ${verb} ${wanted} ${spanText(span)}`.trimEnd();
}

function eventText({ title, wanted }: Watch): string {
  if (wanted === "") return title;
  return wanted.startsWith("matching ") ? `${title} ${wanted}` : `${title} with ${wanted}`;
}

function othersText(watch: Watch, others: readonly TraceEntry[]): string {
  const last = others.at(-1);
  if (last === undefined) return "there was none at all";
  const what = `at ${timestamp(last.timeUs)}: ${watch.show(last.value)}`;
  return others.length === 1
    ? `there was another ${what}`
    : `there were ${others.length} others, the last ${what}`;
}
