import {
  blockType,
  functionType,
  type FunctionBody,
  type FunctionType,
  type Instruction,
  type Module,
  type ValueType,
} from "../../wasm/module.js";
import type { Block, CallTarget, Value } from "../ir.js";
import { Emitter } from "./emitter.js";
import { Graph, type DraftBlock } from "./graph.js";
import { wordCount, wordsOf, type Layout } from "./layout.js";
import type { Operand, Rules } from "./rule.js";

interface Frame {
  readonly kind: "function" | "block" | "loop" | "if";
  readonly type: FunctionType;
  /** Operands below its own. */
  readonly height: number;
  /** Where a branch to its label goes; made when the first does. The header of a loop. */
  label: DraftBlock | null;
  /** Of an `if` before its `else`: the other block and the parameters that it begins with. */
  otherwise: { readonly block: DraftBlock; readonly params: readonly Operand[] } | null;
  /** Loops around it, itself apart. */
  readonly loopDepth: number;
}

/** What all functions of a module share. */
export interface Context {
  readonly module: Module;
  readonly layout: Layout;
  /** For the instructions of fixed signature. */
  readonly rules: Rules;
}

export interface Translated {
  readonly blocks: Block[];
  readonly valueCount: number;
}

/** Translates the body of a valid function. The nesting of its blocks is kept in a list, so it may be as deep as it likes. */
export function translate(context: Context, index: number, body: FunctionBody): Translated {
  const translator = new Translator(context, functionType(context.module, index), body);
  for (const instruction of body.code) translator.step(instruction);
  return translator.finish();
}

class Translator {
  private readonly graph = new Graph();
  private readonly emit = new Emitter(this.graph);
  private readonly stack: Operand[] = [];
  private readonly frames: Frame[];
  /** First variable and words of each local. */
  private readonly locals: { readonly first: number; readonly words: number }[] = [];
  /** Blocks opened in code that cannot be reached. */
  private skipped = 0;

  constructor(
    private readonly context: Context,
    type: FunctionType,
    body: FunctionBody,
  ) {
    let variables = 0;
    const declare = (type: ValueType): void => {
      this.locals.push({ first: variables, words: wordsOf[type] });
      variables += wordsOf[type];
    };
    type.params.forEach(declare);
    const entry = this.graph.newBlock(variables, 0);
    for (const { count, type } of body.locals) for (let k = 0; k < count; k++) declare(type);
    entry.params.forEach((param, variable) => this.graph.write(entry, variable, param));
    this.emit.begin(entry);
    this.graph.seal(entry);
    this.frames = [
      { kind: "function", type, height: 0, label: null, otherwise: null, loopDepth: 0 },
    ];
  }

  finish(): Translated {
    return { blocks: this.graph.finish(), valueCount: this.graph.valueCount };
  }

  step(instruction: Instruction): void {
    const { name, immediate } = instruction.opcode;
    this.emit.wasmOffset = instruction.offset;
    if (!this.emit.block) {
      if (immediate === "block") this.skipped++;
      else if (this.skipped > 0) this.skipped -= name === "end" ? 1 : 0;
      else if (name === "end") this.end();
      else if (name === "else") this.else();
      return;
    }
    if (this.emit.block.start === -1) this.emit.block.start = instruction.offset;
    const rule = this.context.rules.get(name);
    if (rule) this.apply(rule, instruction);
    else this.special(instruction);
  }

  private apply(rule: NonNullable<ReturnType<Rules["get"]>>, instruction: Instruction): void {
    const [params = "", results = ""] = instruction.opcode.signature?.split(":") ?? [];
    const result = rule(this.emit, this.take(params.length), instruction);
    if (results !== "") this.stack.push(result);
  }

