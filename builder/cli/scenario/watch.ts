import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import { checkPin } from "./check.js";
import { conditionText, fulfils } from "./condition.js";
import { type CastNeed, type Names, trapCode } from "./names.js";
import type { Subject } from "./syntax.js";

/** A subject in terms of the trace. */
export interface Watch {
  /** What it looks at, as people say it: `heater`, `message on climate`. */
  readonly title: string;
  /** What is asked of it: `on`, `temperature > 20`. */
  readonly wanted: string;
  /** Whether it is so all the time or happens at one. */
  readonly kind: "state" | "event";
  /** Whether an entry is about it, be it as wanted or not. */
  concerns(channel: string): boolean;
  /** Whether a value of one of its channels is as wanted. */
  accepts(value: number | string): boolean;
  /** A value as people read it. */
  show(value: number | string): string;
}

/** What a pin shows that has not been set up yet. */
export interface StateWatch extends Watch {
  readonly kind: "state";
  readonly channel: string;
  readonly initial: number;
}

/** Finds what a subject speaks of. Throws a NameFault. */
export function watchOf(subject: Subject, names: Names): Watch | StateWatch {
  switch (subject.kind) {
    case "level":
    case "duty":
      return watchPin(subject, names);
    case "message": {
      const { topic, condition = [] } = subject;
      names.published(topic.text);
      return event(
        `message on ${topic.text}`,
        conditionText(condition),
        [`message.${topic.text}`],
        (text) => fulfils(condition, text),
      );
    }
    case "log":
      return event(
        "line of the log",
        conditionText(subject.condition),
        channels("log", subject.app?.text, names),
        (text) => fulfils(subject.condition, text),
      );
    case "trap": {
      const code = trapCode(subject.code.text);
      return event(`end by ${code}`, "", channels("trap", subject.app?.text, names), (text) => {
        return text === code;
      });
    }
    case "swap":
      return event(
        subject.outcome === "kept" ? "version that is kept" : "version that goes back",
        "",
        channels("swap", subject.app?.text, names),
        (text) => trialOutcome(text) === subject.outcome,
      );
    case "parked":
      return event("parked app", "", channels("parked", subject.app?.text, names), () => true);
  }
}

/** What an entry of a channel `swap.NAME` says of the trial; undefined where it has just begun. */
export function trialOutcome(text: string): "kept" | "back" | undefined {
  if (/ back: /.test(text)) return "back";
  return text.endsWith(" kept") ? "kept" : undefined;
}

function channels(group: string, app: string | undefined, names: Names): string[] {
  const { apps } = names.cast;
  const chosen = app === undefined ? apps : [apps[names.app(app)]!];
  return chosen.map(({ name }) => `${group}.${name}`);
}

function event(
  title: string,
  wanted: string,
  all: readonly string[],
  accepts: (text: string) => boolean,
): Watch {
  return {
    kind: "event",
    title,
    wanted,
    concerns: (channel) => all.includes(channel),
    accepts: (value) => accepts(String(value)),
    show: String,
  };
}

function watchPin(subject: Subject & { kind: "level" | "duty" }, names: Names): StateWatch {
  const found = names.need(subject.need.text);
  checkPin(found, subject);
  const title = subject.need.text;
  if (subject.kind === "level") {
    const { channel, isActive } = levelOf(found);
    const text = (value: number | string): string => (isActive(value) ? "on" : "off");
    return {
      ...pin(title, channel, isActive(0) ? 1 : 0),
      wanted: subject.on ? "on" : "off",
      accepts: (value) => isActive(value) === subject.on,
      show: text,
    };
  }
  const percent = (value: number | string): string => String(dutyPercent(Number(value)));
  return {
    ...pin(title, channelOf(found, "pwm"), 0),
    wanted: conditionText(subject.condition),
    accepts: (value) => fulfils(subject.condition, percent(value)),
    show: (value) => `${percent(value)} %`,
  };
}

function pin(title: string, channel: string, initial: number) {
  const concerns = (other: string): boolean => other === channel;
  return { kind: "state", title, channel, initial, concerns } as const;
}

function channelOf({ connection }: CastNeed, group: string): string {
  return `${group}.GP${"pin" in connection ? connection.pin : ""}`;
}

/** Where the level of a need is traced, and which values are active. */
export function levelOf(need: CastNeed): {
  channel: string;
  isActive: (value: number | string) => boolean;
} {
  const { connection } = need;
  const activeLow = connection.kind === "gpio" && connection.activeLow;
  return { channel: channelOf(need, "pin"), isActive: (value) => (value !== 0) !== activeLow };
}

/** Whole percents of a duty of 0 to 65,535. */
export function dutyPercent(duty: number): number {
  return Math.round((duty * 100) / 65_535);
}

/** Whether an entry tells that an app has ended or that a version went back, and with which code. */
export function endOf({ channel, value }: TraceEntry): string | undefined {
  if (channel.startsWith("trap.")) return String(value);
  if (!channel.startsWith("swap.")) return undefined;
  return / back: (.*)$/.exec(String(value))?.[1];
}
