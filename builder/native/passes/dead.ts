import type { Instruction, IrFunction, Value } from "../ir.js";
import {
  definitions,
  edges,
  isRemovable,
  mapEdges,
  operands,
  terminatorOperands,
} from "./operations.js";

/** Removes instructions and parameters from which nothing follows, also where they only keep each other busy around a loop. */
export function removeDead(fn: IrFunction): IrFunction {
  const live = liveValues(fn);
  const isLive = ({ operation, results }: Instruction): boolean =>
    !isRemovable(operation) || results.some((result) => live.has(result));
  const kept = fn.blocks.map(({ params }, id) =>
    params.map((param) => id === 0 || live.has(param)),
  );
  const blocks = fn.blocks.map((block, id) => ({
    ...block,
    params: block.params.filter((_, k) => kept[id]![k]),
    instructions: block.instructions.filter(isLive),
    terminator: mapEdges(block.terminator, ({ target, args }) => ({
      target,
      args: args.filter((_, k) => kept[target]![k]),
    })),
  }));
  return { ...fn, blocks };
}

function liveValues(fn: IrFunction): ReadonlySet<Value> {
  const found = definitions(fn);
  const incoming = argumentsOf(fn);
  const live = new Set<Value>();
  const work: Value[] = [];
  for (const { instructions, terminator } of fn.blocks) {
    for (const { operation } of instructions)
      if (!isRemovable(operation)) work.push(...operands(operation));
    work.push(...terminatorOperands(terminator));
  }
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (live.has(value)) continue;
    live.add(value);
    const instruction = found[value];
    work.push(...(instruction ? operands(instruction.operation) : (incoming.get(value) ?? [])));
  }
  return live;
}

/** What edges pass for each parameter. */
function argumentsOf({ blocks }: IrFunction): ReadonlyMap<Value, readonly Value[]> {
  const found = new Map<Value, Value[]>();
  for (const { params } of blocks) for (const param of params) found.set(param, []);
  for (const { terminator } of blocks)
    for (const { target, args } of edges(terminator))
      blocks[target]!.params.forEach((param, k) => found.get(param)!.push(args[k]!));
  return found;
}
