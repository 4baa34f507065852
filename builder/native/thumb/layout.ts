import { encode } from "./encode.js";
import { opposite, type ConditionCode, type FormatName } from "./formats.js";

/** A place in the code of one function. Dense from 0. */
export type Label = number;

/** What the assembler holds until addresses are known. */
export type Item = { readonly wasmOffset: number } & (
  | {
      readonly kind: "plain";
      readonly name: FormatName;
      readonly operands: readonly number[];
      readonly size: number;
      /** Whether control never comes past it. */
      readonly barrier: boolean;
    }
  | { readonly kind: "label"; readonly label: Label }
  | {
      readonly kind: "branch";
      readonly condition: ConditionCode | null;
      readonly target: Label;
      readonly barrier: boolean;
    }
  | {
      readonly kind: "trap";
      readonly condition: ConditionCode;
      readonly inverse: ConditionCode;
      readonly code: number;
    }
  /** The word `key`, or, with a label as `addend`, the distance from 4 past that label back to the start of the code. */
  | {
      readonly kind: "literal";
      readonly register: number;
      readonly key: number;
      readonly addend: Label | null;
    }
  | { readonly kind: "call"; readonly functionIndex: number }
  | {
      readonly kind: "table";
      readonly value: number;
      readonly scratch: number;
      readonly targets: readonly Label[];
    }
);

/** The code of one function, to be placed at a multiple of 4. */
export interface Assembled {
  readonly code: Uint8Array;
  /** bl instructions to functions of the module. */
  readonly calls: readonly { readonly offset: number; readonly functionIndex: number }[];
  /** Words to which the linker writes -(address of the code's byte `from`) relative to the start of all code. */
  readonly bases: readonly { readonly offset: number; readonly from: number }[];
  /** Offset of code, offset in the wasm module from which it and what follows comes (-1: from none). */
  readonly map: readonly (readonly [offset: number, wasmOffset: number])[];
  /** Offset of each label. */
  readonly labels: Int32Array;
  /** Halfword-aligned ranges that hold no instructions. */
  readonly data: readonly { readonly from: number; readonly to: number }[];
  /** Whether a branch goes by bl, which overwrites lr. */
  readonly usesLinkForJump: boolean;
}

/** A literal pool or trap island: what the pass puts before an item. */
interface Island {
  /** Whether control would run into it. */
  readonly jumpOver: boolean;
  readonly words: readonly PoolWord[];
  readonly traps: readonly number[];
}

interface PoolWord {
  readonly key: number;
  readonly addend: Label | null;
  readonly users: number[];
}

/** Reach of ldr from the literal pool, of a conditional branch and of b, from the instruction + 4. */
const literalReach = 1020;
const trapReach = 254;

/**
 * Bytes of a table jump, by the bytes of its entries. Padding is counted whether needed or not: the form with byte entries aligns its
 * table for adr, the one with words its code so that the table is.
 */
function tableSize(form: number, entries: number): number {
  if (form === 1) return 10 + ((entries + 1) & ~1);
  return (form === 2 ? 10 : 12) + form * entries;
}

/** State of the choices: each only grows, so that the passes end. */
class Layout {
  /** Bytes of each branch (0 to 6) and trap (2, or 4 in place); bytes per entry of each table. */
  readonly form: Uint8Array;
  readonly address: Int32Array;
  readonly labelAddress: Int32Array;
  /** Addresses of literals' words and traps' islands, by item. */
  readonly place: Int32Array;
  readonly islands = new Map<number, Island & { readonly at: number }>();
  readonly #barrierDistance: Int32Array;
  end = 0;

  constructor(
    readonly items: readonly Item[],
    labels: number,
  ) {
    this.form = new Uint8Array(items.length);
    this.address = new Int32Array(items.length);
    this.labelAddress = new Int32Array(labels);
    this.place = new Int32Array(items.length);
    this.#barrierDistance = new Int32Array(items.length + 1);
    this.#dropNeedless();
  }

