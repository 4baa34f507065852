import { emitConstant } from "./constants.js";
import { emitEpilogue, emitPrologue, emitStackCheck, type Frame } from "./frame.js";
import { lastInstruction, type Liveness } from "./liveness.js";
import {
  argumentRegisters,
  stackPointer,
  type BlockId,
  type MachineInstruction,
  type MachineTerminator,
  type Register,
} from "./machine.js";
import { sequence, type Step } from "./moves.js";
import { isLow, isRegister, kindOf, outgoingPlace, type Move, type Place } from "./places.js";
import type { Placement } from "./resolve.js";
import { Assembler, type Assembled, type Label } from "./thumb/assembler.js";
import { opposite } from "./thumb/formats.js";

/** A function ready to be written. */
export interface PlacedFunction {
  readonly liveness: Liveness;
  readonly placement: Placement;
  readonly frame: Frame;
  /** Bytes of stack to ask for at the entry; null where no check is needed. */
  readonly checkBytes: number | null;
}

/** The code of a function, and the blocks that it is made of. */
export interface EmittedFunction extends Assembled {
  /** In the order in which they lie. */
  readonly blocks: readonly CodeBlock[];
}

/** A block of the intermediate code in machine code, up to the next. */
export interface CodeBlock {
  /** From the start of code. */
  readonly offset: number;
  /** Offset of the wasm instruction in front of which it begins, as often as which it runs; -1: it stands on edges. */
  readonly start: number;
  /** Offset of the `br_if` or `if` that ends it, and of the blocks where that leads if its condition holds and if not. */
  readonly branch?: {
    readonly wasmOffset: number;
    readonly then: number;
    readonly otherwise: number;
  };
  /** Where a `br_table` that ends it leads, a block an entry. */
  readonly ways?: readonly number[];
}

/** Reach of sp-relative loads and stores. */
const stackReach = 1020;

/** Writes the code of a function. */
export function emitFunction(placed: PlacedFunction): EmittedFunction {
  return new Emitter(placed).run();
}

class Emitter {
  readonly #asm = new Assembler();
  readonly #labels: Label[];
  readonly #targets: readonly BlockId[];

  constructor(readonly placed: PlacedFunction) {
    const { blocks } = placed.liveness.fn;
    this.#labels = blocks.map(() => this.#asm.label());
    this.#targets = this.#threaded();
  }

