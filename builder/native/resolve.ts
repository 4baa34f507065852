import { allocate, type AllocateOptions, type Allocation } from "./allocate.js";
import { chooseHomes, crossingsOf, neighbours, type HomeOptions, type Homes } from "./homes.js";
import type { Interval } from "./interval.js";
import type { Liveness } from "./liveness.js";
import { argumentRegisters, edgesOf, type Constant, type Value } from "./machine.js";
import { incomingPlace, type Move, type Place } from "./places.js";

/** Places for all values at all times, and the moves between them. */
export interface Placement {
  readonly homes: Homes;
  /** Low registers in use. */
  readonly used: number;
  /** Where a value can be read at a position; a constant if it is to be made. */
  placeAt(value: Value, position: number): Place | Constant;
  /** Whether a value has any place from its definition at `position` on. */
  isLiveAt(value: Value, position: number): boolean;
  /** By position, moves in front of the instruction there. */
  readonly gaps: ReadonlyMap<number, readonly Move[]>;
  /** Moves at the start and in front of the jump at the end of each block. */
  readonly starts: readonly (readonly Move[])[];
  readonly ends: readonly (readonly Move[])[];
  /** Moves of a value that comes to be in `from` at a position: to its first place, and to its home if it is written now. */
  definitionMoves(value: Value, position: number, from: Place | Constant): Move[];
}

export type PlaceOptions = AllocateOptions & HomeOptions;

/** Allocates registers and homes and works out the moves where lifetimes were cut. */
export function placeValues(liveness: Liveness, options: PlaceOptions): Placement {
  const allocation = allocate(liveness, options);
  return new Resolution(liveness, allocation, options).run();
}

class Resolution {
  readonly #homes: Homes;
  readonly #crossings;
  readonly #gaps = new Map<number, Move[]>();
  readonly #starts: Move[][];
  readonly #ends: Move[][];

  constructor(
    readonly liveness: Liveness,
    readonly allocation: Allocation,
    options: HomeOptions,
  ) {
    const partAt = (value: Value, position: number) => this.#partAt(value, position)!;
    this.#crossings = crossingsOf(liveness, partAt, allocation);
    this.#homes = chooseHomes(liveness, allocation, this.#crossings, options);
    this.#starts = liveness.fn.blocks.map(() => []);
    this.#ends = liveness.fn.blocks.map(() => []);
  }

  run(): Placement {
    this.allocation.parts.forEach((parts) =>
      neighbours(parts, this.liveness, (from, to) => this.#insideBlock(parts, from, to)),
    );
    this.#edges();
    this.#entry();
    return {
      homes: this.#homes,
      used: this.allocation.used,
      gaps: this.#gaps,
      starts: this.#starts,
      ends: this.#ends,
      placeAt: (value, position) => this.#placeAt(value, position),
      isLiveAt: (value, position) => this.#partAt(value, position) !== undefined,
      definitionMoves: (value, position, from) => this.#definitionMoves(value, position, from),
    };
  }

  #partAt(value: Value, position: number): Interval | undefined {
    const parts = this.allocation.parts[value]!;
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle]!.end <= position) low = middle + 1;
      else high = middle;
    }
    const part = parts[low];
    return part && part.start <= position ? part : undefined;
  }

  #placeAt(value: Value, position: number): Place | Constant {
    const part = this.#partAt(value, position);
    if (!part) throw new Error(`value ${value} is nowhere at ${position}`);
    return this.#placeOf(part);
  }

  #placeOf(part: Interval): Place | Constant {
    if (part.register >= 0) return part.register;
    return this.liveness.fn.constants.get(part.value)?.constant ?? this.#homes.place[part.value]!;
  }

  /**
   * The move between two parts. A part may end in the middle of an instruction, to leave its register to a result: then it goes
   * home in front of the instruction, from where it is there.
   */
  #insideBlock(parts: readonly Interval[], from: Interval, to: Interval): void {
    const at = to.start & ~1;
    const source = from.start < at ? from : parts[parts.indexOf(from) - 1]!;
    const move = this.#moveBetween(source, to);
    if (move) push(this.#gaps, at, move);
  }

  #moveBetween(from: Interval, to: Interval): Move | undefined {
    if (to.register < 0) {
      const isConstant = this.liveness.fn.constants.has(to.value);
      if (isConstant || this.#homes.eager.has(to.value) || from.register < 0) return undefined;
    }
    const [source, target] = [this.#placeOf(from), this.#placeOf(to)];
    return source === target ? undefined : { from: source, to: target as Place };
  }

  #edges(): void {
    const { fn, positions } = this.liveness;
    const incoming = new Uint32Array(fn.blocks.length);
    for (const { terminator } of fn.blocks)
      for (const { target } of edgesOf(terminator)) incoming[target]! += 1;
    const movesOf = (from: number, to: number): Move[] =>
      edgesOf(fn.blocks[from]!.terminator).length === 1 || incoming[to]! > 1
        ? this.#ends[from]!
        : this.#starts[to]!;
    for (const { from, to, leaves, enters } of this.#crossings) {
      const move = this.#moveBetween(leaves, enters);
      if (move) movesOf(from, to).push(move);
    }
    fn.blocks.forEach(({ terminator }, from) => {
      for (const { target, args } of edgesOf(terminator))
        args.forEach((arg, k) => {
          const param = fn.blocks[target]!.params[k]!;
          const start = positions.start[target]!;
          if (!this.#partAt(param, start)) return;
          const source = this.#placeAt(arg, positions.end[from]! - 1);
          movesOf(from, target).push(...this.#definitionMoves(param, start, source));
        });
    });
  }

  #entry(): void {
    this.liveness.fn.blocks[0]!.params.forEach((param, k) => {
      if (!this.#partAt(param, 0)) return;
      const source = k < argumentRegisters ? k : incomingPlace(k - argumentRegisters);
      this.#starts[0]!.push(...this.#definitionMoves(param, 0, source));
    });
  }

  #definitionMoves(value: Value, position: number, from: Place | Constant): Move[] {
    const to = this.#placeAt(value, position) as Place;
    const home = this.#homes.place[value]!;
    const moves: Move[] = to === from ? [] : [{ from, to }];
    const store = home >= 0 && home !== to && home !== from && this.#homes.eager.has(value);
    return store ? [...moves, { from, to: home }] : moves;
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