  /** Branches to where control goes anyway take no bytes; the rest start short. */
  #dropNeedless(): void {
    this.items.forEach((item, k) => {
      if (item.kind === "trap") this.form[k] = 2;
      if (item.kind === "table") this.form[k] = 1;
      if (item.kind === "branch") this.form[k] = this.#isNext(k + 1, item.target) ? 0 : 2;
    });
  }

  #isNext(from: number, label: Label): boolean {
    for (let k = from; ; k++) {
      const item = this.items[k];
      if (item?.kind !== "label") return false;
      if (item.label === label) return true;
    }
  }

  size(k: number): number {
    const item = this.items[k]!;
    switch (item.kind) {
      case "plain":
        return item.size;
      case "label":
        return 0;
      case "literal":
        return 2;
      case "call":
        return 4;
      case "branch":
      case "trap":
        return this.form[k]!;
      case "table":
        return tableSize(this.form[k]!, item.targets.length);
    }
  }

  isBarrier(k: number): boolean {
    const item = this.items[k]!;
    if (item.kind === "table") return true;
    if (item.kind === "branch") return item.barrier && this.form[k] !== 0;
    return item.kind === "plain" && item.barrier;
  }

  /** One pass: islands and addresses under the present forms. */
  assign(): void {
    this.#measureBarriers();
    this.islands.clear();
    const pending = new Pending();
    let at = 0;
    let barrier = false;
    for (let k = 0; k < this.items.length; k++) {
      const item = this.items[k]!;
      if (barrier && pending.dueBefore(at + this.#barrierDistance[k]! + 8))
        at = this.#island(k, at, pending, false);
      else if (!barrier && pending.wordsDueBefore(at + this.size(k) + 8))
        at = this.#island(k, at, pending, true);
      this.address[k] = at;
      if (item.kind === "label") this.labelAddress[item.label] = at;
      if (item.kind === "literal") pending.addWord(k, item.key, item.addend, at);
      if (item.kind === "trap" && this.form[k] === 2) pending.addTrap(k, at);
      at += this.size(k);
      if (item.kind !== "label") barrier = this.isBarrier(k);
    }
    this.end = this.#island(this.items.length, at, pending, false);
  }

  /** Bytes from each item to the end of the next barrier. */
  #measureBarriers(): void {
    const n = this.items.length;
    for (let k = n - 1; k >= 0; k--)
      this.#barrierDistance[k] =
        this.size(k) + (this.isBarrier(k) ? 0 : this.#barrierDistance[k + 1]!);
  }

  #island(before: number, start: number, pending: Pending, jumpOver: boolean): number {
    const { words, traps } = pending.take(jumpOver);
    if (words.length === 0 && traps.length === 0) return start;
    let at = start + (jumpOver ? 2 : 0);
    for (const k of traps) {
      this.place[k] = at;
      at += 2;
    }
    if (words.length > 0) at = (at + 3) & ~3;
    for (const word of words) {
      for (const k of word.users) this.place[k] = at;
      at += 4;
    }
    this.islands.set(before, { at: start, jumpOver, words, traps });
    return at;
  }

  /** Grows what does not reach; whether anything grew. */
  grow(): boolean {
    let grew = false;
    this.items.forEach((item, k) => {
      const needed = this.#needed(item, k);
      if (needed > this.form[k]!) {
        this.form[k] = needed;
        grew = true;
      }
    });
    return grew;
  }

  #needed(item: Item, k: number): number {
    const at = this.address[k]!;
    if (item.kind === "trap")
      return this.form[k] === 2 && this.place[k]! - (at + 4) > trapReach ? 4 : this.form[k]!;
    if (item.kind === "table") return this.#tableForm(item.targets, k);
    if (item.kind !== "branch" || this.form[k] === 0) return this.form[k]!;
    const distance = this.labelAddress[item.target]! - (at + 4);
    if (item.condition === null) return distance >= -2048 && distance <= 2046 ? 2 : 4;
    if (distance >= -256 && distance <= 254) return 2;
    return distance - 2 >= -2048 && distance - 2 <= 2046 ? 4 : 6;
  }

  #tableForm(targets: readonly Label[], k: number): number {
    const base = this.tableBase(k);
    let form = this.form[k]!;
    for (const target of targets) {
      const distance = this.labelAddress[target]! - base;
      if (distance < 0 || distance > 2 * 0xffff) return 4;
      if (distance > 2 * 0xff) form = Math.max(form, 2);
    }
    return form;
  }

  /** What entries of a table count from: pc at its `add pc`, as the forms have it. */
  tableBase(k: number): number {
    const at = this.address[k]!;
    if (this.form[k] === 4) return (at | 2) + 6 + 4;
    return (this.form[k] === 1 ? at + 6 : at + 8) + 4;
  }
}

