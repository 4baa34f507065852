import type { PartSpec } from "../../rig/simulation.js";
import { nameKey, uniform } from "../environment/random.js";
import type { ContactChange, ContactChip, Press } from "./chip.js";

/** A bounce shorter than this is no bounce. */
const shortestBounceUs = 10;
/** A contact opens and closes again at most so often before it rests. */
const mostBounces = 3;

type Spec = Extract<PartSpec, { chip: "button" }>;

/** A push button whose contact bounces when it closes and when it opens, each time differently, the same each run. */
export class Button implements ContactChip {
  readonly attached = "contact";
  readonly chip = "button";
  readonly pin: number;
  readonly closedLevel: boolean;
  closed = false;
  readonly #key: number;

  constructor(
    readonly name: string,
    readonly spec: Spec,
    seed: number,
  ) {
    this.pin = spec.pin;
    this.closedLevel = spec.connects === "supply";
    this.#key = nameKey(seed, name);
  }

  setClosed(closed: boolean): void {
    this.closed = closed;
  }

  changes(presses: readonly Press[]): ContactChange[] {
    const changes: ContactChange[] = [];
    presses.forEach(({ fromUs, untilUs }, i) => {
      const nextUs = presses[i + 1]?.fromUs ?? Infinity;
      changes.push(...this.#settle(fromUs, true, untilUs), ...this.#settle(untilUs, false, nextUs));
    });
    return changes;
  }

  state() {
    return { line: this.closed ? "pressed" : "released", value: this.closed ? 1 : 0, unit: "" };
  }

  /** The change itself and its bounces, all before `endUs`, when the finger does something else. */
  #settle(timeUs: number, closed: boolean, endUs: number): ContactChange[] {
    const changes = [{ timeUs, closed }];
    const bounceUs = Math.min(this.spec.bounceUs, endUs - timeUs);
    const bounces = 1 + Math.floor(uniform(this.#key, timeUs) * mostBounces);
    const slotUs = bounceUs / (2 * bounces + 1);
    if (slotUs < shortestBounceUs) return changes;
    for (let i = 0; i < 2 * bounces; i++) {
      const share = 0.1 + 0.8 * uniform(this.#key ^ (i + 1), timeUs);
      changes.push({
        timeUs: timeUs + Math.floor(slotUs * (i + share)),
        closed: i % 2 === 0 ? !closed : closed,
      });
    }
    return changes;
  }
}
