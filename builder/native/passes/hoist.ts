import type { Block, BlockId, Edge, Instruction, IrFunction, Operation, Value } from "../ir.js";
import { findLoops, predecessors, type Loops } from "./flow.js";
import { edges, isPure, mapEdges, operands, renameInstruction } from "./operations.js";

/** Constants that the machine makes in one instruction stay where they are used. */
const greatestShort = 255;

/**
 * Computes ahead of a loop what is the same in each round: sums of base and index, long constants, other arithmetic on values from outside, and globals that
 * nothing in the loop changes. What is the same in the loops around moves out of those as well.
 */
export function hoistInvariants(fn: IrFunction): IrFunction {
  const prepared = withPreheaders(fn);
  const loops = findLoops(prepared);
  return loops.around.size === 0 ? fn : new Hoisting(prepared, loops).run();
}

/** What a loop does to globals. */
interface Effects {
  calls: boolean;
  /** Bytes of the instance block that it writes at. */
  readonly stores: Set<number>;
}

class Hoisting {
  /** The loop that each value is computed in. */
  private readonly home = new Map<Value, BlockId>();
  private readonly constants = new Map<Value, number>();
  private readonly moved = new Map<BlockId, Instruction[]>();
  private readonly effects: ReadonlyMap<BlockId, Effects>;
  private readonly preheaders: ReadonlyMap<BlockId, BlockId>;
  private valueCount: number;

  constructor(
    private readonly fn: IrFunction,
    private readonly loops: Loops,
  ) {
    this.valueCount = fn.valueCount;
    this.effects = findEffects(fn, loops);
    const before = predecessors(fn);
    this.preheaders = new Map(
      [...loops.around.keys()].map((header) => [header, Math.min(...before[header]!)]),
    );
    fn.blocks.forEach(({ params, instructions }, id) => {
      for (const param of params) this.home.set(param, loops.innermost[id]!);
      for (const { operation, results } of instructions) {
        for (const result of results) this.home.set(result, loops.innermost[id]!);
        if (operation.op === "const") this.constants.set(results[0]!, operation.value);
      }
    });
  }

  run(): IrFunction {
    const stay = this.fn.blocks.map(({ instructions }, id) =>
      instructions.filter((instruction) => !this.move(instruction, this.loops.innermost[id]!)),
    );
    const blocks = this.fn.blocks.map((block, id) => {
      const instructions = [...stay[id]!, ...(this.moved.get(id) ?? [])];
      return { ...block, instructions };
    });
    return { ...this.fn, blocks, valueCount: this.valueCount };
  }

  /** Moves the instruction as far out as it goes; false if it stays. */
  private move(instruction: Instruction, innermost: BlockId): boolean {
    let left: BlockId = -1;
    for (let loop = innermost; loop !== -1; loop = this.loops.around.get(loop)!) {
      if (!this.isInvariant(instruction.operation, loop)) break;
      left = loop;
    }
    if (left === -1) return false;
    const preheader = this.preheaders.get(left)!;
    const list = this.moved.get(preheader) ?? [];
    this.moved.set(preheader, list);
    const outer = this.loops.around.get(left)!;
    // Short constants do not move by themselves: what needs them takes its own along.
    const rename = (value: Value): Value => {
      const number = this.constants.get(value);
      if (number === undefined || !this.isInside(value, left)) return value;
      const results = [this.valueCount++];
      list.push({ ...instruction, operation: { op: "const", value: number }, results });
      return results[0]!;
    };
    list.push(renameInstruction(instruction, rename));
    for (const result of instruction.results) this.home.set(result, outer);
    return true;
  }

  private isInvariant(operation: Operation, loop: BlockId): boolean {
    if (operation.op === "const") return operation.value < 0 || operation.value > greatestShort;
    if (operation.op === "load32" && operation.kind === "instance") {
      const { calls, stores } = this.effects.get(loop)!;
      if (calls || stores.has(operation.offset)) return false;
    } else if (!isPure(operation) || operation.op === "test" || operation.op === "test64")
      return false;
    return operands(operation).every(
      (value) => this.constants.has(value) || !this.isInside(value, loop),
    );
  }

  /** Whether the value is computed in the loop or in one inside of it. */
  private isInside(value: Value, loop: BlockId): boolean {
    let at = this.home.get(value)!;
    // Headers of outer loops stand before those of inner ones.
    while (at > loop) at = this.loops.around.get(at)!;
    return at === loop;
  }
}

function findEffects(fn: IrFunction, { innermost, around }: Loops): Map<BlockId, Effects> {
  const found = new Map<BlockId, Effects>();
  for (const header of around.keys()) found.set(header, { calls: false, stores: new Set() });
  fn.blocks.forEach(({ instructions }, id) => {
    const effects = found.get(innermost[id]!);
    if (!effects) return;
    for (const { operation } of instructions) {
      if (operation.op === "store32" && operation.kind === "instance")
        effects.stores.add(operation.offset);
      else if (operation.op === "call")
        effects.calls ||=
          operation.target.kind === "function" || operation.target.kind === "address";
    }
  });
  for (const [header, outer] of [...around].toSorted(([a], [b]) => b - a)) {
    const { calls, stores } = found.get(header)!;
    const above = found.get(outer);
    if (!above) continue;
    above.calls ||= calls;
    for (const offset of stores) above.stores.add(offset);
  }
  return found;
}

/** Gives each loop that needs it a block of its own from which alone it is entered and that leads nowhere else. */
function withPreheaders(fn: IrFunction): IrFunction {
  const before = predecessors(fn);
  const needed = new Set<BlockId>();
  for (const header of findLoops(fn).around.keys()) {
    const [only, ...others] = before[header]!.filter((from) => from < header);
    if (others.length > 0 || edges(fn.blocks[only!]!.terminator).length !== 1) needed.add(header);
  }
  return needed.size === 0 ? fn : insert(fn, needed);
}

function insert(fn: IrFunction, needed: ReadonlySet<BlockId>): IrFunction {
  let { valueCount } = fn;
  let next = 0;
  const places = fn.blocks.map((_, id) => (needed.has(id) ? (next += 2) : ++next) - 1);
  const blocks = fn.blocks.flatMap((block, id): Block[] => {
    const terminator = mapEdges(block.terminator, ({ target, args }): Edge => {
      const entering = needed.has(target) && id < target;
      return { target: places[target]! - (entering ? 1 : 0), args };
    });
    const moved = { ...block, terminator };
    if (!needed.has(id)) return [moved];
    const params = block.params.map(() => valueCount++);
    const { wasmOffset } = block.instructions[0] ?? block.terminator;
    const edge = { target: places[id]!, args: params };
    const preheader: Block = {
      params,
      instructions: [],
      terminator: { kind: "jump", edge, wasmOffset },
      loopDepth: block.loopDepth - 1,
      start: -1,
    };
    return [preheader, moved];
  });
  return { ...fn, blocks, valueCount };
}