  run(): EmittedFunction {
    const { liveness, frame, checkBytes, placement } = this.placed;
    const { blocks } = liveness.fn;
    const params = blocks[0]!.params.length;
    this.#asm.from(blocks[0]!.instructions[0]?.wasmOffset ?? blocks[0]!.terminator.wasmOffset);
    if (checkBytes !== null) emitStackCheck(this.#asm, checkBytes, params);
    emitPrologue(this.#asm, frame);
    blocks.forEach((_, b) => {
      if (this.#targets[b] !== b) return;
      this.#asm.bind(this.#labels[b]!);
      this.#moves(placement.starts[b]!);
      this.#block(b);
    });
    const assembled = this.#asm.finish();
    return { ...assembled, blocks: this.#codeBlocks(assembled) };
  }

  #codeBlocks({ labels }: Assembled): CodeBlock[] {
    const offsetOf = (b: BlockId): number => labels[this.#label(b)]!;
    return this.placed.liveness.fn.blocks.flatMap(({ start, terminator }, b): CodeBlock[] => {
      if (this.#targets[b] !== b) return [];
      // The entry begins with the prologue.
      const block = { offset: b === 0 ? 0 : offsetOf(b), start };
      if (terminator.kind === "switch")
        return [{ ...block, ways: terminator.edges.map(({ target }) => offsetOf(target)) }];
      if (terminator.kind !== "branch") return [block];
      const { wasmOffset, yes, no } = terminator;
      const branch = { wasmOffset, then: offsetOf(yes.target), otherwise: offsetOf(no.target) };
      return [{ ...block, branch }];
    });
  }

  /** Where a jump to each block ends up: blocks that only go on are left out. */
  #threaded(): BlockId[] {
    const { liveness, placement } = this.placed;
    const { blocks } = liveness.fn;
    const target = blocks.map(({ instructions, terminator }, b): BlockId => {
      const empty =
        b > 0 &&
        instructions.length === 0 &&
        terminator.kind === "jump" &&
        placement.starts[b]!.length === 0 &&
        placement.ends[b]!.length === 0 &&
        !placement.gaps.has(liveness.positions.end[b]! - 2);
      return empty ? terminator.edge.target : b;
    });
    const find = (b: BlockId): BlockId => {
      const path: BlockId[] = [];
      let at = b;
      while (target[at] !== at && !path.includes(at)) {
        path.push(at);
        at = target[at]!;
      }
      // A ring of empty blocks is an endless loop: one of them stays.
      if (target[at] !== at) target[at] = at;
      for (const seen of path) if (seen !== at) target[seen] = at;
      return at;
    };
    return blocks.map((_, b) => find(b));
  }

  #label(block: BlockId): Label {
    return this.#labels[this.#targets[block]!]!;
  }

  #block(b: BlockId): void {
    const { liveness, placement } = this.placed;
    const block = liveness.fn.blocks[b]!;
    let at = liveness.positions.start[b]! + 2;
    for (const instruction of block.instructions) {
      this.#instruction(instruction, at);
      at += 2;
    }
    this.#asm.from(block.terminator.wasmOffset);
    const last = lastInstruction(block);
    if (last) this.#before(last, at);
    else this.#moves(placement.gaps.get(at) ?? []);
    this.#moves(placement.ends[b]!);
    this.#terminator(block.terminator, b, at);
  }

  #instruction(instruction: MachineInstruction, at: number): void {
    this.#asm.from(instruction.wasmOffset);
    this.#before(instruction, at);
    instruction.emit(this.#asm, this.#uses(instruction, at), this.#definitions(instruction, at));
    const after: Move[] = [];
    for (const { value, phase, register } of instruction.definitions) {
      const position = phase === "early" ? at : at + 1;
      const from = register ?? this.#registerAt(value, position);
      after.push(...this.placed.placement.definitionMoves(value, position, from));
    }
    this.#moves(after);
  }

  /** The moves in front of an instruction, its own included. */
  #before({ uses, definitions, clobbers }: MachineInstruction, at: number): void {
    const { placement } = this.placed;
    const moves = [...(placement.gaps.get(at) ?? [])];
    let free = clobbers & ((1 << argumentRegisters) - 1);
    for (const { value, to } of uses) {
      if (!to) continue;
      const from = placement.placeAt(value, at - 1);
      const target =
        to.kind === "register"
          ? to.register
          : to.kind === "outgoing"
            ? outgoingPlace(to.word)
            : this.#registerAt(definitions[to.index]!.value, at);
      if (isLow(target)) free &= ~(1 << target);
      if (from !== target) moves.push({ from, to: target });
    }
    this.#moves(moves, free);
  }

  #uses({ uses }: MachineInstruction, at: number): number[] {
    return uses.map(({ value, phase }) => (phase === "before" ? -1 : this.#registerAt(value, at)));
  }

  #definitions({ definitions }: MachineInstruction, at: number): number[] {
    return definitions.map(
      ({ value, phase, register }) =>
        register ?? this.#registerAt(value, phase === "early" ? at : at + 1),
    );
  }

  #registerAt(value: number, position: number): Register {
    const place = this.placed.placement.placeAt(value, position);
    if (typeof place !== "number" || !isRegister(place))
      throw new Error(`value ${value} is in no register at ${position}`);
    return place;
  }

