import type { FunctionType, ValueType } from "../../builder/wasm/module.js";
import { opcodes } from "../../builder/wasm/opcodes.js";
import { cornerBits } from "./corners.js";
import {
  constant,
  memoryBytes,
  node,
  type Call,
  type Node,
  type Program,
  type ProgramFunction,
  type ProgramGlobal,
} from "./program.js";
import { Random } from "./random.js";

export interface GenerateOptions {
  /** Keeps every access inside the memory. */
  readonly inBounds: boolean;
}

const valueTypes: readonly ValueType[] = ["i32", "i32", "i32", "i64", "i64", "f32", "f64"];
const letters: Readonly<Record<string, ValueType>> = { i: "i32", I: "i64", f: "f32", F: "f64" };

interface Operation {
  readonly name: string;
  readonly params: readonly ValueType[];
}

/** Instructions that only compute, by their result. */
const operations = new Map<ValueType, Operation[]>();
const loads = new Map<ValueType, string[]>();
const stores: { readonly name: string; readonly type: ValueType }[] = [];
for (const { name, signature, immediate } of opcodes.values()) {
  if (signature === null || name.startsWith("memory.") || name.includes("data.")) continue;
  const [params, results] = signature.split(":").map((side) => [...side].map((c) => letters[c]!));
  const [result] = results!;
  if (immediate === "memory" && result) push(loads, result, name);
  else if (immediate === "memory") stores.push({ name, type: params![1]! });
  else if (immediate === "none" && result && params!.length > 0)
    push(operations, result, { name, params: params! });
}

function push<T>(map: Map<ValueType, T[]>, key: ValueType, item: T): void {
  map.set(key, [...(map.get(key) ?? []), item]);
}

/** A program by chance: the same for the same seed and options. */
export function generate(seed: number, options: GenerateOptions): Program {
  const random = new Random(seed);
  const type = (): ValueType => random.pick(valueTypes);
  const imports = random.list(0, 2, (): FunctionType => ({
    params: random.list(0, 2, () => random.pick(["i32", "i64"] as const)),
    results: random.list(0, 1, () => random.pick(["i32", "i64"] as const)),
  }));
  const signatures = random.list(1, 4, (): FunctionType => ({
    params: random.list(0, random.oneIn(3) ? 9 : 3, type),
    results: random.oneIn(4) ? random.list(0, 5, type) : random.list(0, 1, type),
  }));
  const globals: ProgramGlobal[] = [
    { type: "i32", mutable: true, bits: 0n },
    ...random.list(1, 6, () => {
      const own = type();
      return { type: own, mutable: !random.oneIn(4), bits: cornerBits(random, own) };
    }),
  ];
  const count = imports.length + signatures.length;
  const shape: Shape = {
    imports,
    signatures,
    globals,
    table: random.list(1, 8, () => (random.oneIn(4) ? null : random.below(count))),
    options,
  };
  const functions = signatures.map((signature) => new Writer(random, shape, signature).write());
  const calls = random.list(1, 6, (): Call => {
    const target = random.below(signatures.length);
    const args = signatures[target]!.params.map((param) => cornerBits(random, param));
    return { target, args };
  });
  const data = random.list(0, 2, () => {
    const bytes = random.list(1, 40, () => random.below(256));
    return { address: random.below(memoryBytes - 40), bytes };
  });
  return { imports, functions, globals, table: shape.table, data, calls };
}

interface Shape {
  readonly imports: readonly FunctionType[];
  readonly signatures: readonly FunctionType[];
  readonly globals: readonly ProgramGlobal[];
  readonly table: readonly (number | null)[];
  readonly options: GenerateOptions;
}

/** A label in scope that may be branched to, and the values that a branch takes there. */
interface Target {
  readonly label: number;
  readonly types: readonly ValueType[];
}

/** Writes one function. */
class Writer {
  private readonly locals: ValueType[] = [];
  /** Locals that statements may write: no counters of loops. */
  private readonly writable: number[] = [];
  private targets: Target[] = [];
  private labels = 0;
  /** Nodes that may still be made. */
  private budget: number;
  private loopDepth = 0;

  constructor(
    private readonly random: Random,
    private readonly shape: Shape,
    private readonly signature: FunctionType,
  ) {
    this.budget = 20 + random.below(120);
    signature.params.forEach((_, k) => this.writable.push(k));
    for (const type of random.list(0, 5, () => random.pick(valueTypes))) this.local(type, true);
  }

