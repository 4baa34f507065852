import type { Edge } from "../../builder/native/ir.js";
import { lastInstruction, type Liveness } from "../../builder/native/liveness.js";
import {
  edgesOf,
  linkRegister,
  type MachineInstruction,
  type Value,
} from "../../builder/native/machine.js";
import {
  incomingPlace,
  isLow,
  outgoingPlace,
  type Move,
  type Place,
} from "../../builder/native/places.js";
import type { Placement } from "../../builder/native/resolve.js";

/** What is known to be where: values, and constants by their text. */
type State = Map<Place, ReadonlySet<string>>;

const nothing: ReadonlySet<string> = new Set();

/**
 * Follows values through the places that an allocation gives them, over all paths: every use must find its value where the allocation says, whatever
 * way led there. Returns what is wrong, a sentence each.
 */
export function checkPlacement(liveness: Liveness, placement: Placement): string[] {
  return new Check(liveness, placement).run();
}

class Check {
  readonly #problems: string[] = [];
  readonly #entry: (State | undefined)[];
  readonly #work: number[] = [0];
  #report = false;

  constructor(
    readonly liveness: Liveness,
    readonly placement: Placement,
  ) {
    this.#entry = liveness.fn.blocks.map(() => undefined);
    const params = liveness.fn.blocks[0]!.params;
    this.#entry[0] = new Map(
      params.map((value, k) => [k < 4 ? k : incomingPlace(k - 4), new Set([this.#name(value)])]),
    );
  }

  /** To the fixed point, then once more to say what is wrong. */
  run(): string[] {
    for (let b = this.#work.pop(); b !== undefined; b = this.#work.pop()) this.#block(b);
    this.#report = true;
    this.#entry.forEach((state, b) => {
      if (state) this.#block(b);
    });
    return this.#problems;
  }

  #name(value: Value): string {
    const entry = this.liveness.fn.constants.get(value);
    return entry ? JSON.stringify(entry.constant) : `v${value}`;
  }

  #block(b: number): void {
    const { fn, positions } = this.liveness;
    const state: State = new Map(this.#entry[b]);
    const block = fn.blocks[b]!;
    if (b === 0) this.#move(state, this.placement.starts[b]!);
    block.params.forEach((value) => this.#expect(state, value, positions.start[b]!, `block ${b}`));
    let at = positions.start[b]! + 2;
    for (const instruction of block.instructions) {
      this.#instruction(state, instruction, at);
      at += 2;
    }
    const last = lastInstruction(block);
    if (last) this.#instruction(state, last, at);
    else this.#move(state, this.placement.gaps.get(at) ?? []);
    for (const edge of edgesOf(block.terminator)) this.#edge(state, b, edge);
  }

  /** The moves of an edge, then arguments take on the names of parameters. */
  #edge(before: State, from: number, { target, args }: Edge): void {
    const state: State = new Map(before);
    this.#move(state, [...this.placement.ends[from]!, ...this.placement.starts[target]!]);
    const params = this.liveness.fn.blocks[target]!.params.map((value) => this.#name(value));
    for (const [place, names] of state) {
      const kept = [...names].filter((name) => !params.includes(name));
      const taken = params.filter((_, k) => names.has(this.#name(args[k]!)));
      state.set(place, new Set([...kept, ...taken]));
    }
    this.#join(target, state);
  }

  #join(target: number, state: State): void {
    const known = this.#entry[target];
    if (!known) {
      this.#entry[target] = state;
      this.#work.push(target);
      return;
    }
    let changed = false;
    for (const [place, names] of known) {
      const both = [...names].filter((name) => state.get(place)?.has(name));
      if (both.length === names.size) continue;
      known.set(place, new Set(both));
      changed = true;
    }
    if (changed) this.#work.push(target);
  }

  #move(state: State, moves: readonly Move[]): void {
    const read = moves.map(({ from, to }): [Place, ReadonlySet<string>] => [
      to,
      typeof from === "number" ? (state.get(from) ?? nothing) : new Set([JSON.stringify(from)]),
    ]);
    for (const [to, names] of read) state.set(to, names);
  }

  #expect(state: State, value: Value, position: number, where: string): void {
    if (!this.#report || !this.placement.isLiveAt(value, position)) return;
    const place = this.placement.placeAt(value, position);
    if (typeof place !== "number") return;
    if (!state.get(place)?.has(this.#name(value)))
      this.#problems.push(`${where}: ${this.#name(value)} is not at place ${place}`);
  }

  #instruction(state: State, instruction: MachineInstruction, at: number): void {
    const { uses, definitions, clobbers, isCall } = instruction;
    const where = `position ${at}`;
    const moves: Move[] = [...(this.placement.gaps.get(at) ?? [])];
    for (const { value, to } of uses) {
      if (!to) continue;
      this.#expect(state, value, at - 1, where);
      const target =
        to.kind === "register"
          ? to.register
          : to.kind === "outgoing"
            ? outgoingPlace(to.word)
            : (this.placement.placeAt(definitions[to.index]!.value, at) as Place);
      moves.push({ from: this.placement.placeAt(value, at - 1), to: target });
    }
    this.#distinct(moves, where);
    this.#move(state, moves);
    for (const { value, phase } of uses) {
      if (phase === "before") continue;
      this.#expect(state, value, at, where);
      const place = this.placement.placeAt(value, at);
      if (typeof place !== "number" || !isLow(place))
        this.#problem(`${where}: use of v${value} in no low register`);
      for (const definition of definitions) {
        const overlaps = definition.phase === "early" || phase === "late";
        const position = definition.phase === "early" ? at : at + 1;
        if (
          overlaps &&
          !definition.register &&
          this.placement.placeAt(definition.value, position) === place
        )
          this.#problem(`${where}: v${definition.value} overwrites v${value}`);
      }
    }
    for (let register = 0; register < 8; register++)
      if ((clobbers >> register) & 1) state.delete(register);
    if (isCall) state.delete(linkRegister);
    this.#define(state, instruction, at, where);
  }

  #define(state: State, { definitions }: MachineInstruction, at: number, where: string): void {
    const after: Move[] = [];
    for (const { value, phase, register } of definitions) {
      const position = phase === "early" ? at : at + 1;
      const place = register ?? (this.placement.placeAt(value, position) as Place);
      if (!isLow(place)) this.#problem(`${where}: v${value} is defined in no low register`);
      const name = this.#name(value);
      for (const [other, values] of state)
        if (values.has(name)) state.set(other, new Set([...values].filter((one) => one !== name)));
      state.set(place, new Set([name]));
      after.push(...this.placement.definitionMoves(value, position, place));
    }
    this.#distinct(after, where);
    this.#move(state, after);
  }

  #distinct(moves: readonly Move[], where: string): void {
    const targets = moves.filter(({ from, to }) => from !== to).map(({ to }) => to);
    if (new Set(targets).size !== targets.length) this.#problem(`${where}: two moves to one place`);
  }

  #problem(text: string): void {
    if (this.#report) this.#problems.push(text);
  }
}
