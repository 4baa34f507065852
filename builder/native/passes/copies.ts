import type { IrFunction, Value } from "../ir.js";
import { edges, mapEdges, renameBlock, Replacements } from "./operations.js";

interface Param {
  readonly value: Value;
  /** What the edges to its block pass for it. */
  readonly args: Value[];
}

/** Removes the parameters that are always the same other value. */
export function removeCopies(fn: IrFunction): IrFunction {
  const params = collect(fn);
  const replaced = new Replacements();
  const work = params.flat();
  const users = new Map(work.map(({ value }): [Value, Param[]] => [value, []]));
  for (const param of work) for (const arg of param.args) users.get(arg)?.push(param);
  for (let param = work.pop(); param; param = work.pop()) {
    if (replaced.has(param.value)) continue;
    const same = onlyArgument(param, replaced);
    if (same === null) continue;
    replaced.set(param.value, same);
    // Parameters that took this one may now take the same value from everywhere.
    const affected = users.get(param.value) ?? [];
    work.push(...affected);
    users.get(same)?.push(...affected);
  }
  return replaced.size === 0 ? fn : withoutParams(fn, replaced);
}

function collect({ blocks }: IrFunction): Param[][] {
  const params = blocks.map(({ params }, id) =>
    id === 0 ? [] : params.map((value): Param => ({ value, args: [] })),
  );
  for (const { terminator } of blocks)
    for (const { target, args } of edges(terminator))
      params[target]!.forEach((param, k) => param.args.push(args[k]!));
  return params;
}

/** The value that the parameter stands for, or null if it is more than one. */
function onlyArgument({ value, args }: Param, { resolve }: Replacements): Value | null {
  let same: Value | null = null;
  for (const arg of args) {
    const resolved = resolve(arg);
    if (resolved === value || resolved === same) continue;
    if (same !== null) return null;
    same = resolved;
  }
  return same;
}

function withoutParams(fn: IrFunction, replaced: Replacements): IrFunction {
  const kept = fn.blocks.map(({ params }) => params.map((param) => !replaced.has(param)));
  const blocks = fn.blocks.map((block, id) => {
    const renamed = renameBlock(block, replaced.resolve);
    return {
      ...renamed,
      params: block.params.filter((_, k) => kept[id]![k]),
      terminator: mapEdges(renamed.terminator, ({ target, args }) => ({
        target,
        args: args.filter((_, k) => kept[target]![k]),
      })),
    };
  });
  return { ...fn, blocks };
}
