import { edgesOf, type BlockId, type MachineFunction } from "./machine.js";

/** A loop as a run of blocks: from its header to the last block that goes back to it. */
export interface Loop {
  readonly header: BlockId;
  last: BlockId;
  readonly parent: Loop | null;
}

/** The innermost loop around each block, by back edges in block order. */
export function loopsOf({ blocks }: MachineFunction): readonly (Loop | null)[] {
  const last = new Int32Array(blocks.length).fill(-1);
  blocks.forEach(({ terminator }, from) => {
    for (const { target } of edgesOf(terminator))
      if (target <= from) last[target] = Math.max(last[target]!, from);
  });
  let around: Loop | null = null;
  return blocks.map((_, block) => {
    while (around !== null && around.last < block) around = around.parent;
    if (last[block]! >= 0) {
      const parent: Loop | null = around;
      around = { header: block, last: last[block]!, parent };
      // Runs nest, or they are made to.
      for (let outer: Loop | null = parent; outer !== null; outer = outer.parent)
        outer.last = Math.max(outer.last, around.last);
    }
    return around;
  });
}
