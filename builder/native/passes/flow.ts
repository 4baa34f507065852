import type { Block, BlockId, IrFunction } from "../ir.js";
import { edges, mapEdges, Replacements } from "./operations.js";

/** The blocks from which edges lead to each, an entry an edge. */
export function predecessors({ blocks }: IrFunction): BlockId[][] {
  const found = blocks.map((): BlockId[] => []);
  blocks.forEach(({ terminator }, id) => {
    for (const { target } of edges(terminator)) found[target]?.push(id);
  });
  return found;
}

/**
 * The immediate dominator of each block, -1 for the entry and for what cannot be reached (Cooper, Harvey, Kennedy: A Simple, Fast Dominance
 * Algorithm, 2001). Blocks stand after their dominators, so a walk up from either of two blocks ends where they meet.
 */
export function dominators(fn: IrFunction): BlockId[] {
  const before = predecessors(fn);
  const above = fn.blocks.map((): BlockId => -1);
  const meet = (a: BlockId, b: BlockId): BlockId => {
    while (a !== b) {
      if (a > b) a = above[a]!;
      else b = above[b]!;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let id = 1; id < fn.blocks.length; id++) {
      let found: BlockId = -1;
      for (const from of before[id]!) {
        if (from !== 0 && above[from] === -1) continue;
        found = found === -1 ? from : meet(found, from);
      }
      if (found === above[id]) continue;
      above[id] = found;
      changed = true;
    }
  }
  return above;
}

/** The function without the blocks that no path reaches; the others keep their order. */
export function dropUnreachable(fn: IrFunction, blocks: readonly Block[]): IrFunction {
  const reached = new Set<BlockId>([0]);
  const work: BlockId[] = [0];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    for (const { target } of edges(blocks[id]!.terminator)) {
      if (reached.has(target)) continue;
      reached.add(target);
      work.push(target);
    }
  }
  if (reached.size === blocks.length) return { ...fn, blocks };
  const places: BlockId[] = [];
  let next = 0;
  blocks.forEach((_, id) => (places[id] = reached.has(id) ? next++ : -1));
  return { ...fn, blocks: reorder(blocks, places, reached) };
}

function reorder(
  blocks: readonly Block[],
  places: readonly BlockId[],
  kept: ReadonlySet<BlockId>,
): Block[] {
  return blocks
    .filter((_, id) => kept.has(id))
    .map((block) => ({
      ...block,
      terminator: mapEdges(block.terminator, ({ target, args }) => ({
        target: places[target]!,
        args,
      })),
    }));
}

/** The loops of a function and how they lie in each other. */
export interface Loops {
  /** The header of the innermost loop around each block, a header being inside of its own; -1 outside of all. */
  readonly innermost: readonly BlockId[];
  /** The header of the loop around a loop, by its header; -1 for outermost ones. */
  readonly around: ReadonlyMap<BlockId, BlockId>;
}

/**
 * Finds loops by edges that lead back. Headers stand before what they dominate, so going from the last to the first meets inner loops first; a loop that is
 * done counts as one block from then on, and the time does not grow with the depth.
 */
export function findLoops(fn: IrFunction): Loops {
  const before = predecessors(fn);
  const innermost = fn.blocks.map((): BlockId => -1);
  const around = new Map<BlockId, BlockId>();
  const merged = new Replacements();
  for (let header = fn.blocks.length - 1; header > 0; header--) {
    const work = before[header]!.filter((from) => from >= header);
    if (work.length === 0) continue;
    innermost[header] = header;
    around.set(header, -1);
    for (let from = work.pop(); from !== undefined; from = work.pop()) {
      const id = merged.resolve(from);
      if (id === header) continue;
      if (around.has(id)) around.set(id, header);
      else innermost[id] = header;
      merged.set(id, header);
      work.push(...before[id]!);
    }
  }
  return { innermost, around };
}

/** The function with `loopDepth` counted anew. */
export function withLoopDepths(fn: IrFunction): IrFunction {
  const { innermost, around } = findLoops(fn);
  const depths = new Map<BlockId, number>([[-1, 0]]);
  // Headers of outer loops stand before those of inner ones.
  for (const header of [...around.keys()].toSorted((a, b) => a - b))
    depths.set(header, depths.get(around.get(header)!)! + 1);
  return {
    ...fn,
    blocks: fn.blocks.map((block, id) => ({ ...block, loopDepth: depths.get(innermost[id]!)! })),
  };
}
