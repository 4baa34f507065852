import type { Block, BlockId, IrFunction } from "../ir.js";
import { edges, mapEdges } from "./operations.js";

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

/** The blocks of each loop by its header: all from which a way leads back to the header without leaving it. */
export function loops(fn: IrFunction): ReadonlyMap<BlockId, ReadonlySet<BlockId>> {
  const above = dominators(fn);
  const before = predecessors(fn);
  const found = new Map<BlockId, Set<BlockId>>();
  const dominates = (a: BlockId, b: BlockId): boolean => {
    while (b > a) b = above[b]!;
    return a === b;
  };
  for (let header = fn.blocks.length - 1; header > 0; header--) {
    const work = before[header]!.filter((from) => dominates(header, from));
    if (work.length === 0) continue;
    const body = new Set([header]);
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      if (body.has(id)) continue;
      body.add(id);
      work.push(...before[id]!);
    }
    found.set(header, body);
  }
  return found;
}

/** The function with `loopDepth` counted anew. */
export function withLoopDepths(fn: IrFunction): IrFunction {
  const depths = fn.blocks.map(() => 0);
  for (const body of loops(fn).values()) for (const id of body) depths[id]!++;
  return {
    ...fn,
    blocks: fn.blocks.map((block, id) => ({ ...block, loopDepth: depths[id]! })),
  };
}
