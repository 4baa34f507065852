import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { hasError } from "../../../runtime/document/diagnostic.js";
import { Findings } from "../../../runtime/document/findings.js";
import type { Place } from "../../../runtime/document/node.js";
import { nearest } from "../../../runtime/document/suggest.js";
import { listOf, quote } from "../../../runtime/document/words.js";
import { parseExpect } from "./parse-expect.js";
import { acts, formOf, heads, synonyms, whens } from "./grammar.js";
import { Line, LineFault } from "./line.js";
import type {
  Act,
  Named,
  Options,
  Scenario,
  ScenarioFile,
  Step,
  VersionOption,
  When,
} from "./syntax.js";
import { tokenize } from "./tokens.js";

/** How long a button is pressed unless the statement says so. */
export const pressUs = 200_000;

/**
 * Reads a file of scenarios. `scenarios` is there unless a diagnostic is an error. A mistake costs its line only, so all of them are
 * reported at once.
 *
 * @param name of the scenario in a file that names none
 */
export function parseScenarios(
  text: string,
  file: string,
  name: string,
): { scenarios?: ScenarioFile; diagnostics: Diagnostic[] } {
  const findings = new Findings(file);
  const reader = new Reader(findings, name);
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (const [index, line] of text
    .slice(offset)
    .split(/\r\n|\n|\r/)
    .entries()) {
    reader.line(line, index + 1, offset);
    offset += line.length + (text.startsWith("\r\n", offset + line.length) ? 2 : 1);
  }
  const scenarios = reader.finish();
  const { diagnostics } = findings;
  return hasError(diagnostics) ? { diagnostics } : { scenarios: { file, scenarios }, diagnostics };
}

interface Draft {
  readonly name: string;
  /** Whether the file says so. */
  readonly isNamed: boolean;
  readonly place: Place;
  readonly head: OptionsDraft;
  readonly steps: Step[];
}

interface OptionsDraft {
  rig?: Named;
  readonly apps: Named[];
  readonly versions: VersionOption[];
}

/** Puts the lines of a file together. */
class Reader {
  readonly #common: OptionsDraft = { apps: [], versions: [] };
  readonly #drafts: Draft[] = [];
  /** Lines whose mistakes hide what they would have been. */
  #faults = 0;

  constructor(
    readonly findings: Findings,
    readonly fileName: string,
  ) {}

  line(text: string, number: number, start: number): void {
    const before = this.findings.diagnostics.length;
    const tokens = tokenize(text, number, start, this.findings);
    if (tokens !== undefined && tokens.length > 0) {
      try {
        this.#statement(new Line(tokens, this.findings), text);
      } catch (error) {
        if (!(error instanceof LineFault)) throw error;
      }
    }
    if (this.findings.diagnostics.length > before) this.#faults++;
  }

  finish(): Scenario[] {
    const { findings } = this;
    const nowhere = { offset: 0, line: 1, column: 1, length: 1 };
    if (this.#drafts.length === 0 && this.#faults === 0)
      findings.error(
        nowhere,
        "scenario-empty",
        "this file has no scenario",
        `Write a statement such as: ${acts.at(-1)!.example}`,
      );
    for (const { name, place, steps } of this.#drafts)
      if (steps.length === 0 && this.#faults === 0)
        findings.error(
          place,
          "scenario-empty",
          `the scenario ${quote(name)} has no statement`,
          `Write one below it, such as: ${acts.at(-1)!.example}`,
        );
    return this.#drafts.map(({ name, place, head, steps }) => ({
      name,
      place,
      options: merge(this.#common, head),
      steps,
    }));
  }

  #statement(line: Line, text: string): void {
    const first = line.peek!;
    if (first.kind === "word" && heads.some(({ word }) => word === first.text)) {
      line.form = formOf(first.text);
      line.take(first.text);
      if (first.text === "scenario") this.#scenario(line);
      else this.#option(line, first.text);
      return;
    }
    const step = parseStep(line, text);
    const draft = this.#drafts.at(-1) ?? this.#unnamed(step.place);
    draft.steps.push(step);
  }