/** Literals and traps that wait for an island. */
class Pending {
  #words = new Map<string, PoolWord>();
  #traps: number[] = [];
  #wordsDue = Infinity;
  #trapsDue = Infinity;

  addWord(item: number, key: number, addend: Label | null, at: number): void {
    const name = `${key}${addend === null ? "" : "@"}`;
    const known = this.#words.get(name);
    if (known) {
      known.users.push(item);
      return;
    }
    this.#wordsDue = Math.min(this.#wordsDue, at + literalReach - 4 * this.#words.size);
    this.#words.set(name, { key, addend, users: [item] });
  }

  addTrap(item: number, at: number): void {
    this.#trapsDue = Math.min(this.#trapsDue, at + 4 + trapReach - 2 * this.#traps.length);
    this.#traps.push(item);
  }

  /** Whether the pool must stand before `address`, counting the traps that stand in front of it. */
  wordsDueBefore(address: number): boolean {
    return this.#wordsDue < address + 2 * this.#traps.length;
  }

  dueBefore(address: number): boolean {
    return this.wordsDueBefore(address) || this.#trapsDue < address;
  }

  /** What the island gets; one that is jumped over holds no traps. */
  take(wordsOnly: boolean): { words: readonly PoolWord[]; traps: readonly number[] } {
    const words = [...this.#words.values()];
    this.#words = new Map();
    this.#wordsDue = Infinity;
    if (wordsOnly) return { words, traps: [] };
    const traps = this.#traps;
    this.#traps = [];
    this.#trapsDue = Infinity;
    return { words, traps };
  }
}

/** Chooses forms and writes the code. */
export function layOut(items: readonly Item[], labels: number): Assembled {
  const layout = new Layout(items, labels);
  do layout.assign();
  while (layout.grow());
  return new Writer(layout).write();
}

class Writer {
  readonly #bytes: Uint8Array;
  readonly #calls: { offset: number; functionIndex: number }[] = [];
  readonly #bases: { offset: number; from: number }[] = [];
  readonly #map: [number, number][] = [];
  readonly #data: { from: number; to: number }[] = [];
  #at = 0;
  #usesLink = false;

  constructor(readonly layout: Layout) {
    this.#bytes = new Uint8Array(layout.end);
  }

  write(): Assembled {
    const { items, islands } = this.layout;
    for (let k = 0; k <= items.length; k++) {
      const island = islands.get(k);
      if (island) this.#island(island);
      if (k < items.length) this.#item(items[k]!, k);
    }
    return {
      code: this.#bytes,
      calls: this.#calls,
      bases: this.#bases,
      map: this.#map,
      labels: this.layout.labelAddress,
      data: this.#data,
      usesLinkForJump: this.#usesLink,
    };
  }

  #half(value: number): void {
    this.#bytes[this.#at] = value & 0xff;
    this.#bytes[this.#at + 1] = value >> 8;
    this.#at += 2;
  }