  write(): ProgramFunction {
    const body = [...this.statements(6), ...this.values(this.signature.results, 4)];
    return { ...this.signature, locals: this.locals, body };
  }

  private local(type: ValueType, isWritable: boolean): number {
    const index = this.signature.params.length + this.locals.push(type) - 1;
    if (isWritable) this.writable.push(index);
    return index;
  }

  private typeOf(local: number): ValueType {
    const { params } = this.signature;
    return params[local] ?? this.locals[local - params.length]!;
  }

  private values(types: readonly ValueType[], depth: number): Node[] {
    return types.map((type) => this.value(type, depth));
  }

  private statements(most: number): Node[] {
    return this.random.list(1, most, () => this.statement()).flat();
  }

  private statement(): Node[] {
    this.budget--;
    if (this.budget <= 0) return [];
    const { random } = this;
    switch (random.below(16)) {
      case 0:
      case 1:
      case 2:
        return this.setLocal();
      case 3:
        return this.setGlobal();
      case 4:
      case 5:
      case 6:
        return [this.store()];
      case 7:
        return [this.conditional()];
      case 8:
        return [this.block()];
      case 9:
      case 10:
        return this.loop();
      case 11:
        return this.branch();
      case 12:
        return [this.tableBranch()];
      case 13:
        return [this.call()];
      case 14:
        return [this.bulk()];
      default: {
        const type = random.pick(valueTypes);
        return [node("drop", [], { args: [this.value(type, 3)] })];
      }
    }
  }

  private setLocal(): Node[] {
    if (this.writable.length === 0) return [];
    const local = this.random.pick(this.writable);
    return [node("local.set", [], { numbers: [local], args: [this.value(this.typeOf(local), 4)] })];
  }

  private setGlobal(): Node[] {
    const list = this.shape.globals.flatMap(({ mutable }, k) => (mutable && k > 0 ? [k] : []));
    if (list.length === 0) return [];
    const global = this.random.pick(list);
    const { type } = this.shape.globals[global]!;
    return [node("global.set", [], { numbers: [global], args: [this.value(type, 4)] })];
  }

  private store(): Node {
    const { name, type } = this.random.pick(stores);
    const [address, numbers] = this.address(name);
    return node(name, [], { numbers, args: [address, this.value(type, 3)] });
  }

  /** Where an access goes, and its immediates. */
  private address(name: string): [Node, number[]] {
    const { random } = this;
    const bytes = Number(/(8|16|32)(_|$)/.exec(name)?.[1] ?? name.slice(1, 3)) / 8;
    const exponent = random.below(Math.log2(bytes) + 1);
    const value = this.value("i32", 2);
    if (this.shape.options.inBounds || !random.oneIn(5)) {
      const mask = random.pick([0xfff, 0x7ffc, 0x7ff8, 0xff]);
      const offset = random.pick([0, 0, 4, 8, random.below(0x7000)]);
      const inside = node("i32.and", ["i32"], { args: [value, constant("i32", BigInt(mask))] });
      return [inside, [exponent, offset]];
    }
    const offset = random.pick([0, 1, 8, 65535, memoryBytes - bytes, 0xffff_ffff, 0x7fff_fff0]);
    const nearEnd = constant("i32", BigInt(memoryBytes - random.below(20)));
    return [random.oneIn(2) ? value : nearEnd, [exponent, random.oneIn(2) ? 0 : offset]];
  }

  private conditional(): Node {
    const args = [this.value("i32", 3)];
    const isTwoArmed = this.random.oneIn(2);
    const [label, then] = this.scoped([], () => this.statements(3));
    const [, otherwise] = isTwoArmed ? this.scopedAs(label, [], () => this.statements(3)) : [0, []];
    return node("if", [], { args, label, bodies: isTwoArmed ? [then, otherwise] : [then] });
  }

  /** A block that branches may leave early, its results set to locals. */
  private block(): Node {
    const { random } = this;
    const types =
      this.writable.length === 0 || random.oneIn(2)
        ? []
        : random.list(1, 3, () => random.pick(valueTypes));
    const args = random.oneIn(3)
      ? this.values(
          random.list(1, 2, () => random.pick(valueTypes)),
          2,
        )
      : [];
    const dropped = args.map(() => node("drop", []));
    const [label, body] = this.scoped(types, () => [
      ...dropped,
      ...this.statements(4),
      ...this.values(types, 2),
    ]);
    return this.intoLocals(node("block", types, { args, label, bodies: [body] }));
  }