  #scenario(line: Line): void {
    const token = line.any("the name of the scenario in quotes");
    if (token.kind !== "string")
      throw line.fault(
        token.place,
        "expected the name of the scenario in quotes",
        `Write scenario ${JSON.stringify(
          line.tokens
            .slice(1)
            .map(({ text }) => text)
            .join(" "),
        )}.`,
      );
    line.end();
    const first = this.#drafts[0];
    if (first?.isNamed === false)
      throw line.fault(
        first.place,
        "this statement stands before the first scenario",
        "Move it below a scenario, or remove the names of the scenarios.",
      );
    const twin = this.#drafts.find(({ name }) => name === token.text);
    if (twin !== undefined)
      throw line.fault(
        token.place,
        `line ${twin.place.line} has a scenario of this name`,
        "Give it another name.",
      );
    if (token.text.trim() === "")
      throw line.fault(token.place, "the name of the scenario is empty", "Say what it shows.");
    this.#drafts.push({
      name: token.text,
      isNamed: true,
      place: line.place,
      head: { apps: [], versions: [] },
      steps: [],
    });
  }

  /** The only scenario of a file without names. */
  #unnamed(place: Place): Draft {
    const head: OptionsDraft = { apps: [], versions: [] };
    const draft = { name: this.fileName, isNamed: false, place, head, steps: [] };
    this.#drafts.push(draft);
    return draft;
  }

  #option(line: Line, word: string): void {
    const draft = this.#drafts.at(-1);
    if (draft !== undefined && draft.steps.length > 0)
      throw line.fault(
        line.place,
        `${quote(word)} stands behind a statement`,
        "Write it above the first statement of its scenario, or at the head of the file for all.",
      );
    const options = draft?.head ?? this.#common;
    if (word === "rig") {
      const rig = line.name("the path of a rig");
      if (options.rig !== undefined)
        throw line.fault(
          line.place,
          `line ${options.rig.place.line} names a rig already`,
          "Keep one of them.",
        );
      options.rig = rig;
    } else if (word === "app") options.apps.push(line.name("the path of an app"));
    else options.versions.push(this.#version(line, options));
    line.end();
  }

  #version(line: Line, options: OptionsDraft): VersionOption {
    const name = line.name("a name for the version");
    const twin = [...this.#common.versions, ...options.versions].find(
      (version) => version.name.text === name.text,
    );
    if (twin !== undefined || name.text === firstVersion)
      throw line.fault(
        name.place,
        twin === undefined
          ? `${quote(firstVersion)} is what the version is called that runs first`
          : `line ${twin.name.place.line} has a version of this name`,
        "Give it another name.",
      );
    return { name, path: line.name("the path of the version") };
  }
}

/** What the version is called that runs first. */
export const firstVersion = "first";

function merge(common: OptionsDraft, own: OptionsDraft): Options {
  const rig = own.rig ?? common.rig;
  return {
    ...(rig === undefined ? {} : { rig }),
    apps: [...common.apps, ...own.apps],
    versions: [...common.versions, ...own.versions],
  };
}

function parseStep(line: Line, lineText: string): Step {
  const { place } = line;
  const text = lineText.slice(place.column - 1, place.column - 1 + place.length);
  const before = parseWhen(line);
  if (line.ended) return { text, place, ...(before === undefined ? {} : { when: before }) };
  const act = parseAct(line);
  const second = line.peek;
  const behind = parseWhen(line);
  if (before !== undefined && behind !== undefined)
    throw line.fault(second!.place, "the statement has two times", "Keep one of them.");
  line.end();
  const when = before ?? behind;
  return { text, place, act, ...(when === undefined ? {} : { when }) };
}

function parseWhen(line: Line): When | undefined {
  const token = line.take(...whens.map(({ word }) => word));
  if (token === undefined) return undefined;
  const { form } = line;
  line.form = formOf(token.text);
  const kind = token.text === "at" ? "at" : "after";
  const us = line.durationUs(kind === "at" ? "a time" : "a duration");
  line.form = form;
  return { kind, us, place: token.place };
}

function parseAct(line: Line): Act {
  const token = line.peek!;
  const form = token.kind === "word" ? formOf(token.text) : undefined;
  if (form === undefined || !acts.includes(form)) throw unknownStatement(line);
  line.form = form;
  line.take(form.word);
  switch (form.word) {
    case "press": {
      const part = line.name("the name of a button");
      return {
        kind: "press",
        part,
        forUs: line.take("for") ? line.durationUs("a duration") : pressUs,
      };
    }
    case "set": {
      const signal = line.name("the name of a signal");
      line.keyword("to");
      return { kind: "set", signal, value: line.number("a number") };
    }
    case "ramp":
      return parseRamp(line);
    case "publish":
      return {
        kind: "publish",
        topic: line.name("a topic"),
        payload: parsePayload(line),
      };
    case "setting": {
      const name = line.name("the name of a setting");
      line.keyword("to");
      return { kind: "setting", name, value: line.name("a value") };
    }
    case "swap": {
      const app = line.peek?.text === "to" ? undefined : line.name('"to" or an app');
      if (app !== undefined && line.ended)
        throw line.fault(app.place, `expected "to" before ${quote(app.text)}`);
      line.keyword("to");
      const version = line.name("the name of a version");
      return { kind: "swap", version, ...(app === undefined ? {} : { app }) };
    }
    case "restart":
      return { kind: "restart" };
    default:
      return parseExpect(line);
  }
}

function parseRamp(line: Line): Act {
  const signal = line.name("the name of a signal");
  const from = line.take("from") ? line.number("a number") : undefined;
  line.keyword("to");
  const to = line.number("a number");
  line.keyword("over");
  const overUs = line.durationUs("a duration");
  return { kind: "ramp", signal, to, overUs, ...(from === undefined ? {} : { from }) };
}

/** JSON goes as it is written. */
function parsePayload(line: Line): Named {
  const { kind, text, place } = line.any("a payload");
  if (kind === "operator" || kind === "pattern")
    throw line.fault(
      place,
      `expected a payload, not ${quote(text)}`,
      `Write it in quotes: ${JSON.stringify(text)}.`,
    );
  return { text, place };
}

function unknownStatement(line: Line): LineFault {
  const { text, place } = line.peek!;
  const words = [...whens, ...acts, ...heads].map(({ word }) => word);
  const near = synonyms[text.toLowerCase()] ?? nearest(text, words);
  const form = near === undefined ? undefined : formOf(near);
  return line.fault(
    place,
    `no statement starts with ${quote(text)}`,
    form === undefined
      ? `A statement starts with ${listOf(words, "or")}.`
      : `Did you mean: ${form.usage}? For example: ${form.example}`,
  );
}
