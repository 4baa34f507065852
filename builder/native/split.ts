import type { Block, BlockId, Edge, IrFunction, Terminator } from "./ir.js";
import { edges } from "./passes/operations.js";

/**
 * Puts an empty block on every edge from a block with several successors to one with several predecessors, so that each edge has a place for moves of its
 * own. The new blocks stand right after the one that the edge leaves.
 */
export function splitCriticalEdges(fn: IrFunction): IrFunction {
  const incoming = new Uint32Array(fn.blocks.length);
  for (const { terminator } of fn.blocks)
    for (const { target } of edges(terminator)) incoming[target]! += 1;
  const isCritical = ({ terminator }: Block, { target }: Edge): boolean =>
    edges(terminator).length > 1 && incoming[target]! > 1;

  const moved: BlockId[] = [];
  let next = 0;
  for (const block of fn.blocks) {
    moved.push(next);
    next += 1 + edges(block.terminator).filter((edge) => isCritical(block, edge)).length;
  }
  const blocks: Block[] = [];
  for (const block of fn.blocks) {
    const inserted: Block[] = [];
    const at = blocks.length;
    const terminator = mapEdges(block.terminator, (edge) => {
      const { target, args } = edge;
      if (!isCritical(block, edge)) return { target: moved[target]!, args };
      inserted.push({
        params: [],
        instructions: [],
        terminator: {
          kind: "jump",
          edge: { target: moved[target]!, args },
          wasmOffset: block.terminator.wasmOffset,
        },
        loopDepth: Math.min(block.loopDepth, fn.blocks[target]!.loopDepth),
        start: -1,
      });
      return { target: at + inserted.length, args: [] };
    });
    blocks.push({ ...block, terminator }, ...inserted);
  }
  return { ...fn, blocks };
}

function mapEdges(terminator: Terminator, map: (edge: Edge) => Edge): Terminator {
  switch (terminator.kind) {
    case "jump":
      return { ...terminator, edge: map(terminator.edge) };
    case "branch":
      // oxlint-disable-next-line unicorn/no-thenable -- a field of the intermediate representation
      return { ...terminator, then: map(terminator.then), otherwise: map(terminator.otherwise) };
    case "switch":
      return { ...terminator, edges: terminator.edges.map(map) };
    default:
      return terminator;
  }
}