  #emit(name: FormatName, ...operands: readonly number[]): void {
    for (const half of encode(name, ...operands)) this.#half(half);
  }

  #mark(wasmOffset: number): void {
    const last = this.#map.at(-1);
    if (last?.[1] === wasmOffset) return;
    if (last?.[0] === this.#at) this.#map.pop();
    this.#map.push([this.#at, wasmOffset]);
  }

  #island({ jumpOver, words, traps }: Island): void {
    const { items, place } = this.layout;
    const afterTraps = this.#at + (jumpOver ? 2 : 0) + 2 * traps.length;
    const start = words.length > 0 ? (afterTraps + 3) & ~3 : afterTraps;
    const end = start + 4 * words.length;
    if (jumpOver) this.#emit("b", end - (this.#at + 4));
    for (const k of traps) {
      const item = items[k]!;
      this.#mark(item.wasmOffset);
      if (item.kind === "trap" && place[k] === this.#at) this.#emit("udf", item.code);
    }
    if (words.length === 0) return;
    this.#mark(-1);
    if (afterTraps < end) this.#data.push({ from: afterTraps, to: end });
    this.#at = start;
    const view = new DataView(this.#bytes.buffer);
    for (const { key, addend } of words) {
      if (addend === null) view.setInt32(this.#at, key, true);
      else this.#bases.push({ offset: this.#at, from: this.layout.labelAddress[addend]! + 4 });
      this.#at += 4;
    }
  }

  #item(item: Item, k: number): void {
    if (item.kind === "label" || this.layout.size(k) === 0) return;
    this.#mark(item.wasmOffset);
    switch (item.kind) {
      case "plain":
        return this.#emit(item.name, ...item.operands);
      case "literal":
        return this.#emit(
          "ldrLiteral",
          item.register,
          this.layout.place[k]! - ((this.#at + 4) & ~3),
        );
      case "call":
        this.#calls.push({ offset: this.#at, functionIndex: item.functionIndex });
        return this.#emit("bl", 0);
      case "trap":
        if (this.layout.form[k] === 2)
          return this.#emit(`b${item.condition}`, this.layout.place[k]! - (this.#at + 4));
        this.#emit(`b${item.inverse}`, 0);
        return this.#emit("udf", item.code);
      case "branch":
        return this.#branch(item.condition, this.layout.labelAddress[item.target]!, k);
      case "table":
        return this.#table(item, k);
    }
  }

  #branch(condition: ConditionCode | null, target: number, k: number): void {
    const form = this.layout.form[k]!;
    if (condition !== null && form === 2) return this.#emit(`b${condition}`, target - this.#at - 4);
    if (condition !== null) this.#emit(`b${opposite(condition)}`, form === 4 ? 0 : 2);
    if (form === (condition === null ? 2 : 4)) return this.#emit("b", target - this.#at - 4);
    this.#usesLink = true;
    this.#emit("bl", target - this.#at - 4);
  }

  /** Entries count bytes (words, signed) or halfwords from pc at `add pc`. */
  #table(item: Item & { kind: "table" }, k: number): void {
    const { layout } = this;
    const base = layout.tableBase(k);
    const end = this.#at + layout.size(k);
    const distances = item.targets.map((target) => layout.labelAddress[target]! - base);
    const form = layout.form[k]!;
    if (form === 1) this.#byteTable(item, distances);
    else if (form === 2) this.#halfTable(item, distances);
    else this.#wordTable(item, distances);
    this.#data.push({ from: base - 2, to: end });
    this.#at = end;
  }

  #byteTable({ scratch, value }: Item & { kind: "table" }, distances: readonly number[]): void {
    const table = (this.#at + 8 + 3) & ~3;
    this.#emit("adr", scratch, table - ((this.#at + 4) & ~3));
    this.#emit("ldrbIndexed", scratch, scratch, value);
    this.#emit("lslsImm", scratch, scratch, 1);
    this.#emit("addHigh", 15, scratch);
    this.#bytes.set(
      distances.map((distance) => distance / 2),
      table,
    );
  }

  #halfTable({ scratch, value }: Item & { kind: "table" }, distances: readonly number[]): void {
    this.#emit("lslsImm", scratch, value, 1);
    this.#emit("addHigh", scratch, 15);
    this.#emit("ldrh", scratch, scratch, 4);
    this.#emit("lslsImm", scratch, scratch, 1);
    this.#emit("addHigh", 15, scratch);
    for (const distance of distances) this.#half(distance / 2);
  }

  #wordTable({ scratch, value }: Item & { kind: "table" }, distances: readonly number[]): void {
    if ((this.#at & 2) === 0) this.#emit("nop");
    this.#emit("lslsImm", scratch, value, 2);
    this.#emit("addHigh", scratch, 15);
    this.#emit("ldr", scratch, scratch, 4);
    this.#emit("addHigh", 15, scratch);
    this.#half(0);
    const view = new DataView(this.#bytes.buffer);
    distances.forEach((distance, n) => view.setInt32(this.#at + 4 * n, distance, true));
  }
}
