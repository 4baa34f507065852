import { type FunctionBody, type Instruction, type Module } from "./module.js";
import { opcode } from "./opcodes.js";

/** Name of the exported global that `meter` adds: an i64, the cycles that may still pass. Whoever calls into the module sets it. */
export const budgetExport = "budget";

/** What a module takes, in cycles, by the offsets of its instructions. */
export interface CycleCosts {
  /** What begins in front of an instruction and goes as far as the next of these places. */
  readonly before: ReadonlyMap<number, number>;
  /** What is due beside, by the offset of a `br_if` or `if`: where its condition holds, and where it does not. */
  readonly then: ReadonlyMap<number, number>;
  readonly otherwise: ReadonlyMap<number, number>;
  /** A byte that is copied or filled. */
  readonly copiedByte: number;
  readonly filledByte: number;
}

/** A block without parameters and results (Core Specification, section 5.3.5). */
const emptyBlock = -64;

/** Costs of a byte are counted in parts of a cycle. */
const partsOfCycle = 4;

/**
 * Lets a module count the time that it takes: a global, `budget`, goes down by the cycles of what control comes by. Where that could go on for ever, at each turn of a
 * loop and at the start of each function that calls others, the module traps as `unreachable` if it is below zero. The added instructions have offset -1, so `encode`
 * tells where the others went.
 */
export function meter(module: Module, costs: CycleCosts): Module {
  const imported = module.imports.filter(({ kind }) => kind === "global").length;
  const budget = imported + module.globals.length;
  const parameters = (typeIndex: number): number => module.types[typeIndex]!.params.length;
  return {
    ...module,
    globals: [
      ...module.globals,
      { type: "i64", mutable: true, init: [wide(0x7fff_ffff_ffff_ffffn), make("end")] },
    ],
    exports: [...module.exports, { name: budgetExport, kind: "global", index: budget }],
    code: module.code.map((body, k) =>
      new BodyMeter(costs, budget, firstFreeLocal(body, parameters(module.functions[k]!))).run(
        body,
      ),
    ),
  };
}

function firstFreeLocal({ locals }: FunctionBody, parameters: number): number {
  return locals.reduce((sum, { count }) => sum + count, parameters);
}

class BodyMeter {
  readonly #out: Instruction[] = [];
  /** What is due in front of the next instruction, and whether to ask there if there is time left. */
  #due = 0;
  #asks = false;
  /** By open block: the cost of the way around an `if` that has no `else` yet. */
  readonly #otherwise: number[] = [];
  readonly #left: number;
  readonly #word: number;

  constructor(
    private readonly costs: CycleCosts,
    private readonly budget: number,
    firstFreeLocal: number,
  ) {
    this.#left = firstFreeLocal;
    this.#word = firstFreeLocal + 1;
  }

  run({ locals, code }: FunctionBody): FunctionBody {
    this.#asks = code.some(({ opcode: { name } }) => name === "call" || name === "call_indirect");
    for (const instruction of code) this.#step(instruction);
    const own = [
      { count: 1, type: "i64" },
      { count: 1, type: "i32" },
    ] as const;
    return { locals: [...locals, ...own], code: this.#out };
  }

  #step(instruction: Instruction): void {
    const { offset, opcode } = instruction;
    this.#due += this.costs.before.get(offset) ?? 0;
    this.#charge();
    if (opcode.name === "end") this.#closeWayAround();
    const then = this.costs.then.get(offset) ?? 0;
    const otherwise = this.costs.otherwise.get(offset) ?? 0;
    switch (opcode.name) {
      case "block":
      case "loop":
        this.#otherwise.push(0);
        this.#asks = opcode.name === "loop";
        break;
      case "if":
        this.#otherwise.push(otherwise);
        this.#due = then;
        break;
      case "else":
        this.#due = this.#otherwise.pop()!;
        this.#otherwise.push(0);
        break;
      case "br_if":
        this.#chargeTaken(Math.round(then));
        this.#due = otherwise;
        break;
      case "memory.copy":
        return this.#bulk(instruction, this.costs.copiedByte);
      case "memory.fill":
        return this.#bulk(instruction, this.costs.filledByte);
    }
    this.#out.push(instruction);
  }

  /** An `else` where there was none, if there is something to charge in it. */
  #closeWayAround(): void {
    const otherwise = Math.round(this.#otherwise.pop() ?? 0);
    if (otherwise === 0) return;
    this.#out.push(make("else"));
    this.#take(wide(BigInt(otherwise)));
  }

  #charge(): void {
    const asks = this.#asks;
    this.#asks = false;
    // A loop of which nothing is known must not be free, and endless.
    const cycles = Math.max(asks ? 1 : 0, Math.round(this.#due));
    this.#due = 0;
    if (cycles === 0) return;
    if (!asks) return this.#take(wide(BigInt(cycles)));
    this.#out.push(
      make("global.get", this.budget),
      wide(BigInt(cycles)),
      make("i64.sub"),
      make("local.tee", this.#left),
      make("global.set", this.budget),
      make("local.get", this.#left),
      wide(0n),
      make("i64.lt_s"),
      make("if", emptyBlock),
      make("unreachable"),
      make("end"),
    );
  }

  /** For a branch on the operand that is on top. */
  #chargeTaken(cycles: number): void {
    if (cycles === 0) return;
    this.#out.push(make("local.tee", this.#word));
    this.#take(wide(BigInt(cycles)), wide(0n), make("local.get", this.#word), make("select"));
  }

  /** What the bytes cost is charged when they have been found to be in the memory. */
  #bulk(instruction: Instruction, perByte: number): void {
    this.#out.push(make("local.tee", this.#word), instruction);
    this.#take(
      make("local.get", this.#word),
      make("i64.extend_i32_u"),
      wide(BigInt(Math.round(perByte * 2 ** partsOfCycle))),
      make("i64.mul"),
      wide(BigInt(partsOfCycle)),
      make("i64.shr_u"),
    );
  }

  #take(...cycles: Instruction[]): void {
    this.#out.push(
      make("global.get", this.budget),
      ...cycles,
      make("i64.sub"),
      make("global.set", this.budget),
    );
  }
}

function make(name: string, ...immediates: number[]): Instruction {
  return { opcode: opcode(name), offset: -1, immediates };
}

function wide(value: bigint): Instruction {
  return { opcode: opcode("i64.const"), offset: -1, immediates: [], wide: value };
}
