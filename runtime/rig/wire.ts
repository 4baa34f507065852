import type { Findings } from "../document/findings.js";
import type { JsonMember, Place } from "../document/node.js";
import { field, membersOf, placeOf } from "../document/node.js";
import { nearest } from "../document/suggest.js";
import { joinPath, listOf, quote } from "../document/words.js";
import type { Need } from "../manifest/manifest.js";
import { topic as topicSchema } from "../manifest/terms.js";
import type { BoardPin } from "./boards/pico.js";
import type { Ability } from "./pins.js";
import { resolvePin } from "./pins.js";
import type { Rig } from "./rig.js";

/** The entry of a rig's wiring for a need of an app. */
export function wiringEntry(
  rig: Rig,
  need: string,
  app: string | undefined,
): JsonMember | undefined {
  return (app === undefined ? undefined : rig.wiring.get(`${app}.${need}`)) ?? rig.wiring.get(need);
}

/** One entry of the wiring, read for the need it belongs to. It is a text or an object; the text stands for the main field of the object. */
export class Wire {
  readonly path: string;
  readonly name: string;

  constructor(
    private readonly member: JsonMember,
    private readonly need: Need,
    /** How to write it instead. */
    private readonly example: string,
    private readonly findings: Findings,
  ) {
    this.path = joinPath("wiring", member.key);
    this.name = need.name;
  }

  /** Where a field stands, or the whole wire where it has none. */
  place(key: string): Place {
    return placeOf(field(this.member.value, key) ?? this.member.value);
  }

  /** The text of a field. */
  text(key: string): string | undefined {
    const value = field(this.member.value, key);
    return value?.kind === "string" ? value.value : undefined;
  }

  number(key: string): number | undefined {
    const value = field(this.member.value, key);
    return value?.kind === "number" ? value.value : undefined;
  }

  /** The main field, which the short form is too. */
  main(key: string): string {
    const { value } = this.member;
    return value.kind === "string" ? value.value : (this.text(key) ?? "");
  }

  /** False, after an error, if the wire is an object with other fields than these. */
  allows(main: string, others: readonly string[]): boolean {
    const stranger = membersOf(this.member.value).find(
      ({ key }) => key !== main && !others.includes(key),
    );
    if (stranger === undefined) return true;
    const message = `${this.path} has ${quote(stranger.key)}, but ${quote(this.name)} is a need of kind ${this.need.kind}`;
    this.findings.error(
      stranger.keyPlace,
      "wrong-wire",
      message,
      `Write for example ${this.example}.`,
    );
    return false;
  }

  /** The pin in a field, or `otherwise`; undefined after an error. */
  pin(key: string, otherwise: string | undefined, ability: Ability): BoardPin | undefined {
    const { value } = this.member;
    if (otherwise === undefined) {
      const path = value.kind === "string" ? this.path : `${this.path}.${key}`;
      return resolvePin(this.main(key), this.place(key), path, ability, this.findings);
    }
    return resolvePin(
      this.text(key) ?? otherwise,
      this.place(key),
      `${this.path}.${key}`,
      ability,
      this.findings,
    );
  }

  /** The bus or port, one of `units`; undefined after an error. */
  unit(key: string, units: readonly string[]): string | undefined {
    const unit = this.main(key);
    if (units.includes(unit)) return unit;
    const near = nearest(unit, units);
    const hint =
      near === undefined ? `Write ${listOf(units.map(quote), "or")}.` : `Write ${quote(near)}.`;
    const message = `${this.path} is ${quote(unit)}, but ${quote(this.name)} is a need of kind ${this.need.kind}`;
    this.error(key, "unknown-unit", message, hint);
    return undefined;
  }

  /** The other name of a topic; undefined after an error. */
  topic(): string | undefined {
    const { value } = this.member;
    if (value.kind === "string" && new RegExp(topicSchema.pattern, "u").test(value.value))
      return value.value;
    this.findings.error(
      placeOf(value),
      "wrong-wire",
      `${this.path} is no topic, but ${quote(this.name)} is a need of kind ${this.need.kind}`,
      `Write ${topicSchema.patternErrorMessage}, or remove it.`,
    );
    return undefined;
  }

  error(key: string, code: string, message: string, hint: string): void {
    this.findings.error(this.place(key), code, message, hint);
  }
}
