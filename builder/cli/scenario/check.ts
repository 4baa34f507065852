import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { formatDuration } from "../../../runtime/document/duration.js";
import { Findings } from "../../../runtime/document/findings.js";
import type { Place } from "../../../runtime/document/node.js";
import { nearest } from "../../../runtime/document/suggest.js";
import { listOf, quote } from "../../../runtime/document/words.js";
import type { Clause, Condition } from "./condition.js";
import { type CastNeed, NameFault, Names, settingRaw, trapCode } from "./names.js";
import type { Act, Expect, Named, Scenario, Span, Step, Subject } from "./syntax.js";

/** Longest payload of a message in bytes of UTF-8. */
const payloadBytesMax = 240;

/** Says what a scenario speaks of that is not there, and what comes too late in it, before anything runs. */
export function checkScenario(scenario: Scenario, names: Names, file: string): Diagnostic[] {
  const checker = new Checker(names, new Findings(file));
  for (const step of scenario.steps) checker.step(step);
  return checker.findings.diagnostics;
}

class Checker {
  /** The earliest time at which the last statement can have been done, and its line. */
  #earliestUs = 0;
  #line = 0;

  constructor(
    readonly names: Names,
    readonly findings: Findings,
  ) {}

  step({ when, act, place }: Step): void {
    if (when !== undefined) {
      if (when.kind === "at") this.#inTime(when.us, when.place);
      this.#earliestUs = when.kind === "at" ? when.us : this.#earliestUs + when.us;
      this.#line = place.line;
    }
    if (act !== undefined) this.#act(act);
    if (act?.kind === "expect") this.#span(act.span, place.line);
  }

  #span(span: Span, line: number): void {
    if (span.kind === "until") {
      this.#inTime(span.us, span.place);
      this.#earliestUs = Math.max(span.us, this.#earliestUs);
    }
    if (span.kind === "for") this.#earliestUs += span.us;
    if (span.kind === "until" || span.kind === "for") this.#line = line;
  }

  #inTime(us: number, place: Place): void {
    if (us >= this.#earliestUs) return;
    this.findings.error(
      place,
      "scenario-time",
      `${formatDuration(us)} is over then: line ${this.#line} is not done before ${formatDuration(this.#earliestUs)}`,
      "Statements stand in the order of their times; move this one up, or give it a later time.",
    );
  }

  #act(act: Act): void {
    const { names } = this;
    switch (act.kind) {
      case "press":
        return this.#named(act.part, (name) => names.button(name));
      case "set":
      case "ramp":
        return this.#named(act.signal, (name) => names.signal(name));
      case "publish":
        this.#named(act.topic, (name) => names.heard(name));
        return this.#payload(act.payload);
      case "setting":
        return this.#setting(act.name, act.value);
      case "swap":
        return this.#swap(act.app, act.version);
      case "restart":
        return undefined;
      case "expect":
        return this.#subject(act);
    }
  }

  #payload({ text, place }: Named): void {
    const { length } = new TextEncoder().encode(text);
    if (length > payloadBytesMax)
      this.findings.error(
        place,
        "scenario-value",
        `the payload has ${length} bytes`,
        `A message has at most ${payloadBytesMax}.`,
      );
  }

  #setting(name: Named, value: Named): void {
    this.#named(name, () => {
      const { setting } = this.names.setting(name.text);
      this.#named(value, (text) => settingRaw(setting, text), "scenario-value");
    });
  }

  #swap(app: Named | undefined, version: Named): void {
    const at = app ?? version;
    this.#named(at, () => {
      const index = app === undefined ? appOf(this.names, version.text) : this.names.app(app.text);
      this.#named(version, (name) => this.names.version(index, name));
    });
  }

  #subject({ subject }: Expect): void {
    const { names } = this;
    if ("app" in subject && subject.app !== undefined)
      this.#named(subject.app, (name) => names.app(name));
    if (subject.kind === "trap") this.#named(subject.code, trapCode);
    if (subject.kind === "message")
      this.#named(subject.topic, (topic) =>
        this.#fields(topic, names.published(topic), subject.condition ?? []),
      );
    if (subject.kind === "level" || subject.kind === "duty")
      this.#named(subject.need, (name) => checkPin(names.need(name), subject));
  }

  #fields(topic: string, fields: readonly string[] | undefined, condition: Condition): void {
    if (fields === undefined) return;
    for (const clause of condition)
      for (const field of fieldsOf(clause)) {
        if (fields.includes(field)) continue;
        const near = nearest(field, fields);
        this.findings.error(
          clause.place!,
          "scenario-name",
          `messages on ${quote(topic)} have no field ${quote(field)}`,
          near === undefined
            ? `Their fields are ${listOf(fields.map(quote), "and")}.`
            : `Did you mean ${quote(near)}?`,
        );
      }
  }

  #named({ text, place }: Named, check: (name: string) => unknown, code = "scenario-name"): void {
    try {
      check(text);
    } catch (error) {
      if (!(error instanceof NameFault)) throw error;
      this.findings.error(place, code, error.message, error.hint);
    }
  }
}

/** Fields of a message that a clause asks for. */
function fieldsOf(clause: Clause): string[] {
  if (clause.kind === "compare") return clause.field === undefined ? [] : [clause.field];
  return clause.kind === "like" && typeof clause.value === "object"
    ? Object.keys(clause.value ?? {})
    : [];
}

/** The app that a version without one is of: the only app, or the only one that has it. */
export function appOf(names: Names, version: string): number {
  const { apps } = names.cast;
  const having = apps.flatMap(({ versions }, index) =>
    versions.some(({ name }) => name === version) ? [index] : [],
  );
  return having.length === 1 ? having[0]! : names.app(undefined);
}

/** Throws a NameFault where the need has no level, or no duty. */
export function checkPin({ need }: CastNeed, { kind }: Pick<Subject, "kind">): void {
  const isDigital = need.kind === "gpio-in" || need.kind === "gpio-out";
  if (kind === "level" && !isDigital)
    throw new NameFault(
      `the need ${quote(need.name)} is ${need.kind}, which is neither on nor off`,
      need.kind === "pwm"
        ? `Compare its duty in percent: ${need.name} > 0.`
        : "Only inputs and outputs of one bit are.",
    );
  if (kind === "duty" && need.kind !== "pwm")
    throw new NameFault(
      `the need ${quote(need.name)} is ${need.kind}, which has no duty`,
      isDigital ? "Write on or off." : "Only pwm has one.",
    );
}
