import type { HelperName } from "../helpers.js";
import { helperShapes } from "../helpers.js";
import type {
  AccessKind,
  BinaryOp,
  CallTarget,
  Condition,
  LoadOp,
  Operation,
  StoreOp,
  TrapName,
  UnaryOp,
  Value,
} from "../ir.js";
import type { DraftBlock, Graph } from "./graph.js";

export type Wide = readonly [low: Value, high: Value];

type BaseOp = "memoryBase" | "instanceBase" | "codeBase" | "tableBase";

/** Appends instructions to the block it stands in. */
export class Emitter {
  /** The block being filled, or null after its end: what follows is unreachable. */
  block: DraftBlock | null = null;
  /** Of the WebAssembly instruction being translated. */
  wasmOffset = 0;
  private readonly constants = new Map<Value, number>();
  private shared = new Map<string, Value>();

  constructor(readonly graph: Graph) {}

  begin(block: DraftBlock): void {
    this.graph.begin(block);
    this.block = block;
    this.shared = new Map();
  }

  /** Where the next instruction goes. */
  get current(): DraftBlock {
    if (!this.block) throw new Error("code after the end of a block");
    return this.block;
  }

  private emit(operation: Operation, results: number): Value[] {
    const values = this.graph.newValues(results);
    this.current.instructions.push({ operation, results: values, wasmOffset: this.wasmOffset });
    return values;
  }

  private one(operation: Operation): Value {
    return this.emit(operation, 1)[0]!;
  }

  private once(key: string, operation: Operation): Value {
    let value = this.shared.get(key);
    if (value === undefined) this.shared.set(key, (value = this.one(operation)));
    return value;
  }

  constant(number: number): Value {
    const value = this.once(`const ${number | 0}`, { op: "const", value: number | 0 });
    this.constants.set(value, number | 0);
    return value;
  }

  /** The number that a value always has, if an instruction of the same function says so. */
  constantOf(value: Value): number | undefined {
    return this.constants.get(value);
  }

  base(op: BaseOp): Value {
    return this.once(op, { op });
  }

  binary(op: BinaryOp, a: Value, b: Value | { readonly constant: number }): Value {
    return this.one({ op, a, b: typeof b === "number" ? b : this.constant(b.constant) });
  }

  unary(op: UnaryOp, a: Value): Value {
    return this.one({ op, a });
  }

  /** 1 if `a condition b`, else 0. */
  test(condition: Condition, a: Value, b: Value): Value {
    return this.one({ op: "test", test: { condition, a, b } });
  }

  /** `then` if the condition is not 0. */
  select(condition: Value, then: Value, otherwise: Value): Value {
    const test = { condition: "ne", a: condition, b: this.constant(0) } as const;
    return this.one({ op: "select", test, then, otherwise });
  }

  wide(op: "add64" | "sub64", a: Wide, b: Wide): Wide {
    const [low, high] = this.emit({ op, args: [...a, ...b] }, 2);
    return [low!, high!];
  }

  test64(condition: "lt_s" | "ge_s" | "lt_u" | "ge_u", a: Wide, b: Wide): Value {
    return this.one({ op: "test64", condition, args: [...a, ...b] });
  }

  load(op: LoadOp, address: Value, offset: number, kind: AccessKind): Value {
    return this.one({ op, address, offset: offset >>> 0, kind });
  }

  store(op: StoreOp, address: Value, offset: number, value: Value, kind: AccessKind): void {
    this.emit({ op, address, offset: offset >>> 0, value, kind }, 0);
  }

  trapIf(trap: TrapName, condition: Condition, a: Value, b: Value): void {
    this.emit({ op: "trapIf", test: { condition, a, b }, trap }, 0);
  }

  call(target: CallTarget, args: readonly Value[], results: number): Value[] {
    return this.emit({ op: "call", target, args }, results);
  }

  helper(name: HelperName, ...args: readonly Value[]): Value[] {
    return this.call({ kind: "helper", name }, args, helperShapes[name].results);
  }

  /** Ends the block. */
  trap(trap: TrapName): void {
    this.current.terminator = { kind: "trap", trap, wasmOffset: this.wasmOffset };
    this.block = null;
  }

  jump(target: DraftBlock, args: readonly Value[]): void {
    const edge = this.graph.edge(this.current, target, args);
    this.current.terminator = { kind: "jump", edge, wasmOffset: this.wasmOffset };
    this.block = null;
  }

  /** Goes to `then` if the condition is not 0. */
  branch(
    condition: Value,
    then: DraftBlock,
    thenArgs: readonly Value[],
    otherwise: DraftBlock,
  ): void {
    const test = { condition: "ne", a: condition, b: this.constant(0) } as const;
    const { current, graph, wasmOffset } = this;
    current.terminator = {
      kind: "branch",
      test,
      then: graph.edge(current, then, thenArgs),
      otherwise: graph.edge(current, otherwise, []),
      wasmOffset,
    };
    this.block = null;
  }

  switch(value: Value, targets: readonly DraftBlock[], args: readonly Value[]): void {
    const { current, graph, wasmOffset } = this;
    const edges = targets.map((target) => graph.edge(current, target, args));
    current.terminator = { kind: "switch", value, edges, wasmOffset };
    this.block = null;
  }

  return(values: readonly Value[]): void {
    this.current.terminator = { kind: "return", values, wasmOffset: this.wasmOffset };
    this.block = null;
  }
}
