import { encode } from "../../builder/wasm/encode.js";
import type {
  Expression,
  FunctionBody,
  FunctionType,
  Instruction,
  Module,
  ValueType,
} from "../../builder/wasm/module.js";
import { opcode } from "../../builder/wasm/opcodes.js";
import { fuel, pages, type Node, type Program, type ProgramFunction } from "./program.js";
import { constant } from "./program.js";

/** Name of the export that calls the function at a position with full fuel. */
export function exportName(position: number): string {
  return `f${position}`;
}

/** Thrown for a program that is none: a branch without its block. */
export class Broken extends Error {}

/** The module of a program. Throws Broken. */
export function encodeProgram(program: Program): {
  readonly module: Module;
  readonly wasm: Uint8Array;
} {
  const types: FunctionType[] = [];
  const typeIndex = (type: FunctionType): number => {
    const same = (other: FunctionType): boolean => signature(other) === signature(type);
    const found = types.findIndex(same);
    return found >= 0 ? found : types.push({ params: type.params, results: type.results }) - 1;
  };
  const { imports, functions, globals, table, data } = program;
  const first = imports.length;
  const context: Context = { typeIndex };
  const bodies = functions.map((fn) => new Body(fn, context).encode());
  const wrappers = functions.map((fn, k) => wrapper(fn, first + k));
  const module: Module = {
    types,
    imports: imports.map((type, k) => ({
      module: "host",
      name: `h${k}`,
      kind: "function" as const,
      typeIndex: typeIndex(type),
    })),
    functions: [...functions, ...functions].map(typeIndex),
    tables: [{ min: table.length }],
    memories: [{ min: pages, max: pages }],
    globals: globals.map(({ type, mutable, bits }) => ({
      type,
      mutable,
      init: expression([constant(type, bits)]),
    })),
    exports: functions.map((_, k) => ({
      name: exportName(k),
      kind: "function" as const,
      index: first + functions.length + k,
    })),
    start: null,
    elements: table.flatMap((target, k) =>
      target === null
        ? []
        : [{ offset: expression([constant("i32", BigInt(k))]), functions: [target] }],
    ),
    code: [...bodies, ...wrappers],
    data: data.map(({ address, bytes }) => ({
      offset: expression([constant("i32", BigInt(address))]),
      bytes: Uint8Array.from(bytes),
    })),
    dataCount: false,
    custom: [],
  };
  return { module, wasm: encode(module).bytes };
}

function signature({ params, results }: FunctionType): string {
  return `${params.join(" ")}:${results.join(" ")}`;
}

function expression(nodes: readonly Node[]): Expression {
  return [
    ...nodes.map(({ op, numbers, wide }) => instruction(op, numbers, wide)),
    instruction("end"),
  ];
}

function instruction(name: string, immediates: readonly number[] = [], wide?: bigint): Instruction {
  return { opcode: opcode(name), offset: -1, immediates, ...(wide !== undefined && { wide }) };
}

/** Fills the fuel and calls. */
function wrapper({ params }: FunctionType, index: number): FunctionBody {
  return {
    locals: [],
    code: [
      instruction("i32.const", [fuel]),
      instruction("global.set", [0]),
      ...params.map((_, k) => instruction("local.get", [k])),
      instruction("call", [index]),
      instruction("end"),
    ],
  };
}

interface Context {
  readonly typeIndex: (type: FunctionType) => number;
}

const valueCodes: Readonly<Record<ValueType, number>> = { i32: -1, i64: -2, f32: -3, f64: -4 };

/** Operands whose bits WebAssembly fixes: no NaN that an engine may choose. */
const exact = /\.(const|load|reinterpret_\w+)$/;
/** Instructions that show the bits of their last operand, and its type. */
const shows = /^(?:i32\.reinterpret_(f32)|i64\.reinterpret_(f64)|(f32|f64)\.(?:store|copysign))$/;

class Body {
  private readonly code: Instruction[] = [];
  private readonly labels: number[] = [];
  private readonly scratch: Readonly<Record<"f32" | "f64", number>>;

  constructor(
    private readonly fn: ProgramFunction,
    private readonly context: Context,
  ) {
    const first = fn.params.length + fn.locals.length;
    this.scratch = { f32: first, f64: first + 1 };
  }

  encode(): FunctionBody {
    this.takeFuel();
    for (const each of this.fn.body) this.node(each);
    this.emit("end");
    const { locals } = this.fn;
    return {
      locals: [...locals, "f32" as const, "f64" as const].map((type) => ({ count: 1, type })),
      code: this.code,
    };
  }

  /** Returns zeros if the fuel is out. */
  private takeFuel(): void {
    this.emit("global.get", [0]);
    this.emit("i32.eqz");
    this.emit("if", [-64]);
    for (const type of this.fn.results) {
      const { op, numbers, wide } = constant(type, 0n);
      this.emit(op, numbers, wide);
    }
    this.emit("return");
    this.emit("end");
    this.emit("global.get", [0]);
    this.emit("i32.const", [1]);
    this.emit("i32.sub");
    this.emit("global.set", [0]);
  }

  private emit(name: string, immediates: readonly number[] = [], wide?: bigint): void {
    this.code.push(instruction(name, immediates, wide));
  }

  private node(node: Node): void {
    const { op, args, numbers, wide } = node;
    for (const arg of args) this.node(arg);
    if (op === "set") {
      for (const local of numbers.toReversed()) this.emit("local.set", [local]);
      return;
    }
    if (node.bodies) return this.structure(node, node.bodies);
    const shown = shows.exec(op);
    const type = (shown?.[1] ?? shown?.[2] ?? shown?.[3]) as "f32" | "f64" | undefined;
    if (type && !exact.test(args.at(-1)!.op)) this.makeCanonical(type);
    if (node.targets)
      return this.emit(
        op,
        node.targets.map((target) => this.depth(target)),
      );
    if (op === "call_indirect")
      return this.emit(op, [this.context.typeIndex(indirectType(node)), 0]);
    this.emit(op, numbers, wide);
  }

  /** A NaN on the stack becomes the canonical one. */
  private makeCanonical(type: "f32" | "f64"): void {
    const local = [this.scratch[type]];
    this.emit("local.set", local);
    this.emit("local.get", local);
    this.emit(`${type}.const`, [], type === "f32" ? 0x7fc0_0000n : 0x7ff8_0000_0000_0000n);
    this.emit("local.get", local);
    this.emit("local.get", local);
    this.emit(`${type}.eq`);
    this.emit("select");
  }

  private structure({ op, types, args, label }: Node, bodies: readonly (readonly Node[])[]): void {
    const params = (op === "if" ? args.slice(0, -1) : args).flatMap((arg) => arg.types);
    this.emit(op, [this.blockType(params, types)]);
    this.labels.push(label ?? -1);
    bodies.forEach((body, k) => {
      if (k > 0) this.emit("else");
      for (const each of body) this.node(each);
    });
    this.labels.pop();
    this.emit("end");
  }

  private blockType(params: readonly ValueType[], results: readonly ValueType[]): number {
    if (params.length > 0 || results.length > 1) return this.context.typeIndex({ params, results });
    return results[0] ? valueCodes[results[0]] : -64;
  }

  private depth(label: number): number {
    const at = this.labels.lastIndexOf(label);
    if (at < 0) throw new Broken(`label ${label} is nowhere around`);
    return this.labels.length - 1 - at;
  }
}

/** The signature that a call_indirect asks for: of its operands, the index apart, and its results. */
export function indirectType({ args, types }: Node): FunctionType {
  return { params: args.slice(0, -1).flatMap((arg) => arg.types), results: types };
}