  #terminator(terminator: MachineTerminator, b: BlockId, at: number): void {
    const asm = this.#asm;
    switch (terminator.kind) {
      case "jump":
        return asm.branch(this.#label(terminator.edge.target));
      case "trap":
        return asm.emit("udf", terminator.code);
      case "return":
        return emitEpilogue(asm, this.placed.frame);
      case "branch":
        return this.#branch(terminator, b, at);
      case "switch":
        return this.#switch(terminator, at);
    }
  }

  #branch(terminator: MachineTerminator & { kind: "branch" }, b: BlockId, at: number): void {
    const asm = this.#asm;
    const { instruction, test } = terminator;
    const [yes, no] = [this.#label(terminator.yes.target), this.#label(terminator.no.target)];
    if (yes === no) return asm.branch(yes);
    const uses = this.#uses(instruction, at);
    const condition = test(asm, uses, this.#definitions(instruction, at));
    if (yes === this.#nextLabel(b)) return asm.branchIf(opposite(condition), no);
    asm.branchIf(condition, yes);
    asm.branch(no);
  }

  /** Label of the block that is written after this one. */
  #nextLabel(b: BlockId): Label | undefined {
    for (let next = b + 1; next < this.#targets.length; next++)
      if (this.#targets[next] === next) return this.#labels[next];
    return undefined;
  }

  #switch({ instruction, edges }: MachineTerminator & { kind: "switch" }, at: number): void {
    const asm = this.#asm;
    const [value, count] = this.#uses(instruction, at);
    const [scratch] = this.#definitions(instruction, at);
    const labels = edges.map(({ target }) => this.#label(target));
    const last = labels.pop()!;
    if (scratch === undefined) {
      labels.forEach((label, k) => {
        if (label === last) return;
        asm.emit("cmpImm", value!, k);
        asm.branchIf("eq", label);
      });
      return asm.branch(last);
    }
    if (count === undefined) asm.emit("cmpImm", value!, labels.length);
    else asm.emit("cmp", value!, count);
    asm.branchIf("cs", last);
    asm.tableJump(value!, scratch, labels);
  }

  #moves(moves: readonly Move[], free = 0): void {
    if (moves.length === 0) return;
    for (const step of sequence(moves, free)) this.#step(step);
  }

  #step(step: Step): void {
    if (step.op !== "move") return this.#asm.emit(step.op, 1 << step.register);
    const { from, to, shift } = step;
    if (typeof from !== "number") return emitConstant(this.#asm, to, from);
    if (isRegister(from) && isRegister(to)) return this.#asm.emit("mov", to, from);
    if (isRegister(to)) return this.#load(to, this.#offset(from) + shift);
    this.#store(from, this.#offset(to) + shift);
  }

  /** Bytes from the stack pointer. */
  #offset(place: Place): number {
    const { frame } = this.placed;
    const kind = kindOf(place);
    switch (kind.kind) {
      case "outgoing":
        return 4 * kind.word;
      case "slot":
        return 4 * (frame.outgoingWords + kind.word);
      case "incoming":
        return frame.bytes + 4 * kind.word;
      case "register":
        throw new Error("a register has no address");
    }
  }

  #load(to: Register, offset: number): void {
    if (offset <= stackReach) return this.#asm.emit("ldrStack", to, offset);
    emitConstant(this.#asm, to, { kind: "word", word: offset });
    this.#asm.emit("addHigh", to, stackPointer);
    this.#asm.emit("ldr", to, to, 0);
  }

  #store(from: Register, offset: number): void {
    if (offset <= stackReach) return this.#asm.emit("strStack", from, offset);
    const address = from === 0 ? 1 : 0;
    this.#asm.emit("push", 1 << address);
    emitConstant(this.#asm, address, { kind: "word", word: offset + 4 });
    this.#asm.emit("addHigh", address, stackPointer);
    this.#asm.emit("str", from, address, 0);
    this.#asm.emit("pop", 1 << address);
  }
}