  /** A loop that counts down a local that nothing else writes; every way back counts. */
  private loop(): Node[] {
    if (this.loopDepth >= 2) return [];
    const { random } = this;
    const counter = this.local("i32", false);
    const label = this.labels++;
    const start = constant("i32", BigInt(1 + random.below(5)));
    const step = constant("i32", BigInt(1 + random.below(2)));
    const next = node("local.tee", ["i32"], {
      numbers: [counter],
      args: [
        node("i32.sub", ["i32"], {
          args: [node("local.get", ["i32"], { numbers: [counter] }), step],
        }),
      ],
    });
    const isLeft = node("i32.gt_s", ["i32"], { args: [next, constant("i32", 0n)] });
    const again = node("br_if", [], { args: [isLeft], targets: [label] });
    this.loopDepth++;
    const early = node("if", [], {
      args: [this.value("i32", 2)],
      label: this.labels++,
      bodies: [[again]],
    });
    const body = [
      ...this.statements(4),
      ...(random.oneIn(3) ? [early, ...this.statements(2)] : []),
      again,
    ];
    this.loopDepth--;
    return [
      node("local.set", [], { numbers: [counter], args: [start] }),
      node("loop", [], { label, bodies: [body] }),
    ];
  }

  private branch(): Node[] {
    const { random } = this;
    if (random.oneIn(12))
      return [
        node("if", [], {
          args: [this.value("i32", 2)],
          label: this.labels++,
          bodies: [[node("unreachable", [])]],
        }),
      ];
    if (random.oneIn(6))
      return [this.guarded(node("return", [], { args: this.values(this.signature.results, 2) }))];
    if (this.targets.length === 0) return [];
    const { label, types } = random.pick(this.targets);
    const args = this.values(types, 2);
    if (types.length > 1 || random.oneIn(2))
      return [this.guarded(node("br", [], { args, targets: [label] }))];
    const branch = node("br_if", types, {
      args: [...args, this.value("i32", 2)],
      targets: [label],
    });
    return [types.length === 0 ? branch : node("drop", [], { args: [branch] })];
  }

  private guarded(jump: Node): Node {
    return node("if", [], { args: [this.value("i32", 2)], label: this.labels++, bodies: [[jump]] });
  }

  /** Blocks around each other, a br_table within them, and something after each. */
  private tableBranch(): Node {
    const { random } = this;
    const labels = random.list(1, 4, () => this.labels++);
    const mask = constant("i32", BigInt(random.pick([3, 7, 0xffff_ffff])));
    const index = node("i32.and", ["i32"], { args: [this.value("i32", 2), mask] });
    const targets = random.list(1, 6, () => random.pick(labels));
    let body: Node[] = [node("br_table", [], { args: [index], targets })];
    for (const label of labels)
      body = [node("block", [], { label, bodies: [body] }), ...this.statements(1)];
    return node("block", [], { label: this.labels++, bodies: [body] });
  }

  private call(): Node {
    return this.intoLocals(this.calling());
  }

  private calling(result?: ValueType): Node {
    const { random } = this;
    const { imports, signatures, table } = this.shape;
    const all = [...imports, ...signatures];
    const fits = all.flatMap(({ results }, k) =>
      result === undefined || (results.length === 1 && results[0] === result) ? [k] : [],
    );
    if (fits.length === 0) return this.leaf(result ?? "i32");
    const target = random.pick(fits);
    const { params, results } = all[target]!;
    const args = this.values(params, 2);
    if (!random.oneIn(3)) return node("call", results, { args, numbers: [target] });
    const entries = table.flatMap((entry, k) => (entry === target ? [k] : []));
    const entry =
      entries.length > 0 && !random.oneIn(6)
        ? random.pick(entries)
        : random.below(table.length + 2);
    const index = random.oneIn(3)
      ? node("i32.or", ["i32"], { args: [this.leaf("i32"), constant("i32", BigInt(entry))] })
      : constant("i32", BigInt(entry));
    return node("call_indirect", results, { args: [...args, index] });
  }

