import type { Findings } from "../document/findings.js";
import type { JsonNode, Place } from "../document/node.js";
import { field, placeOf, textField } from "../document/node.js";
import { listOf, quote } from "../document/words.js";
import type { BoardPin } from "./boards/pico.js";
import { findPin, pinHint, pinNames } from "./boards/pico.js";

/** What a pin must be able to do. */
export interface Ability {
  /** In words: `be an analog input`. */
  readonly words: string;
  readonly can: (pin: BoardPin) => boolean;
}

export const anyUse: Ability = { words: "be a digital pin", can: () => true };
export const analogInput: Ability = {
  words: "be an analog input",
  can: (pin) => pin.adcChannel !== undefined,
};

/** One line of a bus, such as `i2c0 sda`. */
export function busLine(unit: string, role: string): Ability {
  const name = `${unit} ${role}`;
  return { words: `be ${role} of ${unit}`, can: (pin) => pin.functions.includes(name) };
}

/** The pin called `name`, which stands at `place`; undefined after an error if there is none or it cannot do that. */
export function resolvePin(
  name: string,
  place: Place,
  path: string,
  ability: Ability,
  findings: Findings,
): BoardPin | undefined {
  const pin = findPin(name);
  if (pin === undefined) {
    findings.error(
      place,
      "unknown-pin",
      `${path} is ${quote(name)}, which is no pin of a Pico`,
      pinHint(name),
    );
    return undefined;
  }
  const names = pinNames(ability.can);
  if (pin.reserved !== undefined) {
    findings.error(
      place,
      "reserved-pin",
      `${path} is ${quote(name)}, which is not free: ${pin.reserved}`,
      `Take ${someOf(names)}.`,
    );
    return undefined;
  }
  if (!ability.can(pin)) {
    findings.error(
      place,
      "unable-pin",
      `${path} is ${quote(name)}, which cannot ${ability.words}`,
      `Take ${someOf(names)}.`,
    );
    return undefined;
  }
  return pin;
}

/** All names where they are few, else the first ones. */
function someOf(names: readonly string[]): string {
  return names.length <= 8
    ? listOf(names, "or")
    : `another pin, such as ${listOf(names.slice(0, 3), "or")}`;
}

/** The pin that `node.pin` names. */
export function pinField(
  node: JsonNode,
  path: string,
  ability: Ability,
  findings: Findings,
): BoardPin | undefined {
  return resolvePin(
    textField(node, "pin"),
    placeOf(field(node, "pin") ?? node),
    `${path}.pin`,
    ability,
    findings,
  );
}

/** The number at the end of `i2c0`, `spi1`, `uart0`. */
export function unitNumber(unit: string): number {
  return Number(unit.slice(-1));
}
