import binaryen from "assemblyscript/binaryen";
import type { GlobalNames } from "../wasm/names.js";
import type { Module } from "../wasm/module.js";

/**
 * A module-level constant such as `const sensor = Bme280.on(climate)` is a variable to the compiler, set once by the start function to a value
 * that inlining has made constant. Making it a constant again, before the optimizer runs, lets its address fold into all that use it.
 *
 * Works on the compiler's module in place. `decoded` is the same module, decoded; `constants` are the globals declared `const`.
 */
export function foldStartConstants(
  module: binaryen.Module,
  decoded: Module,
  names: GlobalNames,
): void {
  const onceSet = globalsSetOnce(decoded, names);
  for (const name of startFunctions(module)) foldFunction(module, name, onceSet);
}

function startFunctions(module: binaryen.Module): string[] {
  const count = module.getNumFunctions();
  const names = Array.from(
    { length: count },
    (_, k) => binaryen.getFunctionInfo(module.getFunctionByIndex(k)).name,
  );
  return names.filter((name) => name.startsWith("start:") && !name.includes("~anonymous"));
}

/** Names of the globals that one instruction of the whole module sets. */
function globalsSetOnce({ code }: Module, names: GlobalNames): ReadonlySet<string> {
  const counts = new Map<number, number>();
  for (const body of code) {
    for (const { opcode, immediates } of body.code) {
      if (opcode.name === "global.set")
        counts.set(immediates[0] ?? 0, (counts.get(immediates[0] ?? 0) ?? 0) + 1);
    }
  }
  return new Set(
    [...counts].filter(([, count]) => count === 1).map(([index]) => names.get(index) ?? ""),
  );
}

function foldFunction(module: binaryen.Module, name: string, onceSet: ReadonlySet<string>): void {
  const { body } = binaryen.getFunctionInfo(module.getFunction(name));
  const info = inspect(body);
  // A function of one statement has no block around it; then what it sets can be nothing's constant but its own.
  if (info.id !== binaryen.BlockId) return;
  info.children.forEach((child, position) => {
    const set = inspect(child);
    if (set.id !== binaryen.GlobalSetId || !onceSet.has(set.name)) return;
    const value = inlinedConstant(module, set.value);
    if (!value) return;
    module.removeGlobal(set.name);
    module.addGlobal(set.name, binaryen.i32, false, module.i32.const(value.constant));
    blocks.setChildAt(body, position, module.block(null, [...value.effects]));
  });
}

/** What getExpressionInfo tells of the expressions looked at here. */
interface Expression {
  readonly id: number;
  readonly name: string;
  readonly value: number;
  readonly index: number;
  readonly children: readonly number[];
}

function inspect(expression: number): Expression {
  return binaryen.getExpressionInfo(expression) as unknown as Expression;
}

/** binaryen's block accessors, which its types leave out. */
const blocks = (
  binaryen as unknown as {
    Block: { setChildAt(block: number, position: number, child: number): void };
  }
).Block;

/** The constant that a call which was inlined returns, and the statements before it; undefined for all other expressions. */
function inlinedConstant(
  module: binaryen.Module,
  expression: number,
): { constant: number; effects: readonly number[] } | undefined {
  const block = inspect(expression);
  if (block.id !== binaryen.BlockId || !block.name) return undefined;
  const last = block.children.at(-1) ?? 0;
  const branch = inspect(last);
  const returns = binaryen.emitText(expression).split(`$${block.name}`).length - 1;
  // The label stands at the block and in the one branch that leaves it.
  if (branch.id !== binaryen.BreakId || branch.name !== block.name || returns !== 2)
    return undefined;
  const effects = block.children.slice(0, -1);
  const constant = constantValue(module, branch.value, effects);
  return constant === undefined ? undefined : { constant, effects };
}

function constantValue(
  module: binaryen.Module,
  expression: number,
  before: readonly number[],
): number | undefined {
  const info = inspect(expression);
  if (info.id === binaryen.ConstId) return info.value;
  if (info.id === binaryen.GlobalGetId) {
    const global = binaryen.getGlobalInfo(module.getGlobal(info.name));
    return global.mutable ? undefined : constantValue(module, global.init, []);
  }
  if (info.id !== binaryen.LocalGetId) return undefined;
  const sets = before
    .map(inspect)
    .filter(({ id, index }) => id === binaryen.LocalSetId && index === info.index);
  const [only] = sets;
  return only && sets.length === 1 ? constantValue(module, only.value, []) : undefined;
}
