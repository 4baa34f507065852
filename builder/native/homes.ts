import { firstAtOrAfter, type Interval } from "./interval.js";
import type { Allocation } from "./allocate.js";
import { lastInstruction, type Liveness } from "./liveness.js";
import { argumentRegisters, edgesOf, highHome, linkRegister, type Value } from "./machine.js";
import { incomingPlace, slotPlace, type Place } from "./places.js";

/** An edge on which a value is in another part of its lifetime at the start than at the end. */
export interface Crossing {
  readonly from: number;
  readonly to: number;
  readonly value: Value;
  readonly leaves: Interval;
  readonly enters: Interval;
}

/** Where values are while they are in no low register. */
export interface Homes {
  /** By value; -1 for those that need none. */
  readonly place: Int32Array;
  /** Values that are written to their home where they are defined, once; the others whenever they leave their register. */
  readonly eager: ReadonlySet<Value>;
  readonly slots: number;
  readonly usesHighHome: boolean;
  readonly usesLink: boolean;
}

export interface HomeOptions {
  /** Whether values may live in r11, and in lr between calls. */
  readonly highRegisters: boolean;
  /** Whether lr is free for that. */
  readonly link: boolean;
}

/** Cycles that saving and restoring r11 takes; it must save more. */
const highHomeCost = 6;

interface Candidate {
  readonly value: Value;
  readonly start: number;
  readonly end: number;
  /** Moves to and from it, by how often they run. */
  readonly weight: number;
}

const weightOf = (loopDepth: number): number => 10 ** Math.min(loopDepth, 6);

/** Chooses homes: high registers for what moves most, stack words for the rest. */
export function chooseHomes(
  liveness: Liveness,
  { parts }: Allocation,
  crossings: readonly Crossing[],
  options: HomeOptions,
): Homes {
  const { fn, positions } = liveness;
  const stores = new Float64Array(fn.valueCount);
  const loads = new Float64Array(fn.valueCount);
  const depthAt = (position: number): number =>
    fn.blocks[positions.block[position >> 1]!]!.loopDepth;
  const move = (from: Interval, to: Interval, weight: number): void => {
    if (from.register >= 0 && to.register < 0) stores[from.value]! += weight;
    if (from.register < 0 && to.register >= 0) loads[from.value]! += weight;
  };
  const spilled = parts.flatMap((own, value) =>
    !fn.constants.has(value) && own.some(({ register }) => register < 0) ? [value] : [],
  );
  for (const value of spilled)
    neighbours(parts[value]!, liveness, (from, to) => move(from, to, weightOf(depthAt(to.start))));
  for (const { from, to, leaves, enters } of crossings)
    move(leaves, enters, weightOf(Math.min(fn.blocks[from]!.loopDepth, fn.blocks[to]!.loopDepth)));
  const place = new Int32Array(fn.valueCount).fill(-1);
  const eager = new Set<Value>();
  const candidates: Candidate[] = [];
  const arrived = fn.blocks[0]!.params.slice(argumentRegisters);
  arrived.forEach((value, k) => (place[value] = incomingPlace(k)));
  for (const value of spilled) {
    const own = parts[value]!;
    const first = own[0]!;
    const atDefinition = first.register < 0 ? 0 : weightOf(depthAt(first.start));
    const isEager = place[value]! >= 0 || atDefinition <= stores[value]!;
    if (isEager) eager.add(value);
    if (place[value]! >= 0) continue;
    const out = own.filter(({ register }) => register < 0);
    candidates.push({
      value,
      start: (isEager ? first : out[0]!).start & ~1,
      end: isEager ? lastNeed(own, liveness) : out.at(-1)!.end,
      weight: loads[value]! + (isEager ? atDefinition : stores[value]!),
    });
  }
  candidates.sort((a, b) => a.start - b.start || a.value - b.value);
  return { eager, ...new Choice(liveness, options, place).run(candidates) };
}

/**
 * Up to where a home that is written once must last: to the last part in it, or, where that is in a loop that the value lives through, to the end of the
 * loop, because the next round finds it there again.
 */
function lastNeed(parts: readonly Interval[], { positions, loops }: Liveness): number {
  const defined = parts[0]!.start;
  let last = 0;
  for (const { register, start, end } of parts) {
    if (register >= 0) continue;
    last = Math.max(last, end);
    for (
      let loop = loops[positions.block[start >> 1]!];
      loop && positions.start[loop.header]! > defined;
      loop = loop.parent
    )
      last = Math.max(last, Math.min(parts.at(-1)!.end, positions.end[loop.last]!));
  }
  return last;
}

