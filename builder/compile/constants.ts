import binaryen from "assemblyscript/binaryen";

/**
 * A module-level constant such as `const sensor = Bme280.on(climate)` is a variable to the compiler, set once by the start function to a value
 * that inlining has made constant. Making it a constant again, before the optimizer runs, lets its address fold into all that use it.
 *
 * Works on the compiler's module in place. `constants` are the names of the globals that are declared `const`: a variable may
 * have been read before it was set.
 */
export function foldStartConstants(module: binaryen.Module, constants: ReadonlySet<string>): void {
  for (const name of startFunctions(module)) foldFunction(module, name, constants);
}

function startFunctions(module: binaryen.Module): string[] {
  const count = module.getNumFunctions();
  const names = Array.from(
    { length: count },
    (_, k) => binaryen.getFunctionInfo(module.getFunctionByIndex(k)).name,
  );
  return names.filter((name) => name.startsWith("start:") && !name.includes("~anonymous"));
}

function foldFunction(module: binaryen.Module, name: string, constants: ReadonlySet<string>): void {
  const start = module.getFunction(name);
  const { body } = binaryen.getFunctionInfo(start);
  const info = inspect(body);
  if (info.id === binaryen.BlockId) {
    info.children.forEach((child, position) => {
      const effects = foldSet(module, child, constants);
      if (effects !== undefined) expressions.Block.setChildAt(body, position, effects);
    });
    return;
  }
  // A function of one statement has no block around it.
  const effects = foldSet(module, body, constants);
  if (effects !== undefined) expressions.Function.setBody(start, effects);
}

/** Makes the global that this expression sets a constant; what then takes the place of the expression, or undefined where it cannot be done. */
function foldSet(
  module: binaryen.Module,
  expression: number,
  constants: ReadonlySet<string>,
): number | undefined {
  const set = inspect(expression);
  if (set.id !== binaryen.GlobalSetId || !constants.has(set.name)) return undefined;
  if (binaryen.getGlobalInfo(module.getGlobal(set.name)).type !== binaryen.i32) return undefined;
  const value = inlinedConstant(module, set.value);
  if (!value) return undefined;
  module.removeGlobal(set.name);
  module.addGlobal(set.name, binaryen.i32, false, module.i32.const(value.constant));
  return module.block(null, [...value.effects]);
}

/** What getExpressionInfo tells of the expressions looked at here. */
interface Expression {
  readonly id: number;
  readonly name: string;
  readonly value: number;
  readonly index: number;
  readonly children: readonly number[];
}

/** The kinds that are looked into. Of some others, such as `unreachable`, getExpressionInfo throws. */
const inspected = new Set([
  binaryen.BlockId,
  binaryen.BreakId,
  binaryen.ConstId,
  binaryen.GlobalGetId,
  binaryen.GlobalSetId,
  binaryen.LocalGetId,
  binaryen.LocalSetId,
]);

function inspect(expression: number): Expression {
  const id = binaryen.getExpressionId(expression);
  const info: unknown = inspected.has(id) ? binaryen.getExpressionInfo(expression) : { id };
  return info as Expression;
}

/** Accessors of binaryen that its types leave out. */
const expressions = binaryen as unknown as {
  Block: { setChildAt(block: number, position: number, child: number): void };
  Function: { setBody(func: number, body: number): void };
};

/** The constant that a call which was inlined returns, and the statements before it; undefined for all other expressions. */
function inlinedConstant(
  module: binaryen.Module,
  expression: number,
): { constant: number; effects: readonly number[] } | undefined {
  const block = inspect(expression);
  if (block.id !== binaryen.BlockId || !block.name) return undefined;
  const branch = inspect(block.children.at(-1) ?? 0);
  const text = binaryen.emitText(expression);
  const labels = text.split(`$${block.name}`).length - 1;
  // The label stands at the block and in the one branch that leaves it.
  if (branch.id !== binaryen.BreakId || branch.name !== block.name || labels !== 2)
    return undefined;
  const effects = block.children.slice(0, -1);
  const constant = constantValue(module, branch.value, effects, text);
  return constant === undefined ? undefined : { constant, effects };
}

/** `text` is that of all of `before`, in which a local may be set once, and not inside a condition. */
function constantValue(
  module: binaryen.Module,
  expression: number,
  before: readonly number[],
  text: string,
): number | undefined {
  const info = inspect(expression);
  if (info.id === binaryen.ConstId) return info.value;
  if (info.id === binaryen.GlobalGetId) {
    const global = binaryen.getGlobalInfo(module.getGlobal(info.name));
    return global.mutable ? undefined : constantValue(module, global.init, [], "");
  }
  if (info.id !== binaryen.LocalGetId) return undefined;
  const only = before
    .map(inspect)
    .find(({ id, index }) => id === binaryen.LocalSetId && index === info.index);
  const sets = text.match(new RegExp(`\\(local\\.(set|tee) \\$${info.index}\\s`, "g")) ?? [];
  return only && sets.length === 1 ? constantValue(module, only.value, [], "") : undefined;
}