  private special(instruction: Instruction): void {
    const { opcode, immediates, wide = 0n } = instruction;
    const [first = 0] = immediates;
    switch (opcode.name) {
      case "nop":
        return;
      case "unreachable":
        return this.emit.trap("unreachable");
      case "block":
      case "loop":
      case "if":
        return this.open(opcode.name, blockType(this.context.module, first));
      case "else":
        return this.else();
      case "end":
        return this.end();
      case "br":
        return this.branch(this.frameOf(first));
      case "br_if":
        return this.branchIf(this.frameOf(first));
      case "br_table":
        return this.branchTable(immediates);
      case "return":
        return this.emit.return(this.top(this.frames[0]!.type.results).flat());
      case "call":
        return this.call(first);
      case "call_indirect":
        return this.callIndirect(first);
      case "drop":
        return void this.stack.pop();
      case "select":
        return this.select();
      case "local.get":
        return void this.stack.push(this.readLocal(first));
      case "local.set":
        return this.writeLocal(first, this.pop());
      case "local.tee":
        return this.writeLocal(first, this.stack.at(-1)!);
      case "global.get":
        return this.readGlobal(first);
      case "global.set":
        return this.writeGlobal(first, this.pop());
      case "i32.const":
        return void this.stack.push([this.emit.constant(first)]);
      case "f32.const":
        return void this.stack.push([this.emit.constant(Number(wide))]);
      case "i64.const":
      case "f64.const":
        return void this.stack.push(this.wideConstant(wide));
      default:
        throw new Error(`${opcode.name} has no translation`);
    }
  }

  private wideConstant(bits: bigint): Operand {
    const low = Number(BigInt.asUintN(32, bits));
    return [this.emit.constant(low), this.emit.constant(Number(BigInt.asIntN(32, bits >> 32n)))];
  }

  // Operands.

  private pop(): Operand {
    return this.stack.pop()!;
  }

  private take(count: number): Operand[] {
    return this.stack.splice(this.stack.length - count, count);
  }

  private top(types: readonly ValueType[]): Operand[] {
    return this.stack.slice(this.stack.length - types.length);
  }

  private pushWords(types: readonly ValueType[], words: readonly Value[]): void {
    let at = 0;
    for (const type of types) this.stack.push(words.slice(at, (at += wordsOf[type])));
  }

  // Variables.

  private readLocal(index: number): Operand {
    const { first, words } = this.locals[index]!;
    const operand = [this.graph.read(this.emit.current, first)];
    if (words === 2) operand.push(this.graph.read(this.emit.current, first + 1));
    return operand;
  }

  private writeLocal(index: number, operand: Operand): void {
    const { first } = this.locals[index]!;
    operand.forEach((word, k) => this.graph.write(this.emit.current, first + k, word));
  }

  private readGlobal(index: number): void {
    const global = this.context.module.globals[index]!;
    const [init] = global.init;
    // A global that never changes is its initial value.
    if (!global.mutable && init?.opcode.name.endsWith(".const")) return this.special(init);
    const offset = this.context.layout.globalOffsets[index]!;
    const base = this.emit.base("instanceBase");
    this.stack.push(
      Array.from({ length: wordsOf[global.type] }, (_, k) =>
        this.emit.load("load32", base, offset + 4 * k, "instance"),
      ),
    );
  }

  private writeGlobal(index: number, operand: Operand): void {
    const offset = this.context.layout.globalOffsets[index]!;
    const base = this.emit.base("instanceBase");
    operand.forEach((word, k) =>
      this.emit.store("store32", base, offset + 4 * k, word, "instance"),
    );
  }

  private select(): void {
    const [then, otherwise, condition] = this.take(3);
    this.stack.push(then!.map((word, k) => this.emit.select(condition![0]!, word, otherwise![k]!)));
  }

  // Blocks.

  private frameOf(label: number): Frame {
    return this.frames.at(-1 - label)!;
  }

  private open(kind: "block" | "loop" | "if", type: FunctionType): void {
    const condition = kind === "if" ? this.pop()[0]! : null;
    const params = this.top(type.params);
    const height = this.stack.length - params.length;
    const parent = this.frames.at(-1)!;
    const loopDepth = parent.loopDepth + (parent.kind === "loop" ? 1 : 0);
    const frame: Frame = { kind, type, height, label: null, otherwise: null, loopDepth };
    this.frames.push(frame);
    if (condition !== null) {
      const then = this.graph.newBlock(0, loopDepth);
      const otherwise = this.graph.newBlock(0, loopDepth);
      this.emit.branch(condition, then, [], otherwise);
      this.graph.seal(then);
      this.graph.seal(otherwise);
      this.emit.begin(then);
      frame.otherwise = { block: otherwise, params };
    } else if (kind === "loop") {
      const header = this.graph.newBlock(wordCount(type.params), loopDepth + 1);
      frame.label = header;
      this.emit.jump(header, params.flat());
      this.emit.begin(header);
      this.stack.length = height;
      this.pushWords(type.params, header.params.slice());
    }
  }