/** Calls back for each two parts that follow each other inside a block. */
export function neighbours(
  parts: readonly Interval[],
  { positions }: Liveness,
  each: (from: Interval, to: Interval) => void,
): void {
  for (let k = 1; k < parts.length; k++) {
    const [from, to] = [parts[k - 1]!, parts[k]!];
    if (from.end !== to.start) continue;
    if (positions.start[positions.block[to.start >> 1]!] !== to.start) each(from, to);
  }
}

/** The edges that lead from one part of a value to another. */
export function crossingsOf(
  { fn, positions, liveIn }: Liveness,
  partAt: (value: Value, position: number) => Interval,
  { parts }: Allocation,
): Crossing[] {
  const crossings: Crossing[] = [];
  const cut = liveIn.map((values) => values.filter((value) => parts[value]!.length > 1));
  fn.blocks.forEach(({ terminator }, from) => {
    for (const { target: to } of edgesOf(terminator))
      for (const value of cut[to]!) {
        const leaves = partAt(value, positions.end[from]! - 1);
        const enters = partAt(value, positions.start[to]!);
        if (leaves !== enters) crossings.push({ from, to, value, leaves, enters });
      }
  });
  return crossings;
}

class Choice {
  readonly #calls: readonly number[];

  constructor(
    liveness: Liveness,
    readonly options: HomeOptions,
    readonly place: Int32Array,
  ) {
    this.#calls = callPositions(liveness);
  }

  run(candidates: readonly Candidate[]): Omit<Homes, "eager"> {
    const inHigh = this.#highRegisters(candidates);
    const gain = candidates.reduce(
      (sum, one) => (inHigh.get(one) === highHome ? sum + one.weight : sum),
      0,
    );
    let usesHighHome = false;
    let usesLink = false;
    const onStack: Candidate[] = [];
    for (const candidate of candidates) {
      const register = inHigh.get(candidate);
      if (register === undefined || (register === highHome && gain <= highHomeCost))
        onStack.push(candidate);
      else {
        this.place[candidate.value] = register;
        if (register === highHome) usesHighHome = true;
        else usesLink = true;
      }
    }
    return { place: this.place, slots: this.#stack(onStack), usesHighHome, usesLink };
  }

  /** In order of their starts; a heavier one displaces a lighter one. */
  #highRegisters(candidates: readonly Candidate[]): Map<Candidate, Place> {
    const chosen = new Map<Candidate, Place>();
    if (!this.options.highRegisters) return chosen;
    const registers = this.options.link ? [linkRegister, highHome] : [highHome];
    const holders = new Map<Place, Candidate>();
    for (const candidate of candidates) {
      let best: Place | undefined;
      let least = candidate.weight;
      for (const register of registers) {
        if (register === linkRegister && this.#meetsCall(candidate)) continue;
        const holder = holders.get(register);
        const weight = holder && holder.end > candidate.start ? holder.weight : 0;
        if (weight >= least) continue;
        least = weight;
        best = register;
      }
      if (best === undefined) continue;
      const holder = holders.get(best);
      if (holder && holder.end > candidate.start) chosen.delete(holder);
      holders.set(best, candidate);
      chosen.set(candidate, best);
    }
    return chosen;
  }

  #meetsCall({ start, end }: Candidate): boolean {
    const at = this.#calls[firstAtOrAfter(this.#calls, start)];
    return at !== undefined && at < end;
  }

  /** Words of the stack, each for one value at a time. */
  #stack(candidates: readonly Candidate[]): number {
    const freeFrom: number[] = [];
    for (const { value, start, end } of candidates) {
      let slot = freeFrom.findIndex((from) => from <= start);
      if (slot < 0) slot = freeFrom.length;
      freeFrom[slot] = end;
      this.place[value] = slotPlace(slot);
    }
    return freeFrom.length;
  }
}

function callPositions({ fn, positions }: Liveness): number[] {
  return fn.blocks.flatMap((block, b) => {
    const last = lastInstruction(block);
    const all = last ? [...block.instructions, last] : block.instructions;
    return all.flatMap(({ isCall }, k) => (isCall ? [positions.start[b]! + 2 + 2 * k] : []));
  });
}
