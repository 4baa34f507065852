import {
  blockType,
  functionType,
  type FunctionBody,
  type FunctionType,
  type Instruction,
  type Module,
  type ValueType,
} from "./module.js";

/** Bytes of stack that a value of each type takes. */
export const slotBytes: Readonly<Record<ValueType, number>> = { i32: 4, f32: 4, i64: 8, f64: 8 };

const letters: Readonly<Record<string, ValueType>> = { i: "i32", I: "i64", f: "f32", F: "f64" };

interface Frame {
  /** Operands below the block's own. */
  readonly height: number;
  readonly type: FunctionType;
}

/** The most bytes of operands that are on the stack at once in a valid function (Core Specification, appendix "Validation Algorithm"). */
export function operandBytes(module: Module, index: number, body: FunctionBody): number {
  const type = functionType(module, index);
  const locals = [
    ...type.params,
    ...body.locals.flatMap(({ count, type }) => Array<ValueType>(count).fill(type)),
  ];
  const stack = new OperandStack({ params: [], results: type.results });
  for (const instruction of body.code) step(module, locals, instruction, stack);
  return stack.deepestBytes;
}

class OperandStack {
  private readonly operands: ValueType[] = [];
  private readonly frames: Frame[];
  private bytes = 0;
  deepestBytes = 0;

  constructor(type: FunctionType) {
    this.frames = [{ height: 0, type }];
  }

  push(...types: readonly ValueType[]): void {
    for (const type of types) {
      this.operands.push(type);
      this.bytes += slotBytes[type];
    }
    this.deepestBytes = Math.max(this.deepestBytes, this.bytes);
  }

  /** The operand taken, or i32 where unreachable code takes one that is not there. */
  pop(): ValueType {
    const frame = this.frames.at(-1);
    if (!frame || this.operands.length <= frame.height) return "i32";
    const type = this.operands.pop() ?? "i32";
    this.bytes -= slotBytes[type];
    return type;
  }

  popAll(types: readonly ValueType[]): void {
    for (let k = 0; k < types.length; k++) this.pop();
  }

  enter(type: FunctionType): void {
    this.popAll(type.params);
    this.frames.push({ height: this.operands.length, type });
    this.push(...type.params);
  }

  otherwise(): void {
    const frame = this.frames.at(-1);
    this.reset();
    if (frame) this.push(...frame.type.params);
  }

  leave(): void {
    this.reset();
    const frame = this.frames.pop();
    if (frame) this.push(...frame.type.results);
  }

  /** Down to the operands below the block. */
  reset(): void {
    const height = this.frames.at(-1)?.height ?? 0;
    while (this.operands.length > height) this.pop();
  }
}

function step(
  module: Module,
  locals: readonly ValueType[],
  { opcode, immediates }: Instruction,
  stack: OperandStack,
): void {
  const [first = 0] = immediates;
  switch (opcode.name) {
    case "if":
      stack.pop();
      return stack.enter(blockType(module, first));
    case "block":
    case "loop":
      return stack.enter(blockType(module, first));
    case "else":
      return stack.otherwise();
    case "end":
      return stack.leave();
    case "br":
    case "br_table":
    case "return":
    case "unreachable":
      return stack.reset();
    case "br_if":
    case "drop":
    case "local.set":
    case "global.set":
      return void stack.pop();
    case "local.tee":
      return;
    case "select":
      stack.popAll(["i32", "i32"]);
      return stack.push(stack.pop());
    case "local.get":
      return stack.push(locals[first] ?? "i32");
    case "global.get":
      return stack.push(globalType(module, first));
    case "call":
      return call(functionType(module, first), stack);
    case "call_indirect":
      stack.pop();
      return call(module.types[first] ?? { params: [], results: [] }, stack);
  }
  const [params = "", results = ""] = opcode.signature?.split(":") ?? [];
  stack.popAll(Array<ValueType>(params.length).fill("i32"));
  for (const letter of results) stack.push(letters[letter] ?? "i32");
}

function call({ params, results }: FunctionType, stack: OperandStack): void {
  stack.popAll(params);
  stack.push(...results);
}

function globalType(module: Module, index: number): ValueType {
  const imported = module.imports.filter((entry) => entry.kind === "global");
  return imported[index]?.type ?? module.globals[index - imported.length]?.type ?? "i32";
}
