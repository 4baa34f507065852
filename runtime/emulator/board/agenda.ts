import type { ContactChange, ContactChip, Press } from "../chips/chip.js";

export interface ScheduledChange extends ContactChange {
  readonly contact: ContactChip;
}

/**
 * The changes of contacts that are still to come, in the order of their times; those of one instant in the order of
 * the parts. Presses of one button that overlap are one press.
 */
export class Agenda {
  readonly #plans: readonly { readonly contact: ContactChip; presses: Press[]; firedUs: number }[];
  #changes: ScheduledChange[] = [];
  #next = 0;

  constructor(contacts: readonly ContactChip[]) {
    this.#plans = contacts.map((contact) => ({ contact, presses: [], firedUs: -1 }));
  }

  /** When the next change is due, or undefined. */
  get nextUs(): number | undefined {
    return this.#changes[this.#next]?.timeUs;
  }

  /** Takes the next change if it is due at `timeUs` or before. */
  take(timeUs: number): ScheduledChange | undefined {
    const change = this.#changes[this.#next];
    if (!change || change.timeUs > timeUs) return undefined;
    this.#next++;
    for (const plan of this.#plans)
      if (plan.contact === change.contact) plan.firedUs = change.timeUs;
    return change;
  }

  /** Adds presses of one contact. What has been taken stays as it was. */
  add(contact: ContactChip, presses: readonly Press[]): void {
    const plan = this.#plans.find((candidate) => candidate.contact === contact);
    if (!plan) throw new RangeError(`${contact.name} is not on this board`);
    const current = plan.presses.findLastIndex((press) => press.fromUs <= plan.firedUs);
    plan.presses = merge([...plan.presses.slice(Math.max(current, 0)), ...presses]);
    const others = this.#changes.slice(this.#next).filter((change) => change.contact !== contact);
    const own = contact.changes(plan.presses).filter((change) => change.timeUs > plan.firedUs);
    const order = (change: ScheduledChange) =>
      this.#plans.findIndex((candidate) => candidate.contact === change.contact);
    this.#changes = [...others, ...own.map((change) => ({ ...change, contact }))];
    this.#changes.sort((a, b) => a.timeUs - b.timeUs || order(a) - order(b));
    this.#next = 0;
  }
}

/** Joins presses that overlap or touch; the result is in the order of their times. */
function merge(presses: readonly Press[]): Press[] {
  const merged: Press[] = [];
  for (const press of presses.toSorted((a, b) => a.fromUs - b.fromUs)) {
    const last = merged.at(-1);
    if (last && press.fromUs <= last.untilUs)
      merged[merged.length - 1] = {
        fromUs: last.fromUs,
        untilUs: Math.max(last.untilUs, press.untilUs),
      };
    else merged.push(press);
  }
  return merged;
}
