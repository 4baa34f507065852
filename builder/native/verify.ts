import { dominators, predecessors } from "./passes/flow.js";
import { helperShapes } from "./helpers.js";
import type { Block, BlockId, IrFunction, Value } from "./ir.js";
import { edges, operands, terminatorOperands } from "./passes/operations.js";

/**
 * What is wrong with a function, one sentence each: values defined once and below `valueCount`, used where their definition dominates; edges that
 * lead to blocks with as many parameters as they have arguments, none to the entry; every block reachable and after its dominators; edges back only to blocks
 * that dominate where they come from.
 */
export function verify(fn: IrFunction): string[] {
  const shape = fn.blocks.flatMap((block, id) => checkEdges(fn, block, id));
  if (shape.length > 0) return shape;
  const found = checkOrder(fn);
  return found.length > 0 ? found : [...checkDefinitions(fn), ...checkUses(fn)];
}

function checkEdges({ blocks }: IrFunction, { terminator }: Block, id: number): string[] {
  return edges(terminator).flatMap(({ target, args }) => {
    const params = blocks[target]?.params;
    if (!params || target === 0) return [`block ${id} goes to ${target}`];
    if (params.length === args.length) return [];
    return [`block ${id} passes ${args.length} values to ${target}, which takes ${params.length}`];
  });
}

function checkOrder(fn: IrFunction): string[] {
  const above = dominators(fn);
  const before = predecessors(fn);
  return fn.blocks.flatMap((_, id) => {
    if (id === 0) return [];
    if (before[id]!.length === 0 || above[id] === -1) return [`block ${id} cannot be reached`];
    if (above[id]! >= id) return [`block ${id} stands before its dominator ${above[id]}`];
    return before[id]!.filter((from) => from >= id && !dominates(above, id, from)).map(
      (from) => `block ${from} leads back to ${id}, which does not dominate it`,
    );
  });
}

function dominates(above: readonly BlockId[], a: BlockId, b: BlockId): boolean {
  while (b > a) b = above[b]!;
  return a === b;
}

function checkDefinitions({ blocks, valueCount }: IrFunction): string[] {
  const seen = new Set<Value>();
  const found: string[] = [];
  const define = (value: Value): void => {
    if (seen.has(value)) found.push(`value ${value} is defined twice`);
    if (value < 0 || value >= valueCount) found.push(`value ${value} is not below ${valueCount}`);
    seen.add(value);
  };
  for (const { params, instructions } of blocks) {
    params.forEach(define);
    for (const { operation, results } of instructions) {
      results.forEach(define);
      if (operation.op !== "call" || operation.target.kind !== "helper") continue;
      const shape = helperShapes[operation.target.name];
      if (shape.args !== operation.args.length || shape.results !== results.length)
        found.push(`${operation.target.name} is called with a wrong number of values`);
    }
  }
  return found;
}

function checkUses(fn: IrFunction): string[] {
  const above = dominators(fn);
  const home = new Map<Value, number>();
  fn.blocks.forEach(({ params, instructions }, id) => {
    for (const value of [...params, ...instructions.flatMap(({ results }) => results)])
      home.set(value, id);
  });
  const found: string[] = [];
  fn.blocks.forEach(({ params, instructions, terminator }, id) => {
    const here = new Set(params);
    const use = (value: Value): void => {
      const at = home.get(value);
      if (at === undefined) found.push(`block ${id} uses value ${value}, which is not defined`);
      else if (at === id ? !here.has(value) : !dominates(above, at, id))
        found.push(`block ${id} uses value ${value}, which block ${at} defines later or elsewhere`);
    };
    for (const { operation, results } of instructions) {
      operands(operation).forEach(use);
      for (const result of results) here.add(result);
    }
    terminatorOperands(terminator).forEach(use);
    for (const { args } of edges(terminator)) args.forEach(use);
  });
  return found;
}