  private intoLocals(value: Node): Node {
    if (value.types.length === 0) return value;
    return node("set", [], {
      args: [value],
      numbers: value.types.map((type) => this.local(type, true)),
    });
  }

  /** Copies and fills that fit are short, for many are made; others are too long or lie anywhere. */
  private bulk(): Node {
    const { random } = this;
    const isCopy = random.oneIn(2);
    const isInside = this.shape.options.inBounds || !random.oneIn(5);
    const bitwise = (op: "i32.and" | "i32.or", bits: number): Node =>
      node(op, ["i32"], { args: [this.value("i32", 2), constant("i32", BigInt(bits))] });
    const place = (): Node => (isInside ? bitwise("i32.and", 0x3fff) : this.value("i32", 2));
    const isLong = !isInside && random.oneIn(2);
    const args = [
      place(),
      isCopy ? place() : this.value("i32", 2),
      isLong ? bitwise("i32.or", 0x20000) : bitwise("i32.and", random.pick([7, 0x3f, 0x3ff])),
    ];
    const numbers = isCopy ? [0, 0] : [0];
    return node(isCopy ? "memory.copy" : "memory.fill", [], { args, numbers });
  }

  private scoped(types: readonly ValueType[], write: () => Node[]): [number, Node[]] {
    return this.scopedAs(this.labels++, types, write);
  }

  private scopedAs(
    label: number,
    types: readonly ValueType[],
    write: () => Node[],
  ): [number, Node[]] {
    const before = this.targets;
    this.targets = [...before, { label, types }];
    const body = write();
    this.targets = before;
    return [label, body];
  }

  private leaf(type: ValueType): Node {
    const { random } = this;
    const locals = this.locals
      .concat(this.signature.params)
      .flatMap((_, k) => (this.typeOf(k) === type ? [k] : []));
    if (locals.length > 0 && !random.oneIn(3))
      return node("local.get", [type], { numbers: [random.pick(locals)] });
    const globals = this.shape.globals.flatMap((global, k) =>
      global.type === type && k > 0 ? [k] : [],
    );
    if (globals.length > 0 && random.oneIn(4))
      return node("global.get", [type], { numbers: [random.pick(globals)] });
    return constant(type, cornerBits(random, type));
  }

  private value(type: ValueType, depth: number): Node {
    this.budget--;
    if (depth <= 0 || this.budget <= 0) return this.leaf(type);
    const { random } = this;
    switch (random.below(12)) {
      case 0:
      case 1:
        return this.leaf(type);
      case 2: {
        const name = random.pick(loads.get(type)!);
        const [address, numbers] = this.address(name);
        return node(name, [type], { numbers, args: [address] });
      }
      case 3:
        return node("select", [type], {
          args: [
            this.value(type, depth - 1),
            this.value(type, depth - 1),
            this.value("i32", depth - 1),
          ],
        });
      case 4:
        return this.calling(type);
      case 5:
        return this.chosen(type, depth);
      case 6: {
        const locals = this.writable.filter((local) => this.typeOf(local) === type);
        if (locals.length === 0) return this.leaf(type);
        return node("local.tee", [type], {
          numbers: [random.pick(locals)],
          args: [this.value(type, depth - 1)],
        });
      }
      case 7:
        if (type !== "i32" || !random.oneIn(4)) return this.operation(type, depth);
        if (random.oneIn(2)) return node("memory.size", [type], { numbers: [0] });
        return node("memory.grow", [type], { numbers: [0], args: [this.leaf(type)] });
      default:
        return this.operation(type, depth);
    }
  }

  /** An if or a block that gives a value. */
  private chosen(type: ValueType, depth: number): Node {
    if (this.random.oneIn(2)) {
      const args = [this.value("i32", depth - 1)];
      const [label, then] = this.scoped([type], () => [
        ...this.statements(1),
        this.value(type, depth - 1),
      ]);
      const [, otherwise] = this.scopedAs(label, [type], () => [this.value(type, depth - 1)]);
      return node("if", [type], { args, label, bodies: [then, otherwise] });
    }
    const [label, body] = this.scoped([type], () => [
      ...this.statements(2),
      this.value(type, depth - 1),
    ]);
    return node("block", [type], { label, bodies: [body] });
  }

  private operation(type: ValueType, depth: number): Node {
    const { name, params } = this.random.pick(operations.get(type)!);
    return node(name, [type], { args: this.values(params, depth - 1) });
  }
}
