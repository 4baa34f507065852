import type { Block, BlockId, Edge, Instruction, IrFunction, Operation, Value } from "../ir.js";
import { loops, predecessors } from "./flow.js";
import { edges, isPure, mapEdges, operands } from "./operations.js";

/** Constants that the machine makes in one instruction stay where they are used. */
const shortConstant = 255;

/**
 * Computes ahead of a loop what is the same in each round: sums of base and index, long constants, and other arithmetic on values from outside. Inner loops come
 * first, so that what they set free may move on outwards.
 */
export function hoistInvariants(fn: IrFunction): IrFunction {
  const prepared = withPreheaders(fn);
  const blocks = [...prepared.blocks];
  const home = new Map<Value, BlockId>();
  blocks.forEach(({ params, instructions }, id) => {
    for (const param of params) home.set(param, id);
    for (const { results } of instructions) for (const result of results) home.set(result, id);
  });
  for (const [header, body] of loops(prepared)) {
    const preheader = outside(prepared, header, body);
    const moved: Instruction[] = [];
    for (const id of [...body].toSorted((a, b) => a - b)) {
      const block = blocks[id]!;
      const stay = block.instructions.filter((instruction) => {
        if (!mayMove(instruction.operation, body, home)) return true;
        moved.push(instruction);
        for (const result of instruction.results) home.set(result, preheader);
        return false;
      });
      if (stay.length < block.instructions.length) blocks[id] = { ...block, instructions: stay };
    }
    const before = blocks[preheader]!;
    blocks[preheader] = { ...before, instructions: [...before.instructions, ...moved] };
  }
  return { ...prepared, blocks };
}

function mayMove(
  operation: Operation,
  body: ReadonlySet<BlockId>,
  home: ReadonlyMap<Value, BlockId>,
): boolean {
  if (operation.op === "const") return operation.value < 0 || operation.value > shortConstant;
  if (!isPure(operation) || operation.op === "test" || operation.op === "test64") return false;
  return operands(operation).every((value) => !body.has(home.get(value)!));
}

/** The one block from which the loop is entered. */
function outside(fn: IrFunction, header: BlockId, body: ReadonlySet<BlockId>): BlockId {
  return predecessors(fn)[header]!.find((from) => !body.has(from))!;
}

/** Gives each loop that needs it a block of its own from which alone it is entered and that leads nowhere else. */
function withPreheaders(fn: IrFunction): IrFunction {
  const before = predecessors(fn);
  const needed = new Map<BlockId, ReadonlySet<BlockId>>();
  for (const [header, body] of loops(fn)) {
    const entries = before[header]!.filter((from) => !body.has(from));
    const [only, ...others] = entries;
    if (others.length > 0 || edges(fn.blocks[only!]!.terminator).length !== 1)
      needed.set(header, body);
  }
  return needed.size === 0 ? fn : insert(fn, needed);
}

function insert(fn: IrFunction, needed: ReadonlyMap<BlockId, ReadonlySet<BlockId>>): IrFunction {
  let { valueCount } = fn;
  let next = 0;
  const places = fn.blocks.map((_, id) => (needed.has(id) ? (next += 2) : ++next) - 1);
  const blocks = fn.blocks.flatMap((block, id): Block[] => {
    const terminator = mapEdges(block.terminator, ({ target, args }): Edge => {
      const entering = needed.has(target) && !needed.get(target)!.has(id);
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
    };
    return [preheader, moved];
  });
  return { ...fn, blocks, valueCount };
}
