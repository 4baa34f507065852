import { contractImports, firstContractCall } from "../../builder/contract/capabilities.js";
import { encode } from "../../builder/native/thumb/encode.js";
import type { ConditionCode, FormatName } from "../../builder/native/thumb/formats.js";

/** Registers with a part of their own (SPEC.md section 5). */
export const memory = 8;
export const helperTableRegister = 9;
export const instance = 10;
export const sp = 13;
export const lr = 14;
export const pc = 15;

/** The number of the supervisor call of a contract function such as `gpio.write`. */
export function callNumber(name: string): number {
  const position = contractImports.findIndex((item) => `${item.interface}.${item.name}` === name);
  if (position < 0) throw new RangeError(`the contract has no ${name}`);
  return firstContractCall + position;
}

/** A place in the code that may still come. */
export interface Label {
  offset: number;
}

interface Fixup {
  readonly at: number;
  readonly name: FormatName;
  readonly target: Label;
}

/**
 * Machine code written by hand, instruction by instruction, so that it may hold what no compiler would write. Literals lie behind
 * it. The place that an attack is expected to end at is marked in it.
 */
export class Code {
  readonly #halves: number[] = [];
  readonly #fixups: Fixup[] = [];
  readonly #literals: { readonly at: number; readonly register: number; value: number }[] = [];
  /** Where the attack is expected to end; null outside of the code. */
  #expected: readonly (readonly [number, number])[] | null = null;

  /** Bytes so far. */
  get here(): number {
    return 2 * this.#halves.length;
  }

  /** Offsets of the first and the last instruction at which the attack may end; null if outside of the code. */
  get expected(): readonly (readonly [number, number])[] | null {
    return this.#expected;
  }

  emit(name: FormatName, ...operands: readonly number[]): this {
    return this.half(...encode(name, ...operands));
  }

  /** Halfwords as they are. */
  half(...words: readonly number[]): this {
    this.#halves.push(...words);
    return this;
  }

  /** The attack ends at the next instruction. */
  attack(): this {
    this.#expected = [[this.here, this.here]];
    return this;
  }

  /** The attack ends at one of the instructions from `label` to the last one so far. */
  attackSince(label: Label): this {
    this.#expected = [[label.offset, this.here - 2]];
    return this;
  }

  label(): Label {
    return { offset: -1 };
  }

  bind(label: Label = this.label()): Label {
    label.offset = this.here;
    return label;
  }

  branch(target: Label): this {
    this.#fixups.push({ at: this.#halves.length, name: "b", target });
    return this.half(0);
  }

  branchIf(condition: ConditionCode, target: Label): this {
    this.#fixups.push({ at: this.#halves.length, name: `b${condition}`, target });
    return this.half(0);
  }

  call(target: Label): this {
    this.#fixups.push({ at: this.#halves.length, name: "bl", target });
    return this.half(0, 0);
  }

  /** `register` (r0-r7) = a word. */
  literal(register: number, value: number): this {
    this.#literals.push({ at: this.#halves.length, register, value });
    return this.half(0);
  }

  /** `register` (r0-r7) = the address of what lies `offset` bytes behind the start of the code, or before it. */
  address(register: number, offset: number): this {
    this.literal(register, offset - (this.here + 2) - 4);
    return this.emit("addHigh", register, pc);
  }

  /** `register` (r0-r7) = the address of a label that is already bound or will be. */
  addressOf(register: number, label: Label, addend = 0): this {
    const literal = { at: this.#halves.length, register, value: 0 };
    const base = this.here + 2 + 4;
    Object.defineProperty(literal, "value", { get: () => label.offset + addend - base });
    this.#literals.push(literal);
    return this.half(0).emit("addHigh", register, pc);
  }

  /** r0-r3 = words, then the supervisor call of a contract function. */
  host(name: string, ...words: readonly number[]): this {
    words.forEach((word, register) => this.number(register, word));
    return this.svc(callNumber(name));
  }

  /** The same, and the attack ends at the call. */
  attackHost(name: string, ...words: readonly number[]): this {
    words.forEach((word, register) => this.number(register, word));
    return this.attack().svc(callNumber(name));
  }

  /** Registers stay what they are. */
  svc(number: number): this {
    return this.emit("svc", number);
  }

  /** `register` = a number, in the shortest way. */
  number(register: number, value: number): this {
    return value >= 0 && value <= 255
      ? this.emit("movsImm", register, value)
      : this.literal(register, value);
  }

  /** Sends the number in r1 to need 0, a topic. r0-r2 are lost. */
  publish(): this {
    return this.emit("movsImm", 0, 0)
      .emit("movsImm", 2, 0)
      .svc(callNumber("message.publish-number"));
  }

  /** Goes back to where the event came from. */
  return(): this {
    return this.emit("bx", lr);
  }

  finish(): Uint8Array {
    if (this.#halves.length % 2 === 1) this.emit("nop");
    for (const literal of this.#literals) {
      const { at, register, value } = literal;
      const from = (2 * at + 4) & ~3;
      this.#halves[at] = encode("ldrLiteral", register, this.here - from)[0]!;
      this.half(value & 0xffff, (value >>> 16) & 0xffff);
    }
    for (const { at, name, target } of this.#fixups)
      encode(name, target.offset - (2 * at + 4)).forEach((half, k) => {
        this.#halves[at + k] = half;
      });
    return new Uint8Array(Uint16Array.from(this.#halves).buffer);
  }
}