  private else(): void {
    const frame = this.frames.at(-1)!;
    if (this.emit.block) this.branch(frame);
    this.beginOtherwise(frame);
  }

  private beginOtherwise(frame: Frame): void {
    const { block, params } = frame.otherwise!;
    frame.otherwise = null;
    this.emit.begin(block);
    this.stack.length = frame.height;
    this.stack.push(...params);
  }

  private end(): void {
    const frame = this.frames.at(-1)!;
    if (frame.kind === "loop") {
      this.graph.seal(frame.label!);
      this.frames.pop();
      return;
    }
    if (frame.otherwise) {
      if (this.emit.block) this.branch(frame);
      this.beginOtherwise(frame);
    }
    if (frame.label) this.join(frame, frame.label);
    this.frames.pop();
    if (frame.kind === "function" && this.emit.block)
      this.emit.return(this.top(frame.type.results).flat());
  }

  private join(frame: Frame, label: DraftBlock): void {
    if (this.emit.block) this.branch(frame);
    this.graph.seal(label);
    this.emit.begin(label);
    this.stack.length = frame.height;
    this.pushWords(frame.type.results, label.params.slice());
  }

  private labelOf(frame: Frame): DraftBlock {
    return (frame.label ??= this.graph.newBlock(wordCount(frame.type.results), frame.loopDepth));
  }

  /** The operands that a branch to the frame's label takes along. */
  private carried({ kind, type }: Frame): Value[] {
    return this.top(kind === "loop" ? type.params : type.results).flat();
  }

  private branch(frame: Frame): void {
    const args = this.carried(frame);
    this.emit.jump(this.labelOf(frame), args);
  }

  private branchIf(frame: Frame): void {
    const condition = this.pop()[0]!;
    const next = this.graph.newBlock(0, this.emit.current.loopDepth);
    this.emit.branch(condition, this.labelOf(frame), this.carried(frame), next);
    this.graph.seal(next);
    this.emit.begin(next);
  }

  private branchTable(labels: readonly number[]): void {
    const index = this.pop()[0]!;
    const frames = labels.map((label) => this.frameOf(label));
    if (frames.length === 1) return this.branch(frames[0]!);
    const targets = frames.map((frame) => this.labelOf(frame));
    this.emit.switch(index, targets, this.carried(frames[0]!));
  }

  // Calls.

  private call(index: number): void {
    const kind = index < this.context.layout.imported ? "host" : "function";
    this.finishCall({ kind, index }, [], functionType(this.context.module, index));
  }

  private finishCall(target: CallTarget, first: readonly Value[], type: FunctionType): void {
    const args = [...first, ...this.take(type.params.length).flat()];
    this.pushWords(type.results, this.emit.call(target, args, wordCount(type.results)));
  }

  /** Entries of the table hold the id of their type above 24 bits of address. */
  private callIndirect(typeIndex: number): void {
    const { emit } = this;
    const { tableEntries, signatureIds } = this.context.layout;
    const index = this.pop()[0]!;
    const id = signatureIds[typeIndex]!;
    if (id === 0) return emit.trap("bad-indirect-call");
    emit.trapIf("bad-indirect-call", "ge_u", index, emit.constant(tableEntries));
    const place = emit.binary("shl", index, { constant: 2 });
    const address = emit.binary("add", emit.base("tableBase"), place);
    const entry = emit.load("load32", address, 0, "constant");
    const found = emit.binary("shr_u", entry, { constant: 24 });
    emit.trapIf("bad-indirect-call", "ne", found, emit.constant(id));
    const offset = emit.binary("shr_u", emit.binary("shl", entry, { constant: 8 }), {
      constant: 8,
    });
    const target = emit.binary("add", emit.base("codeBase"), offset);
    this.finishCall({ kind: "address" }, [target], this.context.module.types[typeIndex]!);
  }
}
