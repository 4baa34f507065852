import { layOut, type Assembled, type Item, type Label } from "./layout.js";
import { sizeOf } from "./encode.js";
import { formats, opposite, type ConditionCode, type Format, type FormatName } from "./formats.js";

export type { Assembled, Label };

/**
 * Collects the instructions of one function, with labels, literals and traps in symbolic form; `finish` chooses branch forms and
 * places literal pools. Knows which register the flags describe, so that comparisons with 0 can be left out.
 */
export class Assembler {
  readonly #items: Item[] = [];
  #labels = 0;
  #wasmOffset = -1;
  /** The low register whose value N and Z describe, or -1. */
  #flagsOf = -1;

  /** What follows comes from this place of the wasm module; -1 from none. */
  from(wasmOffset: number): void {
    this.#wasmOffset = wasmOffset;
  }

  /** An instruction with all its operands known. */
  emit(name: FormatName, ...operands: readonly number[]): void {
    const format: Format = formats[name];
    if (format.effect === "result-flags") this.#flagsOf = operands[0]!;
    else if (format.effect === "flags") this.#flagsOf = -1;
    else if (format.effect === "result" && operands[0] === this.#flagsOf) this.#flagsOf = -1;
    const barrier =
      format.ends === true ||
      (name === "pop" && (operands[0]! & 0x8000) !== 0) ||
      ((name === "mov" || name === "addHigh") && operands[0] === 15);
    this.#add({ kind: "plain", name, operands, size: sizeOf(name), barrier });
  }

  /** Whether N and Z are those of this register's value: C and V may be anything. */
  flagsDescribe(register: number): boolean {
    return this.#flagsOf === register;
  }

  label(): Label {
    return this.#labels++;
  }

  bind(label: Label): void {
    this.#flagsOf = -1;
    this.#add({ kind: "label", label });
  }

  branch(target: Label): void {
    this.#add({ kind: "branch", condition: null, target, barrier: true });
  }

  branchIf(condition: ConditionCode, target: Label): void {
    this.#add({ kind: "branch", condition, target, barrier: false });
  }

  /** `udf #code` if the condition holds: out of line where it is in reach. */
  trapIf(condition: ConditionCode, code: number): void {
    this.#add({ kind: "trap", condition, inverse: opposite(condition), code });
  }

  /** `register` (r0-r7) = a word from the literal pool. */
  literal(register: number, value: number): void {
    if (register === this.#flagsOf) this.#flagsOf = -1;
    this.#add({ kind: "literal", register, key: value | 0, addend: null });
  }

  /** `register` (r0-r7) = the address of the first byte of the module's code. */
  codeBase(register: number): void {
    const here = this.label();
    this.#add({ kind: "literal", register, key: here, addend: here });
    this.bind(here);
    this.emit("addHigh", register, 15);
  }

  /** bl to a function of the module. */
  call(functionIndex: number): void {
    this.#flagsOf = -1;
    this.#add({ kind: "call", functionIndex });
  }

  /** Goes to `targets[value]`; the value must be below their number. `scratch` is another low register; neither is kept. */
  tableJump(value: number, scratch: number, targets: readonly Label[]): void {
    this.#flagsOf = -1;
    this.#add({ kind: "table", value, scratch, targets });
  }

  finish(): Assembled {
    return layOut(this.#items, this.#labels);
  }

  #add(item: DistributiveOmit<Item, "wasmOffset">): void {
    this.#items.push({ ...item, wasmOffset: this.#wasmOffset } as Item);
  }
}

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;
